"""Generators from amplitudes agree with the group found among all 4^n strings."""

from __future__ import annotations

import numpy as np
import pytest

from qmono.quantum.fidelity.separability import separable_bound
from qmono.quantum.fidelity.stabilizers import stabilizer_group
from qmono.quantum.fidelity.tableau import (
    is_connected,
    random_stabilizer,
    sign_in_group,
    stabilises,
    stabilizer_generators,
    term,
)
from qmono.quantum.paulis import PAULIS, pauli_string
from qmono.quantum.states import State, named_state

H = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
S = np.diag([1, 1j])
CX = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])


def clifford_state(n: int, seed: int) -> State:
    """A vector made by random H, S and CX gates."""
    rng = np.random.default_rng(seed)
    psi = np.zeros((2,) * n, dtype=np.complex128)
    psi[(0,) * n] = 1
    for _ in range(6 * n):
        qubit = int(rng.integers(n))
        psi = np.moveaxis(np.tensordot(H if rng.random() < 0.5 else S, psi, axes=(1, qubit)), 0, qubit)
        if n > 1:
            a, b = rng.choice(n, size=2, replace=False)
            psi = np.moveaxis(
                np.tensordot(CX.reshape(2, 2, 2, 2), psi, axes=((2, 3), (a, b))), (0, 1), (a, b)
            )
    return State("clifford", (2,) * n, psi=psi.reshape(-1))


@pytest.mark.parametrize("seed", range(40))
def test_generators_of_random_clifford_states_make_the_group(seed: int) -> None:
    target = clifford_state(1 + seed % 5, seed)
    generators, group = stabilizer_generators(target), stabilizer_group(target)
    assert generators is not None
    assert group is not None
    assert {label: sign_in_group(generators, label) for label in group} == group
    rng = np.random.default_rng(seed)
    for _ in range(20):
        drawn = random_stabilizer(generators, rng)
        assert group[drawn.label] == drawn.sign
        assert drawn.support


@pytest.mark.parametrize("name", ["w:3", "dicke:4,2"])
def test_other_states_have_no_generators(name: str) -> None:
    assert stabilizer_generators(named_state(name)) is None


def test_a_vector_with_flat_amplitudes_and_wrong_phases_is_no_stabiliser_state() -> None:
    rng = np.random.default_rng(3)
    psi = np.exp(2j * np.pi * rng.random(8)) / np.sqrt(8)
    assert stabilizer_generators(State("flat", (2, 2, 2), psi=psi)) is None
    psi = np.array([1, 1, 1, 1, 1, 1, 1, -1], dtype=np.complex128) / np.sqrt(8)  # CCZ
    assert stabilizer_generators(State("ccz", (2, 2, 2), psi=psi)) is None


def test_twenty_qubits_are_no_effort() -> None:
    generators = stabilizer_generators(named_state("ghz:20"))
    assert generators is not None
    assert is_connected(generators)
    assert sign_in_group(generators, "Y" * 4 + "X" * 16) == 1
    assert sign_in_group(generators, "Y" * 2 + "X" * 18) == -1
    assert sign_in_group(generators, "Z" + "I" * 19) is None


@pytest.mark.parametrize(("first", "second"), [("XZ", "ZX"), ("YI", "IY"), ("XX", "YY"), ("XYZ", "ZYX")])
def test_products_keep_their_sign(first: str, second: str) -> None:
    product = term(first, -1) * term(second)
    assert np.allclose(
        product.sign * pauli_string(product.label), -pauli_string(first) @ pauli_string(second)
    )


def test_stabilises_needs_the_right_sign() -> None:
    psi = named_state("psi-").psi
    assert stabilises(psi, term("XX", -1))
    assert not stabilises(psi, term("XX"))
    assert np.allclose(PAULIS[2], 1j * PAULIS[1] @ PAULIS[3])  # Y = i X Z, as the phases here assume


@pytest.mark.parametrize(
    ("name", "bound"),
    [  # largest squared Schmidt coefficients: physics of witnesses, Bourennane et al., PRL 92 (2004) 087902
        ("phi+", 0.5),
        ("ghz:4", 0.5),
        ("w:3", 2 / 3),
        ("w:5", 4 / 5),
        ("cluster:4", 0.5),
        ("dicke:4,2", 2 / 3),
        ("product:0+", 1.0),
        ("ghz:16", 0.5),
        ("product:01+-rl01+-rl", 1.0),
    ],
)
def test_separable_bounds_of_the_literature(name: str, bound: float) -> None:
    assert separable_bound(named_state(name)) == pytest.approx(bound)


def test_what_has_no_bound() -> None:
    assert separable_bound(named_state("werner:0.8")) is None
    assert separable_bound(named_state("w:12")) is None
