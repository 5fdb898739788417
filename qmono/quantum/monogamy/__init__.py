"""Who can share entanglement with whom: relations between one hub and its spokes.

A relation compares what the spokes of one hub use with what the hub has. It binds only pairs that end
on the same physical hub at the same time in the same ensemble. RELATIONS lists what there is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from qmono.core.registry import Entry, Registry
from qmono.quantum.types import Dims, Matrix, Vector

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
    of_state: state (d, d), dimensions of its parts and hub -> Budget of its exact numbers.
    why_not: why it is no law for parts of these dimensions, or None.
    saturated_by: number of qubits -> vector of a state that leaves hub 0 no headroom.
    meaning: what it means if numbers that were obtained separately use more than is allowed.
    metric: name of the headroom of an exact state.
    """

    name: str
    domain: str
    needs: Literal["concurrence", "fidelity", "S", "coherent_information"]
    statement: str
    reference: str
    evaluate: Callable[[Sequence[float], int], Budget]
    of_state: Callable[[Matrix, Dims, int], Budget]
    saturated_by: Callable[[int], Vector]
    meaning: str
    metric: str
    why_not: Callable[[Dims], str | None]


def qubits_only(dims: Dims) -> str | None:
    """The domain of relations whose numbers per pair are defined for qubits."""
    if all(d == 2 for d in dims):
        return None
    return f"it is a law of qubits, not of dimensions {' x '.join(map(str, dims))}"


def any_dimension(dims: Dims) -> str | None:
    """The domain of relations that hold whatever the dimensions."""
    return None


RELATIONS = Registry(
    "monogamy relation",
    [
        Entry("ckw", "qmono.quantum.monogamy.ckw:RELATION", "sum of the pair tangles at a qubit, at most 1"),
        Entry(
            "star", "qmono.quantum.monogamy.star:RELATION", "Bell fidelities that one hub can have at once"
        ),
        Entry(
            "bell",
            "qmono.quantum.monogamy.bell:RELATION",
            "CHSH values of two pairs at a hub, S^2 + S'^2 <= 8",
        ),
        Entry(
            "coherent_information",
            "qmono.quantum.monogamy.coherent:RELATION",
            "distillable bits of the pairs at a hub, at most log2 d",
        ),
    ],
)
"""Every relation, by name."""


@dataclass(frozen=True, slots=True)
class JointRelation:
    """A relation that only an exact joint state can be asked about.

    residuals: `f(rho, dims)` -> what is left, never negative, by index ("0" for qubit 0, "" for the state).
    why_not: why it does not apply to a state, or None. metric: name of the residual.
    """

    name: str
    domain: str
    statement: str
    reference: str
    metric: str
    why_not: Callable[[Matrix, Dims], str | None]
    residuals: Callable[[Matrix, Dims], dict[str, float]]


JOINT_RELATIONS = Registry(
    "joint relation",
    [
        Entry("concurrence_cubed", "qmono.quantum.monogamy.powers:CONCURRENCE_CUBED", "C^3 in place of C^2"),
        Entry("formation_squared", "qmono.quantum.monogamy.powers:FORMATION_SQUARED", "squares of formation"),
        Entry(
            "formation_root2", "qmono.quantum.monogamy.powers:FORMATION_ROOT2", "formation to the power sqrt2"
        ),
        Entry("cren_squared", "qmono.quantum.monogamy.powers:CREN_SQUARED", "convex-roof negativity squared"),
        Entry(
            "negativity_squared", "qmono.quantum.monogamy.powers:NEGATIVITY_SQUARED", "2 N squared, pure only"
        ),
        Entry(
            "polygamy",
            "qmono.quantum.monogamy.powers:POLYGAMY",
            "assisted tangles are at least the one-tangle",
        ),
        Entry("shadow", "qmono.quantum.monogamy.shadow:SHADOW", "purities of all parts, every dimension"),
    ],
)
"""Relations of exact states, by name."""
