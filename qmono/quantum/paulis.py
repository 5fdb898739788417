r"""Pauli matrices, Pauli strings and the Pauli vector of a state.

The Pauli vector of an n-qubit operator is the real tensor `x` of shape (4,)*n with
`x[i, j, ...] = Tr(P_i (x) P_j (x) ... rho)`, letters in the order I X Y Z, so that
`rho = 2**-n sum x[i, j, ...] P_i (x) P_j (x) ...`. It is computed one qubit at a time.
"""

from __future__ import annotations

import numpy as np

from qmono.errors import InputError
from qmono.quantum.types import Matrix, Real

LETTERS = "IXYZ"
PAULIS: Matrix = np.array(
    [[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=np.complex128
)
"""The four matrices (4, 2, 2) in the order of LETTERS."""


def pauli_string(label: str) -> Matrix:
    """The matrix (2**n, 2**n) of a label such as "XIZ"."""
    product: Matrix = np.ones((1, 1), dtype=np.complex128)
    for letter in label:
        product = np.kron(product, PAULIS[LETTERS.index(letter)])
    return product


def pauli_index(label: str) -> int:
    """Position of a label in the flattened Pauli vector: base-4 digits, qubit 0 first."""
    index = 0
    if not set(label) <= set(LETTERS):
        raise InputError(f"{label!r} names no Pauli string; only a Bell test may use such rows")
    for letter in label:
        index = 4 * index + LETTERS.index(letter)
    return index


def apply_to_each_axis(local: Real | Matrix, tensor: Real | Matrix) -> Real | Matrix:
    """Contract the second index of `local` (m, k) with every axis of `tensor` (k, ..., k)."""
    for _ in range(tensor.ndim):
        tensor = np.tensordot(tensor, local, axes=(0, 1))
    return tensor


def pauli_vector(rho: Matrix) -> Real:
    """The Pauli vector, a tensor (4,)*n, of an operator (2**n, 2**n); its imaginary part is dropped."""
    n = rho.shape[0].bit_length() - 1
    paired = rho.reshape((2,) * (2 * n)).transpose([axis for q in range(n) for axis in (q, n + q)])
    expectations = apply_to_each_axis(PAULIS.conj().reshape(4, 4), paired.reshape((4,) * n))
    return np.ascontiguousarray(expectations.real)


def matrix_from_pauli_vector(x: Real) -> Matrix:
    """The operator (2**n, 2**n) with the given Pauli vector (4,)*n; inverse of `pauli_vector`."""
    n = x.ndim
    paired = apply_to_each_axis(PAULIS.reshape(4, 4).T / 2, x.astype(np.complex128))
    axes = [2 * q for q in range(n)] + [2 * q + 1 for q in range(n)]
    return np.ascontiguousarray(paired.reshape((2,) * (2 * n)).transpose(axes).reshape(2**n, 2**n))
