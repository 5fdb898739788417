"""Claims about links of a network, as columns: who shares what with whom, and how well it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2, sqrt
from typing import Literal

import numpy as np

from qmono.core.counts import FloatArray, IntArray
from qmono.core.provenance import Origin
from qmono.errors import UsageError

Quantity = Literal["fidelity", "concurrence", "S", "coherent_information"]
QUANTITIES: tuple[Quantity, ...] = ("fidelity", "concurrence", "S", "coherent_information")


def highest(quantity: Quantity, dimensions: tuple[int, int] = (2, 2)) -> float:
    """The largest value that quantum theory allows on a pair of these dimensions."""
    d = min(dimensions)
    return {
        "fidelity": 1.0,
        "concurrence": sqrt(2 * (1 - 1 / d)),
        "S": 2 * sqrt(2),
        "coherent_information": log2(d),
    }[quantity]


@dataclass(frozen=True)
class Claim:
    """One line of a claims file.

    ends: the two physical qubits, as `node.qubit`; dimensions: theirs, in the same order. Either `passes` of
    `trials`, or a `lower` limit at a `level`. Passes are those of the three-setting Bell test in equal parts,
    F = (3 p - 1)/2, or wins of the CHSH game in equal parts, S = 8 p - 4. A fidelity is to a state that is
    maximally entangled on the smaller of the two; a concurrence is sqrt(2 (1 - Tr rho_A^2)) or its roof; a
    coherent information is in bits. window, herald: when, and on which event, the pair exists; None if not
    said.
    """

    id: str
    ends: tuple[str, str]
    quantity: Quantity
    passes: int | None = None
    trials: int | None = None
    lower: float | None = None
    level: float | None = None
    target: str | None = None
    window: str | None = None
    herald: str | None = None
    source: str | None = None
    dimensions: tuple[int, int] = (2, 2)


@dataclass(frozen=True)
class Claims:
    """All claims of a file."""

    claims: tuple[Claim, ...]
    origin: Origin | None = None

    @property
    def is_counted(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which claims give passes and trials rather than a limit."""
        return np.array([claim.trials is not None for claim in self.claims], dtype=bool)

    def integers(self, name: Literal["passes", "trials"]) -> IntArray:
        """A column of counts, 0 where a limit is given."""
        return np.array([getattr(claim, name) or 0 for claim in self.claims], dtype=np.int64)

    def numbers(self, name: Literal["lower", "level"]) -> FloatArray:
        """A column of numbers, 0 where counts are given."""
        return np.array([getattr(claim, name) or 0.0 for claim in self.claims], dtype=np.float64)

    @property
    def dimensions(self) -> dict[str, int]:
        """The dimension of every physical qubit; UsageError where two claims differ in it."""
        found: dict[str, int] = {}
        for claim in self.claims:
            for end, dimension in zip(claim.ends, claim.dimensions, strict=True):
                if found.setdefault(end, dimension) != dimension:
                    raise UsageError(f"{end} has dimension {found[end]}, and {dimension} in claim {claim.id}")
        return found

    def quantities(self) -> Sequence[Quantity]:
        """The quantity of every claim."""
        return [claim.quantity for claim in self.claims]
