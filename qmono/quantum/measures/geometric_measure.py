"""Geometric measure: 1 - the largest overlap |<product|psi>|^2, and its convex roof for two qubits.

Wei, Goldbart, PRA 68 (2003) 042307. Two parts: 1 - the largest Schmidt weight; mixed states of two qubits:
(1 - sqrt(1 - C^2))/2. More qubits: an overlap that a search found is only a lower bound, so it is given
where it is proven to be the largest: it reaches the smallest upper bound of a cut, the largest Schmidt
weight there; or the state is symmetric, where one and the same qubit state on all places is enough (Huebener
et al., PRA 80 (2009) 032324) and the search has two parameters.
"""

from __future__ import annotations

from math import comb, sqrt

import numpy as np

from qmono.quantum.measures.concurrence import concurrence
from qmono.quantum.measures.measure import Measure, of_pure, of_qubits, schmidt_weights, vector_of
from qmono.quantum.operations import bipartitions
from qmono.quantum.types import Dims, Matrix, Real, Vector

EQUAL = 1e-9
GRID = 61
STARTS = 12
SWEEPS = 400


def geometric_measure(rho: Matrix) -> float:
    """Geometric measure of a pure state of qubits (2**n, 2**n), or of any state (4, 4)."""
    n = rho.shape[0].bit_length() - 1
    if n == 2 and of_pure(rho, (2, 2)) is None:
        return float(schmidt_weights(rho, (2, 2), (0,))[1:].sum())
    if n == 2:
        return (1 - sqrt(max(0.0, 1 - concurrence(rho) ** 2))) / 2
    overlap = _proven_overlap(rho, n)
    if overlap is None:
        raise ValueError("the largest overlap is not proven; ask why_not first")
    return max(0.0, 1 - overlap)


def _proven_overlap(rho: Matrix, n: int) -> float | None:
    """The largest overlap with a product, or None if it cannot be proven to be the largest."""
    psi, dims = vector_of(rho), (2,) * n
    dicke = _dicke_amplitudes(psi, n)
    if dicke is not None:
        return _symmetric_overlap(dicke, n)
    bound = min(float(schmidt_weights(rho, dims, left)[0]) for left, _ in bipartitions(n))
    reached = _searched_overlap(psi, n)
    return bound if bound - reached <= EQUAL else None


def _dicke_amplitudes(psi: Vector, n: int) -> Vector | None:
    """Amplitudes (n + 1,) in the Dicke basis if the vector is symmetric."""
    ones = np.array([index.bit_count() for index in range(psi.size)])
    first = np.array([psi[2**k - 1] for k in range(n + 1)])
    if float(np.abs(psi - first[ones]).max()) > EQUAL:
        return None
    amplitudes: Vector = first * np.sqrt([comb(n, k) for k in range(n + 1)])
    return amplitudes


def _symmetric_overlap(dicke: Vector, n: int) -> float:
    """Largest |<phi^n|psi>|^2, phi = (cos t/2, e^ia sin t/2): a grid on the sphere, then the grid refined."""
    weights = dicke * np.sqrt([comb(n, k) for k in range(n + 1)])
    centre, width, best = (np.pi / 2, np.pi), (np.pi / 2, np.pi), 0.0
    for _ in range(2 * STARTS):
        t = np.clip(np.linspace(centre[0] - width[0], centre[0] + width[0], GRID), 0, np.pi)
        a = np.linspace(centre[1] - width[1], centre[1] + width[1], GRID)
        values = _overlaps(weights, n, t, a)
        row, column = np.unravel_index(int(np.argmax(values)), values.shape)
        best = max(best, float(values[row, column]))
        centre, width = (float(t[row]), float(a[column])), (width[0] / 6, width[1] / 6)
    return min(1.0, best)


def _overlaps(weights: Vector, n: int, t: Real, a: Real) -> Real:
    k = np.arange(n + 1)
    moduli = np.cos(t[:, None] / 2) ** (n - k) * np.sin(t[:, None] / 2) ** k
    amplitudes = (moduli * weights) @ np.exp(-1j * np.outer(k, a))
    overlaps: Real = np.abs(amplitudes) ** 2
    return overlaps


def _searched_overlap(psi: Vector, n: int) -> float:
    """The largest overlap that alternating maximisation finds from a few starts, always the same ones."""
    rng = np.random.default_rng(0)
    best = 0.0
    for _ in range(STARTS):
        kets = rng.normal(size=(n, 2)) + 1j * rng.normal(size=(n, 2))
        kets /= np.linalg.norm(kets, axis=1, keepdims=True)
        reached = 0.0
        for _ in range(SWEEPS):
            before = reached
            for qubit in range(n):
                rest = _contracted(psi, kets, qubit, n)
                reached = float(np.linalg.norm(rest)) ** 2
                kets[qubit] = rest / np.sqrt(reached) if reached > 0 else kets[qubit]
            if reached - before < EQUAL / 100:
                break
        best = max(best, reached)
    return best


def _contracted(psi: Vector, kets: Matrix, qubit: int, n: int) -> Vector:
    tensor = psi.reshape((2,) * n)
    for other in reversed([q for q in range(n) if q != qubit]):
        tensor = np.tensordot(tensor, kets[other].conj(), axes=(other, 0))
    return tensor


def _domain(rho: Matrix, dims: Dims) -> str | None:
    if len(dims) < 2 or of_qubits(rho, dims) is not None:
        return of_qubits(rho, dims) or "a single part has no products"
    if dims == (2, 2) or of_pure(rho, dims) is not None:
        return None if dims == (2, 2) else of_pure(rho, dims)
    if _proven_overlap(rho, len(dims)) is None:
        return "no search can prove that the largest overlap with a product was found"
    return None


MEASURE = Measure(
    name="geometric_measure",
    function=geometric_measure,
    formula="1 - max |<product|psi>|^2; two qubits (1 - sqrt(1 - C^2))/2",
    domain="two qubits; pure states of more where the best product is proven",
    source="Wei, Goldbart, PRA 68 042307 (2003)",
    range=(0.0, 0.5),
    known=(
        ("phi+", 1 / 2),
        ("ghz:3", 1 / 2),
        ("w:3", 5 / 9),
        ("w:4", 37 / 64),
        ("dicke:4,2", 5 / 8),
        ("cluster:4", 3 / 4),
        ("product:0+r", 0.0),
    ),
    per="state",
    trap="an overlap from a search is only a lower bound, so 1 - it is only an upper one",
    why_not=_domain,
    zero_on_products=True,
)
