"""Exact one-sided binomial limits and tails, in the log domain where numbers get small."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.special import betainc, betaincinv, gammaln


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
    if successes > trials:
        return -math.inf
    tail = float(betainc(successes, trials - successes + 1, p))
    if tail > 1e-290:
        return math.log10(tail)
    log_term = (
        float(gammaln(trials + 1) - gammaln(successes + 1) - gammaln(trials - successes + 1))
        + successes * math.log(p)
        + (trials - successes) * math.log1p(-p)
    )
    total, term, k = 1.0, 1.0, successes
    while k < trials and term > 1e-17 * total:
        term *= (trials - k) / (k + 1) * p / (1 - p)
        total += term
        k += 1
    return (log_term + math.log(total)) / math.log(10)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p values, in the order given: for any dependence (Scand. J. Stat. 6 (1979) 65)."""
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted, running = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return adjusted
