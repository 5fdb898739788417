"""n-tangle of a pure state of an even number of qubits: |<psi| Y^n |psi*>|^2.

Wong, Christensen, PRA 63 (2001) 044301. The tangle for n = 2; 1 on GHZ, 0 on W. It is 1 on two Bell pairs
side by side as well, so it does not measure genuine multipartite entanglement.
"""

from __future__ import annotations

import numpy as np

from qmono.quantum.measures.measure import Measure, of_pure_qubits, vector_of
from qmono.quantum.types import Dims, Matrix


def n_tangle(rho: Matrix) -> float:
    """n-tangle of a pure state (2**n, 2**n), n even, in [0, 1]."""
    psi = vector_of(rho)
    # Y^n turns every bit over and gives (-i)^zeros i^ones: up to a common phase the parity of the ones.
    parity = np.array([(-1.0) ** int(index).bit_count() for index in range(psi.size)])
    return min(1.0, float(abs(np.sum(psi * parity * psi[::-1]))) ** 2)


def _domain(rho: Matrix, dims: Dims) -> str | None:
    odd = f"it is zero or undefined for an odd number of qubits ({len(dims)})" if len(dims) % 2 else None
    return of_pure_qubits(rho, dims) or odd


MEASURE = Measure(
    name="n_tangle",
    function=n_tangle,
    formula="|<psi| Y^n |psi*>|^2",
    domain="pure states of an even number of qubits",
    source="Wong, Christensen, PRA 63 044301 (2001)",
    range=(0.0, 1.0),
    known=(("phi+", 1.0), ("ghz:4", 1.0), ("w:4", 0.0), ("product:0+r1", 0.0)),
    per="state",
    trap="1 on two separate Bell pairs: not a measure of genuine multipartite entanglement",
    why_not=_domain,
    zero_on_products=True,
)
