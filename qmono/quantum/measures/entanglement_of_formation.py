"""Entanglement of formation of two qubits: h((1 + sqrt(1 - C^2))/2) ebits, h the binary entropy.

Wootters, PRL 80 (1998) 2245. Range [0, 1].
"""

from __future__ import annotations

from math import log2, sqrt

from qmono.quantum.measures.concurrence import concurrence
from qmono.quantum.measures.measure import Measure, of_pairs
from qmono.quantum.types import Matrix


def binary_entropy(p: float) -> float:
    """-p log2 p - (1-p) log2(1-p); 0 at both ends."""
    return sum(-x * log2(x) for x in (p, 1 - p) if 0 < x < 1)


def formation_of_concurrence(concurrence: float) -> float:
    """The entanglement of formation of every two-qubit state of that concurrence; increasing in it."""
    return binary_entropy((1 + sqrt(max(0.0, 1 - concurrence**2))) / 2)


def entanglement_of_formation(rho: Matrix) -> float:
    """Entanglement of formation of a state (4, 4), in ebits."""
    return formation_of_concurrence(concurrence(rho))


MEASURE = Measure(
    name="entanglement_of_formation",
    function=entanglement_of_formation,
    formula="h((1 + sqrt(1 - C^2))/2), h the binary entropy",
    domain="any state of two qubits",
    source="Wootters, PRL 80 2245 (1998)",
    range=(0.0, 1.0),
    known=(("psi+", 1.0), ("w:3", 0.5500477596), ("product:00", 0.0)),
    per="pair",
    trap="it is not h(C)",
    why_not=of_pairs,
    zero_on_products=True,
)
