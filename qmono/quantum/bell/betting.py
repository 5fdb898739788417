r"""e-values of S <= s0 from bets on wins: evidence that may be looked at after every trial.

A gambler whose capital cannot grow on average under any local model, and who wins all the same, has
refuted them. Betting on the next trial pays q/w for a win and (1-q)/(1-w) for a loss, with w the ceiling of
`game` and q > w, so that k wins of n give

    E_q = (q/w)^k ((1-q)/(1-w))^(n-k).

Its mean over q, uniform between w and the quantum ceiling, needs no guess of S:

    E = [I_c(k+1, n-k+1) - I_w(k+1, n-k+1)] / ((c - w) (n+1) P(Bin(n, w) = k)).

Under S <= s0 the mean of E is at most 1, with memory and at any time the run may be stopped for any reason
(Ville's inequality: P(E ever reaches 1/alpha) <= alpha). Fixed blocks: for independent trials and stops at
the ends of rounds that play all settings equally often, prod m_xy^n_xy <= (sum f_xy m_xy)^n <= 1.
Zhang, Glancy, Knill, Phys. Rev. A 84 (2011) 062118; Shafer, J. R. Stat. Soc. A 184 (2021) 407.
"""

from __future__ import annotations

import math

import numpy as np

from qmono.core.vocabulary import Design
from qmono.quantum.bell.chsh import QUANTUM_BOUND
from qmono.quantum.bell.game import s_at_ceiling, win_ceiling
from qmono.quantum.limits import log10_binomial_probability, log10_binomial_tail
from qmono.quantum.types import Integers

QUANTUM_WINS = (QUANTUM_BOUND + 4) / 8
"""The probability of winning at the quantum bound, (2 + sqrt2)/4."""


def log10_bet(won: int, trials: int, ceiling: float, q: float) -> float:
    """log10 of E_q, the capital after betting on one winning probability q > ceiling throughout."""
    return won * math.log10(q / ceiling) + (trials - won) * math.log10((1 - q) / (1 - ceiling))


def log10_mixture(won: int, trials: int, ceiling: float, largest: float = QUANTUM_WINS) -> float:
    """log10 of E, the mean of E_q over q uniform in (ceiling, largest); 0 if that is empty: no bet."""
    if ceiling >= largest or trials == 0:
        return 0.0
    if ceiling <= 0:
        return math.inf if won else 0.0
    share = _log10_beta_between(won, trials, ceiling, largest)
    norm = math.log10((largest - ceiling) * (trials + 1))
    return share - norm - log10_binomial_probability(won, trials, ceiling)


def log10_e_value(
    wins: Integers, totals: Integers, design: Design, s_value: float = 2.0, rng_bias: float = 0.0
) -> float:
    """log10 of the mixture E against S <= s_value for wins and totals (2, 2)."""
    ceiling = win_ceiling(totals, design, s_value, rng_bias)
    largest = max(win_ceiling(totals, design, QUANTUM_BOUND, rng_bias), QUANTUM_WINS)
    return log10_mixture(int(wins.sum()), int(totals.sum()), ceiling, largest)


def s_low_anytime(
    wins: Integers, totals: Integers, design: Design, alpha: float, rng_bias: float = 0.0
) -> float:
    """Lower limit of S at error probability alpha that holds at any time of stopping; -4 if there is none.

    The smallest s0 whose e-value is below 1/alpha, so that S_low > 2 exactly where E >= 1/alpha at s0 = 2.
    """
    won, trials = int(wins.sum()), int(totals.sum())
    wanted = -math.log10(alpha)

    def is_refuted(s_value: float) -> bool:
        return log10_e_value(wins, totals, design, s_value, rng_bias) >= wanted

    top = min(s_at_ceiling(totals, design, won / trials, rng_bias), QUANTUM_BOUND)
    grid = np.unique(np.concatenate([np.linspace(-4.0, top, 65), [2.0]]))
    refuted = next((index for index, s in enumerate(grid) if not is_refuted(float(s))), len(grid))
    if refuted == 0:
        return -4.0
    low, high = float(grid[refuted - 1]), float(grid[min(refuted, len(grid) - 1)])
    while high - low > 1e-12 * max(abs(high), 1.0):
        middle = (low + high) / 2
        low, high = (middle, high) if is_refuted(middle) else (low, middle)
    return low


def s_high_anytime(
    wins: Integers, totals: Integers, design: Design, alpha: float, rng_bias: float = 0.0
) -> float:
    """The upper limit: wins and losses exchanged change the sign of S."""
    return -s_low_anytime(totals - wins, totals, design, alpha, rng_bias)


def log10_mean(logarithms: list[float]) -> float:
    """log10 of the mean of numbers given by their log10: the e-value of a choice made beforehand at random.

    The mean over all versions of an inequality is an e-value whichever of them looks best afterwards.
    """
    largest = max(logarithms)
    return largest + math.log10(sum(10.0 ** (item - largest) for item in logarithms) / len(logarithms))


def _log10_beta_between(won: int, trials: int, low: float, high: float) -> float:
    """log10 of the probability between low and high of Beta(won + 1, trials - won + 1).

    P(Beta < x) = P(Bin(n+1, x) >= k+1): the smaller of the two tails is subtracted, so nothing cancels.
    """
    below_high = log10_binomial_tail(won + 1, trials + 1, high)
    above_low = log10_binomial_tail(trials + 1 - won, trials + 1, 1 - low)
    if below_high < math.log10(0.5):
        return _log10_difference(below_high, log10_binomial_tail(won + 1, trials + 1, low))
    if above_low < math.log10(0.5):
        return _log10_difference(above_low, log10_binomial_tail(trials + 1 - won, trials + 1, 1 - high))
    outside = 10.0 ** log10_binomial_tail(won + 1, trials + 1, low)
    outside += 10.0 ** log10_binomial_tail(trials + 1 - won, trials + 1, 1 - high)
    return math.log10(max(1.0 - outside, 5e-324))


def _log10_difference(larger: float, smaller: float) -> float:
    """log10(10^larger - 10^smaller)."""
    ratio = 10.0 ** min(smaller - larger, 0.0)
    return larger + (math.log10(1.0 - ratio) if ratio < 1.0 else -math.inf)
