"""What a measure says about itself, so that one loop can evaluate and test all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from qmono.errors import UsageError
from qmono.quantum.operations import bipartitions, partial_trace
from qmono.quantum.types import Dims, Matrix, Real, Vector

Per = Literal["state", "pair", "cut"]

IMPURITY = 1e-9
"""1 - Tr rho^2 up to which a state counts as pure: what rounding leaves, and less than any data do."""


def everywhere(rho: Matrix, dims: Dims) -> str | None:
    """The domain of a measure that applies to every state."""
    return None


@dataclass(frozen=True)
class Measure:
    """A catalogue entry.

    function: `f(rho)` of a whole state or of a pair, `f(rho, dims, systems)` across a cut.
    formula: what is evaluated. domain: where that is exact, in words. source: where it is from.
    trap: the usual way to misread it, or "".
    range: smallest and largest value on two qubits.
    known: names of states with their exact values, of every pair or cut that they have.
    per: what one value belongs to.
    zero_on_products: whether every product state, mixed or pure, gives 0.
    why_not: why it does not apply to a state, or None where it does.
    """

    name: str
    function: Callable[..., float]
    formula: str
    domain: str
    source: str
    range: tuple[float, float]
    known: tuple[tuple[str, float], ...]
    per: Per
    zero_on_products: bool
    trap: str = ""
    why_not: Callable[[Matrix, Dims], str | None] = everywhere

    def evaluate(self, rho: Matrix, dims: Dims) -> dict[str, float]:
        """Every value on a state: key "" for the state, "0,1" for a pair, "0|1,2" for a cut.

        UsageError with the reason where the measure does not apply.
        """
        reason = self.why_not(rho, dims)
        if reason is not None:
            raise UsageError(f"{self.name} does not apply: {reason}")
        if self.per == "state":
            return {"": self.function(rho)}
        if self.per == "pair":
            return {
                pair_index(pair): self.function(partial_trace(rho, dims, pair))
                for pair in combinations(range(len(dims)), 2)
            }
        return {cut_index(cut): self.function(rho, dims, cut[0]) for cut in bipartitions(len(dims))}


def pair_index(pair: tuple[int, ...]) -> str:
    """`(0, 1)` -> `"0,1"`."""
    return ",".join(map(str, pair))


def cut_index(cut: tuple[tuple[int, ...], tuple[int, ...]]) -> str:
    """`((0,), (1, 2))` -> `"0|1,2"`."""
    return "|".join(pair_index(side) for side in cut)


def check_two_qubits(rho: Matrix, what: str) -> None:
    """UsageError unless the state has two qubits."""
    if rho.shape != (4, 4):
        raise UsageError(f"{what} is defined for two qubits, a 4 x 4 matrix; got shape {rho.shape}")


def of_pairs(rho: Matrix, dims: Dims) -> str | None:
    """The domain of what pairs of qubits have."""
    return of_qubits(rho, dims) or (None if len(dims) > 1 else "a single qubit has no pair")


def of_cuts(rho: Matrix, dims: Dims) -> str | None:
    """The domain of what any state of two parts or more has."""
    return None if len(dims) > 1 else "a single part cannot be cut"


def of_qubits(rho: Matrix, dims: Dims) -> str | None:
    """The domain of what is defined for qubits only."""
    if all(d == 2 for d in dims):
        return None
    return f"it is defined for qubits, not for dimensions {' x '.join(map(str, dims))}"


def of_pure(rho: Matrix, dims: Dims) -> str | None:
    """The domain of what is exact for pure states only."""
    purity = float(np.vdot(rho, rho).real)
    return (
        None if purity > 1 - IMPURITY else f"the formula is for pure states, this one has purity {purity:.4g}"
    )


def of_pure_cuts(rho: Matrix, dims: Dims) -> str | None:
    """Pure, and of two parts or more."""
    return of_cuts(rho, dims) or of_pure(rho, dims)


def of_pure_qubits(rho: Matrix, dims: Dims) -> str | None:
    """Pure, and of two qubits or more."""
    return of_qubits(rho, dims) or of_pure_cuts(rho, dims)


def vector_of(rho: Matrix) -> Vector:
    """The vector of a pure state (d, d), up to a phase."""
    column = int(np.argmax(np.diag(rho).real))
    psi: Vector = rho[:, column] / np.linalg.norm(rho[:, column])
    return psi


def schmidt_weights(rho: Matrix, dims: Dims, systems: Sequence[int]) -> Real:
    """Schmidt coefficients squared, falling, of a pure state across a cut."""
    rest = [part for part in range(len(dims)) if part not in systems]
    tensor = vector_of(rho).reshape(dims).transpose([*systems, *rest])
    left = int(np.prod([dims[part] for part in systems]))
    singular = np.linalg.svd(tensor.reshape(left, -1), compute_uv=False)
    return np.asarray(singular**2, dtype=np.float64)
