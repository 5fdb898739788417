r"""Limits and p values of scores of any kind: exponential bounds that hold for every number of trials.

Hoeffding, J. Am. Stat. Assoc. 58 (1963) 13: a score u in [0, 1] with mean mu has
E exp(a u) <= 1 + mu (e^a - 1). The hypothesis "the value is at most v" says sum_s range_s mu_s <= B with
B = v - sum_s lowest_s. With Lagrange's multiplier k >= 0 for it, every l > 0 and k give a bound on ln p, so
the best of those tried is one:

fixed blocks, independent trials, T = sum_s range_s mean_s, a_s = l range_s/n_s, d_s = e^(a_s) - 1:
    ln p <= -l T + k B + sum_s max_mu [n_s ln(1 + mu d_s) - k range_s mu]
random settings, memory allowed, scores centred in every setting, Z their sum over N trials, m settings:
    ln p <= -l Z + N ln (1/m) [sum_s e^(-l range_s/2) + k B
                               + sum_s max(0, e^(l range_s/2) - e^(-l range_s/2) - k range_s)]

A lower limit is the largest B at which the bound is alpha, again for the best l and k. For a binary game of
equal blocks both are exp(-n KL(wins/n || ceiling)).
"""

from __future__ import annotations

from collections.abc import Callable
from math import log, sqrt

import numpy as np

from qmono.core.vocabulary import Design
from qmono.quantum.bell.scores import Scores
from qmono.quantum.types import Real

_POINTS = 17
_ZOOMS = 7
_STEEPEST = 50.0
"""exp of more is not needed and would overflow soon."""


def log10_p(scores: Scores, design: Design, value: float) -> float:
    """log10 of an upper bound of the p value of "the value is at most this"."""
    distance = scores.value - value
    if distance <= 0:
        return 0.0
    budget = value - float(scores.lowest.sum())
    start = distance / (_scale(scores, design) * _variance(scores))

    def bound(rate: Real, price: Real) -> Real:
        if design == "random":
            inside = (price * budget + _random_parts(scores, rate, price)) / len(scores.totals)
            return np.asarray(scores.totals.sum() * np.log(inside) - rate * _centred(scores))
        return np.asarray(price * budget + _block_parts(scores, rate, price) - rate * _reached(scores))

    return min(-_largest(scores, design, start, lambda rate, price: -bound(rate, price)), 0.0) / log(10)


def value_low(scores: Scores, design: Design, alpha: float) -> float:
    """A lower limit of the value at error probability alpha."""
    start = sqrt(-2 * log(alpha) / _variance(scores)) / _scale(scores, design)

    def budget(rate: Real, price: Real) -> Real:
        if design == "random":
            allowed = np.exp((log(alpha) + rate * _centred(scores)) / scores.totals.sum())
            return np.asarray((len(scores.totals) * allowed - _random_parts(scores, rate, price)) / price)
        return np.asarray((log(alpha) + rate * _reached(scores) - _block_parts(scores, rate, price)) / price)

    found = _largest(scores, design, start, budget)
    return float(scores.lowest.sum()) + min(max(found, 0.0), float(scores.ranges.sum()))


def _reached(scores: Scores) -> float:
    return float((scores.ranges * scores.sums / scores.totals).sum())


def _centred(scores: Scores) -> float:
    return float((scores.ranges * (scores.sums - scores.totals / 2)).sum())


def _variance(scores: Scores) -> float:
    """The variance of the value at most, which sets where the search starts and nothing else."""
    mean = (scores.sums + 1) / (scores.totals + 2)
    return float((scores.ranges**2 * mean * (1 - mean) / scores.totals).sum())


def _scale(scores: Scores, design: Design) -> float:
    """A rate for the sum of scores is smaller than one for the value by the trials in a setting."""
    return float(scores.totals.mean()) if design == "random" else 1.0


def _block_parts(scores: Scores, rate: Real, price: Real) -> Real:
    n, r = scores.totals, scores.ranges
    d = np.expm1(rate[..., None] * r / n)
    cost = price[..., None] * r
    mu = np.clip(n / cost - 1 / d, 0.0, 1.0)
    parts: Real = (n * np.log1p(mu * d) - cost * mu).sum(axis=-1)
    return parts


def _random_parts(scores: Scores, rate: Real, price: Real) -> Real:
    lost = np.exp(-rate[..., None] * scores.ranges / 2)
    parts: Real = (lost + np.maximum(0.0, 1 / lost - lost - price[..., None] * scores.ranges)).sum(axis=-1)
    return parts


def _largest(scores: Scores, design: Design, start: float, function: Callable[[Real, Real], Real]) -> float:
    """The largest value found over rates and prices, on a grid that closes in on the best point."""
    steep = float((scores.ranges / (1.0 if design == "random" else scores.totals)).max())
    centre = np.array([min(log(start), log(_STEEPEST / steep)), 0.0])
    width = np.array([3.0, 1.0])
    grid = np.linspace(-1, 1, _POINTS)
    best = -np.inf
    for _ in range(_ZOOMS):
        rate = np.exp(np.minimum(centre[0] + width[0] * grid, log(_STEEPEST / steep)))[:, None]
        # the best price lies within a factor e^a of the rate, a the steepest exponent
        lean = centre[1] + width[1] * grid[None, :]
        price = rate * np.exp(lean * (steep * rate + 1e-9))
        values = function(np.broadcast_to(rate, price.shape), price)
        row, column = np.unravel_index(int(np.nanargmax(values)), values.shape)
        best = max(best, float(values[row, column]))
        centre = np.array([log(float(rate[row, 0])), float(lean[0, column])])
        width = width / 4
    return best
