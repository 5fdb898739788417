r"""Directions that give a two-qubit state its largest CHSH value, with the signs +++-.

Horodecki, Horodecki and Horodecki, Phys. Lett. A 200 (1995) 340: with T_ij = Tr(rho s_i x s_j) and m1 >= m2
the two largest eigenvalues of T^T T, the largest S over all directions is 2 sqrt(m1 + m2).

Among equally good directions those nearest to Z, then X, are taken. For every Bell state Alice then has
a0 = Z (0 degrees) and a1 = X (90 degrees), angles in the XZ plane from +Z towards +X, and Bob

    phi+   b 45, -45      phi-   b -45, 45      psi+   b 135, -135      psi-   b -135, 135

On phi+ in that plane E = cos(ta - tb).
"""

from __future__ import annotations

from math import hypot, sqrt

import numpy as np

from qmono.core.vocabulary import Design
from qmono.errors import UsageError
from qmono.quantum.bell.chsh import USUAL_SIGNS
from qmono.quantum.paulis import pauli_vector
from qmono.quantum.plans import Plan, bell_plan
from qmono.quantum.states import State
from qmono.quantum.types import Matrix, Real

_PREFERRED = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
_DEGENERATE = 1e-9
_VANISHING = 1e-6


def correlation_matrix(rho: Matrix) -> Real:
    """T (3, 3), T_ij = Tr(rho s_i x s_j) over X Y Z, of a two-qubit state."""
    correlations: Real = pauli_vector(rho)[1:, 1:]
    return correlations


def chsh_maximum(rho: Matrix) -> float:
    """The largest S that projective measurements can give a two-qubit state: 2 sqrt(m1 + m2)."""
    singular = np.linalg.svd(correlation_matrix(rho), compute_uv=False)
    return 2 * float(hypot(singular[0], singular[1]))


def chsh_directions(state: State) -> Real:
    """Bloch vectors (2, 2, 3), party and input, that reach the largest S of the state with signs +++-.

    With T^T a_i = t_i c_i for the two leading pairs: a0, a1 and b = (t1 c1 +- t2 c2)/sqrt(t1^2 + t2^2).
    """
    if state.dims != (2, 2):
        raise UsageError(f"a CHSH test needs a state of two qubits; {state.name!r} has {state.n_qubits}")
    t = correlation_matrix(state.rho)
    alice = _leading_axes(t @ t.T)
    bob, lengths = _partners(t, alice)
    size = hypot(*lengths)
    cos, sin = (lengths[0] / size, lengths[1] / size) if size > _VANISHING else (sqrt(0.5), sqrt(0.5))
    return np.array([alice, [cos * bob[0] + sin * bob[1], cos * bob[0] - sin * bob[1]]])


def chsh_plan(state: State, shots: int, rounds: int = 4, design: Design = "fixed-blocks") -> Plan:
    """A CHSH test with the best directions of the state: four settings of `shots` each, signs +++-."""
    return bell_plan(chsh_directions(state), USUAL_SIGNS, shots, rounds, design)


def _leading_axes(symmetric: Real) -> Real:
    """Eigenvectors (2, 3) of the two largest eigenvalues; in an eigenspace nearest to Z, then X, then Y."""
    values, vectors = np.linalg.eigh(symmetric)
    found: list[Real] = []
    for value in values[::-1]:
        space = vectors[:, np.abs(values - value) < _DEGENERATE]
        _extend(found, _PREFERRED @ space @ space.T)
    return np.array(found[:2])


def _partners(t: Real, alice: Real) -> tuple[Real, tuple[float, float]]:
    """Bob's orthogonal axes (2, 3) and the lengths of T^T a; where T^T a vanishes any axis will do."""
    images = alice @ t
    lengths = np.linalg.norm(images, axis=1)
    found: list[Real] = []
    _extend(found, images[lengths > _VANISHING])
    _extend(found, _PREFERRED)
    return np.array(found[:2]), (float(lengths[0]), float(lengths[1]))


def _extend(found: list[Real], candidates: Real) -> None:
    """Gram and Schmidt: append the part of every candidate that is new, normalised."""
    for candidate in candidates:
        rest = candidate - sum((candidate @ axis) * axis for axis in found)
        if (length := float(np.linalg.norm(rest))) > _VANISHING:
            found.append(rest / length)
