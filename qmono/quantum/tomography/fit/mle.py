"""The maximum-likelihood state, with a proof of how far from the maximum it can be."""

from __future__ import annotations

import numpy as np

from qmono.core.counts import CountsTable
from qmono.core.progress import Progress, no_progress
from qmono.quantum.tomography.fit.ascent import ascend
from qmono.quantum.tomography.fit.estimate import StateEstimate
from qmono.quantum.tomography.fit.pls import estimate_pls
from qmono.quantum.tomography.likelihood import Likelihood, likelihood_of, log_likelihood_of
from qmono.quantum.types import Matrix

IDENTITY_ADMIXTURE = 0.02
"""Part of the identity in the starting point, so that nothing observed is impossible there."""

FIRST_GAP = 1e6
"""Gap in nats at which the progress bar starts to move."""


def estimate_mle(
    table: CountsTable,
    *,
    gap: float = 0.01,
    max_iterations: int = 5000,
    progress: Progress = no_progress,
) -> StateEstimate:
    """Maximise the likelihood of the table (see `likelihood`) over density matrices.

    gap: nats that may be missing to the maximum, proven by the certificate of `ascent`. If it is not
    proven within max_iterations, or rounding does not allow it, `converged` is False and `likelihood_gap`
    says what was proven. A table without a single count gives the maximally mixed state.
    Raises UsageError where the table has no likelihood (corrected values).
    """
    return fit_likelihood(
        likelihood_of(table),
        estimate_pls(table).rho,
        gap=gap,
        max_iterations=max_iterations,
        progress=progress,
    )


def fit_likelihood(
    likelihood: Likelihood,
    start: Matrix,
    *,
    gap: float = 0.01,
    max_iterations: int = 5000,
    progress: Progress = no_progress,
) -> StateEstimate:
    """The same from a likelihood and a state (2**n, 2**n) to start near."""
    if likelihood.counts.size == 0:
        return StateEstimate(maximally_mixed(likelihood.dimension), "mle", 0.0, 0.0)
    ascent = ascend(
        likelihood,
        interior(likelihood, start),
        gap=gap,
        max_iterations=max_iterations,
        report=lambda proven: _tell(progress, proven, gap),
    )
    return StateEstimate(
        rho=likelihood.state(ascent.sigma),
        estimator="mle",
        log_likelihood=log_likelihood_of(likelihood.counts, ascent.p),
        likelihood_gap=ascent.gap,
        iterations=ascent.iterations,
        converged=ascent.gap <= gap,
    )


def maximally_mixed(dimension: int) -> Matrix:
    """I/d."""
    return np.eye(dimension, dtype=np.complex128) / dimension


def interior(likelihood: Likelihood, rho: Matrix) -> Matrix:
    """Coordinates of `rho` with 2 % of the identity mixed in: a point to start from."""
    sigma = likelihood.coordinates(rho)
    white = maximally_mixed(likelihood.dimension)
    mixed: Matrix = (1 - IDENTITY_ADMIXTURE) * sigma + IDENTITY_ADMIXTURE * white
    return mixed


def _tell(progress: Progress, proven: float, gap: float) -> None:
    """Progress in decades of the gap: the certificate falls about geometrically."""
    decades = np.log10(FIRST_GAP / gap)
    done = np.log10(FIRST_GAP / max(min(proven, FIRST_GAP), gap))
    progress(int(100 * done / decades), 100)
