"""Which claims meet at which physical qubit: the hubs of a network, and the numbers of their links.

Links bind each other where they share one physical qubit in one window and ensemble. Only what two claims
both say can take them apart: one without a window (or herald) is assumed to agree with all at its qubit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qmono.core.claims import QUANTITIES, Claim, Claims
from qmono.quantum.monogamy.network import Network


@dataclass(frozen=True)
class ClaimedHub:
    """A physical qubit in one window and ensemble: indices of its claims, other ends of its links."""

    qubit: str
    window: str | None
    herald: str | None
    members: tuple[int, ...]
    spokes: tuple[str, ...]

    @property
    def name(self) -> str:
        """`A.0`, with window and herald where they were said."""
        said = [text for text in (self.window, self.herald and f"herald {self.herald}") if text]
        return f"{self.qubit} ({', '.join(said)})" if said else self.qubit


def hubs_of(claims: Sequence[Claim]) -> list[ClaimedHub]:
    """Every qubit on which links to two others or more end, in the order of the file."""
    return [hub for hub in ends_of(claims) if len(hub.spokes) > 1]


def ends_of(claims: Sequence[Claim]) -> list[ClaimedHub]:
    """Every qubit on which links end, in each window and ensemble, in the order of the file."""
    at_qubit: defaultdict[str, list[int]] = defaultdict(list)
    for index, claim in enumerate(claims):
        at_qubit[claim.ends[0]].append(index)
        at_qubit[claim.ends[1]].append(index)
    found = []
    for qubit, members in at_qubit.items():
        if len(members) > 1:
            found += _ensembles(qubit, members, claims)
        else:
            claim = claims[members[0]]
            found.append(ClaimedHub(qubit, claim.window, claim.herald, (members[0],), (_far(claim, qubit),)))
    return found


def _ensembles(qubit: str, members: list[int], claims: Sequence[Claim]) -> list[ClaimedHub]:
    windows = {w for i in members if (w := claims[i].window) is not None}
    heralds = {h for i in members if (h := claims[i].herald) is not None}
    return [
        _hub(qubit, window, herald, members, claims)
        for window in _named(windows)
        for herald in _named(heralds)
    ]


def _named(words: set[str]) -> list[str | None]:
    return [*sorted(words)] or [None]


def _hub(
    qubit: str, window: str | None, herald: str | None, members: list[int], claims: Sequence[Claim]
) -> ClaimedHub:
    bound = tuple(
        index
        for index in members
        if claims[index].window in (None, window) and claims[index].herald in (None, herald)
    )
    return ClaimedHub(
        qubit, window, herald, bound, tuple(dict.fromkeys(_far(claims[i], qubit) for i in bound))
    )


def _far(claim: Claim, qubit: str) -> str:
    return claim.ends[1] if claim.ends[0] == qubit else claim.ends[0]


def network_of(claims: Claims, hubs: Sequence[ClaimedHub]) -> Network:
    """The numbers of all links at all hubs, as columns."""
    hub: list[int] = []
    spoke: list[int] = []
    spoke_hub: list[int] = []
    member: list[int] = []
    for number, here in enumerate(hubs):
        place = {far: len(spoke_hub) + offset for offset, far in enumerate(here.spokes)}
        spoke_hub += [number] * len(here.spokes)
        for index in here.members:
            hub.append(number)
            spoke.append(place[_far(claims.claims[index], here.qubit)])
            member.append(index)
    chosen = np.array(member, dtype=np.int64)
    counted = claims.is_counted[chosen] if member else np.zeros(0, dtype=bool)
    levels = claims.numbers("level")[chosen]
    code_of = {quantity: code for code, quantity in enumerate(QUANTITIES)}
    codes = np.array([code_of[quantity] for quantity in claims.quantities()], dtype=np.int64)
    dimensions = claims.dimensions
    spokes = [dimensions[far] for here in hubs for far in here.spokes]
    return Network(
        hub=np.array(hub, dtype=np.int64),
        spoke=np.array(spoke, dtype=np.int64),
        spoke_hub=np.array(spoke_hub, dtype=np.int64),
        quantity=codes[chosen],
        passes=claims.integers("passes")[chosen],
        trials=claims.integers("trials")[chosen],
        lower=claims.numbers("lower")[chosen],
        cost=np.where(counted, 0.0, 1 - levels),
        hub_dimension=np.array([dimensions[here.qubit] for here in hubs], dtype=np.int64),
        spoke_dimension=np.array(spokes, dtype=np.int64),
    )
