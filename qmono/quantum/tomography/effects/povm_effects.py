"""Effects of POVM rows as linear maps, with the product structure of their parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from qmono.core.povms import Povm, PovmRows
from qmono.quantum.tomography.effects.forms import Effects, ProductEffects, RowEffects, added_up, dense_rows
from qmono.quantum.tomography.effects.modes import expectations
from qmono.quantum.tomography.effects.rows import products_pay
from qmono.quantum.types import Integers, Real

NEVER = 1e-12
"""An effect of no more trace than this is zero."""

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class PovmCells:
    """Some of the counts of POVM rows: where they stand, (c,), and which of the effects each is, (c,)."""

    effects: Effects
    positions: Integers
    cells: Integers


def povm_cells(rows: PovmRows) -> list[PovmCells]:
    """The effects of all rows; rows whose parts have the same qubits share theirs."""
    coefficients = [pauli_coefficients(povm) for povm in rows.povms]
    found = []
    for own in _grouped(range(len(rows.labels)), rows.qubits):
        parts = [
            list(dict.fromkeys(rows.parts[row][p] for row in own)) for p in range(len(rows.parts[own[0]]))
        ]
        products = prod(sum(rows.povms[povm].outcomes for povm in povms) for povms in parts)
        width = prod(coefficients[povm].shape[1] for povm in rows.parts[own[0]])
        if products_pay(products, 2 * len(own) * width):
            found.append(_products(rows, own, parts, coefficients))
        else:
            found += [_row_by_row(rows, alike, coefficients) for alike in _grouped(own, rows.shape)]
    return found


def povm_effects(rows: PovmRows, per_count: Real) -> list[tuple[Effects, Real]]:
    """Blocks of effects and the numbers `per_count` (C,) added up for each of them."""
    return [
        (block.effects, added_up(block.cells, per_count[block.positions], block.effects.size))
        for block in povm_cells(rows)
    ]


def dense_povms(rows: PovmRows, n_qubits: int) -> Real:
    """(C, 4**n): the Pauli coefficients of the effect of every count."""
    dense = np.zeros((rows.counts.size, 4**n_qubits))
    for block in povm_cells(rows):
        dense[block.positions] = dense_rows(block.effects, n_qubits)[block.cells]
    return dense


def by_total(rows: PovmRows) -> Real:
    """For every count the shots of its row, (C,)."""
    sizes = [cells.stop - cells.start for cells in rows.cells]
    repeated: Real = np.repeat(np.asarray(rows.totals, dtype=np.float64), sizes)
    return repeated


def impossible_outcomes(rows: PovmRows) -> BoolArray:
    """Which of the counts (C,) belong to an effect that is zero: outcomes that occur in no state."""
    never = [np.trace(povm.effects, axis1=1, axis2=2).real <= NEVER for povm in rows.povms]
    found = np.zeros(rows.counts.shape, dtype=np.bool_)
    for cells, parts in zip(rows.cells, rows.parts, strict=True):
        own = np.zeros(1, dtype=np.bool_)
        for povm in parts:
            own = (own[:, None] | never[povm]).reshape(-1)
        found[cells] = own
    return found


def pauli_coefficients(povm: Povm) -> Real:
    """(k, 4**m): Tr(P E)/2**m of every effect."""
    coefficients: Real = np.stack([expectations(effect) for effect in povm.effects]) / 2**povm.n_qubits
    return coefficients


def _grouped(rows: Iterable[int], key: Callable[[int], tuple[int, ...]]) -> list[list[int]]:
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return list(groups.values())


def _products(
    rows: PovmRows, own: Sequence[int], parts: Sequence[Sequence[int]], coefficients: Sequence[Real]
) -> PovmCells:
    """All products of the POVMs that occur in each part."""
    local, first = [], []
    for povms in parts:
        sizes = [rows.povms[povm].outcomes for povm in povms]
        first.append(dict(zip(povms, np.cumsum([0, *sizes[:-1]]).tolist(), strict=True)))
        local.append(np.concatenate([coefficients[povm] for povm in povms]))
    shape = [len(effects) for effects in local]
    cells = []
    for row in own:
        index = np.zeros(1, dtype=np.int64)
        for p, povm in enumerate(rows.parts[row]):
            outcomes = first[p][povm] + np.arange(rows.povms[povm].outcomes)
            index = (index[:, None] * shape[p] + outcomes).reshape(-1)
        cells.append(index)
    return PovmCells(ProductEffects(local), _positions(rows, own), np.concatenate(cells))


def _row_by_row(rows: PovmRows, own: Sequence[int], coefficients: Sequence[Real]) -> PovmCells:
    chosen = np.array([rows.parts[row] for row in own])
    local = [np.stack([coefficients[povm] for povm in column]) for column in chosen.T]
    effects = RowEffects(local)
    return PovmCells(effects, _positions(rows, own), np.arange(effects.size))


def _positions(rows: PovmRows, own: Sequence[int]) -> Integers:
    return np.concatenate([np.arange(rows.cells[row].start, rows.cells[row].stop) for row in own])
