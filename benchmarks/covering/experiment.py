"""How often limits hold: runs of a case, each with a generator of its own, spread over processes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

import numpy as np
from covering.cases import Case
from covering.habits import bootstrapped, inverted, without_calibration_noise

from qmono.analysis.tomography.report import analyse_tomography
from qmono.core.counts import CountsTable
from qmono.core.metric import Metric
from qmono.core.report import Report

SEED = 2026
BLOCK = 20
"""Runs that one process makes at a time."""
ROUNDING = 1e-9


class Key(NamedTuple):
    """A limit: who gives it, of which metric, on which side."""

    source: str
    metric: str
    side: str


@dataclass
class Tally:
    """Runs in which a limit was given, in which it held, and the sum of its values."""

    given: int = 0
    held: int = 0
    total: float = 0.0

    def add(self, value: float, truth: float, side: str) -> None:
        """Count a limit that was given; not giving one claims nothing, so it holds."""
        self.given += 1
        self.held += value <= truth + ROUNDING if side == "low" else value >= truth - ROUNDING
        self.total += value


@dataclass
class Coverage:
    """What the runs of one case showed; gates: the limits that may gate."""

    case: Case
    level: float
    runs: int = 0
    tallies: dict[Key, Tally] = field(default_factory=dict)
    gates: set[Key] = field(default_factory=set)

    def held(self, key: Key) -> float:
        """The share of runs in which a limit was right or was not given."""
        tally = self.tallies[key]
        return (self.runs - tally.given + tally.held) / self.runs

    def mean(self, key: Key) -> float:
        """The mean of the values given."""
        return self.tallies[key].total / self.tallies[key].given

    @property
    def floor(self) -> float:
        """Least share that is the level within three standard errors of the runs."""
        return self.level - 3 * float(np.sqrt(self.level * (1 - self.level) / self.runs))

    def record(self, key: Key, value: float | None, *, gates: bool = False) -> None:
        """Count a value of a run against what is true of the case."""
        truth = self.case.truth.get(key.metric)
        if value is None or truth is None:
            return
        self.tallies.setdefault(key, Tally()).add(value, truth, key.side)
        if gates:
            self.gates.add(key)

    def merge(self, other: Coverage) -> None:
        """Add the runs of another part of the same experiment."""
        self.runs += other.runs
        self.gates |= other.gates
        for key, tally in other.tallies.items():
            own = self.tallies.setdefault(key, Tally())
            own.given += tally.given
            own.held += tally.held
            own.total += tally.total


def run_block(case: Case, level: float, seed: int, first: int, last: int) -> Coverage:
    """The runs `first` to `last` - 1 of a case."""
    found = Coverage(case, level)
    for run in range(first, last):
        rng = np.random.default_rng([seed, case.key, run])
        table = case.table(rng)
        for source, rigorous in (("report", False), ("rigorous", True)):
            report = analyse_tomography(table, target=case.target, level=level, rigorous=rigorous, rng=rng)
            for metric in standing(report):
                for side, limit in (("low", metric.low), ("high", metric.high)):
                    if limit is not None:
                        gates = limit.guarantee != "indicative"
                        found.record(Key(source, metric.name, side), limit.value, gates=gates)
        for source, limits in habits(case, table, level, rng):
            for name, pair in limits.items():
                for side, value in zip(("low", "high"), pair, strict=True):
                    found.record(Key(source, name, side), value)
        found.runs += 1
    return found


def standing(report: Report) -> list[Metric]:
    """The metrics that no failed check took away: a gate does not judge the others."""
    voided = {name for check in report.checks if check.status == "fail" for name in check.voids}
    return [metric for metric in report.metrics if metric.name not in voided]


def habits(
    case: Case, table: CountsTable, level: float, rng: np.random.Generator
) -> Iterator[tuple[str, dict]]:
    """The limits of others, by their source."""
    if not case.flips:
        yield "bootstrap", bootstrapped(case, table, level, rng)
        return
    yield "exact matrix", without_calibration_noise(case, table, level)
    yield "inverted", inverted(case, table, level, rng)


def coverage(
    cases: list[Case],
    runs: int,
    executor: Executor,
    *,
    level: float = 0.95,
    seed: int = SEED,
    block: int = BLOCK,
) -> Iterator[Coverage]:
    """What `runs` runs of each case show; the same for any executor."""
    blocks = [(first, min(first + block, runs)) for first in range(0, runs, block)]
    parts = [[executor.submit(run_block, case, level, seed, *block) for block in blocks] for case in cases]
    try:
        for case, futures in zip(cases, parts, strict=True):
            found = Coverage(case, level)
            for future in futures:
                found.merge(future.result())
            yield found
    finally:
        for future in chain.from_iterable(parts):
            future.cancel()
