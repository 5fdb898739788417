"""Pairs that were measured by a CHSH test: S with limits, what it says of the concurrence, Holm over pairs.

S > 2 of two qubits has C >= sqrt(S^2/4 - 1): Verstraete and Wolf, Phys. Rev. Lett. 89 (2002) 170401. Two
pairs at a qubit obey S^2 + S'^2 <= 8 (see `quantum.monogamy.bell`), whatever the devices are and whichever
version of CHSH is taken for each pair: versions differ by what the partners call their inputs and outcomes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from qmono.analysis.bell.inputs import bell_counts
from qmono.core.counts import CountsTable
from qmono.core.metric import Limit, Metric
from qmono.core.report import Cell, Table
from qmono.core.vocabulary import Design
from qmono.quantum.bell.chsh_estimate import chsh_evidence
from qmono.quantum.limits import holm
from qmono.quantum.measures.measure import pair_index
from qmono.quantum.types import Integers

METHOD = "exact limits of S"


@dataclass(frozen=True)
class PairTest:
    """The CHSH test of a pair. log10_p: of S <= 2; most: an upper limit of |S| at the same error."""

    pair: tuple[int, int]
    value: Metric
    log10_p: float
    trials: int
    most: float

    @property
    def least(self) -> float:
        """The lower limit of |S|."""
        return max(0.0, self.value.low.value) if self.value.low else 0.0

    @property
    def measured(self) -> float:
        """|S|."""
        return abs(self.value.value or 0.0)

    @property
    def magnitude(self) -> Metric:
        """|S| with its limits, which relations take: they hold for every version of CHSH."""
        low, high = Limit(self.least, METHOD, "exact"), Limit(self.most, METHOD, "exact")
        return replace(self.value, value=self.measured, low=low, high=high)

    @property
    def least_concurrence(self) -> Limit:
        """The lower limit of the concurrence."""
        return Limit(sqrt(max(0.0, self.least**2 / 4 - 1)), "lower limit of S", "exact")


def is_chsh(table: CountsTable) -> bool:
    """Whether a table names its settings by the inputs of a Bell test, with counts in all four of them."""
    rows = table.settings
    if rows is None or rows.inputs is None or table.values != "counts" or table.n_qubits != 2:
        return False
    return not bell_counts(table).empty_settings


def judge_pair(pair: tuple[int, int], table: CountsTable, *, error: float, level: float) -> PairTest:
    """S of a CHSH table with limits at `error` each; what is undeclared costs what it does in a Bell test."""
    counts = np.asarray(bell_counts(table).counts, dtype=np.int64)
    design = table.design or "fixed-blocks"
    return judge_counts(pair, counts, table.signs, design, error=error, level=level)


def judge_counts(
    pair: tuple[int, int], counts: Integers, signs: str | None, design: Design, *, error: float, level: float
) -> PairTest:
    """The same of counts (2, 2, 2, 2), none of the four settings empty. level: stands in the metric."""
    found = chsh_evidence(counts, signs, design, 1 - error)
    most = found.high  # of all versions, S and -S among them
    if signs is not None:
        both = chsh_evidence(counts, signs, design, 1 - error / 2)
        most = max(both.high, -both.low)
    value = Metric(
        f"S[{pair_index((min(pair), max(pair)))}]",
        found.s_value,
        std_error=found.std_error,
        level=level,
        low=Limit(found.low, METHOD, "exact"),
        high=Limit(found.high, METHOD, "exact"),
    )
    return PairTest(pair, value, found.log10_p, int(counts.sum()), most)


def tests_table(tests: Sequence[PairTest]) -> Table:
    """All pairs that were tested, with p values as they are and corrected for naming several (Holm)."""
    p_values = [10.0 ** max(test.log10_p, -300.0) for test in tests]
    rows: list[tuple[Cell, ...]] = [
        (
            f"{test.pair[0]}-{test.pair[1]}",
            test.trials,
            test.value.value,
            test.value.low.value if test.value.low else None,
            test.value.high.value if test.value.high else None,
            p,
            float(adjusted),
        )
        for test, p, adjusted in zip(tests, p_values, holm(p_values), strict=True)
    ]
    columns = ("pair", "trials", "S", "at least", "at most", "p", "p, Holm over pairs")
    return Table("Bell tests", columns, tuple(rows))
