"""Whether one party's outcomes depend on the other party's input, which no-signalling forbids.

Four comparisons of two proportions: A's outcome + given x for y = 0 and 1, B's given y for x = 0 and 1. The
largest CHSH value of a local model whose marginals shift is 2 plus the sum of the four shifts of <A_x> and
<B_y>: Kujala, Dzhafarov and Larsson, Phys. Rev. Lett. 115 (2015) 150401.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np
from scipy.special import chdtrc, gammaln

from qmono.quantum.types import Integers

_SINGULAR = 1e12
FEWEST_EXPECTED = 5.0
"""With a smaller expected cell the normal approximation gives way to Fisher's exact test."""


@dataclass(frozen=True)
class MarginalShift:
    """One comparison: name such as "A|x=0", shift of the mean outcome, z score, two-sided p value."""

    name: str
    shift: float
    z: float
    p_value: float
    is_exact: bool


def marginal_shifts(counts: Integers) -> tuple[MarginalShift, ...]:
    """The four comparisons A|x=0, A|x=1, B|y=0, B|y=1 for counts (2, 2, 2, 2), indexed x, y, a, b."""
    alice, bob = counts.sum(axis=3), counts.sum(axis=2)
    return (
        *(_compared(f"A|x={x}", alice[x]) for x in (0, 1)),
        *(_compared(f"B|y={y}", bob[:, y]) for y in (0, 1)),
    )


def familywise(shifts: tuple[MarginalShift, ...]) -> float:
    """One p value for all four: the smallest times four (Bonferroni)."""
    return min(1.0, len(shifts) * min(shift.p_value for shift in shifts))


def wald(counts: Integers) -> tuple[float, float] | None:
    """Chi-square (four degrees of freedom) and p value of all four shifts together; None if one cannot vary.

    d^T C^-1 d with C their covariance: A and B of one setting are correlated. For many counts; Gill,
    arXiv:2209.00702.
    """
    totals = counts.sum(axis=(2, 3))
    means = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    p = counts.reshape(2, 2, 4) / totals[..., None]
    mean = p @ means
    covariance = np.einsum("xyk,ki,kj->xyij", p, means, means) - mean[..., :, None] * mean[..., None, :]
    covariance /= totals[..., None, None]
    shifts, total = np.zeros(4), np.zeros((4, 4))
    for x in (0, 1):
        for y in (0, 1):
            part = np.zeros((4, 2))
            part[x, 0], part[2 + y, 1] = 1 - 2 * y, 1 - 2 * x
            shifts += part @ mean[x, y]
            total += part @ covariance[x, y] @ part.T
    if np.linalg.cond(total) > _SINGULAR:
        return None
    chi_square = float(shifts @ np.linalg.solve(total, shifts))
    return chi_square, float(chdtrc(4, chi_square))


def total_shift(shifts: tuple[MarginalShift, ...]) -> float:
    """How far above 2 a local model with these marginals could lie."""
    return sum(abs(shift.shift) for shift in shifts)


def _compared(name: str, table: Integers) -> MarginalShift:
    """table (2, 2): the other party's input, own outcome."""
    totals = table.sum(axis=1)
    plus = table[:, 0] / totals
    pooled = float(table[:, 0].sum() / totals.sum())
    variance = pooled * (1 - pooled) * float((1 / totals).sum())
    z = float(plus[0] - plus[1]) / sqrt(variance) if variance > 0 else 0.0
    is_exact = float(totals.min()) * min(pooled, 1 - pooled) < FEWEST_EXPECTED
    p_value = fisher_exact(table) if is_exact else erfc(abs(z) / sqrt(2))
    return MarginalShift(name, 2 * float(plus[0] - plus[1]), z, p_value, is_exact)


def fisher_exact(table: Integers) -> float:
    """Two-sided p value of Fisher's exact test of a table (2, 2): all tables that are at most as likely."""
    (a, b), (c, d) = table.tolist()
    row, column, total = a + b, a + c, a + b + c + d
    cells = np.arange(max(0, row + column - total), min(row, column) + 1)
    logs = _log_choose(column, cells) + _log_choose(total - column, row - cells) - _log_choose(total, row)
    as_extreme = logs <= logs[a - cells[0]] + 1e-7
    return min(1.0, float(np.exp(logs[as_extreme]).sum()))


def _log_choose(n: int, k: Integers | int) -> np.ndarray:
    chosen = np.asarray(k, dtype=np.float64)
    return np.asarray(gammaln(n + 1.0) - gammaln(chosen + 1) - gammaln(n - chosen + 1), dtype=np.float64)
