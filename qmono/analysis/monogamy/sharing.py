"""Who else could share it: what the limits of a pair, or of all pairs at a qubit, leave for other parties.

Copies. If k parties held the share that one end of a pair has, the k pairs would have one number each, so a
relation that is broken by k times the lower limit excludes k of them: the star rule gives F <= (k + 1)/(2 k)
(Werner, Lett. Math. Phys. 17 (1989) 359), CHSH S <= 2 for two. Where none excludes two, the likelihood is
asked whether any state with a symmetric extension lies in the region of the pair.

A third party. The star rule at the lower limits of the fidelities leaves the most that one more can have
with any maximally entangled state; so do tangles, by C >= 2 F - 1. The smaller of the two is the limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

from qmono.core.metric import Limit, weakest
from qmono.quantum.measures.extension_margin import extension_margin_of
from qmono.quantum.monogamy import RELATIONS, star
from qmono.quantum.monogamy.extension import fit_extendible
from qmono.quantum.monogamy.joint_likelihood import GAP, why_no_joint_likelihood
from qmono.quantum.monogamy.relation import BudgetRelation, Quantity
from qmono.quantum.tomography.region import Region

MOST_COPIES = 100
"""More parties than this are not asked about."""


@dataclass(frozen=True)
class Copies:
    """excluded: the least number of parties that cannot all hold the share of either qubit, None without any.

    relation: the title of what excludes them. unique: the qubit (0 or 1 of the pair) of which nobody else can
    hold a copy although a copy of the other is not excluded; region: what proves that.
    """

    excluded: int | None
    relation: str = ""
    limit: Limit | None = None
    unique: int | None = None
    region: Region | None = None


def budget_relations() -> list[BudgetRelation]:
    """Every relation between numbers of pairs, in the order of the table."""
    loaded = [entry.load() for entry in RELATIONS]
    return [relation for relation in loaded if isinstance(relation, BudgetRelation)]


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


def copies_of(lows: Mapping[Quantity, Limit], region: Region | None) -> Copies:
    """How many parties cannot hold the share of a pair of qubits with these lower limits."""
    found = [
        Copies(excluded, relation.title, lows[relation.quantity])
        for relation in budget_relations()
        if relation.quantity in lows
        and (excluded := fewest_excluded(relation, max(0.0, lows[relation.quantity].value))) is not None
    ]
    best = min(found, key=lambda copies: copies.excluded or 0, default=Copies(None))
    if best.excluded == 2 or region is None:
        return best
    sides = [side for side in (0, 1) if _excludes_a_copy(region, side)]
    if not sides:
        return best
    if len(sides) == 1:
        return replace(best, unique=sides[0], region=region)
    return Copies(2, "symmetric extension", Limit(1.0, region.method, region.guarantee))


def _excludes_a_copy(region: Region, side: int) -> bool:
    """Whether no state of the region has a symmetric extension in one of its qubits."""
    if extension_margin_of(region.centre, side) >= 0 or why_no_joint_likelihood({(0, 1): region.likelihood}):
        return False
    return fit_extendible({(0, 1): region.likelihood}, GAP, side).bound < region.floor


def left_for_another(fidelities: Sequence[Limit | None], concurrences: Sequence[Limit | None]) -> Limit:
    """The largest fidelity of one more party with a qubit whose pairs have these lower limits.

    1 where nothing is kept from others.
    """
    by_star = star.largest_remaining([_value(limit) for limit in fidelities])
    tangles = sum(_value(limit) ** 2 for limit in concurrences)
    by_tangles = (1 + sqrt(max(0.0, 1 - tangles))) / 2
    used = fidelities if by_star <= by_tangles else concurrences
    known = [limit for limit in used if limit is not None and limit.value > 0]
    name = "star rule" if by_star <= by_tangles else "tangle sum"
    if not known:
        return Limit(1.0, "nothing is proven of the pairs", "exact")
    methods = ", ".join(dict.fromkeys(limit.method for limit in known))
    return Limit(min(by_star, by_tangles), f"{name} on {methods}", weakest(known).guarantee)


def _value(limit: Limit | None) -> float:
    return 0.0 if limit is None else min(1.0, max(0.0, limit.value))
