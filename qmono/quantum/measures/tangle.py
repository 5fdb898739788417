"""Tangle of two qubits: the concurrence squared. Coffman, Kundu, Wootters, PRA 61 (2000) 052306."""

from __future__ import annotations

from qmono.quantum.measures.concurrence import concurrence
from qmono.quantum.measures.measure import Measure, of_pairs
from qmono.quantum.types import Matrix


def tangle(rho: Matrix) -> float:
    """C(rho)^2 of a state (4, 4), in [0, 1]."""
    return concurrence(rho) ** 2


MEASURE = Measure(
    name="tangle",
    function=tangle,
    formula="C^2",
    domain="any state of two qubits",
    source="Coffman, Kundu, Wootters, PRA 61 052306 (2000)",
    range=(0.0, 1.0),
    known=(("phi-", 1.0), ("werner:0.8", 0.49), ("product:r1", 0.0)),
    per="pair",
    trap="some papers call C itself, or the three-tangle, the tangle",
    why_not=of_pairs,
    zero_on_products=True,
)
