"""Three-tangle of a pure state of three qubits: 4 |Det|, Det the hyperdeterminant of its amplitudes.

Coffman, Kundu, Wootters, PRA 61 (2000) 052306, where it is 4 det rho_A - C_AB^2 - C_AC^2 as well. 1 on GHZ,
0 on W and on every product. For mixed states it is a convex roof without a formula: not given.
"""

from __future__ import annotations

from qmono.quantum.measures.measure import Measure, of_pure_qubits, vector_of
from qmono.quantum.types import Dims, Matrix


def three_tangle(rho: Matrix) -> float:
    """Three-tangle of a pure state (8, 8), in [0, 1]."""
    a000, a001, a010, a011, a100, a101, a110, a111 = vector_of(rho)
    squares = (a000 * a111) ** 2 + (a001 * a110) ** 2 + (a010 * a101) ** 2 + (a100 * a011) ** 2
    outer = a000 * a111 * (a011 * a100 + a101 * a010 + a110 * a001)
    inner = a011 * a100 * (a101 * a010 + a110 * a001) + a101 * a010 * a110 * a001
    corners = a000 * a110 * a101 * a011 + a111 * a001 * a010 * a100
    return min(1.0, 4 * float(abs(squares - 2 * (outer + inner) + 4 * corners)))


def _domain(rho: Matrix, dims: Dims) -> str | None:
    if len(dims) != 3:
        return f"it is of three qubits, not {len(dims)}"
    return of_pure_qubits(rho, dims)


MEASURE = Measure(
    name="three_tangle",
    function=three_tangle,
    formula="4 |hyperdeterminant| = 4 det rho_A - C_AB^2 - C_AC^2",
    domain="pure states of three qubits",
    source="Coffman, Kundu, Wootters, PRA 61 052306 (2000)",
    range=(0.0, 1.0),
    known=(("ghz:3", 1.0), ("w:3", 0.0), ("product:0+r", 0.0)),
    per="state",
    trap="4 det rho_A - C^2 - C^2 of a mixed state is not its three-tangle: I/8 would have 1",
    why_not=_domain,
    zero_on_products=True,
)
