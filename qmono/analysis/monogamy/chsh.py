"""Pairs that were measured by a CHSH test: S with limits, what it says of the concurrence, Holm over pairs.

S > 2 of two qubits has C >= sqrt(S^2/4 - 1): Verstraete and Wolf, Phys. Rev. Lett. 89 (2002) 170401. Two
pairs at a qubit obey S^2 + S'^2 <= 8 (see `quantum.monogamy.bell`), whatever the devices are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from qmono.analysis.bell.inputs import bell_counts
from qmono.core.counts import CountsTable
from qmono.core.metric import Limit, Metric
from qmono.core.report import Cell, Table
from qmono.quantum.bell.chsh_estimate import chsh_evidence
from qmono.quantum.limits import holm
from qmono.quantum.measures.measure import pair_index

METHOD = "exact limits of S"


@dataclass(frozen=True)
class PairTest:
    """The CHSH test of a pair. log10_p: of S <= 2."""

    value: Metric
    log10_p: float

    @property
    def least_concurrence(self) -> Limit | None:
        """The lower limit of the concurrence, None without one of S."""
        low = self.value.low
        if low is None:
            return None
        return Limit(sqrt(max(0.0, low.value**2 / 4 - 1)), "lower limit of S", "exact")


def is_chsh(table: CountsTable) -> bool:
    """Whether a table names its settings by the inputs of a Bell test, with counts in all four of them."""
    rows = table.settings
    if rows is None or rows.inputs is None or table.values != "counts" or table.n_qubits != 2:
        return False
    return not bell_counts(table).empty_settings


def judge_pair(pair: tuple[int, int], table: CountsTable, *, error: float, level: float) -> PairTest:
    """S of a CHSH table with limits at `error` each; what is undeclared costs what it does in a Bell test."""
    counts = np.asarray(bell_counts(table).counts, dtype=np.int64)
    found = chsh_evidence(counts, table.signs, table.design or "fixed-blocks", 1 - error)
    value = Metric(
        f"S[{pair_index((min(pair), max(pair)))}]",
        found.s_value,
        std_error=found.std_error,
        level=level,
        low=Limit(found.low, METHOD, "exact"),
        high=Limit(found.high, METHOD, "exact"),
    )
    return PairTest(value, found.log10_p)


def tests_table(tests: Sequence[tuple[str, PairTest]]) -> Table:
    """All pairs that were tested, with p values as they are and corrected for naming several (Holm)."""
    p_values = [10.0 ** max(test.log10_p, -300.0) for _, test in tests]
    rows: list[tuple[Cell, ...]] = [
        (name, test.value.value, test.value.low.value if test.value.low else None, p, float(adjusted))
        for (name, test), p, adjusted in zip(tests, p_values, holm(p_values), strict=True)
    ]
    return Table("Bell tests", ("pair", "S", "at least", "p", "p, Holm over pairs"), tuple(rows))
