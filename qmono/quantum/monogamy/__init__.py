"""Who can share entanglement with whom: relations between one hub and its spokes.

A relation compares what the spokes of one hub use with what the hub has. It binds only pairs that end
on the same physical hub at the same time in the same ensemble. RELATIONS lists what there is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from qmono.core.registry import Entry, Registry
from qmono.quantum.types import Matrix, Vector

ROUNDING = 1e-12
"""How far above the allowance still counts as equal to it."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What the spokes of one hub use, and what the hub allows, in the units of the relation."""

    relation: str
    used: float
    allowed: float

    @property
    def headroom(self) -> float:
        """allowed - used; negative if no state has these numbers."""
        return self.allowed - self.used

    @property
    def is_possible(self) -> bool:
        """Whether the relation lets one state have these numbers (up to rounding)."""
        return self.headroom >= -ROUNDING


@dataclass(frozen=True, slots=True)
class Relation:
    """A monogamy relation between a hub and its spokes.

    domain: for which states it is a theorem. needs: the number it takes per spoke.
    evaluate: numbers of the spokes and dimension of the hub -> Budget; monotone: larger numbers use more.
    of_state: n-qubit state (2**n, 2**n) and hub -> Budget of its exact numbers.
    saturated_by: number of qubits -> vector of a state that leaves hub 0 no headroom.
    """

    name: str
    domain: str
    needs: Literal["concurrence", "fidelity"]
    statement: str
    reference: str
    evaluate: Callable[[Sequence[float], int], Budget]
    of_state: Callable[[Matrix, int], Budget]
    saturated_by: Callable[[int], Vector]


RELATIONS = Registry(
    "monogamy relation",
    [
        Entry("ckw", "qmono.quantum.monogamy.ckw:RELATION", "sum of the pair tangles at a qubit, at most 1"),
        Entry(
            "star", "qmono.quantum.monogamy.star:RELATION", "Bell fidelities that one hub can have at once"
        ),
    ],
)
"""Every relation, by name."""
