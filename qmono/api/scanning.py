"""S against angle: run a scan, judge one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from qmono.api.context import Context
from qmono.api.files import read_state
from qmono.api.judging import check_level, judged
from qmono.api.measuring import measure
from qmono.core.counts import CountsTable
from qmono.core.progress import Progress, no_progress
from qmono.core.report import Report

if TYPE_CHECKING:
    from qmono.quantum.states import State


def bell_scan(
    counts: CountsTable,
    *,
    signs: str | None = None,
    design: str | None = None,
    level: float = 0.95,
    require: Sequence[str] = (),
    accept: Sequence[str] = (),
    context: Context | None = None,
) -> Report:
    """CHSH at every angle of a scan, with limits that hold for all of them together."""
    from qmono.analysis.bell.scan import analyse_scan

    check_level(level)

    def analyse(table: CountsTable) -> Report:
        return analyse_scan(table, signs=signs, design=design, level=level)

    return judged("bell-test", counts, analyse, require=require, accept=accept, context=context or Context())


def measure_scan(
    state: State | str = "phi+",
    *,
    steps: int = 12,
    shots: int = 1000,
    rounds: int = 4,
    seed: int | None = None,
    backend: str = "aer",
    noise: str | None = None,
    progress: Progress = no_progress,
    on_round: Callable[[CountsTable], None] | None = None,
) -> CountsTable:
    """Run CHSH with the second qubit's best directions turned to `steps` angles, four settings at each."""
    from qmono.quantum.bell.scan import scan_plan

    prepared = read_state(state) if isinstance(state, str) else state
    plan = scan_plan(prepared, steps, shots, rounds)
    return measure(
        plan, prepared, backend=backend, noise=noise, seed=seed, progress=progress, on_round=on_round
    )
