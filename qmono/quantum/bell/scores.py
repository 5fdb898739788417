"""Counts of a Bell test as scores: a trial in setting s scores the coefficient of its outcomes.

The value of the inequality is the sum over the settings of the mean scores. In every setting the score lies
between the smallest and the largest coefficient, and is written lowest + range * u with u in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qmono.core.counts import CountArray
from qmono.quantum.types import Real


@dataclass(frozen=True, eq=False)
class Scores:
    """Per setting (m,): the lowest score, the range, the sum of u, trials, and the variance of a score.

    is_binary: every score is the lowest or the highest of its setting, so that the sums of u are counts.
    """

    lowest: Real
    ranges: Real
    sums: Real
    totals: Real
    variances: Real
    is_binary: bool

    @property
    def value(self) -> float:
        """The value of the inequality: the mean scores of the settings added up."""
        return float((self.lowest + self.ranges * self.sums / self.totals).sum())

    @property
    def std_error(self) -> float:
        """sqrt(sum of variance/trials)."""
        return float(np.sqrt((self.variances / self.totals).sum()))

    @property
    def is_uniform(self) -> bool:
        """Whether all settings have scores of one range."""
        return bool(np.allclose(self.ranges, self.ranges[0], rtol=1e-9, atol=0.0))

    def turned(self) -> Scores:
        """The scores of minus the inequality."""
        return Scores(
            -(self.lowest + self.ranges),
            self.ranges,
            self.totals - self.sums,
            self.totals,
            self.variances,
            self.is_binary,
        )


def scores_of(counts: CountArray, coefficients: Real) -> Scores:
    """Scores of counts (m, outcomes) under coefficients of the same shape; every setting must have counts."""
    numbers = counts.astype(np.float64)
    totals = numbers.sum(axis=1)
    lowest = coefficients.min(axis=1)
    ranges = coefficients.max(axis=1) - lowest
    shares = (coefficients - lowest[:, None]) / ranges[:, None]
    whole = np.rint(shares)
    is_binary = bool(np.allclose(shares, whole, atol=1e-9))
    shares = whole if is_binary else shares
    sums = (numbers * shares).sum(axis=1)
    mean = sums / totals
    spread = (numbers * (shares - mean[:, None]) ** 2).sum(axis=1) / totals
    return Scores(lowest, ranges, sums, totals, ranges**2 * spread, is_binary)
