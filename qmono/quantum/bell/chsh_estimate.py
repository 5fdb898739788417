"""Correlators, S and its limits from the counts of a CHSH test.

Counts are (2, 2, 2, 2), indexed by inputs x, y and outcomes a, b; outcome 0 stands for +1.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log10, nextafter

import numpy as np

from qmono.core.counts import CountArray
from qmono.core.vocabulary import Design, Statistic
from qmono.quantum.bell.betting import log10_e_value, log10_mean, s_high_anytime, s_low_anytime
from qmono.quantum.bell.chsh import LOCAL_BOUND, SIGN_VERSIONS, sign_array
from qmono.quantum.bell.game import wins_of
from qmono.quantum.bell.p_values import log10_p_value, s_high, s_low
from qmono.quantum.types import Integers, Real


@dataclass(frozen=True, eq=False)
class Correlators:
    """E (2, 2) and their standard errors sqrt((1 - E^2)/n); NaN in a setting without counts."""

    values: Real
    std_errors: Real

    def s_value(self, signs: str) -> float:
        """S = sum_xy s_xy E_xy."""
        return float((sign_array(signs) * self.values).sum())

    @property
    def s_std_error(self) -> float:
        """sqrt(sum_xy (1 - E_xy^2)/n_xy), the same for all signs."""
        return float(np.sqrt((self.std_errors**2).sum()))


def correlators(counts: CountArray) -> Correlators:
    """The mean products of the outcomes; the standard errors mean nothing for values that are not counts."""
    totals = counts.sum(axis=(2, 3))
    difference = counts[..., 0, 0] + counts[..., 1, 1] - counts[..., 0, 1] - counts[..., 1, 0]
    safe = np.where(totals > 0, totals, 1)
    values = np.where(totals > 0, difference / safe, np.nan)
    return Correlators(values, np.sqrt(np.clip(1 - values**2, 0.0, None) / safe))


@dataclass(frozen=True, eq=False)
class ChshEvidence:
    """What counts say about S > 2.

    signs: the version judged; versions: how many were tried (1 or 8), which p value and limits pay for.
    statistic: what the p value is made of: wins, bets on wins, or a trained ratio.
    log10_e: the e-value of the bets (or the ratio), which holds whenever the run was stopped.
    low, high: one-sided limits of S at `level`; p <= 1 - level exactly where low > 2.
    """

    signs: str
    versions: int
    design: Design
    rng_bias: float
    statistic: Statistic
    level: float
    s_value: float
    std_error: float
    wins: Integers
    totals: Integers
    log10_p: float
    log10_e: float
    low: float
    high: float

    @property
    def is_violated(self) -> bool:
        """Whether S <= 2 is rejected at the level."""
        return self.low > LOCAL_BOUND

    @property
    def naive_z(self) -> float | None:
        """(S - 2)/standard error, no substitute for a p value; None where nothing varied."""
        return (self.s_value - LOCAL_BOUND) / self.std_error if self.std_error else None


def chsh_evidence(
    counts: Integers,
    signs: str | None,
    design: Design,
    level: float,
    *,
    rng_bias: float = 0.0,
    statistic: Statistic = "wins",
    log10_ratio: float | None = None,
) -> ChshEvidence:
    """S with limits and p value. Every setting must have counts.

    Without declared signs all eight versions are tried and the one with the smallest p value is taken: p is
    multiplied by eight, the limits are those at an eighth of the error probability (Bonferroni), and the
    e-value is the mean of all eight. `log10_ratio` is the e-value of a trained ratio (`ratio_test`), which
    needs no version; S <= 2 is then judged by it, and larger values of S by wins.
    """
    tried = SIGN_VERSIONS if signs is None else (signs,)
    totals = counts.sum(axis=(2, 3))
    found = correlators(counts)
    wins = {version: wins_of(counts, sign_array(version)) for version in tried}
    logs = {v: log10_p_value(wins[v], totals, design, rng_bias=rng_bias) for v in tried}
    best = min(tried, key=lambda version: (logs[version], -found.s_value(version)))
    game = Game(tuple(wins.values()), totals, design, rng_bias)
    log10_e = game.log10_e_value() if log10_ratio is None else log10_ratio
    log10_p = min(logs[best] + log10(len(tried)), 0.0) if statistic == "wins" else min(-log10_e, 0.0)
    low, high = game.limits((1 - level) / len(tried), statistic)
    return ChshEvidence(
        signs=best,
        versions=len(tried),
        design=design,
        rng_bias=rng_bias,
        statistic=statistic,
        level=level,
        s_value=found.s_value(best),
        std_error=found.s_std_error,
        wins=wins[best],
        totals=totals,
        log10_p=log10_p,
        log10_e=log10_e,
        low=beside_p(low, log10_p, level, judged_apart=statistic == "ratio"),
        high=high,
    )


@dataclass(frozen=True, eq=False)
class Game:
    """The game as it was played: wins (2, 2) of every version tried, and what its bounds depend on."""

    wins: tuple[Integers, ...]
    totals: Integers
    design: Design
    rng_bias: float = 0.0

    def log10_e_value(self) -> float:
        """The mean of the e-values of all versions."""
        return log10_mean(
            [log10_e_value(won, self.totals, self.design, rng_bias=self.rng_bias) for won in self.wins]
        )

    def limits(self, alpha: float, statistic: Statistic) -> tuple[float, float]:
        """The largest lower and upper limit of all versions at error probability alpha each."""
        lower, upper = (s_low_anytime, s_high_anytime) if statistic == "betting" else (s_low, s_high)
        game = (self.totals, self.design, alpha, self.rng_bias)
        return max(lower(won, *game) for won in self.wins), max(upper(won, *game) for won in self.wins)


def beside_p(low: float, log10_p: float, level: float, *, judged_apart: bool = False) -> float:
    """The limit on the side of 2 where the p value stands: at the very edge they may differ by rounding.

    judged_apart: the p value of S <= 2 is no inversion of the limits; where it does not reject, hypotheses
    S <= s below 2, which imply S <= 2, are not rejected either, and the limit is the trivial one.
    """
    if log10_p <= log10(1 - level):
        return max(low, nextafter(LOCAL_BOUND, 4.0))
    return -4.0 if judged_apart else min(low, LOCAL_BOUND)
