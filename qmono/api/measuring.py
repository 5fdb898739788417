"""Run a plan on a backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qmono.core.counts import CountsTable
from qmono.core.progress import Progress

if TYPE_CHECKING:
    from qmono.quantum.plans import Plan
    from qmono.quantum.states import State


def measure(
    plan: Plan,
    state: State,
    *,
    backend: str,
    noise: str | None,
    seed: int | None,
    progress: Progress,
    on_round: Callable[[CountsTable], None] | None,
    stop: Callable[[CountsTable], bool] | None = None,
) -> CountsTable:
    """The counts of `plan` on `state`, prepared on the named backend; see `run_plan`."""
    from qmono.backends.execution import run_plan
    from qmono.backends.noise import parse_noise

    return run_plan(
        plan,
        state,
        backend=backend,
        noise=parse_noise(noise) if noise else None,
        seed=seed,
        progress=progress,
        on_round=on_round,
        stop=stop,
    )
