"""Symmetric extension of two qubits: could somebody else hold a copy of one of them?

A pair AB has a symmetric extension ABB' (with AB' in the same state) if and only if

    Tr rho_B^2 >= Tr rho_AB^2 - 4 sqrt(det rho_AB).

Chen, Ji, Kribs, Lütkenhaus, Zeng, Phys. Rev. A 90 (2014) 032318. Two qubits only, and one copy more.
"""

from __future__ import annotations

import numpy as np

from qmono.quantum.measures.measure import check_two_qubits
from qmono.quantum.measures.purity import purity
from qmono.quantum.operations import partial_trace
from qmono.quantum.types import Matrix


def extension_margin(rho: Matrix, copied: int = 1) -> float:
    """Tr rho_B^2 - Tr rho_AB^2 + 4 sqrt(det rho_AB) of a state (4, 4); below 0 nobody can hold a copy of B.

    copied: which of the two qubits is B. Raises UsageError for any other shape.
    """
    check_two_qubits(rho, "the symmetric extension")
    determinant = float(np.prod(np.clip(np.linalg.eigvalsh(rho), 0.0, None)))
    return purity(partial_trace(rho, (2, 2), [copied])) - purity(rho) + 4 * float(np.sqrt(determinant))
