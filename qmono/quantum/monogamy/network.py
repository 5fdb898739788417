r"""Claims about many links, judged at every qubit that several of them share: vectorised over the network.

A hub is one physical qubit in one window and ensemble; its spokes are the other ends of its links. Three
rules are tried there on lower limits that hold together with error e: the star rule on fidelities, the tangle
sum on concurrences, and S_e^2 + S_f^2 <= 8 on every two CHSH values (Toner, Verstraete, quant-ph/0611001).
What is claimed as one quantity also bounds another: C >= 2F - 1 (Bennett et al., PRA 54 (1996) 3824) and
C >= sqrt(S^2/4 - 1) (Verstraete, Wolf, PRL 89 (2002) 170401).

Errors. A limit that was given at a level costs 1 - level wherever it is used; what is left of e is shared
equally by the links that gave counts, whose limits are Clopper-Pearson's. If the levels given cost more than
e, nothing is proven at that hub. So the error of a hub's verdict is at most e.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from qmono.quantum.monogamy.relation import ROUNDING
from qmono.quantum.monogamy.star import used_budgets
from qmono.quantum.types import Integers, Real

FIDELITY, CONCURRENCE, CHSH = range(3)
RULES = ("star fidelity", "tangle sum", "Bell monogamy")
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True)
class Network:
    """Links as seen from the hubs: one entry for every link at each of its ends that is a hub.

    Per entry: hub (its number), spoke (numbered over the whole network; spoke_hub says whose), quantity
    (FIDELITY, CONCURRENCE, CHSH), passes and trials (trials 0: none), lower and cost (1 - level) of a limit.
    """

    hub: Integers
    spoke: Integers
    spoke_hub: Integers
    quantity: Integers
    passes: Integers
    trials: Integers
    lower: Real
    cost: Real

    @property
    def hubs(self) -> int:
        """How many hubs there are."""
        return int(self.spoke_hub.max(initial=-1)) + 1

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
        )


@dataclass(frozen=True)
class HubLimits:
    """Lower limits of fidelity, concurrence and S per spoke; per hub whether its levels cost too much."""

    fidelity: Real
    concurrence: Real
    s: Real
    overspent: Flags


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
    value = np.where(counted, np.where(network.quantity == CHSH, 8 * p - 4, (3 * p - 1) / 2), network.lower)
    per_spoke = [_largest(network, value, quantity) for quantity in (FIDELITY, CONCURRENCE, CHSH)]
    f, c, s = (np.clip(numbers, 0.0, None) for numbers in per_spoke)
    implied = np.sqrt(np.maximum(0.0, s**2 / 4 - 1))
    c = np.clip(np.maximum(c, np.maximum(2 * f - 1, implied)), 0.0, 1.0)
    return HubLimits(np.clip(f, 0.0, 1.0), c, s, overspent)


def _largest(network: Network, value: Real, quantity: int) -> Real:
    """Per spoke the largest of its values of one quantity, 0 without any."""
    mine = network.quantity == quantity
    best = np.zeros(len(network.spoke_hub))
    np.maximum.at(best, network.spoke[mine], value[mine])
    return best


def headroom(network: Network, limits: HubLimits) -> Real:
    """(rules, hubs): what each rule leaves at most, as a share of what it allows; below 0 it is broken."""
    hubs = network.hubs
    star = 1 - _star_used(network, limits.fidelity)
    tangles = 1 - np.bincount(network.spoke_hub, limits.concurrence**2, minlength=hubs)
    return np.stack([star, tangles, 1 - _largest_two_squares(network, limits.s) / 8])


def _star_used(network: Network, fidelity: Real) -> Real:
    order = np.argsort(network.spoke_hub, kind="stable")
    sizes = np.bincount(network.spoke_hub, minlength=network.hubs)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    ordered, used = fidelity[order], np.zeros(network.hubs)
    for size in np.unique(sizes[sizes > 0]):
        here = np.flatnonzero(sizes == size)
        used[here] = used_budgets(ordered[starts[here][:, None] + np.arange(size)])
    return used


def _largest_two_squares(network: Network, s: Real) -> Real:
    order = np.lexsort((-s, network.spoke_hub))
    hub = network.spoke_hub[order]
    rank = np.arange(len(hub)) - np.searchsorted(hub, hub)
    top = rank < 2
    both: Real = np.bincount(hub[top], s[order][top] ** 2, minlength=network.hubs).astype(np.float64)
    return np.where(np.bincount(network.spoke_hub, minlength=network.hubs) > 1, both, 0.0)


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
