r"""CHSH as a game: a trial is won if the product of the outcomes +-1 is the sign of its setting.

With w_xy the mean probability of winning in setting xy, S = 2 sum_xy w_xy - 4, so S <= 2 says sum w_xy <= 3.
What a model with sum w_xy <= W wins of all trials depends on how often each setting is played:

- random settings: W/4, however the totals fell; if each party's setting has a probability of up to
  (1 + eps)/2, the mean that fills the settings of probability (1+eps)^2/4, (1-eps^2)/4 twice, (1-eps)^2/4
  in that order, for W = 3 that is 1 - (1-eps)^2/4;
- fixed blocks: at most the mean that fills the largest blocks first. For W = 3 that is all but the smallest
  block, 1 - min n_xy/n, which is 3/4 if the blocks are equal.

Arrays are indexed by the inputs x, y.
"""

from __future__ import annotations

import numpy as np

from qmono.core.vocabulary import Design
from qmono.quantum.bell.chsh import QUANTUM_BOUND
from qmono.quantum.types import Integers, Real


def wins_of(counts: Integers, signs: Integers) -> Integers:
    """Trials won (2, 2) of counts (2, 2, 2, 2) indexed x, y, a, b, for signs (2, 2)."""
    equal = counts[..., 0, 0] + counts[..., 1, 1]
    different = counts[..., 0, 1] + counts[..., 1, 0]
    return np.where(signs > 0, equal, different)


def weights_of(totals: Integers, design: Design, rng_bias: float = 0.0) -> Real:
    """How often each setting counts (2, 2): as often as it was played, or as likely as it could be drawn.

    rng_bias: eps in [0, 1]; given the past, each party's setting has a probability in [(1-eps)/2, (1+eps)/2].
    """
    if design == "random":
        sides = np.array([1 + rng_bias, 1 - rng_bias])
        return np.outer(sides, sides) / 4
    return totals.astype(np.float64)


def win_ceiling(totals: Integers, design: Design, s_value: float, rng_bias: float = 0.0) -> float:
    """The largest mean probability of winning of all trials, for models with S at most `s_value`."""
    filled, ceilings = _corners(weights_of(totals, design, rng_bias))
    return float(np.interp((s_value + 4) / 2, filled, ceilings))


def s_at_ceiling(totals: Integers, design: Design, win_probability: float, rng_bias: float = 0.0) -> float:
    """The smallest S with which that mean probability of winning is possible; inverse of `win_ceiling`."""
    filled, ceilings = _corners(weights_of(totals, design, rng_bias))
    return 2 * float(np.interp(win_probability, ceilings, filled)) - 4


def is_played_as_game(totals: Integers, design: Design) -> bool:
    """Whether quantum theory can win the game at all more often than every local model.

    Not if the smallest of fixed blocks has less than 1 - (2 + sqrt2)/4 = 14.6 % of the trials. The answer
    depends on the totals alone, which are fixed beforehand, so that choosing by it costs nothing.
    """
    if design == "random":
        return True
    return bool(win_ceiling(totals, design, 2.0) < (QUANTUM_BOUND + 4) / 8)


def _corners(weights: Real) -> tuple[Real, Real]:
    """The piecewise linear ceiling: at sum w = 0, 1, 2, 3, 4 the shares of the largest blocks added up."""
    largest_first = np.sort(weights.ravel())[::-1]
    reached = np.concatenate([[0], np.cumsum(largest_first)])
    return np.arange(5, dtype=np.float64), reached / reached[-1]
