"""Von Neumann entropy -Tr rho log2 rho, in bits: 0 on pure states, log2 d on the maximally mixed one."""

from __future__ import annotations

import numpy as np

from qmono.quantum.measures.measure import Measure
from qmono.quantum.types import Matrix


def von_neumann_entropy(rho: Matrix) -> float:
    """Entropy of a state (d, d) in bits, in [0, log2 d]; eigenvalues of 0 contribute 0."""
    eigenvalues = np.linalg.eigvalsh(rho)
    positive = eigenvalues[eigenvalues > 1e-15]
    return max(0.0, float(-np.sum(positive * np.log2(positive))))


MEASURE = Measure(
    name="von_neumann_entropy",
    function=von_neumann_entropy,
    formula="-Tr rho log2 rho",
    domain="any state",
    source="definition",
    range=(0.0, 2.0),
    known=(("psi+", 0.0), ("werner:0", 2.0), ("werner:0.8", 0.8475846798), ("w:3", 0.0)),
    per="state",
    trap="entanglement entropy only for the parts of a pure state",
    zero_on_products=False,
)
