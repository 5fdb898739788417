"""S with the noise of the marginals taken out: the best unbiased estimate if nothing signals.

Without signalling the four differences d between marginals that should agree are zero but for noise, and that
noise is correlated with the noise of S. S - c^T C^-1 d, with C the covariance of d and c that of d with S, is
the generalised least squares estimate: Gill, arXiv:2209.00702, for independent trials and many counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from qmono.quantum.bell.chsh import sign_array
from qmono.quantum.types import Integers, Real

_SINGULAR = 1e12


@dataclass(frozen=True)
class CorrectedS:
    """The estimate and its standard error."""

    value: float
    std_error: float


def corrected_s(counts: Integers, signs: str) -> CorrectedS | None:
    """From counts (2, 2, 2, 2), indexed x, y, a, b; None if outcomes that never vary leave no covariance."""
    totals = counts.sum(axis=(2, 3))
    p = counts.reshape(2, 2, 4) / totals[..., None]
    variables = np.array([[1.0, 1.0, 1.0], [1.0, -1.0, -1.0], [-1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]])
    mean: Real = p @ variables
    second = np.einsum("xyk,ki,kj->xyij", p, variables, variables)
    covariance = (second - mean[..., :, None] * mean[..., None, :]) / totals[..., None, None]
    weights = np.zeros((2, 2, 5, 3))
    weights[..., 0, 2] = sign_array(signs)
    for x, y in np.ndindex(2, 2):
        # <A_x> at y = 0 minus y = 1, <B_y> at x = 0 minus x = 1
        weights[x, y, 1 + x, 0] = 1 - 2 * y
        weights[x, y, 3 + y, 1] = 1 - 2 * x
    joint = np.einsum("xyia,xyab,xyjb->ij", weights, covariance, weights)
    s_value, *shifts = np.einsum("xyia,xya->i", weights, mean)
    noise, shared = joint[1:, 1:], joint[1:, 0]
    if not np.all(np.isfinite(joint)) or np.linalg.cond(noise) > _SINGULAR:
        return None
    gain = np.linalg.solve(noise, shared)
    variance = max(float(joint[0, 0] - gain @ shared), 0.0)
    return CorrectedS(float(s_value - gain @ np.array(shifts)), sqrt(variance))
