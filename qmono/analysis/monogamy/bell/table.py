"""Counts of three qubits or more as Bell tests of all their pairs: two inputs on every qubit.

The settings name inputs 0 and 1, or measure every qubit along two directions at most, which determine no
joint state; a table of three directions on some qubit is a tomography.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from qmono.analysis.bell.inputs import direction_name, order_of_appearance
from qmono.analysis.monogamy.records import Pair
from qmono.core.counts import CountsTable, IntArray, SettingRows
from qmono.core.vocabulary import Design
from qmono.errors import InputError


@dataclass(frozen=True, eq=False)
class BellTable:
    """inputs: (m, n) of 0 and 1 for the rows of the table; mapping: how directions became inputs, or None."""

    table: CountsTable
    rows: SettingRows
    inputs: IntArray
    mapping: str | None

    @property
    def design(self) -> Design:
        """As declared, or fixed blocks, which cannot over-claim."""
        return self.table.design or "fixed-blocks"

    @property
    def counts(self) -> IntArray:
        """Counts (m, 2**n); ValueError for a table of other values."""
        if self.table.values != "counts":
            raise ValueError("the table holds no counts")
        return np.asarray(self.rows.counts, dtype=np.int64)

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """All pairs of qubits."""
        return tuple(combinations(range(self.table.n_qubits), 2))

    def unmeasured(self, pair: Pair) -> tuple[str, ...]:
        """Settings "xy" of a pair without any counts."""
        totals = np.zeros((2, 2))
        np.add.at(totals, tuple(self.inputs[:, sorted(pair)].T), self.rows.totals)
        return tuple(f"{x}{y}" for x, y in np.argwhere(totals <= 0))


def bell_table(table: CountsTable) -> BellTable | None:
    """The table as tests of its pairs, or None if it is no such table; InputError for other inputs."""
    rows = table.settings
    if table.n_qubits < 3 or rows is None or table.outcomes != 2:
        return None
    if rows.inputs is not None and rows.directions is None:
        wrong = rows.inputs[(rows.inputs < 0) | (rows.inputs > 1)]
        if wrong.size:
            source = table.origin.name if table.origin else ""
            raise InputError(
                f"Bell tests of pairs have the inputs 0 and 1 on every qubit; found {int(wrong[0])}",
                source=source,
            )
        return BellTable(table, rows, rows.inputs, None)
    found = _of_directions(table, rows)
    if found is None or all(found.unmeasured(pair) for pair in found.pairs):
        return None
    return found


def _of_directions(table: CountsTable, rows: SettingRows) -> BellTable | None:
    """Inputs as the file numbers them, else as the directions of each qubit appear in it."""
    if rows.directions is None:
        return None
    columns, names = [], []
    for qubit in range(table.n_qubits):
        index, first = order_of_appearance(rows.directions[:, qubit])
        if len(first) > 2:
            return None
        columns.append(index)
        names.append(f"{qubit}: {', '.join(direction_name(rows, row, qubit) for row in first)}")
    if rows.inputs is not None and int(rows.inputs.max()) < 2:
        return BellTable(table, rows, rows.inputs, None)
    mapping = f"inputs by order of appearance on qubit {'; '.join(names)}"
    return BellTable(table, rows, np.array(columns, dtype=np.int64).T, mapping)
