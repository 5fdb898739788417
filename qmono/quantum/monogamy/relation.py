"""What a monogamy relation says about itself, so that one loop can judge with all of them and test them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from qmono.quantum.tomography.fit.estimate import StateEstimate
from qmono.quantum.tomography.likelihood import Likelihood
from qmono.quantum.types import Dims, Matrix, Real, Vector

ROUNDING = 1e-12
"""How far above the allowance still counts as equal to it."""

Pair = tuple[int, int]
Input = Literal["joint state", "pair data", "claims"]
Quantity = Literal["fidelity", "concurrence", "S", "coherent_information"]


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
class ExactForm:
    """A relation asked about an exact joint state, which can only keep it.

    metric: name of the headroom. of_state: state (d, d), dimensions of its parts and hub -> Budget.
    saturated_by: number of qubits -> vector of a state that leaves hub 0 no headroom.
    why_not: why the headroom is not evaluated for parts of these dimensions, or None.
    """

    metric: str
    why_not: Callable[[Dims], str | None]
    of_state: Callable[[Matrix, Dims, int], Budget]
    saturated_by: Callable[[int], Vector]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A monogamy relation between a hub and its spokes.

    title: its name for people. domain: for which states it is a theorem. needs: what it can judge.
    meaning: what follows where it is broken by numbers or counts that were obtained separately.
    why_not: why it is no law for parts of these dimensions, or None.
    exact: None where an exact joint state is its own answer.
    """

    name: str
    title: str
    domain: str
    needs: tuple[Input, ...]
    statement: str
    reference: str
    meaning: str
    why_not: Callable[[Dims], str | None]
    exact: ExactForm | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRelation(Relation):
    """A relation between numbers of the pairs at a hub, judged at their limits.

    quantity: the number it takes per pair. used: numbers (..., k) of k pairs and dimension of the hub ->
    (...); monotone: larger numbers use more. allowed: what a hub of that dimension has.
    """

    quantity: Quantity
    used: Callable[[Real, int], Real]
    allowed: Callable[[int], float]

    def evaluate(self, numbers: Sequence[float], dimension: int = 2) -> Budget:
        """Budget of the pairs at one hub; nothing is used by no pairs."""
        values = np.asarray(numbers, dtype=np.float64)
        used = float(self.used(values, dimension)) if values.size else 0.0
        return Budget(self.name, used, self.allowed(dimension))


def budget_relations() -> list[BudgetRelation]:
    """Every relation between numbers of pairs, in the order of the table."""
    from qmono.quantum.monogamy import RELATIONS

    loaded = [entry.load() for entry in RELATIONS]
    return [relation for relation in loaded if isinstance(relation, BudgetRelation)]


@dataclass(frozen=True, slots=True)
class ConstrainedFit:
    """The state of `qubits` that explains pairs best if the relation holds.

    log_likelihood: of the pairs at that state. bound: proven to be no less than that of any such state.
    """

    qubits: tuple[int, ...]
    estimate: StateEstimate
    log_likelihood: float
    bound: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelihoodRelation(Relation):
    """A relation between states of pairs, judged by the likelihood of their counts.

    fit: likelihoods of the pairs, the pair (i, j) with i as its first qubit, and a gap in nats -> the best
    state that keeps it, found to within the gap.
    """

    fit: Callable[[Mapping[Pair, Likelihood], float], ConstrainedFit]


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


def three_qubits(dims: Dims) -> str | None:
    """The domain of headrooms that are made of closed forms for pairs of qubits."""
    return three_parts(dims) or (None if all(d == 2 for d in dims) else "its closed form is for qubits")


def three_parts(dims: Dims) -> str | None:
    """Three parts or more: the domain of what pairs share with each other."""
    return "two parts share with nobody else" if len(dims) < 3 else None


def qubits_only(dims: Dims) -> str | None:
    """The domain of relations that are laws of qubits."""
    if all(d == 2 for d in dims):
        return None
    return f"it is a law of qubits, not of dimensions {' x '.join(map(str, dims))}"


def any_dimension(dims: Dims) -> str | None:
    """The domain of relations that hold whatever the dimensions."""
    return None
