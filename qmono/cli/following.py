"""`--follow`: a line on the terminal that shows S, visibility and e value while trials come in."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from qmono.cli.options import Stopping
from qmono.errors import UsageError

if TYPE_CHECKING:
    from qmono.api.bell import Look
    from qmono.core.counts import CountsTable

PAUSE_S = 0.2


def followed(
    stopping: Stopping, *, signs: str | None, design: str | None, level: float, quiet: bool
) -> CountsTable:
    """The trials of --follow up to where it stopped; an interrupt names what was seen.

    Raises UsageError unless settings were drawn at random: blocks have no p value in the middle of a round.
    """
    from qmono.api.bell import follow_bell

    if design != "random":
        raise UsageError("--follow is valid for settings drawn in every trial only: say --design random")
    if not stopping.patience >= 0:
        raise UsageError(f"--patience is a number of seconds, got {stopping.patience:g}")
    if stopping.follow is None:
        raise UsageError("--follow needs the file to follow")
    seen: list[Look] = []
    show = sys.stderr.isatty() and not quiet

    def on_look(look: Look) -> None:
        seen[:] = [look]
        if show:
            sys.stderr.write(f"\r{line(look):<78}")
            sys.stderr.flush()

    try:
        return follow_bell(
            stopping.follow,
            signs=signs,
            until=stopping.until or "decided",
            max_shots=stopping.max_shots,
            level=level,
            wait=_waiting(stopping.patience, seen),
            on_look=on_look,
        )
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"after {line(seen[0])}" if seen else "before the first trial") from None
    finally:
        if show and seen:
            sys.stderr.write("\n")


def _waiting(patience: float, seen: list[Look]) -> Callable[[], bool]:
    """Sleep a little; False once nothing new has come for too long."""
    last = [0, time.monotonic()]

    def wait() -> bool:
        trials = seen[0].trials if seen else 0
        if trials != last[0]:
            last[:] = [trials, time.monotonic()]
        if time.monotonic() - last[1] >= patience:
            return False
        time.sleep(PAUSE_S)
        return True

    return wait


def line(look: Look) -> str:
    """`"1200 trials  S 2.412  visibility 0.853  e 10^3.2"`."""
    if look.s_value is None or look.visibility is None or look.log10_e is None:
        return f"{look.trials} trials"
    numbers = f"S {look.s_value:.3f}  visibility {look.visibility:.3f}  e 10^{look.log10_e:.1f}"
    return f"{look.trials} trials  {numbers}"
