"""The physical state nearest to a Hermitian matrix."""

from __future__ import annotations

import numpy as np

from qmono.quantum.types import Matrix, Real


def project_to_simplex(values: Real) -> Real:
    """The nearest probability vector to `values` (..., d), ascending in the last axis, in Euclidean distance.

    max(v - t, 0) with t such that the sum is one: the largest of (v_1 + ... + v_k - 1)/k, largest v first.
    Smolin, Gambetta and Smith, PRL 108, 070502 (2012).
    """
    values = values - values[..., -1:]  # the projection is blind to a common shift, rounding is not
    sums = np.cumsum(values[..., ::-1], axis=-1)
    shift = ((sums - 1) / np.arange(1, values.shape[-1] + 1)).max(axis=-1, keepdims=True)
    kept = np.maximum(values - shift, 0.0)
    projected: Real = kept / kept.sum(axis=-1, keepdims=True)
    return projected


def nearest_state(operator: Matrix) -> Matrix:
    """The density matrix (d, d) nearest in Frobenius norm to a Hermitian operator of any trace."""
    values, vectors = np.linalg.eigh(operator)
    weights = project_to_simplex(values)
    kept = int(np.argmax(weights > 0))
    support = vectors[:, kept:]
    state: Matrix = (support * weights[kept:]) @ support.conj().T
    return state


def nearest_states(operators: Matrix) -> Matrix:
    """The same of a stack (B, d, d)."""
    values, vectors = np.linalg.eigh(operators)
    weights = project_to_simplex(values)
    states: Matrix = (vectors * weights[:, None, :]) @ vectors.conj().swapaxes(1, 2)
    return states
