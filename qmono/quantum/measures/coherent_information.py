"""Coherent information across a cut: the larger of S(A) - S(AB) and S(B) - S(AB), in bits.

Schumacher, Nielsen, PRA 54 (1996) 2629. A positive value can be distilled (Devetak, Winter, Proc. R. Soc. A
461 (2005) 207), so it bounds every entanglement measure between distillable entanglement and the squashed one
from below, in any dimension.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import entr

from qmono.quantum.measures.measure import Measure, of_cuts
from qmono.quantum.measures.von_neumann_entropy import von_neumann_entropy
from qmono.quantum.operations import partial_trace
from qmono.quantum.types import Dims, Matrix, Real

WITNESS_NOISE = 0.005
"""Part of I/4 mixed into the reference of a witness, so that its logarithm exists."""


def coherent_information(rho: Matrix, dims: Dims = (2, 2), systems: Sequence[int] = (0,)) -> float:
    """max(S(A), S(B)) - S(AB) between the subsystems `systems` and the others, in bits; may be negative."""
    rest = [part for part in range(len(dims)) if part not in systems]
    sides = [von_neumann_entropy(partial_trace(rho, dims, side)) for side in (list(systems), rest)]
    return max(sides) - von_neumann_entropy(rho)


def least_coherent_information(fidelity: float, dimension: int = 2) -> float:
    """The least of a d x d state with at least that fidelity to a maximally entangled state, in bits.

    log2 d - h(F) - (1 - F) log2(d^2 - 1), that of the isotropic state: twirling mixes states of one coherent
    information, which is convex. Increasing in F from 1/d^2 on, where it is -log2 d, the least of all.
    """
    return float(least_coherent_informations(np.array(fidelity), np.array(dimension, dtype=np.float64)))


def least_coherent_informations(fidelities: Real, dimensions: Real) -> Real:
    """`least_coherent_information` of many pairs at once, arrays of one shape."""
    f = np.clip(fidelities, dimensions**-2, 1.0)
    entropy = (entr(f) + entr(1 - f)) / np.log(2)
    least: Real = np.log2(dimensions) - entropy - (1 - f) * np.log2(dimensions**2 - 1)
    return least


def coherent_witness(rho_ref: Matrix, side: int) -> Matrix:
    """Hermitian G (4, 4) with S(side) - S(AB) >= Tr(G sigma) for every state sigma of two qubits.

    G = log2 rho - log2 rho_side of the reference mixed with WITNESS_NOISE of I/4, where it is tight: the
    relative entropy to rho is not less than that of the parts (Lindblad, Commun. Math. Phys. 40 (1975) 147).
    """
    rho = (1 - WITNESS_NOISE) * rho_ref + WITNESS_NOISE * np.eye(4) / 4
    local = _log2(partial_trace(rho, (2, 2), [side]))
    whole = np.kron(local, np.eye(2)) if side == 0 else np.kron(np.eye(2), local)
    witness: Matrix = _log2(rho) - whole
    return witness


def _log2(rho: Matrix) -> Matrix:
    values, vectors = np.linalg.eigh(rho)
    logarithm: Matrix = (vectors * np.log2(values)) @ vectors.conj().T
    return logarithm


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
