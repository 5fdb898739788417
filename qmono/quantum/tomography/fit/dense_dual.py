"""The sharper certificate of `dual` for many small problems: H is a small matrix, solved directly."""

from __future__ import annotations

import numpy as np

from qmono.quantum.tomography.effects.dense import DenseMeasurement
from qmono.quantum.tomography.fit.dual import KERNEL, LONGEST
from qmono.quantum.types import Matrix, Real

RIDGE = 1e-12
"""Part of the trace of H added to its diagonal: directions that were not measured have no curvature."""


def sharper_references(measurement: DenseMeasurement, f: Real, p: Real, u: Real) -> Real:
    """q = p/(1 - delta) (B, M) of the Newton step H Z = R - mu + S; q = p where that step is too long.

    f: shares of the counts (B, M). p: probabilities at the states u (B, 4**n), anything positive where f = 0.
    """
    score = measurement.score(f / p)
    mu = (score * u).sum(axis=1)
    missing = measurement.vectors(_raised(measurement.matrices(score), mu, measurement.matrices(u)))
    effects = measurement.effects
    squares = (effects[:, :, None] * effects[:, None, :]).reshape(len(effects), -1)
    hessian = ((f / p**2) @ squares).reshape(len(f), *effects.shape[1:], -1)
    diagonal = np.einsum("baa->ba", hessian)
    diagonal += RIDGE * diagonal.sum(axis=1, keepdims=True)
    step = np.linalg.solve(hessian, missing[:, :, None])[:, :, 0].astype(np.float64, copy=False)
    delta = np.where(f > 0, measurement.probabilities(step) / p, 0.0)
    delta[(delta.max(axis=1) >= 1.0) | (delta.min(axis=1) < -LONGEST)] = 0.0
    q: Real = p / (1.0 - delta)
    return q


def _raised(score: Matrix, mu: Real, sigma: Matrix) -> Matrix:
    """R - mu + S: S lifts what is below zero in the kernel of sigma."""
    excess = score - mu[:, None, None] * np.eye(score.shape[1])
    values, vectors = np.linalg.eigh(sigma)
    adjoint = vectors.conj().swapaxes(1, 2)
    kernel = values < KERNEL * values[:, -1:]
    inside = kernel[:, :, None] & kernel[:, None, :]
    heights, axes = np.linalg.eigh(np.where(inside, adjoint @ excess @ vectors, 0.0))
    low = (axes * np.minimum(heights, 0.0)[:, None, :]) @ axes.conj().swapaxes(1, 2)
    raised: Matrix = excess - vectors @ low @ adjoint
    return raised
