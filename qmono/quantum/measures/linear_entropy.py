"""Linear entropy d/(d - 1) (1 - Tr rho^2): 0 on pure states, 1 on the maximally mixed one."""

from __future__ import annotations

from qmono.quantum.measures.measure import Measure
from qmono.quantum.measures.purity import purity
from qmono.quantum.types import Matrix


def linear_entropy(rho: Matrix) -> float:
    """Linear entropy of a state (d, d), in [0, 1]."""
    d = int(rho.shape[0])
    return max(0.0, d / (d - 1) * (1 - purity(rho)))


MEASURE = Measure(
    name="linear_entropy",
    function=linear_entropy,
    formula="d/(d - 1) (1 - Tr rho^2)",
    domain="any state",
    source="definition, normalised to 1",
    range=(0.0, 1.0),
    known=(("phi+", 0.0), ("werner:0", 1.0), ("werner:0.8", 0.36), ("w:3", 0.0)),
    per="state",
    trap="some papers leave out d/(d - 1)",
    zero_on_products=False,
)
