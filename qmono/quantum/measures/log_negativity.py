"""Logarithmic negativity across a cut: log2 ||rho^Gamma||_1 = log2(2 N + 1).

Plenio, PRL 95 (2005) 090503. An entanglement monotone that is not convex.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

from qmono.quantum.measures.measure import Measure, of_cuts
from qmono.quantum.measures.negativity import negativity
from qmono.quantum.types import Dims, Matrix


def log_negativity(rho: Matrix, dims: Dims = (2, 2), systems: Sequence[int] = (0,)) -> float:
    """Logarithmic negativity between the subsystems `systems` and the others, in bits."""
    return log2(2 * negativity(rho, dims, systems) + 1)


MEASURE = Measure(
    name="log_negativity",
    function=log_negativity,
    formula="log2 ||rho^Gamma||_1",
    domain="any state and cut",
    source="Plenio, PRL 95 090503 (2005)",
    range=(0.0, 1.0),
    known=(("psi-", 1.0), ("werner:0.8", log2(1.7)), ("product:++", 0.0)),
    per="cut",
    trap="it is not convex: mixing can raise it",
    why_not=of_cuts,
    zero_on_products=True,
)
