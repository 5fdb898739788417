"""Schmidt number across a cut: how many levels of each side an entangled state needs.

Terhal, Horodecki, PRA 61 (2000) 040301. For pure states the number of Schmidt coefficients, for two qubits 2
on every entangled state and 1 on the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qmono.quantum.measures.concurrence import concurrence
from qmono.quantum.measures.measure import Measure, of_cuts, of_pure, schmidt_weights
from qmono.quantum.types import Dims, Matrix

SMALLEST_WEIGHT = 1e-12
"""Schmidt weights (probabilities) up to this are rounding. No threshold makes a fitted state have a rank."""


def schmidt_number(rho: Matrix, dims: Dims = (2, 2), systems: Sequence[int] = (0,)) -> float:
    """Schmidt number of a pure state or of two qubits, between `systems` and the others; 1 on products."""
    if of_pure(rho, dims) is None:
        return float(np.count_nonzero(schmidt_weights(rho, dims, systems) > SMALLEST_WEIGHT))
    return 2.0 if concurrence(rho) > 0 else 1.0


def _domain(rho: Matrix, dims: Dims) -> str | None:
    return of_cuts(rho, dims) or (None if dims == (2, 2) else of_pure(rho, dims))


MEASURE = Measure(
    name="schmidt_number",
    function=schmidt_number,
    formula="number of Schmidt coefficients",
    domain="pure states of any dimension; any state of two qubits",
    source="Terhal, Horodecki, PRA 61 040301 (2000)",
    range=(1.0, 2.0),
    known=(("phi+", 2.0), ("ghz:3", 2.0), ("product:0+r", 1.0), ("werner:0.2", 1.0), ("werner:0.8", 2.0)),
    per="cut",
    trap="a fitted matrix has full rank: from data only a fidelity above k/d shows more than k levels",
    why_not=_domain,
    zero_on_products=False,
)
