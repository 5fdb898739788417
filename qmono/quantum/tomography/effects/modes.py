r"""Linear maps with product structure: one small matrix per qubit, two qubits at a time.

A map (x) M_q with M_q of shape (m_q, k_q) is applied to a tensor (k_0, ..., k_{n-1}) as a chain of
small matrix products; the full matrix is never formed. The transpose is the same chain with the
transposed matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np

from qmono.quantum.paulis import PAULIS
from qmono.quantum.types import Integers, Matrix, Real

Array = TypeVar("Array", Real, Matrix)

DENSE_UP_TO_QUBITS = 3
"""So far one product with a dense matrix takes less time than a chain of small ones."""


LARGEST_PAIR = 2**21
"""Entries up to which two matrices are worth being multiplied out."""


def paired_modes(local: Sequence[Array]) -> list[Array]:
    """Kronecker products of neighbouring matrices (m, k): half as many, larger products."""
    paired, left = [], list(local)
    while left:
        together = 2 if len(left) > 1 and left[0].size * left[1].size <= LARGEST_PAIR else 1
        paired.append(_kron(left[:together]))
        left = left[together:]
    return paired


def _kron(local: Sequence[Array]) -> Array:
    first, *rest = local
    if not rest:
        return first
    (rows, columns), (m, k) = first.shape, rest[0].shape
    product = first[:, None, :, None] * rest[0][None, :, None, :]
    return product.reshape(rows * m, columns * k)


def apply_modes(modes: Sequence[Array], tensor: Array) -> Array:
    """The product map applied to a flat tensor; `modes` in the order of the axes, result flat."""
    for mode in modes:
        tensor = (tensor.reshape(mode.shape[1], -1).T @ mode.T).reshape(-1)
    return tensor


@lru_cache(maxsize=12)
def _interleaving(n: int) -> tuple[Integers, Integers]:
    """Flat index that pairs row and column bit of each qubit, and its inverse."""
    index = np.arange(4**n).reshape((2,) * (2 * n))
    forth = index.transpose([axis for q in range(n) for axis in (q, n + q)]).reshape(-1)
    back = np.empty_like(forth)
    back[forth] = np.arange(4**n)
    return forth, back


@lru_cache(maxsize=12)
def _pauli_modes(n: int) -> tuple[list[Matrix], list[Matrix]]:
    to_pauli = PAULIS.conj().reshape(4, 4)
    return paired_modes([to_pauli] * n), paired_modes([PAULIS.reshape(4, 4).T.copy()] * n)


@lru_cache(maxsize=DENSE_UP_TO_QUBITS)
def pauli_basis(n: int) -> Real:
    """(4**n, 2 * 4**n): all Pauli strings as flat matrices, real and imaginary parts in turn."""
    strings: Matrix = np.ones((1, 1, 1), dtype=np.complex128)
    for _ in range(n):
        count, d = 4 * len(strings), 2 * strings.shape[1]
        strings = np.einsum("aij,bkl->abikjl", strings, PAULIS).reshape(count, d, d)
    return strings.reshape(len(strings), -1).view(np.float64)


def expectations(operator: Matrix) -> Real:
    """Flat Pauli vector (4**n,) of Tr(P A) of a Hermitian A (2**n, 2**n)."""
    n = operator.shape[0].bit_length() - 1
    if n <= DENSE_UP_TO_QUBITS:
        flat = np.ascontiguousarray(operator, dtype=np.complex128).reshape(-1).view(np.float64)
        return pauli_basis(n) @ flat
    values: Real = apply_modes(_pauli_modes(n)[0], operator.reshape(-1)[_interleaving(n)[0]]).real.copy()
    return values


def pauli_sum(coefficients: Real) -> Matrix:
    """The operator sum_a y_a P_a (2**n, 2**n) of flat coefficients y (4**n,)."""
    n = (coefficients.size.bit_length() - 1) // 2
    if n <= DENSE_UP_TO_QUBITS:
        few: Matrix = (coefficients @ pauli_basis(n)).view(np.complex128).reshape(2**n, 2**n)
        return few
    paired = apply_modes(_pauli_modes(n)[1], coefficients.astype(np.complex128))
    operator: Matrix = paired[_interleaving(n)[1]].reshape(2**n, 2**n)
    return operator
