"""Symmetric extension of two qubits: could somebody else hold a copy of one of them?

A pair AB has a symmetric extension ABB' (with AB' in the same state) if and only if

    Tr rho_B^2 - Tr rho_AB^2 + 4 sqrt(det rho_AB) >= 0.

Chen, Ji, Kribs, Lütkenhaus, Zeng, Phys. Rev. A 90 (2014) 032318. Two qubits only, and one copy more.
"""

from __future__ import annotations

import numpy as np

from qmono.quantum.measures.measure import Measure, check_two_qubits, of_pairs
from qmono.quantum.measures.purity import purity
from qmono.quantum.operations import partial_trace
from qmono.quantum.types import Matrix


def extension_margin_of(rho: Matrix, copied: int) -> float:
    """The margin of a state (4, 4) for a copy of the qubit `copied`; below 0 nobody can hold one."""
    check_two_qubits(rho, "the symmetric extension")
    determinant = float(np.prod(np.clip(np.linalg.eigvalsh(rho), 0.0, None)))
    return purity(partial_trace(rho, (2, 2), [copied])) - purity(rho) + 4 * float(np.sqrt(determinant))


def extension_margin(rho: Matrix) -> float:
    """The smaller of the margins of both qubits, in [-1/2, 1/2]."""
    return min(extension_margin_of(rho, 0), extension_margin_of(rho, 1))


MEASURE = Measure(
    name="extension_margin",
    function=extension_margin,
    formula="min over B of Tr rho_B^2 - Tr rho_AB^2 + 4 sqrt(det rho_AB)",
    domain="any state of two qubits",
    source="Chen, Ji, Kribs, Lütkenhaus, Zeng, PRA 90 032318 (2014)",
    range=(-0.5, 0.5),
    known=(("phi+", -0.5), ("werner:0", 0.5), ("product:0+", 0.0)),
    per="pair",
    trap="0 and above does not mean separable: it means that a copy is possible",
    why_not=of_pairs,
    zero_on_products=False,
)
