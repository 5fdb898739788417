"""Negativity across a cut: (||rho^Gamma||_1 - 1)/2, so 1/2 on a Bell state.

Vidal, Werner, PRA 65 (2002) 032314. Zero on every state with positive partial transpose; on two qubits
these are exactly the separable states. (Some papers call twice this number the negativity.)
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

from qmono.quantum.measures.measure import Measure, of_cuts
from qmono.quantum.operations import partial_transpose
from qmono.quantum.types import Dims, Matrix


def negativity(rho: Matrix, dims: Dims = (2, 2), systems: Sequence[int] = (0,)) -> float:
    """Negativity between the subsystems `systems` and the others, of rho (d, d), d the product of `dims`.

    Minus the sum of the negative eigenvalues of the partial transpose, which for trace 1 is the same.
    """
    eigenvalues = np.linalg.eigvalsh(partial_transpose(rho, dims, systems))
    return float(np.clip(-eigenvalues, 0.0, None).sum())


def negativity_witness(rho: Matrix, dims: Dims = (2, 2), systems: Sequence[int] = (0,)) -> Matrix:
    """A Hermitian W (d, d) with N(sigma) >= Tr(W sigma) for every state sigma, and equality at rho.

    W = -Q^Gamma, Q the projector on the negative eigenspace of rho^Gamma: N(sigma) is the maximum of
    -Tr(Q sigma^Gamma) over all 0 <= Q <= 1.
    """
    eigenvalues, vectors = np.linalg.eigh(partial_transpose(rho, dims, systems))
    negative = vectors[:, eigenvalues < 0]
    return -partial_transpose(negative @ negative.conj().T, dims, systems)


MEASURE = Measure(
    name="negativity",
    function=negativity,
    formula="(||rho^Gamma||_1 - 1)/2",
    domain="any state and cut; exact separability only on 2 x 2 and 2 x 3",
    source="Vidal, Werner, PRA 65 032314 (2002)",
    range=(0.0, 0.5),
    known=(("phi+", 0.5), ("werner:0.8", 0.35), ("w:3", sqrt(2) / 3), ("product:-l", 0.0)),
    per="cut",
    trap="half of what some papers call negativity; zero on bound entangled states",
    why_not=of_cuts,
    zero_on_products=True,
)
