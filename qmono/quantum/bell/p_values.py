"""p values of S <= s0, valid for the design that was run, and the lower limits they invert to.

A lower limit at error probability alpha is the smallest S that the p value does not reject at alpha, so that
"p <= alpha" and "S.low > 2" are one statement by construction. Three forms, chosen by design and totals:

random settings: k wins of n, p = P(Bin(n, w) >= k) with w = (s0 + 4)/8; exact, also if the trials remember.
    Elkouss and Wehner, npj Quantum Inf. 2 (2016) 16026. A bias of the random bits raises w (see `game`).
fixed blocks: the same with the ceiling w of `game`, and p = 1 unless k >= n w + 1; exact for independent
    trials, whereas no p value survives memory. Hoeffding, Ann. Math. Stat. 27 (1956) 713, theorem 4.
very unequal blocks (`is_played_as_game` is false): lower limits of the four blocks, a quarter of alpha each,
    added up; p is the smallest alpha whose limit exceeds s0.
"""

from __future__ import annotations

from math import ceil

import numpy as np

from qmono.core.vocabulary import Design
from qmono.quantum.bell.chsh import QUANTUM_BOUND
from qmono.quantum.bell.game import is_played_as_game, s_at_ceiling, win_ceiling
from qmono.quantum.limits import binomial_low, log10_binomial_tail
from qmono.quantum.types import Integers

SMALLEST_LOG10 = -300.0
"""Nothing below is resolved where a p value is found by inverting limits."""

_ROUNDING = 1e-12


def log10_p_value(
    wins: Integers, totals: Integers, design: Design, s_value: float = 2.0, rng_bias: float = 0.0
) -> float:
    """log10 of the p value of S <= s_value for wins and totals (2, 2); every total must be positive."""
    if not is_played_as_game(totals, design):
        return _log10_p_of_blocks(wins, totals, s_value)
    won, trials = int(wins.sum()), int(totals.sum())
    ceiling = win_ceiling(totals, design, s_value, rng_bias)
    if design == "fixed-blocks" and won < ceil(trials * ceiling - _ROUNDING * trials) + 1:
        return 0.0
    return log10_binomial_tail(won, trials, ceiling)


def s_low(wins: Integers, totals: Integers, design: Design, alpha: float, rng_bias: float = 0.0) -> float:
    """The lower limit of S at error probability alpha; -4 if nothing can be said."""
    if not is_played_as_game(totals, design):
        return _s_low_of_blocks(wins, totals, alpha)
    won, trials = int(wins.sum()), int(totals.sum())
    lowest = binomial_low(won, trials, alpha) if design == "random" else mean_low(won, trials, alpha)
    return s_at_ceiling(totals, design, lowest, rng_bias)


def s_high(wins: Integers, totals: Integers, design: Design, alpha: float, rng_bias: float = 0.0) -> float:
    """The upper limit of S: wins and losses exchanged change the sign of S."""
    return -s_low(totals - wins, totals, design, alpha, rng_bias)


def mean_low(successes: int, trials: int, alpha: float) -> float:
    """Lower limit of the mean probability of independent trials whose probabilities may differ.

    Hoeffding (1956) allows the binomial tail only at means of at most (successes - 1)/trials.
    """
    return max(min(binomial_low(successes, trials, alpha), (successes - 1) / trials), 0.0)


def log10_p_above_quantum(wins: Integers, totals: Integers, design: Design, rng_bias: float = 0.0) -> float:
    """log10 of the p value of S <= 2 sqrt2, as a game: small means wiring, cross-talk or post-selection."""
    ceiling = win_ceiling(totals, design, QUANTUM_BOUND, rng_bias)
    return log10_binomial_tail(int(wins.sum()), int(totals.sum()), ceiling)


def _s_low_of_blocks(wins: Integers, totals: Integers, alpha: float) -> float:
    lows = [
        mean_low(int(won), int(trials), alpha / 4) for won, trials in zip(wins.flat, totals.flat, strict=True)
    ]
    return 2 * float(np.sum(lows)) - 4


def _log10_p_of_blocks(wins: Integers, totals: Integers, s_value: float) -> float:
    """Bisection for the smallest alpha at which the added limits exceed s_value, rounded up."""
    if _s_low_of_blocks(wins, totals, 1.0) <= s_value:
        return 0.0
    low, high = SMALLEST_LOG10, 0.0
    if _s_low_of_blocks(wins, totals, 10**low) > s_value:
        return low
    while high - low > 1e-12:
        middle = (low + high) / 2
        exceeds = _s_low_of_blocks(wins, totals, 10**middle) > s_value
        low, high = (low, middle) if exceeds else (middle, high)
    return high
