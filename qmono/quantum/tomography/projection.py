"""The physical state nearest to a Hermitian matrix."""

from __future__ import annotations

import numpy as np

from qmono.quantum.types import Matrix, Real


def project_to_simplex(values: Real) -> Real:
    """The nearest probability vector to `values` (d,), in ascending order, in Euclidean distance.

    max(v - t, 0) with t such that the sum is one. Smolin, Gambetta and Smith, PRL 108, 070502 (2012).
    """
    values = values - values[-1]  # the projection is blind to a common shift, rounding is not
    descending = values[::-1]
    shifts = (np.cumsum(descending) - 1) / np.arange(1, len(values) + 1)
    shift = shifts[np.flatnonzero(descending > shifts)[-1]]
    kept = np.maximum(values - shift, 0.0)
    projected: Real = kept / kept.sum()
    return projected


def nearest_state(operator: Matrix) -> Matrix:
    """The density matrix (d, d) nearest in Frobenius norm to a Hermitian operator of any trace."""
    values, vectors = np.linalg.eigh(operator)
    weights = project_to_simplex(values)
    kept = int(np.argmax(weights > 0))
    support = vectors[:, kept:]
    state: Matrix = (support * weights[kept:]) @ support.conj().T
    return state
