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

import numpy as np

from qmono.quantum.monogamy import ckw, star
from qmono.quantum.monogamy.relation import ROUNDING, BudgetRelation
from qmono.quantum.types import Integers, Real

MOST_COPIES = 100
"""More parties than this are not asked about."""


def fewest_excluded(relation: BudgetRelation, number: float, dimension: int = 2) -> int | None:
    """The least k >= 2 so that k pairs at one hub cannot have that number each; None above MOST_COPIES."""
    (found,) = fewest_excluded_of(relation, np.array([number]), dimension)
    return int(found) or None


def fewest_excluded_of(relation: BudgetRelation, numbers: Real, dimension: int = 2) -> Integers:
    """`fewest_excluded` of many hubs at once: numbers (n,) to k (n,), 0 where nothing is excluded."""
    found = np.zeros(len(numbers), dtype=np.int64)

    def is_broken(which: Integers, k: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        used = relation.used(np.repeat(numbers[which][:, None], k, axis=1), dimension)
        broken: np.ndarray[tuple[int], np.dtype[np.bool_]] = used > relation.allowed(dimension) + ROUNDING
        return broken

    left = np.arange(len(numbers))
    left = left[is_broken(left, MOST_COPIES)]
    for k in range(2, MOST_COPIES + 1):
        if not left.size:
            break
        broken = is_broken(left, k)
        found[left[broken]] = k
        left = left[~broken]
    return found


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
