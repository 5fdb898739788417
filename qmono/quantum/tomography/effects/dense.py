r"""Measurements of few qubits as one dense matrix, for many tables of counts at once.

States are real vectors u (4**n,) in the orthonormal Hermitian basis P/sqrt(d), P the Pauli strings:
u_P = Tr(P rho)/sqrt(d). An effect is a row a (4**n,) with p = a u and, as a matrix, sum_P a_P P/sqrt(d). A
batch of B states against M effects is then one matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qmono.quantum.tomography.effects.modes import pauli_basis
from qmono.quantum.types import Matrix, Real


@dataclass(frozen=True)
class DenseMeasurement:
    """effects: (M, 4**n) rows of n_qubits in the basis P/sqrt(d): Pauli coefficients times sqrt(d)."""

    effects: Real
    n_qubits: int

    @property
    def dimension(self) -> int:
        """d = 2**n."""
        return int(2**self.n_qubits)

    @cached_property
    def _basis(self) -> Real:
        return pauli_basis(self.n_qubits) / float(np.sqrt(self.dimension))

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
        paired = vectors @ self._basis
        operators: Matrix = paired.view(np.complex128).reshape(-1, self.dimension, self.dimension)
        return operators

    def vectors(self, operators: Matrix) -> Real:
        """u (B, 4**n) of Hermitian operators (B, d, d)."""
        flat = np.ascontiguousarray(operators).reshape(len(operators), -1)
        vectors: Real = flat.view(np.float64) @ self._basis.T
        return vectors
