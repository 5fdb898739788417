"""Meyer-Wallach measure of a pure state of n qubits: 2 (1 - mean Tr rho_k^2).

Meyer, Wallach, J. Math. Phys. 43 (2002) 4273, in the form of Brennen, QIC 3 (2003) 619. The mean one-tangle.
"""

from __future__ import annotations

import numpy as np

from qmono.quantum.measures.measure import Measure, of_pure_qubits
from qmono.quantum.operations import partial_trace
from qmono.quantum.types import Matrix


def meyer_wallach(rho: Matrix) -> float:
    """Meyer-Wallach measure of a pure state (2**n, 2**n), in [0, 1]."""
    n = rho.shape[0].bit_length() - 1
    single = [partial_trace(rho, (2,) * n, [qubit]) for qubit in range(n)]
    return float(np.clip(np.mean([4 * np.linalg.det(part).real for part in single]), 0.0, 1.0))


MEASURE = Measure(
    name="meyer_wallach",
    function=meyer_wallach,
    formula="2 (1 - mean_k Tr rho_k^2)",
    domain="pure states of two qubits or more",
    source="Meyer, Wallach, J. Math. Phys. 43 4273 (2002); Brennen, QIC 3 619 (2003)",
    range=(0.0, 1.0),
    known=(("phi+", 1.0), ("ghz:3", 1.0), ("w:3", 8 / 9), ("w:4", 3 / 4), ("product:0+r", 0.0)),
    per="state",
    trap="on mixed states it would measure mixedness; 1 on two separate Bell pairs",
    why_not=of_pure_qubits,
    zero_on_products=True,
)
