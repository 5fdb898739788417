"""Fidelity to a target without tomography: compare protocols, run one, judge one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from qmono.api.context import Context
from qmono.api.files import read_state
from qmono.api.judging import check_level, judged
from qmono.core.counts import CountsTable
from qmono.core.progress import Progress, no_progress
from qmono.core.report import Report
from qmono.errors import UsageError

if TYPE_CHECKING:
    from qmono.quantum.fidelity.choice import Candidate
    from qmono.quantum.states import State


def fidelity(
    counts: CountsTable,
    *,
    target: State | str,
    protocol: str = "auto",
    level: float = 0.95,
    require: Sequence[str] = (),
    accept: Sequence[str] = (),
    context: Context | None = None,
) -> Report:
    """Limits of the fidelity to a target from counts, without a fit.

    target: a State, or anything `read_state` takes. protocol: a name of the catalogue; "auto": the one
    recorded with the counts, else what their settings allow.
    """
    from qmono.analysis.fidelity import analyse_fidelity

    check_level(level)
    state = read_state(target) if isinstance(target, str) else target

    def analyse(table: CountsTable) -> Report:
        return analyse_fidelity([table], target=state, protocol=protocol, level=level)

    return judged("fidelity", counts, analyse, require=require, accept=accept, context=context or Context())


def fidelity_plan(
    target: State | str, *, half_width: float = 0.02, expected: float = 0.95, level: float = 0.95
) -> tuple[Candidate, ...]:
    """Every protocol for a target: settings and the shots until the limits are 2 `half_width` apart."""
    from qmono.quantum.fidelity.choice import Goal, compare

    check_level(level)
    state = read_state(target) if isinstance(target, str) else target
    return compare(state, Goal(half_width, expected, level))


def measure_fidelity(
    state: State | str = "phi+",
    *,
    target: State | str | None = None,
    protocol: str = "auto",
    shots: int = 1000,
    half_width: float | None = None,
    expected: float = 0.95,
    level: float = 0.95,
    rounds: int = 4,
    seed: int | None = None,
    backend: str = "aer",
    noise: str | None = None,
    progress: Progress = no_progress,
    on_round: Callable[[CountsTable], None] | None = None,
) -> CountsTable:
    """Run a protocol for the fidelity to `target` (default: the state itself).

    shots: per setting, or in all where settings are drawn for every shot; half_width: as many as it takes
    instead, if the fidelity is about `expected`. Complete blocks of settings are run in interleaved rounds.
    """
    from qmono.backends.noise import parse_noise
    from qmono.backends.probing import run_scheme
    from qmono.quantum.fidelity.choice import Goal, choose
    from qmono.quantum.fidelity.schedule import shots_of_rounds, total_shots

    check_level(level)
    prepared = read_state(state) if isinstance(state, str) else state
    wanted = prepared if target is None else read_state(target) if isinstance(target, str) else target
    goal = Goal(expected=expected, level=level) if half_width is None else Goal(half_width, expected, level)
    scheme = choose(wanted, protocol, goal)
    total = (
        total_shots(scheme, shots) if half_width is None else scheme.shots_needed(half_width, expected, level)
    )
    if total is None:
        raise UsageError(
            f"no number of shots brings {scheme.protocol} to a half-width of {half_width:g} for {wanted.name}"
        )
    return run_scheme(
        scheme,
        prepared,
        shots_of_rounds(scheme, total, rounds),
        backend=backend,
        noise=parse_noise(noise) if noise else None,
        seed=seed,
        progress=progress,
        on_round=on_round,
    )
