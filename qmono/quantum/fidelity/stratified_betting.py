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


@dataclass(frozen=True)
class _Gambler:
    """What the bets against all hypotheses have in common, so that only outcomes seen are gone through again.

    weight (R,): s_r n_r. means, squares (2, R): of a value in the target and in white noise. least (R,):
    the smallest value of each row. row, values, stakes: of the outcomes seen, stakes their counts times s_r.
    """

    error: float
    offset: float
    weight: Real
    means: Real
    squares: Real
    least: Real
    row: Integers
    values: Real
    stakes: Real

    @classmethod
    def of(cls, rows: ValuedRows, error: float) -> _Gambler:
        states, seen = (rows.target, rows.white), rows.counts > 0
        least = np.full(len(rows.shots), np.inf)
        np.minimum.at(least, rows.row, rows.values)
        return cls(
            error,
            rows.offset,
            weight=rows.share * rows.shots,
            means=np.array([rows.summed(p * rows.values) for p in states]),
            squares=np.array([rows.summed(p * rows.values**2) for p in states]),
            least=least,
            row=rows.row[seen],
            values=rows.values[seen],
            stakes=(rows.share[rows.row] * rows.counts)[seen],
        )

    def refutes_below(self, hypothesis: float) -> float:
        """L0 up to which the bets planned for one hypothesis refute."""
        at_target, at_white = (self.offset + self.means.sum(axis=1)).tolist()
        visibility = min(max((hypothesis - at_white) / (at_target - at_white), 0.0), 1.0)
        mixed = np.array([visibility, 1 - visibility])
        centre = mixed @ self.means
        variance = np.maximum(mixed @ self.squares - centre**2, 0.0)
        reach = float(((centre - self.least) / self.weight).max())
        spread = float((variance / self.weight).sum())
        bet = min(1 / (reach + sqrt(spread / (2 * log(1 / self.error)))), BOLDEST / reach)
        gains = np.log1p((bet / self.weight)[self.row] * (self.values - centre[self.row]))
        size, capital = float(self.weight.sum()), float(self.stakes @ gains)
        rise = size / bet * expm1((capital - log(1 / self.error)) / size)
        return self.offset + float(centre.sum()) + rise


def betting_limits(rows: ValuedRows, level: float, ends: tuple[float, float]) -> tuple[float, float]:
    """Lower and upper limit of L, each one-sided at `level`, where L is known to lie between `ends`."""
    mirrored = replace(rows, values=-rows.values, offset=-rows.offset)
    low, high = (_Gambler.of(part, 1 - level) for part in (rows, mirrored))
    return _lowest(low, ends), -_lowest(high, (-ends[1], -ends[0]))


def _lowest(gambler: _Gambler, ends: tuple[float, float]) -> float:
    """The smallest L0 that is not refuted."""
    edges: list[float] = np.linspace(*ends, CELLS + 1).tolist()
    for low, high in pairwise(edges):
        # Planned for the middle: at an end outcomes may have no variance, and bets then no bounds.
        refuted = gambler.refutes_below((low + high) / 2)
        if refuted < high:
            return max(low, refuted)
    return ends[1]
