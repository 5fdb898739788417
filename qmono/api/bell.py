"""Bell tests: run one, judge one."""

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


def bell_test(
    counts: CountsTable,
    *,
    signs: str | None = None,
    design: str | None = None,
    level: float = 0.95,
    rng_bias: float = 0.0,
    statistic: str = "wins",
    training: CountsTable | None = None,
    require: Sequence[str] = (),
    accept: Sequence[str] = (),
    context: Context | None = None,
) -> Report:
    """CHSH from counts: S with limits, a p value valid for the design, checks, verdict.

    rng_bias, statistic, training: see `analyse_bell_test`. Wins and trials alone are counts as well:
    `wins_table`.
    """
    from qmono.analysis.bell_test import analyse_bell_test

    check_level(level)

    def analyse(table: CountsTable) -> Report:
        return analyse_bell_test(
            table,
            signs=signs,
            design=design,
            level=level,
            rng_bias=rng_bias,
            statistic=statistic,
            training=training,
        )

    return judged("bell-test", counts, analyse, require=require, accept=accept, context=context or Context())


def wins_table(wins: int, trials: int) -> CountsTable:
    """Counts of a Bell test of which only wins and trials are known, for `bell_test`."""
    from qmono.formats.correlations import wins_table as made

    return made(wins, trials)


def measure_bell(
    state: State | str = "phi+",
    *,
    shots: int = 1000,
    rounds: int = 4,
    seed: int | None = None,
    backend: str = "aer",
    noise: str | None = None,
    progress: Progress = no_progress,
    on_round: Callable[[CountsTable], None] | None = None,
) -> CountsTable:
    """Run a CHSH test on a backend: four settings of `shots` each, in interleaved rounds."""
    from qmono.quantum.bell.chsh_settings import chsh_plan

    prepared = read_state(state) if isinstance(state, str) else state
    plan = chsh_plan(prepared, shots, rounds)
    return measure(
        plan, prepared, backend=backend, noise=noise, seed=seed, progress=progress, on_round=on_round
    )
