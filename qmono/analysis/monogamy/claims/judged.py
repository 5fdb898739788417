"""The hubs of a network of claims, judged: limits, headroom, what is named, and what is left for others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qmono.analysis.monogamy.claims.hubs import ClaimedHub, network_of
from qmono.core.claims import Claims, Quantity
from qmono.quantum.monogamy.network import (
    Flags,
    HubLimits,
    Network,
    broken_by_holm,
    claim_relations,
    headroom,
    limits_at,
)
from qmono.quantum.monogamy.relation import ROUNDING, BudgetRelation
from qmono.quantum.monogamy.sharing import MOST_COPIES, fewest_excluded_of, largest_for_another
from qmono.quantum.types import Integers, Real

LISTED = 1000
"""Hubs of which everything is said, those with the least headroom."""


@dataclass(frozen=True)
class Judged:
    """A network, and per hub: limits and headroom at the error of one hub, and the verdict.

    named: hubs named as broken together. open: hubs that break a relation without enough confidence.
    """

    hubs: Sequence[ClaimedHub]
    network: Network
    relations: Sequence[BudgetRelation]
    limits: HubLimits
    left: Real
    named: Flags
    open: Flags
    error: float

    @cached_property
    def order(self) -> Integers:
        """Hubs by headroom, the least first; those named before all others."""
        found: Integers = np.lexsort((self.least, ~self.named))
        return found

    @property
    def listed(self) -> list[int]:
        """The first hubs in that order."""
        return [int(hub) for hub in self.order[:LISTED]]

    @cached_property
    def least(self) -> Real:
        """What the relation that leaves the least leaves, per hub."""
        found: Real = self.left.min(axis=0, initial=np.inf)
        return found

    def verdict(self, hub: int) -> str:
        """What is said of one hub."""
        if self.named[hub]:
            return "violated"
        return "inconclusive" if self.open[hub] else "satisfied"

    def decided_by(self, hub: int) -> BudgetRelation:
        """The relation that leaves the least."""
        return self.relations[int(np.argmin(self.left[:, hub]))]

    def dims(self, hub: int) -> tuple[int, ...]:
        """Dimension of a hub, then of its spokes."""
        spokes = self.network.spoke_dimension[self._spokes(hub)]
        return (int(self.network.hub_dimension[hub]), *map(int, spokes))

    def _spokes(self, hub: int) -> slice:
        """Where the spokes of a hub stand: those of one hub follow each other."""
        first, last = np.searchsorted(self.network.spoke_hub, [hub, hub + 1])
        return slice(int(first), int(last))

    def partner_fidelity(self, hub: int) -> float | None:
        """The largest lower limit of a fidelity there, None if none says anything."""
        return float(self.limits.values["fidelity"][self._spokes(hub)].max()) or None

    @property
    def partly_asked(self) -> Integers:
        """Hubs at which some relation is no law, in order."""
        is_asked = np.isfinite(self.left.max(axis=0, initial=0.0))
        found: Integers = self.order[~is_asked[self.order]]
        return found

    def not_asked(self, hub: int) -> dict[str, str]:
        """Relations that are no law for the dimensions of a hub, by title, and why."""
        reasons = {relation.title: relation.why_not(self.dims(hub)) for relation in self.relations}
        return {title: reason for title, reason in reasons.items() if reason is not None}

    def left_for_another(self, hub: int) -> float | None:
        """The largest fidelity that one more party can have here; None if too much is claimed already."""
        if self.least[hub] < -ROUNDING:
            return None
        here, dims = self._spokes(hub), self.dims(hub)
        fidelities = self.limits.values["fidelity"][here].tolist()
        concurrences = self.limits.values["concurrence"][here].tolist() if set(dims) == {2} else ()
        return largest_for_another(fidelities, concurrences, dims[0])[0]

    @cached_property
    def alike(self) -> dict[int, int | None]:
        """Of the listed hubs, how many parties can share the best link alike at most; None: any."""
        of_dims: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
        for hub in self.listed:
            of_dims[self.dims(hub)].append(hub)
        found: dict[int, int | None] = {}
        for dims, hubs in of_dims.items():
            best = [
                fewest_excluded_of(relation, self._best(relation.quantity, hubs), dims[0])
                for relation in self.relations
                if relation.why_not(dims) is None
            ]
            least = np.where(np.array(best) > 0, best, MOST_COPIES + 1).min(axis=0)
            found |= {
                hub: int(k) - 1 if k <= MOST_COPIES else None for hub, k in zip(hubs, least, strict=True)
            }
        return found

    def _best(self, quantity: Quantity, hubs: Sequence[int]) -> Real:
        values = self.limits.values[quantity]
        return np.array([values[self._spokes(hub)].max() for hub in hubs])

    def joint_headroom(self) -> float | None:
        """The least headroom at limits that hold for all hubs together; None where levels do not allow it."""
        limits = limits_at(self.network, self.error / len(self.hubs))
        proven = headroom(self.network, limits).min(axis=0)[~limits.overspent]
        return float(proven.min()) if proven.size else None


def judge_hubs(claims: Claims, hubs: Sequence[ClaimedHub], error: float) -> Judged:
    """Every relation of the table at every hub, at `error` for one hub and for those named together."""
    network = network_of(claims, hubs)
    limits = limits_at(network, error)
    left = headroom(network, limits)
    named = broken_by_holm(network, error)
    at_face_value: Flags = (left.min(axis=0, initial=np.inf) < -ROUNDING) & ~named
    return Judged(hubs, network, claim_relations(), limits, left, named, at_face_value, error)
