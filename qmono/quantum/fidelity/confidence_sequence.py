r"""Limits that hold at every number of shots at once, so that one may look and stop at any time.

For passes s of n the mixture of likelihood ratios over all alternatives,

    M_n(p) = int_0^1 q^s (1-q)^(n-s) dq / (p^s (1-p)^(n-s)) = B(1+s, 1+n-s) / (p^s (1-p)^(n-s)),

is a martingale of mean 1 if p is true, so P(ever M_n(p) >= 1/alpha) <= alpha (Ville). {p: M_n(p) < 1/alpha}
is the confidence sequence (Robbins, Ann. Math. Stat. 41 (1970) 1397; Howard et al., Ann. Stat. 49 (2021)
1055). Shots of complete blocks whose settings pass with different p_i of mean p are covered as well: for
each q the factors of a block are linear in p_i and equal 1 at p, so by the inequality of the means their
product has expectation at most 1. Hence looks come after complete blocks only.
"""

from __future__ import annotations

from math import log

from scipy.special import betaln, xlog1py, xlogy

STEPS = 80
"""Halvings of an interval of length 1: below any rounding."""


def log_martingale(passes: int, trials: int, p: float) -> float:
    """ln M_n(p); infinite where p excludes the passes."""
    failures = trials - passes
    fit = float(xlogy(passes, p) + xlog1py(failures, -p))
    return float(betaln(1 + passes, 1 + failures)) - fit


def sequence_limits(passes: int, trials: int, level: float) -> tuple[float, float]:
    """Smallest and largest p with M_n(p) < 1/(1 - level), both holding at `level` together.

    (0, 1) before the first shot.
    """
    threshold = -log(1 - level)
    peak = passes / trials if trials else 0.5
    low = 0.0 if passes == 0 else _crossing(passes, trials, threshold, outside=0.0, inside=peak)
    high = 1.0 if passes == trials else _crossing(passes, trials, threshold, outside=1.0, inside=peak)
    return low, high


def _crossing(passes: int, trials: int, threshold: float, *, outside: float, inside: float) -> float:
    """Where ln M crosses the threshold; the end of the last interval that is still outside it."""
    for _ in range(STEPS):
        middle = (outside + inside) / 2
        if log_martingale(passes, trials, middle) >= threshold:
            outside = middle
        else:
            inside = middle
    return outside
