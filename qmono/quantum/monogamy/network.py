"""Claims about many links, judged at every qubit that several of them share: vectorised over the network.

A hub is one physical qubit in one window and ensemble; its spokes are the other ends of its links. Every
relation of the table between numbers of pairs is tried there, on lower limits that hold together with error
e, where it is a law for the dimensions of hub and spokes. What is claimed as one quantity bounds another: of
qubits C >= 2F - 1 (Bennett et al., PRA 54 (1996) 3824) and C >= sqrt(S^2/4 - 1) (Verstraete, Wolf, PRL 89
(2002) 170401), of a d x d pair the coherent information of the isotropic state of its F. A fidelity says
nothing of the budget of a hub that is larger than the spoke: its target does not use all levels of the hub.

Errors. A limit that was given at a level costs 1 - level wherever it is used; what is left of e is shared
equally by the links that gave counts, whose limits are Clopper-Pearson's. If the levels given cost more than
e, nothing is proven at that hub. So the error of a hub's verdict is at most e.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from qmono.core.claims import QUANTITIES, Quantity
from qmono.quantum.measures.coherent_information import least_coherent_informations
from qmono.quantum.monogamy.relation import ROUNDING, BudgetRelation, budget_relations
from qmono.quantum.types import Integers, Real

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True)
class Network:
    """Links as seen from the hubs: one entry for every link at each of its ends that is a hub.

    Per entry: hub (its number), spoke (numbered over the whole network; spoke_hub says whose), quantity
    (its place in QUANTITIES), passes and trials (trials 0: none), lower and cost (1 - level) of a limit.
    Per hub and per spoke: dimensions.
    """

    hub: Integers
    spoke: Integers
    spoke_hub: Integers
    quantity: Integers
    passes: Integers
    trials: Integers
    lower: Real
    cost: Real
    hub_dimension: Integers
    spoke_dimension: Integers

    @property
    def hubs(self) -> int:
        """How many hubs there are."""
        return len(self.hub_dimension)

    def chosen(self, kept: Flags) -> Network:
        """The network of some hubs only, numbered anew."""
        entries, spokes = kept[self.hub], kept[self.spoke_hub]
        hub_number, spoke_number = np.cumsum(kept) - 1, np.cumsum(spokes) - 1
        return Network(
            hub_number[self.hub[entries]],
            spoke_number[self.spoke[entries]],
            hub_number[self.spoke_hub[spokes]],
            self.quantity[entries],
            self.passes[entries],
            self.trials[entries],
            self.lower[entries],
            self.cost[entries],
            self.hub_dimension[kept],
            self.spoke_dimension[spokes],
        )


@dataclass(frozen=True)
class HubLimits:
    """Lower limits of every quantity per spoke, 0 without any; per hub whether its levels cost too much."""

    values: Mapping[Quantity, Real]
    overspent: Flags


def claim_relations() -> list[BudgetRelation]:
    """The relations that judge claims, in the order of the table."""
    return [relation for relation in budget_relations() if "claims" in relation.needs]


def limits_at(network: Network, error: float) -> HubLimits:
    """Lower limits that hold together at every single hub with probability 1 - error."""
    hubs = network.hubs
    spent = np.bincount(network.hub, network.cost, minlength=hubs)
    counted = network.trials > 0
    sharing = np.bincount(network.hub[counted], minlength=hubs)
    left = error - spent
    overspent = (left < -ROUNDING) | ((left <= ROUNDING) & (sharing > 0))
    # what an overspent hub shows is at the error asked for, and proves nothing
    share = np.where(overspent, error, left) / np.maximum(sharing, 1)
    p = np.zeros(len(network.hub))
    k, n = network.passes[counted], network.trials[counted]
    with np.errstate(invalid="ignore"):
        found = betaincinv(k, n - k + 1.0, share[network.hub[counted]])
    p[counted] = np.where(k > 0, np.nan_to_num(found), 0.0)
    is_s = network.quantity == QUANTITIES.index("S")
    value = np.where(counted, np.where(is_s, 8 * p - 4, (3 * p - 1) / 2), network.lower)
    return HubLimits(_implied(network, value), overspent)


def _implied(network: Network, value: Real) -> dict[Quantity, Real]:
    """Per spoke the best of what is claimed and of what that implies, for every quantity."""
    claimed = {quantity: _largest(network, value, quantity) for quantity in QUANTITIES}
    hub, spoke = network.hub_dimension[network.spoke_hub], network.spoke_dimension
    f, s = np.clip(claimed["fidelity"], 0.0, 1.0), claimed["S"]
    implied = np.maximum(2 * f - 1, np.sqrt(np.maximum(0.0, s**2 / 4 - 1)))
    c = np.maximum(claimed["concurrence"], np.where((hub == 2) & (spoke == 2), implied, 0.0))
    bits = np.where(hub == spoke, least_coherent_informations(f, hub.astype(np.float64)), 0.0)
    return {
        "fidelity": np.where(spoke >= hub, f, 0.0),
        "concurrence": np.clip(c, 0.0, None),
        "S": np.clip(s, 0.0, None),
        "coherent_information": np.maximum(claimed["coherent_information"], bits),
    }


def _largest(network: Network, value: Real, quantity: Quantity) -> Real:
    """Per spoke the largest of its values of one quantity, 0 without any."""
    mine = network.quantity == QUANTITIES.index(quantity)
    best = np.zeros(len(network.spoke_hub))
    np.maximum.at(best, network.spoke[mine], value[mine])
    return best


@dataclass(frozen=True)
class Alike:
    """Hubs of one size and dimensions: their numbers, and their spokes (hubs, size)."""

    hubs: Integers
    spokes: Integers
    dims: tuple[int, ...]


def alike(network: Network) -> Iterator[Alike]:
    """All hubs, in groups that every relation treats alike: qubits only, or a hub among larger spokes."""
    order = np.argsort(network.spoke_hub, kind="stable")
    sizes = np.bincount(network.spoke_hub, minlength=network.hubs)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    largest = network.hub_dimension.copy()
    np.maximum.at(largest, network.spoke_hub, network.spoke_dimension)
    kinds, which = np.unique(np.stack([sizes, network.hub_dimension, largest]), axis=1, return_inverse=True)
    for number, (size, hub, spoke) in enumerate(kinds.T.tolist()):
        here = np.flatnonzero(which == number)
        if size:
            yield Alike(here, order[starts[here][:, None] + np.arange(size)], (hub, *[spoke] * size))


def headroom(network: Network, limits: HubLimits) -> Real:
    """(relations, hubs): what each relation leaves at most, as a share of what it allows.

    Below 0 it is broken. Infinite where it is no law for the dimensions.
    """
    relations = claim_relations()
    left = np.full((len(relations), network.hubs), np.inf)
    for group in alike(network):
        for row, relation in enumerate(relations):
            if relation.why_not(group.dims) is None:
                used = relation.used(limits.values[relation.quantity][group.spokes], group.dims[0])
                left[row, group.hubs] = 1 - used / relation.allowed(group.dims[0])
    return left


def broken(network: Network, error: float) -> Flags:
    """Which hubs break a rule, each with an error of at most `error`."""
    if network.hubs == 0:
        return np.zeros(0, dtype=bool)
    limits = limits_at(network, error)
    flags: Flags = (headroom(network, limits).min(axis=0) < -ROUNDING) & ~limits.overspent
    return flags


def broken_by_holm(network: Network, error: float) -> Flags:
    """Which hubs break a rule, all of them named with an error of at most `error` in all.

    Holm's step-down (Scand. J. Stat. 6 (1979) 65): at error/m for m hubs, then at error/(m - r) for those
    left once r are named, until no more are.
    """
    hubs = network.hubs
    named = np.zeros(hubs, dtype=bool)
    candidates = broken(network, error)
    while candidates.any():
        left = network.chosen(candidates)
        new = np.zeros(hubs, dtype=bool)
        new[candidates] = broken(left, error / (hubs - int(named.sum())))
        if not new.any():
            break
        named |= new
        candidates &= ~new
    return named
