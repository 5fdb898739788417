"""The best fidelity over local rotations: undoes known ones, agrees with the formula of pairs."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest
from tomography_cases import noisy, random_state

from qmono.quantum.fidelity.exact import overlap
from qmono.quantum.fidelity.local_frames import axis_rotations, best_rotated_fidelity
from qmono.quantum.measures.fully_entangled_fraction import fully_entangled_fraction
from qmono.quantum.states import named_state


def random_unitary(rng):
    q, r = np.linalg.qr(rng.normal(size=(2, 2)) + 1j * rng.normal(size=(2, 2)))
    return q * (np.diag(r) / np.abs(np.diag(r)))


@pytest.mark.parametrize("name", ["ghz:3", "w:3", "w:4", "cluster:4", "dicke:4,2"])
def test_local_rotations_are_undone(name):
    rng, target = np.random.default_rng(1), named_state(name)
    turned = reduce(np.kron, [random_unitary(rng) for _ in range(target.n_qubits)])
    rho = turned @ noisy(name, 0.1) @ turned.conj().T
    assert overlap(rho, target.psi) < 0.7
    assert best_rotated_fidelity(rho, target.psi) == pytest.approx(0.9 + 0.1 / len(rho), abs=1e-6)


def test_pairs_agree_with_the_fully_entangled_fraction():
    rng = np.random.default_rng(2)
    for rank in (1, 2, 3, 4):
        rho = random_state(2, rank, rng)
        found = best_rotated_fidelity(rho, named_state("psi-").psi)
        assert found == pytest.approx(fully_entangled_fraction(rho), abs=1e-6)


def test_a_product_state_gives_no_more_than_the_largest_schmidt_weight():
    """1/2 for GHZ states, 4/9 for the W state of three (its geometric measure is 5/9)."""
    zero = named_state("product:000").rho
    assert best_rotated_fidelity(zero, named_state("ghz:3").psi) == pytest.approx(1 / 2, abs=1e-6)
    assert best_rotated_fidelity(zero, named_state("w:3").psi) == pytest.approx(4 / 9, abs=1e-6)


def test_a_mirrored_state_cannot_be_rotated_back():
    """A partial transpose of a Bell state, with noise until it is a state, stays below 1/2."""
    psi = named_state("phi+").psi
    mirrored = named_state("phi+").rho.reshape(2, 2, 2, 2).transpose(0, 3, 2, 1).reshape(4, 4)
    rho = np.eye(4) / 6 + mirrored / 3
    assert np.linalg.eigvalsh(rho)[0] > -1e-12
    assert best_rotated_fidelity(rho, psi) <= 0.5 + 1e-9


def test_the_rotations_of_the_axes_are_proper_and_distinct():
    found = axis_rotations()
    assert len({tuple(np.round(rotation).ravel()) for rotation in found}) == 24
    assert all(np.linalg.det(rotation) == pytest.approx(1) for rotation in found)
    assert np.array_equal(found[0], np.eye(3))
