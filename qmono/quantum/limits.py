"""Exact one-sided binomial limits and tails, in the log domain where numbers get small."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.special import betainc, betaincinv


def clopper_pearson_low(successes: int, trials: int, level: float) -> float:
    """Lower limit at `level` for a binomial probability; 0 if there are no successes or no trials.

    The value p with P(Bin(trials, p) >= successes) = 1 - level. Clopper and Pearson, Biometrika 26
    (1934) 404; exact: covers at least `level` for every p.
    """
    return binomial_low(successes, trials, 1 - level)


def binomial_low(successes: int, trials: int, alpha: float) -> float:
    """The limit of `clopper_pearson_low` by its error probability, which may be far below 1e-16."""
    if successes <= 0:
        return 0.0
    return float(betaincinv(successes, trials - successes + 1, alpha))


def clopper_pearson_high(successes: int, trials: int, level: float) -> float:
    """Upper limit at `level` for a binomial probability; 1 if all trials succeed or there are none."""
    return 1.0 - clopper_pearson_low(trials - successes, trials, level)


def log10_binomial_tail(successes: int, trials: int, p: float) -> float:
    """log10 of P(Bin(trials, p) >= successes), also where the probability underflows.

    The incomplete beta function I_p(k, n-k+1) where it is representable, else the leading term of the
    tail times its ratio series sum_j prod_i (n-k-i)/(k+1+i) p/(1-p), which converges for k > n p.
    """
    if successes <= 0:
        return 0.0
    if successes > trials or p <= 0:
        return -math.inf
    if p >= 1:
        return 0.0
    tail = float(betainc(successes, trials - successes + 1, p))
    if tail > 1e-290:
        return math.log10(tail)
    total, term, k = 1.0, 1.0, successes
    while k < trials and term > 1e-17 * total:
        term *= (trials - k) / (k + 1) * p / (1 - p)
        total += term
        k += 1
    return log10_binomial_probability(successes, trials, p) + math.log10(total)


def log10_binomial_probability(successes: int, trials: int, p: float) -> float:
    """log10 of P(Bin(trials, p) = successes) for 0 < p < 1, to full relative precision at 10^12 trials.

    By the saddle point: deviances and the remainders of Stirling's series instead of differences of large
    logarithms. Loader, "Fast and accurate computation of binomial probabilities" (2000).
    """
    k, rest = successes, trials - successes
    if k == 0 or rest == 0:
        return (trials * math.log1p(-p) if k == 0 else trials * math.log(p)) / math.log(10)
    logarithm = (
        _stirling_remainder(trials)
        - _stirling_remainder(k)
        - _stirling_remainder(rest)
        - _deviance(k, trials * p)
        - _deviance(rest, trials * (1 - p))
        + 0.5 * (math.log(trials) - math.log(2 * math.pi * k) - math.log(rest))
    )
    return logarithm / math.log(10)


def _stirling_remainder(n: int) -> float:
    """ln n! - (n + 1/2) ln n + n - ln(2 pi)/2."""
    if n < _FIRST_STIRLING:
        return math.lgamma(n + 1) - (n + 0.5) * math.log(n) + n - 0.5 * math.log(2 * math.pi)
    square = n * n
    return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / n


_FIRST_STIRLING = 16


def _deviance(count: int, mean: float) -> float:
    """count ln(count/mean) + mean - count, without cancellation where the two are close."""
    shift = (count - mean) / mean
    if abs(shift) > 0.1:
        return count * math.log(count / mean) + mean - count
    # (1 + x) ln(1 + x) - x = sum_j (-x)^j / (j (j - 1)), j >= 2
    total, power = 0.0, -shift
    for j in range(2, 40):
        power *= -shift
        total += power / (j * (j - 1))
    return mean * total


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p values, in the order given: for any dependence (Scand. J. Stat. 6 (1979) 65)."""
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted, running = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return adjusted
