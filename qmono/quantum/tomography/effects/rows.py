"""Which effects the rows of a table are, and in which form: dense, products, looked up or row by row.

Each function gives effects, and which of them the outcomes of the rows are, or the counts of each effect.
"""

from __future__ import annotations

from math import prod

import numpy as np

from qmono.core.counts import ParityRows, ProjectorRows, SettingRows
from qmono.quantum.born import local_effects
from qmono.quantum.content_cache import cached_by_content
from qmono.quantum.paulis import pauli_index
from qmono.quantum.tomography.effects.forms import (
    DenseEffects,
    Effects,
    ParityEffects,
    ProductEffects,
    RowEffects,
    added_up,
    dense_rows,
)
from qmono.quantum.tomography.effects.pauli_rows import PauliRowEffects, pauli_letters
from qmono.quantum.types import Integers, Real

TENSOR_PER_STEP = 0.25
"""All products of the distinct local effects are made while they are at most this share of the k 4**n
multiplications that a row of k effects per qubit takes by itself."""

SMALL_TENSOR = 4096
"""Up to this many products they are made anyway."""

LARGE_TENSOR = 2**27
"""Above this many products they are not."""

TENSOR_PER_PAULI_CELL = 4
"""Pauli settings are looked up one by one where the products would be this many times the outcomes."""

DENSE_ENTRIES = 2**15
"""Up to this many coefficients effects are one dense matrix: one product instead of a chain of small ones."""


def distinct_directions(directions: Real) -> tuple[list[Real], Integers]:
    """Per qubit the distinct Bloch vectors of (R, n, 3), and which of them each row uses, (R, n)."""
    distinct, which = [], np.empty(directions.shape[:2], dtype=np.int64)
    rounded = np.round(directions, 12) + 0.0
    for q in range(directions.shape[1]):
        _, first, inverse = np.unique(rounded[:, q], axis=0, return_index=True, return_inverse=True)
        distinct.append(directions[first, q])
        which[:, q] = inverse.reshape(-1)
    return distinct, which


def setting_cells(directions: Real, confusion: Real | None = None) -> tuple[Effects, Integers]:
    """Effects of complete settings (S, n, 3), and which of them each outcome is, (S * 2**n,).

    confusion: (n, 2, 2) chance [qubit, state, read]; the effects are then those of what is read.
    """
    rows, n, _ = directions.shape
    if confusion is None and rows * 8**n <= DENSE_ENTRIES:
        return _dense_settings(directions)
    return _product_settings(directions, confusion)


@cached_by_content
def _dense_settings(directions: Real) -> tuple[Effects, Integers]:
    """Few cells as one matrix."""
    effects, cells = _product_settings(directions, None)
    return DenseEffects(dense_rows(effects, directions.shape[1])[cells]), np.arange(cells.size)


def _product_settings(directions: Real, confusion: Real | None) -> tuple[Effects, Integers]:
    distinct, which = distinct_directions(directions)
    rows, n = which.shape
    shape = tuple(2 * len(vectors) for vectors in distinct)
    products = prod(shape)
    letters = pauli_letters(directions) if confusion is None else None
    if letters is not None and products > TENSOR_PER_PAULI_CELL * rows * 2**n:
        return PauliRowEffects(letters), np.arange(rows * 2**n)
    if not products_pay(products, 2 * rows * 4**n):
        own = local_effects(directions)
        if confusion is not None:
            own = np.einsum("qtr,sqtk->sqrk", confusion, own)
        return RowEffects(_by_qubit(own)), np.arange(rows * 2**n)
    bits = np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1) & 1
    cells = np.zeros((rows, 2**n), dtype=np.int64)
    for q in range(n):
        cells = cells * shape[q] + 2 * which[:, q, None] + bits[:, q]
    local = [local_effects(vectors) for vectors in distinct]
    if confusion is not None:
        local = [np.einsum("tr,mtk->mrk", m, ideal) for m, ideal in zip(confusion, local, strict=True)]
    return ProductEffects([effects.reshape(-1, 4) for effects in local]), cells.reshape(-1)


def products_pay(products: int, steps: int) -> bool:
    """Whether all products of local effects take less time than the rows one by one, `steps` in all."""
    return products <= min(LARGE_TENSOR, max(SMALL_TENSOR, TENSOR_PER_STEP * steps))


def _by_qubit(local: Real) -> list[Real]:
    """(R, n, k, 4) as n arrays (R, k, 4)."""
    return list(np.ascontiguousarray(local.swapaxes(0, 1)))


def projector_cells(directions: Real) -> tuple[Effects, Integers]:
    """Effects of product projectors (R, n, 3), and which of them each row is, (R,)."""
    distinct, which = distinct_directions(directions)
    shape = tuple(len(vectors) for vectors in distinct)
    if not products_pay(prod(shape), len(which) * 4 ** which.shape[1]):
        return RowEffects(_by_qubit(local_effects(directions)[:, :, :1])), np.arange(len(which))
    effects = ProductEffects([local_effects(vectors)[:, 0] for vectors in distinct])
    return effects, np.asarray(np.ravel_multi_index(tuple(which.T), shape), dtype=np.int64)


def setting_effects(
    rows: SettingRows, directions: Real, *, by_total: bool = False, confusion: Real | None = None
) -> tuple[Effects, Real]:
    """The effects of complete settings and the counts, or the settings' totals, of each, (size,)."""
    effects, cells = setting_cells(directions, confusion)
    table = np.broadcast_to(rows.totals[:, None], rows.counts.shape) if by_total else rows.counts
    return effects, added_up(cells, np.asarray(table, dtype=np.float64).reshape(-1), effects.size)


def projector_effects(rows: ProjectorRows, per_row: Real) -> tuple[Effects, Real]:
    """The effects of product projectors and `per_row` (R,) added up for each, (size,)."""
    effects, cells = projector_cells(rows.directions)
    return effects, added_up(cells, per_row, effects.size)


def parity_effects(rows: ParityRows, n_qubits: int) -> tuple[Effects, Real]:
    """The effects of Pauli strings and the counts of each, (size,)."""
    index = np.array([pauli_index(label) for label in rows.labels], dtype=np.int64)
    return ParityEffects(index, n_qubits), np.asarray(rows.counts, dtype=np.float64).reshape(-1)
