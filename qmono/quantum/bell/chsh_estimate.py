"""Correlators, S and its limits from the counts of a CHSH test.

Counts are (2, 2, 2, 2), indexed by inputs x, y and outcomes a, b; outcome 0 stands for +1.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log10, nextafter

import numpy as np

from qmono.core.counts import CountArray
from qmono.core.vocabulary import Design
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
    low, high: one-sided limits of S at `level`; p <= 1 - level exactly where low > 2.
    """

    signs: str
    versions: int
    design: Design
    level: float
    s_value: float
    std_error: float
    wins: Integers
    totals: Integers
    log10_p: float
    low: float
    high: float

    @property
    def is_violated(self) -> bool:
        """Whether S <= 2 is rejected at the level."""
        return self.low > LOCAL_BOUND


def chsh_evidence(counts: Integers, signs: str | None, design: Design, level: float) -> ChshEvidence:
    """S with limits and p value. Every setting must have counts.

    Without declared signs all eight versions are tried and the one with the smallest p value is taken: p is
    multiplied by eight, the limits are those at an eighth of the error probability (Bonferroni).
    """
    tried = SIGN_VERSIONS if signs is None else (signs,)
    alpha = (1 - level) / len(tried)
    totals = counts.sum(axis=(2, 3))
    found = correlators(counts)
    wins = {version: wins_of(counts, sign_array(version)) for version in tried}
    logs = {version: log10_p_value(wins[version], totals, design) for version in tried}
    best = min(tried, key=lambda version: (logs[version], -found.s_value(version)))
    log10_p = min(logs[best] + log10(len(tried)), 0.0)
    return ChshEvidence(
        signs=best,
        versions=len(tried),
        design=design,
        level=level,
        s_value=found.s_value(best),
        std_error=found.s_std_error,
        wins=wins[best],
        totals=totals,
        log10_p=log10_p,
        low=_beside_p(max(s_low(wins[v], totals, design, alpha) for v in tried), log10_p, level),
        high=max(s_high(wins[v], totals, design, alpha) for v in tried),
    )


def _beside_p(low: float, log10_p: float, level: float) -> float:
    """The limit on the side of 2 where the p value stands: at the very edge they may differ by rounding."""
    if log10_p <= log10(1 - level):
        return max(low, nextafter(LOCAL_BOUND, 4.0))
    return min(low, LOCAL_BOUND)
