r"""Sets of effects as linear maps from the Pauli vector to probabilities, never as one dense matrix.

Each class maps a flat Pauli vector x (4**n,) to p_i = Tr(E_i rho) (`forward`) and weights w_i to the
Pauli coefficients y of sum_i w_i E_i = sum_a y_a P_a (`adjoint`, the transpose).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from qmono.quantum.tomography.effects.modes import apply_modes, paired_modes
from qmono.quantum.types import Integers, Real

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
