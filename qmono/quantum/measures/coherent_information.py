"""Coherent information across a cut: the larger of S(A) - S(AB) and S(B) - S(AB), in bits.

Schumacher, Nielsen, PRA 54 (1996) 2629. A positive value can be distilled (Devetak, Winter, Proc. R. Soc. A
461 (2005) 207), so it bounds every entanglement measure between distillable entanglement and the squashed one
from below, in any dimension.
"""

from __future__ import annotations

from collections.abc import Sequence

from qmono.quantum.measures.measure import Measure, of_cuts
from qmono.quantum.measures.von_neumann_entropy import von_neumann_entropy
from qmono.quantum.operations import partial_trace
from qmono.quantum.types import Dims, Matrix


def coherent_information(rho: Matrix, dims: Dims = (2, 2), systems: Sequence[int] = (0,)) -> float:
    """max(S(A), S(B)) - S(AB) between the subsystems `systems` and the others, in bits; may be negative."""
    rest = [part for part in range(len(dims)) if part not in systems]
    sides = [von_neumann_entropy(partial_trace(rho, dims, side)) for side in (list(systems), rest)]
    return max(sides) - von_neumann_entropy(rho)


MEASURE = Measure(
    name="coherent_information",
    function=coherent_information,
    formula="max(S(A), S(B)) - S(AB)",
    domain="any state and cut",
    source="Schumacher, Nielsen, PRA 54 2629 (1996)",
    range=(-1.0, 1.0),
    known=(("phi+", 1.0), ("werner:0", -1.0), ("product:0+", 0.0), ("ghz:3", 1.0)),
    per="cut",
    trap="negative on many entangled states: a lower bound, not a test",
    why_not=of_cuts,
    zero_on_products=False,
)
