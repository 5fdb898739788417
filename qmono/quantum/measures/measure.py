"""What a measure says about itself, so that one loop can evaluate and test all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from qmono.errors import UsageError
from qmono.quantum.operations import bipartitions, partial_trace
from qmono.quantum.types import Dims, Matrix

Per = Literal["state", "pair", "cut"]


@dataclass(frozen=True)
class Measure:
    """A catalogue entry.

    function: `f(rho)` of a whole state or of a pair, `f(rho, dims, systems)` across a cut.
    domain: where the formula is exact, in words.
    range: smallest and largest value on two qubits.
    known: names of states with their exact values, and with the cut where there is one.
    per: what one value belongs to.
    zero_on_products: whether every product state, mixed or pure, gives 0.
    """

    name: str
    function: Callable[..., float]
    domain: str
    range: tuple[float, float]
    known: tuple[tuple[str, float], ...]
    per: Per
    zero_on_products: bool

    def evaluate(self, rho: Matrix, dims: Dims) -> dict[str, float]:
        """Every value on a state: key "" for the state, "0,1" for a pair, "0|1,2" for a cut."""
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
