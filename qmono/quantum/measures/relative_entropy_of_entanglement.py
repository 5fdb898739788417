"""Relative entropy of entanglement across a cut, where it has a closed form, in bits.

Vedral, Plenio, PRA 57 (1998) 1619: the entropy S(rho_A) of a pure state, and max(0, 1 - h(l)) of two qubits
without local polarisation, l the largest eigenvalue: those are Bell diagonal up to local rotations
(Horodecki, Horodecki, PRA 54 (1996) 1838).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qmono.quantum.measures.entanglement_of_formation import binary_entropy
from qmono.quantum.measures.measure import Measure, of_cuts, of_pure, schmidt_weights
from qmono.quantum.operations import partial_trace
from qmono.quantum.types import Dims, Matrix

POLARISATION = 1e-9
"""Largest entry by which a one-qubit state may differ from I/2 and still count as unpolarised."""


def relative_entropy_of_entanglement(
    rho: Matrix, dims: Dims = (2, 2), systems: Sequence[int] = (0,)
) -> float:
    """Relative entropy of entanglement between the subsystems `systems` and the others, in bits."""
    if of_pure(rho, dims) is None:
        weights = schmidt_weights(rho, dims, systems)
        positive = weights[weights > 0]
        return max(0.0, float(-np.sum(positive * np.log2(positive))))
    largest = float(np.linalg.eigvalsh(rho)[-1])
    return 1 - binary_entropy(min(1.0, largest)) if largest > 1 / 2 else 0.0


def _domain(rho: Matrix, dims: Dims) -> str | None:
    if of_cuts(rho, dims) is not None:
        return of_cuts(rho, dims)
    if of_pure(rho, dims) is None or (dims == (2, 2) and _is_unpolarised(rho)):
        return None
    return "no closed form is known but for pure states and for two qubits without local polarisation"


def _is_unpolarised(rho: Matrix) -> bool:
    locals_ = [partial_trace(rho, (2, 2), [qubit]) for qubit in (0, 1)]
    return all(float(np.abs(local - np.eye(2) / 2).max()) <= POLARISATION for local in locals_)


MEASURE = Measure(
    name="relative_entropy_of_entanglement",
    function=relative_entropy_of_entanglement,
    formula="S(rho_A) of pure states; 1 - h(largest eigenvalue) of unpolarised two-qubit states",
    domain="pure states; two qubits with maximally mixed halves",
    source="Vedral, Plenio, PRA 57 1619 (1998)",
    range=(0.0, 1.0),
    known=(
        ("phi+", 1.0),
        ("ghz:4", 1.0),
        ("werner:0.8", 1 - binary_entropy(0.85)),
        ("werner:0.2", 0.0),
        ("product:0+r", 0.0),
    ),
    per="cut",
    trap="no closed form in general: elsewhere it lies between coherent_information and log_negativity",
    why_not=_domain,
    zero_on_products=True,
)
