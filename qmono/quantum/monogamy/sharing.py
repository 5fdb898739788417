"""What pairs at a hub leave for others: how many can hold the same share, and how much one more can have.

Copies. If k parties held the share that one end of a pair has, the hub would have k pairs of one number each,
so a relation that k times the number breaks excludes k of them: the star rule F <= (k + d - 1)/(k d) (Werner,
Lett. Math. Phys. 17 (1989) 359), the tangle sum C <= 1/sqrt k, Bell monogamy S <= 2 for two.

One more party. The star rule leaves it a largest fidelity with any maximally entangled state; of qubits so
do tangles, by C >= 2 F - 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from qmono.quantum.monogamy import ckw, star
from qmono.quantum.monogamy.relation import ROUNDING, BudgetRelation

MOST_COPIES = 100
"""More parties than this are not asked about."""


def fewest_excluded(relation: BudgetRelation, number: float, dimension: int = 2) -> int | None:
    """The least k >= 2 so that k pairs at one hub cannot have that number each; None above MOST_COPIES."""

    def is_possible(k: int) -> bool:
        return relation.evaluate([number] * k, dimension).is_possible

    if is_possible(MOST_COPIES):
        return None
    low, high = 1, MOST_COPIES
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_possible(middle) else (low, middle)
    return high


def largest_for_another(
    fidelities: Sequence[float], concurrences: Sequence[float] = (), dimension: int = 2
) -> tuple[float, BudgetRelation]:
    """The largest fidelity of one more party with a hub whose pairs have these, and what limits it.

    concurrences: of pairs of qubits only. 0 if the pairs alone are impossible.
    """
    by_star = star.largest_remaining(fidelities, dimension)
    left = 1 - sum(c**2 for c in concurrences)
    by_tangles = 0.0 if left < -ROUNDING else (1 + sqrt(max(0.0, left))) / 2
    return (by_star, star.RELATION) if by_star <= by_tangles else (by_tangles, ckw.RELATION)
