"""Purity Tr rho^2: 1 on pure states, 1/d on the maximally mixed one."""

from __future__ import annotations

import numpy as np

from qmono.quantum.measures.measure import Measure
from qmono.quantum.types import Matrix


def purity(rho: Matrix) -> float:
    """Tr rho^2 of a state (d, d), in [1/d, 1]."""
    return float(np.vdot(rho, rho).real)


MEASURE = Measure(
    name="purity",
    function=purity,
    formula="Tr rho^2",
    domain="any state",
    source="definition",
    range=(0.25, 1.0),
    known=(("phi+", 1.0), ("werner:0.8", 0.73), ("werner:0", 0.25), ("ghz:3", 1.0)),
    per="state",
    zero_on_products=False,
)
