"""Before a CHSH test: which S to expect, and how many trials each design needs for a wanted p value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qmono.analysis.bell.certificates import proven_at
from qmono.errors import UsageError
from qmono.quantum.bell.chsh import LOCAL_BOUND, QUANTUM_BOUND
from qmono.quantum.bell.power import DESIGNS, assigned_s, eberhard_s, trials_needed

SURE = 0.9
"""The power of the safer of the two numbers; the other is an even chance."""


@dataclass(frozen=True)
class Needed:
    """Trials in all four settings that one design needs, for an even chance and for SURE."""

    design: str
    even_chance: int
    sure: int


@dataclass(frozen=True)
class BellPlan:
    """What to expect at a visibility and efficiency, and what it takes; `best_s`: of the best state.

    s_value: of phi+, trials without a click counted as -1, which the numbers of trials are for. proves: the
    certificates at s_value, by metric; the key rate at errors of (1 - visibility)/2, None where clicks are
    missing.
    """

    visibility: float
    efficiency: float
    p_value: float
    s_value: float
    best_s: float
    needed: tuple[Needed, ...]
    proves: Mapping[str, float | None]

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "visibility": self.visibility,
            "efficiency": self.efficiency,
            "p_value": self.p_value,
            "S": self.s_value,
            "S_best_state": self.best_s,
            "win_probability": (self.s_value + 4) / 8,
            "proves": dict(self.proves),
            "trials": [
                {"design": row.design, "even_chance": row.even_chance, f"power_{SURE:g}": row.sure}
                for row in self.needed
            ],
        }


def plan_bell_test(visibility: float, p_value: float, efficiency: float) -> BellPlan:
    """The plan for phi+ of a visibility; UsageError for numbers that cannot be or cannot violate."""
    for name, value in (("--visibility", visibility), ("--efficiency", efficiency)):
        if not 0 < value <= 1:
            raise UsageError(f"{name} is a number above 0 and at most 1, got {value:g}")
    if not 0 < p_value < 1:
        raise UsageError(f"--p-value lies between 0 and 1, got {p_value:g}")
    s_value = assigned_s(efficiency) - QUANTUM_BOUND * efficiency**2 * (1 - visibility)
    best_s = eberhard_s(efficiency)
    if s_value <= LOCAL_BOUND:
        best = f"the best state of two qubits reaches {best_s:.5f}"
        raise UsageError(f"S = {s_value:.4g} is no violation; at efficiency {efficiency:g} {best}")
    return BellPlan(
        visibility,
        efficiency,
        p_value,
        s_value,
        best_s,
        tuple(
            Needed(name, trials_needed(s_value, p_value, law), trials_needed(s_value, p_value, law, SURE))
            for name, law in DESIGNS.items()
        ),
        proven_at(s_value, (1 - visibility) / 2 if efficiency == 1 else None),
    )
