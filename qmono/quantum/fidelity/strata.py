"""Limits for a weighted sum of binomial probabilities whose shots were counted apart.

Strata i = 1..S give k_i ~ Binomial(n_i, p_i), independently; wanted are limits for L = sum w_i p_i, w_i > 0.

- `pooled`: all w_i and n_i equal. The pooled passes are more concentrated than a binomial of the mean
  probability (Hoeffding, Ann. Math. Stat. 27 (1956) 713), so Clopper-Pearson's limits hold for the mean.
- `stratified`: any w_i and n_i. For a hypothetical p each U_i = P(Bin(n_i, p_i) >= k_i) is a valid p value,
  and so is their weighted sum of normal scores (Stouffer) with weights w_i sd_i(p_i), which may depend on the
  hypothesis but not on the data. The limit is the smallest L over the p that are not rejected.
- `split`: limits of each stratum at a share of the error, added. Holds also for dependent strata.

All three are exact (up to rounding): they cover at least `level` for every p and every number of shots.
Shots of one stratum are taken as independent and identically distributed.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose

import numpy as np
from scipy.special import betainc, betaincinv, ndtr, ndtri

from qmono.quantum.limits import clopper_pearson_high, clopper_pearson_low
from qmono.quantum.types import Real

BOX_SHARE = 0.05
"""Share of the error spent on a lower limit for every stratum, before any data are seen.

Without it a stratum could hide at p = 0, where its own weight w sd(p) vanishes and no score counts. Any
share fixed beforehand is valid. The rest of the error pays by a larger quantile, 1.5 % of the distance at
level 0.95, and the limits of the box are those of 3.1 standard deviations for three strata (4.4 for 500),
twice as far out as one stratum can lie in the smallest L (1.67): so the box decides nothing by itself.
"""
LOWEST_SCORE = -8.0
"""Normal scores are cut off here; a score below has probability 6e-16."""


CELLS = 250
"""Cells that the box is parted into, once in steps of scores and once in steps of the angle of p."""
PARTS, PARTINGS = 8, 3
"""A cell that decides the bound is parted into so many, until so many bounds have been taken."""
NEGLIGIBLE = 1e-3
"""Share of a stratum's standard error that is given away rather than parting further."""


@dataclass(frozen=True)
class Stratum:
    """Binary shots of one kind: what was measured, its weight, passes and trials."""

    label: str
    weight: float
    passes: int
    trials: int


def is_poolable(strata: tuple[Stratum, ...]) -> bool:
    """Whether weights and shots are the same everywhere."""
    first = strata[0]
    return all(
        isclose(part.weight, first.weight, rel_tol=1e-12) and part.trials == first.trials for part in strata
    )


def pooled_limits(strata: tuple[Stratum, ...], level: float) -> tuple[float, float]:
    """One-sided limits (low, high) of sum w_i p_i for equal weights and equal shots."""
    passes, trials = sum(part.passes for part in strata), sum(part.trials for part in strata)
    scale = sum(part.weight for part in strata)
    return (
        scale * clopper_pearson_low(passes, trials, level),
        scale * clopper_pearson_high(passes, trials, level),
    )


def split_limits(strata: tuple[Stratum, ...], level: float) -> tuple[float, float]:
    """One-sided limits (low, high) of sum w_i p_i, each stratum at level 1 - (1 - level)/S."""
    share = 1 - (1 - level) / len(strata)
    return (
        sum(part.weight * clopper_pearson_low(part.passes, part.trials, share) for part in strata),
        sum(part.weight * clopper_pearson_high(part.passes, part.trials, share) for part in strata),
    )


def stratified_limits(strata: tuple[Stratum, ...], level: float) -> tuple[float, float]:
    """One-sided limits (low, high) of sum w_i p_i for independent strata of any weights and shots."""
    failing = tuple(Stratum(s.label, s.weight, s.trials - s.passes, s.trials) for s in strata)
    return _smallest(strata, level), sum(part.weight for part in strata) - _smallest(failing, level)


def _smallest(strata: tuple[Stratum, ...], level: float) -> float:
    """A proven lower bound of sum w_i p_i over the hypotheses that are not rejected at `level`.

    Not rejected means sum g_i <= z sqrt(V) with g_i = w_i sd_i z_i(p_i), V = sum (w_i sd_i)^2. For every
    c > 0, sqrt(V) <= c/2 + V/(2c), which separates the strata; and for every mu >= 0 weak duality bounds
    the minimum by sum_i min_p h_i(p) - mu z c/2, h_i = w_i p + mu (g_i - z (w_i sd_i)^2/(2c)). Good c and mu
    are found on a grid of p; with them min_p h_i is bounded over every cell between neighbours (`_least`).
    """
    error = 1 - level
    z = float(-ndtri(error * (1 - BOX_SHARE)))
    p = np.array([_hypotheses(part, 1 - error * BOX_SHARE / len(strata)) for part in strata])
    w, k, n = (
        np.array([[float(getattr(part, name))] for part in strata]) for name in ("weight", "passes", "trials")
    )
    deviation = w * np.sqrt(p * (1 - p) / n)
    scored = deviation * _scores(k, n, p)
    best = float((w * p[:, :1]).sum())
    c = float(np.sqrt((w**2 * (k + 1) * (n - k + 1) / (n + 2) ** 3).sum()))
    for _ in range(2):
        _, chosen = _multiplier(w * p, scored - z * deviation**2 / (2 * c), z * c / 2)
        c = max(float(np.sqrt((np.take_along_axis(deviation, chosen[:, None], 1) ** 2).sum())), 1e-12)
    mu, _ = _multiplier(w * p, scored - z * deviation**2 / (2 * c), z * c / 2)
    return max(best, _least((w, k, n), p, mu, z / (2 * c)) - mu * z * c / 2)


def _scores(k: Real, n: Real, p: Real) -> Real:
    """Normal scores of the p values P(Bin(n, p) >= k): falling in p; cut off at LOWEST_SCORE."""
    with np.errstate(divide="ignore"):
        scores = -ndtri(np.where(k > 0, betainc(np.maximum(k, 1), n - k + 1, p), 1.0))
    clipped: Real = np.clip(scores, LOWEST_SCORE, 1e3)
    return clipped


def _hypotheses(part: Stratum, box_level: float) -> Real:
    """Probabilities that part the box into cells: close around the data in normal scores, wide up to 1."""
    lowest = clopper_pearson_low(part.passes, part.trials, box_level)
    wide = lowest + (1 - lowest) * np.sin(np.linspace(0, np.pi / 2, CELLS)) ** 2
    if part.passes == 0:
        close = wide
    else:
        score = np.linspace(LOWEST_SCORE, float(ndtri(box_level)), CELLS)
        close = betaincinv(part.passes, part.trials - part.passes + 1, ndtr(-score))
    both: Real = np.sort(np.concatenate([wide, np.clip(close, lowest, 1.0)]))
    return both


def _least(columns: tuple[Real, Real, Real], edges: Real, mu: float, per_variance: float) -> float:
    """A lower bound of sum_i min h_i between `edges` (S, G), h = w p + mu (g - per_variance v).

    columns: weights, passes and trials, each (S, 1).

    Over a cell [a, b] the score is at least that of b, p at least a, and the variance v is monotonic on
    either side of 1/2. Cells whose bound is below the smallest value known are parted further.
    """
    rows = np.repeat(np.arange(len(edges)), edges.shape[1] - 1)
    a, b = edges[:, :-1].reshape(-1), edges[:, 1:].reshape(-1)
    w, k, n = (column[:, 0] for column in columns)
    given_away = NEGLIGIBLE * w * np.sqrt((k + 1) * (n - k + 1) / (n + 2) ** 3)
    known = np.full(len(w), np.inf)
    for _ in range(PARTINGS):
        weight, trials = w[rows], n[rows]
        at_b = _scores(k[rows], trials, b)
        v_a, v_b = (weight**2 * x * (1 - x) / trials for x in (a, b))
        most = np.where((a < 0.5) & (b > 0.5), weight**2 / (4 * trials), np.maximum(v_a, v_b))
        g = at_b * np.sqrt(np.where(at_b > 0, np.minimum(v_a, v_b), most))
        bounds = weight * a + mu * (g - per_variance * most)
        np.minimum.at(known, rows, weight * b + mu * (at_b * np.sqrt(v_b) - per_variance * v_b))
        undecided = bounds < (known - given_away)[rows]
        if not undecided.any():
            break
        below = known - given_away
        np.minimum.at(below, rows, bounds)
        steps = np.arange(PARTS + 1) / PARTS
        inner = a[undecided, None] + (b - a)[undecided, None] * steps
        rows = np.repeat(rows[undecided], PARTS)
        a, b = inner[:, :-1].reshape(-1), inner[:, 1:].reshape(-1)
    else:
        return float(below.sum())
    return float((known - given_away).sum())


def _multiplier(gains: Real, constraint: Real, budget: float) -> tuple[float, np.ndarray]:
    """The mu that maximises sum_i min_p [gain + mu constraint] - mu budget (concave), and the minimisers."""

    def bound(mu: float) -> float:
        return float((gains + mu * constraint).min(axis=1).sum()) - mu * budget

    low, high, golden = 0.0, 4.0, (5**0.5 - 1) / 2
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = bound(left), bound(right)
    for _ in range(30):
        if at_left >= at_right:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = bound(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = bound(right)
    mu = (low + high) / 2
    return mu, (gains + mu * constraint).argmin(axis=1)
