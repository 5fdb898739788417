"""Fully entangled fraction of two qubits: the largest fidelity to any maximally entangled state.

Bennett et al., PRA 54 (1996) 3824. Range [1/4, 1]; above 1/2 only on entangled states.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qmono.quantum.measures.measure import Measure, check_two_qubits, of_pairs
from qmono.quantum.states import BELL_STATES
from qmono.quantum.types import Matrix

_MAGIC_PHASES: Sequence[tuple[str, complex]] = (("phi+", 1), ("phi-", 1j), ("psi+", 1j), ("psi-", 1))


def fully_entangled_fraction(rho: Matrix) -> float:
    """Largest fidelity of a state (4, 4) to any maximally entangled state, in [1/4, 1].

    The largest eigenvalue of Re(rho) in the magic basis phi+, i phi-, i psi+, psi-: what local rotations
    can make of the best Bell fidelity.
    """
    check_two_qubits(rho, "the fully entangled fraction")
    magic = np.stack([phase * BELL_STATES[name] for name, phase in _MAGIC_PHASES], axis=1)
    in_magic = magic.conj().T @ rho @ magic
    return float(np.linalg.eigvalsh(in_magic.real)[-1])


MEASURE = Measure(
    name="fully_entangled_fraction",
    function=fully_entangled_fraction,
    formula="largest eigenvalue of Re rho in the magic basis",
    domain="any state of two qubits",
    source="Bennett et al., PRA 54 3824 (1996)",
    range=(0.25, 1.0),
    known=(("psi-", 1.0), ("werner:0.8", 0.85), ("product:0+", 0.5), ("w:3", 2 / 3), ("werner:0", 0.25)),
    per="pair",
    trap="a target picked after the data were seen has to be paid for",
    why_not=of_pairs,
    zero_on_products=False,
)
