"""Who else could share it: what the limits of a pair, or of all pairs at a qubit, leave for other parties.

Copies of a pair's share are excluded by a relation at its lower limits (`quantum.monogamy.sharing`). Where
none excludes two, the likelihood is asked whether a state with a symmetric extension lies in its region.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qmono.core.metric import Limit, weakest
from qmono.quantum.measures.extension_margin import extension_margin_of
from qmono.quantum.monogamy import star
from qmono.quantum.monogamy.extension import fit_extendible
from qmono.quantum.monogamy.joint_likelihood import GAP, why_no_joint_likelihood
from qmono.quantum.monogamy.relation import Quantity, budget_relations
from qmono.quantum.monogamy.sharing import fewest_excluded, largest_for_another
from qmono.quantum.tomography.regions.region import Region


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
    value, relation = largest_for_another(list(map(_value, fidelities)), list(map(_value, concurrences)))
    used = fidelities if relation is star.RELATION else concurrences
    known = [limit for limit in used if limit is not None and limit.value > 0]
    if not known:
        return Limit(1.0, "nothing is proven of the pairs", "exact")
    methods = ", ".join(dict.fromkeys(limit.method for limit in known))
    return Limit(value, f"{relation.title} on {methods}", weakest(known).guarantee)


def _value(limit: Limit | None) -> float:
    return 0.0 if limit is None else min(1.0, max(0.0, limit.value))
