r"""Sets of effects as linear maps from the Pauli vector to probabilities, never as one dense matrix.

Each class maps a flat Pauli vector x (4**n,) to p_i = Tr(E_i rho) (`forward`) and weights w_i to the
Pauli coefficients y of sum_i w_i E_i = sum_a y_a P_a (`adjoint`, the transpose).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import prod
from typing import Protocol

import numpy as np

from qmono.core.counts import ParityRows, ProjectorRows, SettingRows
from qmono.quantum.born import local_effects
from qmono.quantum.paulis import pauli_index
from qmono.quantum.tomography.modes import apply_modes, paired_modes
from qmono.quantum.tomography.pauli_rows import PauliRowEffects, pauli_letters
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

CHUNK = 2**21
"""Largest intermediate, in doubles, of the row-by-row contraction."""


class Adjoint(Protocol):
    """Weights of effects to Pauli coefficients."""

    def adjoint(self, weights: Real) -> Real:
        """(4**n,) of weights (size,)."""


class Effects(Protocol):
    """A linear map x -> (Tr E_i rho)_i and its transpose."""

    @property
    def size(self) -> int:
        """Number of effects."""

    def forward(self, x: Real) -> Real:
        """Probabilities (size,) of the flat Pauli vector x."""

    def adjoint(self, weights: Real) -> Real:
        """Pauli coefficients (4**n,) of sum_i w_i E_i."""

    def squared(self) -> Adjoint:
        """The transpose with every Pauli coefficient squared."""


@dataclass(frozen=True)
class ProductEffects:
    """All products of the distinct effects of each part: `local` holds one (k, 4**m) per part of m qubits."""

    local: Sequence[Real]

    @property
    def size(self) -> int:
        """Number of products."""
        return int(np.prod([len(effects) for effects in self.local]))

    @cached_property
    def _modes(self) -> tuple[list[Real], list[Real]]:
        return paired_modes(self.local), paired_modes([np.ascontiguousarray(m.T) for m in self.local])

    def forward(self, x: Real) -> Real:
        """See `Effects`."""
        return apply_modes(self._modes[0], x)

    def adjoint(self, weights: Real) -> Real:
        """See `Effects`."""
        return apply_modes(self._modes[1], weights)

    def squared(self) -> ProductEffects:
        """See `Effects`."""
        return ProductEffects([effects**2 for effects in self.local])


@dataclass(frozen=True)
class RowEffects:
    """Rows with effects of their own: `local` holds one (R, k, 4**m) per part of m qubits, k of its own.

    R times the product of all k effects, row by row.
    """

    local: Sequence[Real]

    @property
    def size(self) -> int:
        """Number of effects."""
        return len(self.local[0]) * self._per_row

    @property
    def _per_row(self) -> int:
        return int(np.prod([part.shape[1] for part in self.local]))

    def _chunks(self) -> list[list[Real]]:
        widths, largest = [part.shape[1:] for part in self.local], 1
        left, done = int(np.prod([width for _, width in widths])), 1
        for k, width in widths:
            left, done = left // width, done * k
            largest = max(largest, done * left)
        per_chunk = max(1, CHUNK // largest)
        starts = range(0, len(self.local[0]), per_chunk)
        return [[part[start : start + per_chunk] for part in self.local] for start in starts]

    def forward(self, x: Real) -> Real:
        """See `Effects`."""
        return np.concatenate([_contract_rows(chunk, x) for chunk in self._chunks()])

    def adjoint(self, weights: Real) -> Real:
        """See `Effects`."""
        total = np.zeros(int(np.prod([part.shape[2] for part in self.local])))
        start, per_row = 0, weights.reshape(-1, self._per_row)
        for chunk in self._chunks():
            total += _expand_rows(chunk, per_row[start : start + len(chunk[0])])
            start += len(chunk[0])
        return total

    def squared(self) -> RowEffects:
        """See `Effects`."""
        return RowEffects([part**2 for part in self.local])


def _contract_rows(local: Sequence[Real], x: Real) -> Real:
    (rows, done, width), rest = local[0].shape, local[1:]
    tensor = (local[0] @ x.reshape(width, -1)).reshape(rows, done, -1)
    for part in rest:
        _, k, width = part.shape
        tensor = part[:, None] @ tensor.reshape(rows, done, width, -1)
        done *= k
        tensor = tensor.reshape(rows, done, -1)
    return tensor.reshape(-1)


def _expand_rows(local: Sequence[Real], weights: Real) -> Real:
    tensor, (rows, left) = weights[..., None], weights.shape
    for part in reversed(local[1:]):
        k = part.shape[1]
        left //= k
        folded = tensor.reshape(rows, left, k, -1)
        tensor = (part[:, None].swapaxes(2, 3) @ folded).reshape(rows, left, -1)
    first = local[0].reshape(-1, local[0].shape[2])
    joined: Real = first.T @ tensor.reshape(len(first), -1)
    return joined.reshape(-1)


@dataclass(frozen=True)
class ParityEffects:
    """Effects (1 +- P_r)/2 of Pauli strings with flat positions `index` (R,), ordered (r, sign)."""

    index: Integers
    n_qubits: int

    @property
    def size(self) -> int:
        """Number of effects."""
        return 2 * len(self.index)

    def forward(self, x: Real) -> Real:
        """See `Effects`."""
        half = x[self.index] / 2
        return np.stack([x[0] / 2 + half, x[0] / 2 - half], axis=1).reshape(-1)

    def adjoint(self, weights: Real) -> Real:
        """See `Effects`."""
        pairs = weights.reshape(-1, 2)
        y = added_up(self.index, (pairs[:, 0] - pairs[:, 1]) / 2, 4**self.n_qubits)
        y[0] += pairs.sum() / 2
        return y

    def squared(self) -> SquaredParityEffects:
        """See `Effects`."""
        return SquaredParityEffects(self.index, self.n_qubits)


@dataclass(frozen=True)
class SquaredParityEffects:
    """Both effects of each string with squared coefficients: 1/4 at the identity and 1/4 at the string."""

    index: Integers
    n_qubits: int

    def adjoint(self, weights: Real) -> Real:
        """Sums of the weights over 4, at each string and at the identity."""
        pairs = weights.reshape(-1, 2).sum(axis=1) / 4
        y = added_up(self.index, pairs, 4**self.n_qubits)
        y[0] += pairs.sum()
        return y


@dataclass(frozen=True)
class MatrixEffect:
    """A single effect given by its Pauli coefficients (4**n,)."""

    coefficients: Real

    @property
    def size(self) -> int:
        """One."""
        return 1

    def forward(self, x: Real) -> Real:
        """See `Effects`."""
        return np.array([self.coefficients @ x])

    def adjoint(self, weights: Real) -> Real:
        """See `Effects`."""
        return self.coefficients * float(weights[0])

    def squared(self) -> MatrixEffect:
        """See `Effects`."""
        return MatrixEffect(self.coefficients**2)


@dataclass(frozen=True)
class DenseEffects:
    """Any effects of few qubits: their Pauli coefficients (m, 4**n), one a row."""

    coefficients: Real

    @property
    def size(self) -> int:
        """Number of effects."""
        return len(self.coefficients)

    def forward(self, x: Real) -> Real:
        """See `Effects`."""
        p: Real = self.coefficients @ x
        return p

    def adjoint(self, weights: Real) -> Real:
        """See `Effects`."""
        y: Real = self.coefficients.T @ weights
        return y

    def squared(self) -> Effects:
        """See `Effects`."""
        return DenseEffects(self.coefficients**2)


def dense_rows(effects: Effects, n_qubits: int) -> Real:
    """(M, 4**n): the Pauli coefficients of every effect of a block, one effect a row."""
    if isinstance(effects, DenseEffects):
        return effects.coefficients
    return np.stack([effects.forward(unit) for unit in np.eye(4**n_qubits)], axis=1)


def added_up(positions: Integers, weights: Real, size: int) -> Real:
    """(size,): at each position the sum of its weights."""
    sums: Real = np.bincount(positions, weights, minlength=size).astype(np.float64, copy=False)
    return sums


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
        return _dense_settings(directions.shape, directions.astype(np.float64).tobytes())
    return _product_settings(directions, confusion)


@lru_cache(maxsize=8)
def _dense_settings(shape: tuple[int, int, int], content: bytes) -> tuple[Effects, Integers]:
    """Few cells as one matrix; made once for all tables of the same settings."""
    effects, cells = _product_settings(np.frombuffer(content).reshape(shape), None)
    return DenseEffects(dense_rows(effects, shape[1])[cells]), np.arange(cells.size)


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
