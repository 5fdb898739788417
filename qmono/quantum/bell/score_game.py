"""Limits and p values of scores that are a game: every trial wins or loses, every setting counts the same.

A value v allows a mean probability of winning of (v - sum lowest)/(range * settings) if the settings are
random or the blocks are equal; unequal blocks allow what fills the largest first. What the binomial tail then
says is exact: Elkouss and Wehner, npj Quantum Inf. 2 (2016) 16026, for random settings, also with memory;
Hoeffding, Ann. Math. Stat. 27 (1956) 713, for fixed blocks of independent trials.
"""

from __future__ import annotations

from math import ceil

import numpy as np

from qmono.core.vocabulary import Design
from qmono.quantum.bell.p_values import mean_low
from qmono.quantum.bell.scores import Scores
from qmono.quantum.limits import binomial_low, log10_binomial_tail
from qmono.quantum.types import Real

WORTH_WHILE = 0.1
"""Blocks so unequal that they take more than this share of the distance to certain winning are no game."""
_ROUNDING = 1e-12


def is_game(scores: Scores, design: Design, bound: float) -> bool:
    """Whether scores are judged as a game: decided by coefficients and totals, which are fixed beforehand."""
    if not (scores.is_binary and scores.is_uniform):
        return False
    if design == "random":
        return True
    equal = _filled(scores, bound) / len(scores.totals)
    return ceiling(scores, design, bound) - equal < WORTH_WHILE * (1 - equal)


def ceiling(scores: Scores, design: Design, value: float) -> float:
    """The largest mean probability of winning that `value` allows."""
    filled, ceilings = _corners(scores, design)
    return float(np.interp(_filled(scores, value), filled, ceilings))


def log10_p(scores: Scores, design: Design, value: float) -> float:
    """log10 of the p value of "the value is at most this"."""
    won, trials = round(float(scores.sums.sum())), round(float(scores.totals.sum()))
    most = ceiling(scores, design, value)
    if most >= 1 or (design == "fixed-blocks" and won < ceil(trials * (most - _ROUNDING)) + 1):
        return 0.0
    return log10_binomial_tail(won, trials, most)


def value_low(scores: Scores, design: Design, alpha: float) -> float:
    """The lower limit of the value at error probability alpha: the smallest that is not rejected."""
    won, trials = round(float(scores.sums.sum())), round(float(scores.totals.sum()))
    lowest = binomial_low(won, trials, alpha) if design == "random" else mean_low(won, trials, alpha)
    filled, ceilings = _corners(scores, design)
    return float(scores.lowest.sum() + scores.ranges[0] * np.interp(lowest, ceilings, filled))


def _filled(scores: Scores, value: float) -> float:
    """sum over the settings of the probabilities of winning that belong to a value."""
    return float((value - scores.lowest.sum()) / scores.ranges[0])


def _corners(scores: Scores, design: Design) -> tuple[Real, Real]:
    """The piecewise linear ceiling: at sum w = 0, 1, ..., m the shares of the largest blocks added up."""
    weights = np.ones_like(scores.totals) if design == "random" else scores.totals
    reached = np.concatenate([[0.0], np.cumsum(np.sort(weights)[::-1])])
    return np.arange(len(reached), dtype=np.float64), reached / reached[-1]
