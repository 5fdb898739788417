r"""Exact limits for a sum of means, each of a row of shots whose values are known by their outcomes.

Rows r = 1..R give n_r shots of values v with mean m_r; wanted are limits for L = offset + sum m_r. A gambler
who holds L <= L0 to be false bets b_r (v - c_r) on every shot of row r. With b_r = lambda/n_r the weights of
all rows are equal, and by the inequality of the means (N = sum n_r, C = offset + sum c_r)

    E prod (1 + b_r (v - c_r)) = prod (1 + b_r (m_r - c_r))^n_r <= (1 + lambda (L - C)/N)^N,

so that by Markov's inequality the product exceeds 1/alpha times the right-hand side at L0 with a probability
of at most alpha if L <= L0 (Waudby-Smith and Ramdas, J. R. Stat. Soc. B 86 (2024) 1, bet so on one mean).
Only independent shots are assumed: exact at any number of them, and as sharp as the variance found allows.

The bets may depend on L0 and on nothing seen: c_r and lambda are those that would be best if the state were
the target with white noise, down to L0. They are fixed on CELLS cells of L0 beforehand; within a cell the
right-hand side rises with L0, so each cell is refuted up to a point that a formula gives.

Rows that the same shots may have given are not independent. They are put in different groups g, of which each
gets a share s_g, sum s_g = 1: E prod_g A_g^s_g <= prod_g (E A_g)^s_g (Hoelder), with s_g n_r for n_r above.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from math import expm1, log, sqrt

import numpy as np

from qmono.quantum.types import Integers, Real

CELLS = 80
"""Cells of hypotheses: within one the bets are off by at most 1/80, which costs at second order."""
BOLDEST = 0.99
"""Share of the capital that a single shot may lose at most."""


@dataclass(frozen=True)
class ValuedRows:
    """Rows of shots with a value for every outcome, outcomes of all rows one after the other.

    row (m,): the row of each outcome. values, counts: (m,). shots, share (R,): n_r, and s_g of the group.
    target, white (m,): probabilities of the outcomes in the states that bets are planned for. offset: of L.
    """

    row: Integers
    values: Real
    counts: Real
    shots: Real
    share: Real
    target: Real
    white: Real
    offset: float

    def summed(self, terms: Real) -> Real:
        """(R,): sums of terms (m,) over the outcomes of each row."""
        sums: Real = np.bincount(self.row, terms, minlength=len(self.shots)).astype(np.float64, copy=False)
        return sums

    def total_at(self, probabilities: Real) -> float:
        """L of a state by its probabilities (m,)."""
        return self.offset + float(probabilities @ self.values)

    def variances(self, probabilities: Real) -> Real:
        """Variance (R,) of one shot of each row at probabilities (m,)."""
        mean = self.summed(probabilities * self.values)
        return np.maximum(self.summed(probabilities * self.values**2) - mean**2, 0.0)

    @property
    def estimate(self) -> float:
        """offset + sum of the means found."""
        return self.total_at(self.counts / self.shots[self.row])

    @property
    def std_error(self) -> float:
        """Of the estimate: sqrt(sum_r variance_r/(n_r s_r)), which holds however groups are correlated."""
        variance = self.variances(self.counts / self.shots[self.row])
        return sqrt(float((variance / self.shots / self.share).sum()))


def betting_limits(rows: ValuedRows, level: float, ends: tuple[float, float]) -> tuple[float, float]:
    """Lower and upper limit of L, each one-sided at `level`, where L is known to lie between `ends`."""
    mirrored = replace(rows, values=-rows.values, offset=-rows.offset)
    error = 1 - level
    return _lowest(rows, error, ends), -_lowest(mirrored, error, (-ends[1], -ends[0]))


def _lowest(rows: ValuedRows, error: float, ends: tuple[float, float]) -> float:
    """The smallest L0 that is not refuted."""
    edges: list[float] = np.linspace(*ends, CELLS + 1).tolist()
    for low, high in pairwise(edges):
        # Planned for the middle: at an end outcomes may have no variance, and bets then no bounds.
        refuted = _refuted_below(rows, error, (low + high) / 2)
        if refuted < high:
            return max(low, refuted)
    return ends[1]


def _refuted_below(rows: ValuedRows, error: float, hypothesis: float) -> float:
    """L0 up to which the bets planned for one hypothesis refute."""
    at_target, at_white = rows.total_at(rows.target), rows.total_at(rows.white)
    visibility = min(max((hypothesis - at_white) / (at_target - at_white), 0.0), 1.0)
    expected = visibility * rows.target + (1 - visibility) * rows.white
    centre = rows.summed(expected * rows.values)
    weight = rows.share * rows.shots
    excess = rows.values - centre[rows.row]
    lowest = np.full(len(weight), np.inf)
    np.minimum.at(lowest, rows.row, excess)
    reach = float((-lowest / weight).max())
    spread = float((rows.variances(expected) / weight).sum())
    bet = min(1 / (reach + sqrt(spread / (2 * log(1 / error)))), BOLDEST / reach)
    gains = np.log1p((bet / weight)[rows.row] * excess)
    capital = float((rows.share[rows.row] * rows.counts) @ gains)
    size = float(weight.sum())
    return rows.offset + float(centre.sum()) + size / bet * expm1((capital - log(1 / error)) / size)
