r"""Measurements of few qubits as one dense matrix, for many tables of counts at once.

States are real vectors u (4**n,) in the orthonormal Hermitian basis P/sqrt(d), P the Pauli strings:
u_P = Tr(P rho)/sqrt(d). An effect is a row a (4**n,) with p = a u and, as a matrix, sum_P a_P P/sqrt(d). A
batch of B states against M effects is then one matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qmono.quantum.paulis import PAULIS
from qmono.quantum.tomography.effects import Effects
from qmono.quantum.types import Matrix, Real


@dataclass(frozen=True)
class DenseMeasurement:
    """effects: (M, 4**n) rows of n_qubits in the basis P/sqrt(d)."""

    effects: Real
    n_qubits: int

    @property
    def dimension(self) -> int:
        """d = 2**n."""
        return int(2**self.n_qubits)

    def probabilities(self, vectors: Real) -> Real:
        """p (B, M) of states u (B, 4**n)."""
        p: Real = vectors @ self.effects.T
        return p

    def score(self, weights: Real) -> Real:
        """sum_i w_i E_i (B, 4**n) of weights (B, M)."""
        operators: Real = weights @ self.effects
        return operators

    def matrices(self, vectors: Real) -> Matrix:
        """(B, d, d) of u (B, 4**n)."""
        paired = vectors @ _basis(self.n_qubits)
        operators: Matrix = paired.view(np.complex128).reshape(-1, self.dimension, self.dimension)
        return operators

    def vectors(self, operators: Matrix) -> Real:
        """u (B, 4**n) of Hermitian operators (B, d, d)."""
        flat = np.ascontiguousarray(operators).reshape(len(operators), -1)
        vectors: Real = flat.view(np.float64) @ _basis(self.n_qubits).T
        return vectors


@lru_cache(maxsize=4)
def _basis(n_qubits: int) -> Real:
    """(4**n, 2 d**2): the matrices P/sqrt(d), real and imaginary parts in turn."""
    strings: Matrix = np.ones((1, 1, 1), dtype=np.complex128)
    for _ in range(n_qubits):
        count, d = 4 * len(strings), 2 * strings.shape[1]
        strings = np.einsum("aij,bkl->abikjl", strings, PAULIS).reshape(count, d, d)
    scaled: Real = (strings.reshape(len(strings), -1) / np.sqrt(strings.shape[1])).view(np.float64)
    return scaled


def dense_rows(effects: Effects, n_qubits: int) -> Real:
    """(M, 4**n): the effects of a block, one a row, in the basis P/sqrt(d)."""
    columns = [effects.forward(unit) for unit in np.eye(4**n_qubits)]
    rows: Real = np.stack(columns, axis=1) * float(np.sqrt(2.0**n_qubits))
    return rows
