"""I-concurrence of a pure state across a cut: sqrt(2 (1 - Tr rho_A^2)).

Rungta et al., PRA 64 (2001) 042315. Range [0, sqrt(2 (d - 1)/d)], d the smaller side: above 1 for d > 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

from qmono.quantum.measures.measure import Measure, of_pure_cuts, schmidt_weights
from qmono.quantum.types import Dims, Matrix


def i_concurrence(rho: Matrix, dims: Dims = (2, 2), systems: Sequence[int] = (0,)) -> float:
    """I-concurrence of a pure state between the subsystems `systems` and the others.

    From the Schmidt weights p: 1 - sum p^2 = sum p (1 - p), which keeps its digits near product states.
    """
    weights = schmidt_weights(rho, dims, systems)
    rest = np.array([weights.sum() - weight for weight in weights])
    return sqrt(max(0.0, 2 * float(weights @ rest)))


MEASURE = Measure(
    name="i_concurrence",
    function=i_concurrence,
    formula="sqrt(2 (1 - Tr rho_A^2))",
    domain="pure states, any cut and dimension",
    source="Rungta et al., PRA 64 042315 (2001)",
    range=(0.0, 1.0),
    known=(("phi+", 1.0), ("ghz:3", 1.0), ("w:3", sqrt(8) / 3), ("product:0+r", 0.0)),
    per="cut",
    trap="above 1 on parts larger than qubits",
    why_not=of_pure_cuts,
    zero_on_products=True,
)
