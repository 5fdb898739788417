r"""A sharper certificate: one Newton step towards the best q, by conjugate gradients.

Any positive q bounds the likelihood from above (see `ascent`). With q = p(sigma) the excess is of first
order in the error of sigma, because the largest eigenvalue of R sees every direction in which the slope is
not yet level. Better q exist near p. With q = p/(1 - delta), delta_i = Tr(E_i Z)/p_i,

    R(q) = R - H Z,   H Z = sum_i f_i/p_i**2 Tr(E_i Z) E_i   (R and counts per count: f = c/N)

exactly. Choose Z such that R - B - H Z = mu - S with mu = Tr[(R - B) sigma] and S >= 0 in the kernel of
sigma, the negative part of R - B - mu there: the largest eigenvalue is mu, and the bound exceeds the value
at sigma by N sum f [-ln(1 - delta) - delta] alone, half the Newton decrement: about what is really missing.
H is nearly diagonal in the Pauli basis, where the weight of a string sets how often it was measured; with
that diagonal as preconditioner, five steps of conjugate gradients gain about a factor four to ten. Every q
is judged by its own eigenvalues, so an unfinished solution only costs sharpness.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qmono.quantum.tomography.effects.modes import expectations, pauli_sum
from qmono.quantum.tomography.likelihood import Likelihood
from qmono.quantum.types import Matrix, Real

KERNEL = 1e-9
"""Eigenvalues of sigma below this part of the largest are its kernel."""

LONGEST = 1e6
"""A step that takes some q this many times below p is of no use, and soon of no meaning in floating point."""

STEPS_PER_LOOK = 5
LOOKS = 12
"""Conjugate-gradient steps between two looks at the eigenvalues, and the most looks."""


def sharper_references(
    likelihood: Likelihood, sigma: Matrix, p: Real, tilt: Matrix | None
) -> Iterator[tuple[Real, float]]:
    """Positive q (m,) of sharper and sharper bounds, each with the part of its excess that will stay.

    sigma: (d, d) with probabilities p (m,) > 0 of the observed effects. tilt: B per count. The second number
    is sum f [-ln(1 - delta) - delta]: no q of this sequence will prove a smaller excess per count.
    """
    f = likelihood.counts / likelihood.total
    slope = likelihood.score(f / p)
    slope = slope if tilt is None else slope - tilt
    missing = _to_level(slope, sigma)
    metric = _diagonal(likelihood, f / p**2)
    delta = np.zeros_like(p)
    residual = missing
    direction = turned = _preconditioned(residual, metric)
    squared = float(np.vdot(residual, turned).real)
    for step in range(1, STEPS_PER_LOOK * LOOKS + 1):
        image = likelihood.probabilities(direction) / p
        bent = likelihood.score(f / p * image)
        curvature = float(np.vdot(direction, bent).real)
        if not curvature > 0.0 or not squared > 0.0:
            return
        length = squared / curvature
        delta = delta + length * image
        residual = residual - length * bent
        if step % STEPS_PER_LOOK == 0 and float(delta.max()) < 1.0 and float(delta.min()) > -LONGEST:
            yield p / (1 - delta), -float(f @ (np.log1p(-delta) + delta))
        turned = _preconditioned(residual, metric)
        previous, squared = squared, float(np.vdot(residual, turned).real)
        direction = turned + squared / previous * direction


def _to_level(slope: Matrix, sigma: Matrix) -> Matrix:
    """slope - mu + S: what H Z has to be."""
    excess = slope - float(np.vdot(slope, sigma).real) * np.eye(len(slope))
    values, vectors = np.linalg.eigh(sigma)
    kernel = vectors[:, values < KERNEL * values[-1]]
    heights, axes = np.linalg.eigh(kernel.conj().T @ excess @ kernel)
    axes = kernel @ axes[:, heights < 0.0]
    raised: Matrix = excess - (axes * heights[heights < 0.0]) @ axes.conj().T
    return raised


def _diagonal(likelihood: Likelihood, weights: Real) -> Real:
    """1/(diagonal of H) (4**n,) in the Pauli basis, but for the change of coordinates of a whitening."""
    diagonal = likelihood.squared_score(weights)
    return np.divide(1.0, diagonal, out=np.zeros_like(diagonal), where=diagonal > 1e-12 * diagonal[0])


def _preconditioned(operator: Matrix, metric: Real) -> Matrix:
    return pauli_sum(metric * expectations(operator))
