"""Bell tests: run one, judge one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from qmono.api.context import Context
from qmono.api.files import read_inequality, read_state
from qmono.api.judging import check_level, judged
from qmono.api.measuring import measure
from qmono.core.counts import CountsTable
from qmono.core.progress import Progress, no_progress
from qmono.core.report import Report
from qmono.core.vocabulary import Design
from qmono.errors import InputError, UsageError, did_you_mean

if TYPE_CHECKING:
    from qmono.quantum.bell.chsh_estimate import ChshEvidence
    from qmono.quantum.bell.inequality import Inequality
    from qmono.quantum.plans import Plan
    from qmono.quantum.states import State

CHSH = "chsh"


def bell_test(
    counts: CountsTable,
    *,
    inequality: str | Inequality = CHSH,
    signs: str | None = None,
    design: str | None = None,
    level: float = 0.95,
    rng_bias: float = 0.0,
    statistic: str | None = None,
    training: CountsTable | None = None,
    certificates: str = "usual",
    qber: float | None = None,
    daily: bool = False,
    state: State | str | None = None,
    require: Sequence[str] = (),
    accept: Sequence[str] = (),
    context: Context | None = None,
) -> Report:
    """A Bell test from counts: value with limits, a p value valid for the design, checks, verdict.

    `inequality` is CHSH (whose value is called S), another of the catalogue ("mermin:5"), or one of your own.
    For CHSH alone: signs, and rng_bias, statistic, training, certificates and qber as in `analyse_bell_test`;
    wins and trials are counts as well, see `wins_table`. daily adds correlators, marginals, visibilities and
    error rates, and what a `state` allows.
    """
    check_level(level)
    chosen = read_inequality(inequality) if isinstance(inequality, str) else inequality

    def analyse(table: CountsTable) -> Report:
        from qmono.analysis.bell.chsh import analyse_bell_test

        made = analyse_bell_test(
            table,
            signs=signs,
            design=design,
            level=level,
            rng_bias=rng_bias,
            statistic=statistic,
            training=training,
            certificates=certificates,
            qber=qber,
        )
        if not daily:
            return made
        from qmono.analysis.bell.daily import with_daily

        return with_daily(made, table, level, read_state(state) if isinstance(state, str) else state)

    def analyse_other(table: CountsTable) -> Report:
        from qmono.analysis.bell.inequality import analyse_inequality

        return analyse_inequality(table, chosen, design=design, level=level)

    if chosen.name != CHSH:
        of_chsh = (signs, rng_bias, training, statistic, certificates == "all", daily)
        if any(of_chsh) or qber is not None:
            raise UsageError(
                "signs, rng-bias, statistic, train, certificates, qber and daily are for CHSH, "
                f"not for {chosen.title}"
            )
        analyse = analyse_other
    return judged("bell-test", counts, analyse, require=require, accept=accept, context=context or Context())


def wins_table(wins: int, trials: int) -> CountsTable:
    """Counts of a Bell test of which only wins and trials are known, for `bell_test`."""
    from qmono.formats.counts.correlations import wins_table as made

    return made(wins, trials)


def measure_bell(
    state: State | str | None = None,
    *,
    inequality: str | Inequality = CHSH,
    shots: int = 1000,
    rounds: int = 4,
    seed: int | None = None,
    backend: str = "aer",
    noise: str | None = None,
    design: str | None = None,
    until: str | None = None,
    max_shots: int | None = None,
    level: float = 0.95,
    progress: Progress = no_progress,
    on_round: Callable[[CountsTable], None] | None = None,
) -> CountsTable:
    """Run a Bell test on a backend: every setting with `shots` shots, in interleaved rounds.

    Without a state the one that reaches the largest quantum value; any other is measured along the best
    directions that are found for it. For CHSH alone: design `random` draws the settings in every shot where
    the backend can; `until` stops the run as soon as bets have decided at `level`, or after max_shots in all.
    """
    chosen = read_inequality(inequality) if isinstance(inequality, str) else inequality
    prepared = read_state(state) if isinstance(state, str) else state or _best_state(chosen)
    if chosen.name != CHSH and (design or until):
        raise UsageError(f"design and until are for CHSH, not for {chosen.title}")
    stop = schedule = None
    if until is not None or max_shots is not None:
        stop, schedule = _sequential(until, max_shots, level)
        shots = sum(schedule)
    plan = _plan(chosen, prepared, shots, rounds, seed)
    plan = replace(plan, design=_live_design(design), schedule=schedule)
    return measure(
        plan,
        prepared,
        backend=backend,
        noise=noise,
        seed=seed,
        progress=progress,
        on_round=on_round,
        stop=stop,
    )


@dataclass(frozen=True)
class Look:
    """What a growing file of trials says so far; None while a setting is empty."""

    trials: int
    s_value: float | None
    visibility: float | None
    log10_e: float | None


def follow_bell(
    path: str | Path,
    *,
    signs: str | None = None,
    until: str = "decided",
    max_shots: int | None = None,
    level: float = 0.95,
    wait: Callable[[], bool],
    on_look: Callable[[Look], None] | None = None,
) -> CountsTable:
    """Trials of a growing file (settings drawn at random) until bets have decided, or nothing more comes.

    `wait` is called when there is nothing new, and says whether to look again; `on_look` gets S, the
    visibility S/(2 sqrt2) and the e value after every piece. Judge the counts with `bell_test`.
    """
    from qmono.analysis.sequential import FOLLOWED, check_until, evidence_so_far, has_decided
    from qmono.formats.contract import ReadOptions
    from qmono.formats.trials.following import follow_trials

    check_level(level)
    check_until(until)
    table, why = None, "nothing more came"
    for tally in follow_trials(Path(path), wait):
        table = replace(tally.table(ReadOptions(), "trials-csv", design="random", signs=signs), metadata={})
        found = evidence_so_far(table, level, signs)
        if on_look is not None:
            on_look(_look(table, found))
        if has_decided(found, until):
            why = "bets have decided"
            break
        if max_shots is not None and table.total >= max_shots:
            why = "as many as were allowed"
            break
    if table is None or table.origin is None:
        raise InputError("there are no trials", source=str(path))
    return replace(table, metadata={FOLLOWED: why}, origin=replace(table.origin, name=str(path)))


def _look(table: CountsTable, found: ChshEvidence | None) -> Look:
    trials = int(table.total)
    if found is None:
        return Look(trials, None, None, None)
    return Look(trials, found.s_value, found.s_value / (2 * sqrt(2)), found.log10_e)


def _live_design(design: str | None) -> Design:
    for kind in get_args(Design):
        if design in (kind, None):
            return "fixed-blocks" if design is None else kind
    raise UsageError(f"unknown design {design!r}{did_you_mean(str(design), get_args(Design))}")


def _sequential(
    until: str | None, max_shots: int | None, level: float
) -> tuple[Callable[[CountsTable], bool], tuple[int, ...]]:
    """The rule to stop by, and the shots per setting of each round of a run of at most max_shots."""
    from qmono.analysis.sequential import stop_when
    from qmono.quantum.plans import growing_rounds

    check_level(level)
    if until is None or max_shots is None:
        raise UsageError("--until WORD and --max-shots N go together")
    if max_shots < 4:
        raise UsageError(f"--max-shots is at least 4, one for each setting; got {max_shots}")
    return stop_when(until, level), growing_rounds(max_shots // 4)


def _best_state(inequality: Inequality) -> State:
    if inequality.best is None:
        raise UsageError(f"{inequality.title} names no state to prepare; say --state")
    return inequality.best.state


def _plan(inequality: Inequality, state: State, shots: int, rounds: int, seed: int | None) -> Plan:
    if inequality.name == CHSH:
        from qmono.quantum.bell.chsh_settings import chsh_plan

        return chsh_plan(state, shots, rounds)
    import numpy as np

    from qmono.quantum.bell.plan import directions_for, inequality_plan

    directions = directions_for(inequality, state, np.random.default_rng(seed or 0))
    return inequality_plan(inequality, directions, shots, rounds)
