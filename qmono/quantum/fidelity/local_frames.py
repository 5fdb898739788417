r"""The best fidelity that rotations of single qubits can give: how much of a low one is only a frame.

F(rho, psi) = 2^-n sum_P t_P x_P with the Pauli tensors of psi and rho. A rotation of qubit q turns the last
three entries of x along axis q, and with the other qubits left alone F is linear in it: its best rotation is
that of Kabsch (Acta Cryst. A 32 (1976) 922), from a singular value decomposition of a 3 x 3 matrix. Qubits
take turns until nothing is gained, from each of the 24 rotations that map axes to axes, the same on all
qubits. F never falls on the way, so what is found is reached by a rotation; the maximum may be higher.
"""

from __future__ import annotations

from itertools import permutations, product

import numpy as np

from qmono.quantum.operations import projector
from qmono.quantum.paulis import pauli_vector
from qmono.quantum.types import Matrix, Real, Vector

TURNS = 30
NO_GAIN = 1e-7


def best_rotated_fidelity(rho: Matrix, psi: Vector) -> float:
    """Fidelity of rho (2**n, 2**n) to psi after the best product of local rotations that was found."""
    x, t = pauli_vector(rho), pauli_vector(projector(psi))
    return max(_climbed(_turned(x, start), t) for start in axis_rotations())


def axis_rotations() -> list[Real]:
    """The 24 rotations (3, 3) that map the axes X Y Z to axes, the identity first."""
    found = []
    for order in permutations(range(3)):
        for signs in product((1.0, -1.0), repeat=3):
            rotation = np.eye(3)[list(order)] * np.array(signs)[:, None]
            if np.linalg.det(rotation) > 0:
                found.append(rotation)
    return found


def _turned(x: Real, rotation: Real) -> Real:
    for qubit in range(x.ndim):
        x = _turned_on(x, qubit, rotation)
    return x


def _turned_on(x: Real, qubit: int, rotation: Real) -> Real:
    moved = np.moveaxis(x, qubit, 0).copy()
    moved[1:] = np.tensordot(rotation, moved[1:], axes=1)
    turned: Real = np.moveaxis(moved, 0, qubit)
    return turned


def _climbed(x: Real, t: Real) -> float:
    scale = 2.0**-x.ndim
    reached = scale * float((x * t).sum())
    for _ in range(TURNS):
        before = reached
        for qubit in range(x.ndim):
            x = _turned_on(x, qubit, _best_rotation(x, t, qubit))
        reached = scale * float((x * t).sum())
        if reached - before < NO_GAIN:
            break
    return reached


def _best_rotation(x: Real, t: Real, qubit: int) -> Real:
    """The rotation R that maximises sum t_i R_ij x_j over the vector parts along one axis."""
    ours, theirs = (np.moveaxis(tensor, qubit, 0)[1:].reshape(3, -1) for tensor in (x, t))
    left, _, right = np.linalg.svd(theirs @ ours.T)
    sign = np.sign(np.linalg.det(left) * np.linalg.det(right))
    rotation: Real = (left * np.array([1.0, 1.0, sign])) @ right
    return rotation
