"""Other readings of a table, each by a single usual mistake: which labels may have been mixed up.

The likelihood of the best state does not change if single qubits are rotated, or if all are transposed. So of
a relabelling of the three bases of a qubit it tells only the handedness: exchanging two bases, inverting the
outcomes of one basis and inverting those of all three are one alternative, mirroring the qubit. Which of them
it was takes a target (`mirrors`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations

import numpy as np

from qmono.core.counts import CountArray, CountsTable, with_cells
from qmono.quantum.types import Real

ALL_ORDERS_UP_TO_QUBITS = 3
"""Above, only two qubits are exchanged at a time."""


@dataclass(frozen=True)
class Alternative:
    """The table as it should have been read if `what` happened; mirrored: the qubit that it mirrors."""

    what: str
    table: CountsTable
    mirrored: int | None = None


def alternatives(table: CountsTable, suspects: Sequence[str]) -> Iterator[Alternative]:
    """Orders of qubits, mirrored qubits, and for the rows `suspects` outcomes inverted and rows exchanged.

    Nothing for tables with more, or other, than complete settings in known bases.
    """
    rows = table.settings
    if rows is None or rows.directions is None or not table.holds_settings_only:
        return
    n = table.n_qubits
    for order in _orders(n):
        names = " ".join(map(str, order))
        counts = _reordered(rows.counts, n, order)
        yield Alternative(f"outcomes list the qubits in the order {names}", _counted(table, counts))
    for qubit in range(1, n) if n == 2 else range(n if n > 2 else 0):
        mirrored = replace(rows, directions=rows.directions * _mirror(n, qubit), rounds=None)
        yield Alternative(f"qubit {qubit} is mirrored", replace(table, settings=mirrored), qubit)
    places = [place for place, label in enumerate(rows.labels) if label in suspects]
    for place in places:
        for qubit in range(n):
            counts = rows.counts.copy()
            counts[place] = counts[place][np.arange(2**n) ^ (1 << (n - 1 - qubit))]
            what = f"outcomes of qubit {qubit} are inverted in row {rows.labels[place]}"
            yield Alternative(what, _counted(table, counts))
    for one, other in combinations(places, 2):
        counts = rows.counts.copy()
        counts[[one, other]] = counts[[other, one]]
        what = f"rows {rows.labels[one]} and {rows.labels[other]} are exchanged"
        yield Alternative(what, _counted(table, counts))


def mirrors() -> dict[str, Real]:
    """The single mistakes that mirror a qubit: what happened, and what it does to a Bloch vector (3, 3)."""
    axes = np.eye(3)
    exchanged = {
        f"{'XYZ'[a]} and {'XYZ'[b]} are exchanged": axes[_exchange(a, b)]
        for a, b in combinations(range(3), 2)
    }
    inverted = {f"outcomes of {'XYZ'[a]} are inverted": np.diag(1.0 - 2 * axes[a]) for a in range(3)}
    return {**exchanged, **inverted, "all outcomes are inverted": -axes}


def _exchange(a: int, b: int) -> list[int]:
    order = [0, 1, 2]
    order[a], order[b] = b, a
    return order


def _orders(n: int) -> list[tuple[int, ...]]:
    """Orders of the qubits other than theirs."""
    if n <= ALL_ORDERS_UP_TO_QUBITS:
        return list(permutations(range(n)))[1:]
    found = [tuple(reversed(range(n)))]
    for a, b in combinations(range(n), 2):
        order = list(range(n))
        order[a], order[b] = b, a
        found.append(tuple(order))
    return found


def _reordered(counts: CountArray, n: int, order: tuple[int, ...]) -> CountArray:
    tensor = counts.reshape(-1, *(2,) * n)
    back = np.argsort(order)
    reordered: CountArray = tensor.transpose(0, *(1 + back)).reshape(counts.shape)
    return reordered


def _mirror(n: int, qubit: int) -> Real:
    signs = np.ones((n, 3))
    signs[qubit, 1] = -1.0
    return signs


def _counted(table: CountsTable, counts: CountArray) -> CountsTable:
    return with_cells(table, counts.reshape(-1))
