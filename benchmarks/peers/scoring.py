"""One score for every answer: the log likelihood of the counts, and the fidelity with the true state."""

from __future__ import annotations

import numpy as np

from qmono.core.counts import CountsTable
from qmono.quantum.tomography.likelihood import likelihood_of
from qmono.quantum.types import Matrix

FLOOR = 1e-12
"""Least probability of an outcome that was seen: answers on the boundary may rule it out."""


def physical(rho: Matrix) -> Matrix:
    """The answer without negative eigenvalues, of trace one."""
    values, vectors = np.linalg.eigh((rho + rho.conj().T) / 2)
    kept = np.maximum(values, 0.0)
    state: Matrix = (vectors * (kept / kept.sum())) @ vectors.conj().T
    return state


def log_likelihood(table: CountsTable, rho: Matrix) -> float:
    """sum c ln p in nats, probabilities at least FLOOR."""
    likelihood = likelihood_of(table)
    return float(likelihood.counts @ np.log(np.maximum(likelihood.probabilities(rho), FLOOR)))
