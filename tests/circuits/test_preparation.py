"""Every prepared circuit makes exactly the state it is named after, qubit 0 leftmost."""

from __future__ import annotations

import numpy as np
import pytest

from qmono.circuits.preparation import SHORT_CIRCUITS, CircuitState, preparation, statevector
from qmono.errors import UsageError
from qmono.quantum.operations import projector
from qmono.quantum.states import STATES, State, named_state

EXAMPLES = {
    "phi+": ["phi+"],
    "phi-": ["phi-"],
    "psi+": ["psi+"],
    "psi-": ["psi-"],
    "ghz": ["ghz:2", "ghz:3", "ghz:5"],
    "w": ["w:2", "w:3", "w:5"],
    "cluster": ["cluster:2", "cluster:4", "cluster:5"],
    "dicke": ["dicke:3,0", "dicke:4,2", "dicke:3,3"],
    "product": ["product:01", "product:0+r", "product:1-l0"],
    "werner": ["werner:0.8", "werner:psi-:0.5", "werner:phi-:1", "werner:-0.3333"],
}
NAMES = [name for names in EXAMPLES.values() for name in names]
TWO_QUBIT_GATES = {"phi+": 1, "psi-": 1, "ghz:5": 4, "w:2": 2, "w:5": 8, "cluster:5": 4, "product:0+r": 0}


def random_psi(n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    psi = rng.normal(size=2**n) + 1j * rng.normal(size=2**n)
    return psi / np.linalg.norm(psi)


def prepared_rho(state: State) -> np.ndarray:
    return sum(branch.weight * projector(statevector(branch.circuit)) for branch in preparation(state))


def test_every_family_has_an_example():
    assert set(EXAMPLES) == set(STATES)


@pytest.mark.parametrize("name", NAMES)
def test_circuits_prepare_the_named_state(name):
    state = named_state(name)
    assert np.allclose(prepared_rho(state), state.rho, atol=1e-12)
    assert sum(branch.weight for branch in preparation(state)) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("name", [name for name in NAMES if name.partition(":")[0] in SHORT_CIRCUITS])
def test_short_circuits_have_no_wrong_phase(name):
    state = named_state(name)
    assert np.allclose(statevector(preparation(state)[0].circuit), state.psi, atol=1e-12)


@pytest.mark.parametrize(("name", "gates"), TWO_QUBIT_GATES.items())
def test_short_circuits_are_short(name, gates):
    assert preparation(named_state(name))[0].circuit.num_nonlocal_gates() == gates


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_any_vector_is_prepared(n):
    state = State("from a file", (2,) * n, psi=random_psi(n, seed=n))
    assert np.allclose(prepared_rho(state), state.rho, atol=1e-10)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_any_mixture_is_prepared(n):
    rho = sum(w * projector(random_psi(n, seed)) for seed, w in enumerate((0.5, 0.3, 0.2)))
    state = State("from a file", (2,) * n, mixed=rho)
    assert np.allclose(prepared_rho(state), rho, atol=1e-10)


def test_a_name_without_its_vector_is_not_believed():
    state = State("phi+", (2, 2), psi=named_state("psi-").psi)
    assert np.allclose(prepared_rho(state), state.rho, atol=1e-10)


def test_a_familiar_name_of_another_size_is_not_believed():
    state = State("ghz:3", (2, 2), psi=named_state("phi+").psi)
    assert np.allclose(prepared_rho(state), state.rho, atol=1e-10)


def test_a_werner_state_is_four_bell_states():
    weights = {branch.circuit.name: branch.weight for branch in preparation(named_state("werner:psi-:0.8"))}
    assert weights == pytest.approx({"phi+": 0.05, "phi-": 0.05, "psi+": 0.05, "psi-": 0.85})


def test_branches_of_no_weight_are_left_out():
    assert [branch.circuit.name for branch in preparation(named_state("werner:1"))] == ["phi+"]


def test_a_state_with_its_own_circuit_keeps_it():
    circuit = preparation(named_state("w:3"))[0].circuit
    state = CircuitState("mine", (2, 2, 2), psi=statevector(circuit), circuit=circuit)
    assert preparation(state)[0].circuit is circuit


def test_parts_that_are_no_qubits_are_refused():
    with pytest.raises(UsageError, match=r"dimension \(3, 3\)"):
        preparation(State("qutrits", (3, 3), psi=np.eye(9)[0].astype(complex)))
