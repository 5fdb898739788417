r"""Concurrence of two qubits, and the linear functionals that bound it from below.

C(rho) = max(0, l1 - l2 - l3 - l4) with l the singular values, in falling order, of
V^T (Y (x) Y) V for any V with rho = V V^dagger. Wootters, PRL 80 (1998) 2245. Range [0, 1].

The singular values are taken of V^T (Y (x) Y) V itself and not as roots of the eigenvalues of
rho rho~: that would lose half the digits on states of low rank. For the same reason eigenvalues of rho that
are zero but for rounding are taken as zero: one of 1e-17 would move C by its root.
"""

from __future__ import annotations

import numpy as np

from qmono.quantum.measures.measure import Measure, check_two_qubits, of_pairs
from qmono.quantum.types import Matrix, Real

FLIP: Matrix = np.fliplr(np.diag([-1, 1, 1, -1])).astype(np.complex128)
"""Y (x) Y."""

ROUNDING = 2e-15
"""Eigenvalues of a state of low rank, relative to the largest, are known to this."""

WITNESS_NOISE = 0.005
"""Weight of I/4 that makes a reference state full rank before a witness is taken from it."""


def _root(rho: Matrix) -> Matrix:
    """V with rho = V V^dagger: scaled eigenvectors, those up to ROUNDING of the largest eigenvalue with 0."""
    eigenvalues, vectors = np.linalg.eigh(rho)
    kept = eigenvalues > ROUNDING * eigenvalues[-1]
    root: Matrix = vectors * np.sqrt(np.where(kept, eigenvalues, 0.0))
    return root


def signed_concurrence(rho: Matrix) -> float:
    """l1 - l2 - l3 - l4 of a state (4, 4), in [-1/2, 1]; negative inside the separable states."""
    check_two_qubits(rho, "concurrence")
    root = _root(rho)
    first, *others = np.linalg.svd(root.T @ FLIP @ root, compute_uv=False)
    return float(first - sum(others))


def concurrence(rho: Matrix) -> float:
    """Wootters' concurrence of a state (4, 4); UsageError for any other shape."""
    return min(1.0, max(0.0, signed_concurrence(rho)))


def concurrence_of_assistance(rho: Matrix) -> float:
    """l1 + l2 + l3 + l4: the most that measurements of third parties can leave on average, in [0, 1].

    Laustsen, Verstraete, van Enk, Quantum Inf. Comput. 3 (2003) 64. Not a resource of the pair alone.
    """
    check_two_qubits(rho, "the concurrence of assistance")
    root = _root(rho)
    return min(1.0, float(np.linalg.svd(root.T @ FLIP @ root, compute_uv=False).sum()))


def concurrence_witness(rho_ref: Matrix) -> Matrix:
    """Hermitian G (4, 4) with C(sigma) >= Tr(G sigma) for every state sigma, tight near `rho_ref`.

    G = |x~1><x~1|/l1 - sum_{i>1} |x~i><x~i|/l_i with x_i Wootters' vectors of the reference state mixed
    with 0.5 % of I/4, and x~ = (Y (x) Y) x*; Tr(G ref) is the signed concurrence of that mixture. The
    vectors come from a Takagi factorisation, which stays right where the l_i are degenerate.
    """
    check_two_qubits(rho_ref, "a concurrence witness")
    root = _root((1 - WITNESS_NOISE) * rho_ref + WITNESS_NOISE * np.eye(4) / 4)
    values, unitary = takagi(root.T @ FLIP @ root)
    flipped = FLIP @ (root @ unitary.conj()).conj()
    signs = np.array([1.0, -1.0, -1.0, -1.0])
    witness: Matrix = (flipped * (signs / values)) @ flipped.conj().T
    return (witness + witness.conj().T) / 2


def takagi(symmetric: Matrix) -> tuple[Real, Matrix]:
    """Singular values (d,), falling, and unitary U (d, d) with `symmetric` = U diag(values) U^T.

    M u* = l u for u = a + ib is the real symmetric problem [[Re M, Im M], [Im M, -Re M]] (a, b) = l (a, b);
    its eigenvectors of positive l are orthonormal also over the complex numbers, so repeated l do no harm.
    M must be invertible.
    """
    re, im = symmetric.real, symmetric.imag
    eigenvalues, vectors = np.linalg.eigh(np.block([[re, im], [im, -re]]))
    d = symmetric.shape[0]
    top = vectors[:, ::-1][:, :d]
    return eigenvalues[::-1][:d], top[:d] + 1j * top[d:]


MEASURE = Measure(
    name="concurrence",
    function=concurrence,
    formula="max(0, l1 - l2 - l3 - l4), l the singular values of V^T (Y x Y) V, rho = V V^+",
    domain="any state of two qubits",
    source="Wootters, PRL 80 2245 (1998)",
    range=(0.0, 1.0),
    known=(
        ("phi+", 1.0),
        ("psi-", 1.0),
        ("werner:0.8", 0.7),
        ("werner:0.2", 0.0),
        ("w:3", 2 / 3),
        ("product:0+", 0.0),
    ),
    per="pair",
    trap="the roots of eig(rho rho~) lose half the digits on states of low rank",
    why_not=of_pairs,
    zero_on_products=True,
)
