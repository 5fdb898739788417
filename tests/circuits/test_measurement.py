"""Outcome 0 of a measured circuit is the +1 eigenvector of the asked Bloch vector."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmono.circuits.gates import ONE_QUBIT_GATES, TWO_QUBIT_GATES
from qmono.circuits.measurement import REGISTER, measured, rotation_angles
from qmono.circuits.preparation import preparation, statevector
from qmono.errors import UsageError
from qmono.quantum.born import probabilities
from qmono.quantum.plans import Plan, pauli_plan
from qmono.quantum.states import named_state

ANGLES = st.tuples(st.floats(0, np.pi), st.floats(-np.pi, np.pi))


def direction(theta: float, phi: float) -> tuple[float, float, float]:
    return np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)


def circuit_probabilities(plan: Plan, name: str) -> np.ndarray:
    circuit = measured(plan, preparation(named_state(name))[0].circuit)
    circuit.remove_final_measurements()
    rows = [circuit.assign_parameters(row) for row in rotation_angles(plan.directions)]
    return np.array([np.abs(statevector(row)) ** 2 for row in rows])


@given(st.lists(ANGLES, min_size=3, max_size=3))
@settings(max_examples=30, deadline=None)
def test_measured_circuits_follow_borns_rule(angles):
    plan = Plan(("any",), np.array([[direction(*pair) for pair in angles]]), shots=1)
    exact = probabilities(named_state("product:0+r").rho, plan.directions)
    assert np.allclose(circuit_probabilities(plan, "product:0+r"), exact, atol=1e-9)


@pytest.mark.parametrize("name", ["product:01", "product:+r", "w:3", "cluster:3"])
def test_all_pauli_settings_follow_borns_rule(name):
    state = named_state(name)
    plan = pauli_plan(state.n_qubits, shots=1)
    assert np.allclose(
        circuit_probabilities(plan, name), probabilities(state.rho, plan.directions), atol=1e-12
    )


@pytest.mark.parametrize("pole", [(0, 0, 1), (0, 0, -1), (-1, 0, 0), (0, -1, 0)])
def test_poles_and_opposite_paulis(pole):
    plan = Plan(("pole",), np.array([[pole]], dtype=float), shots=1)
    exact = probabilities(named_state("product:r").rho, plan.directions)
    assert np.allclose(circuit_probabilities(plan, "product:r"), exact, atol=1e-12)


def test_one_register_named_settings_and_basic_gates():
    circuit = measured(pauli_plan(2, shots=1), preparation(named_state("dicke:2,1"))[0].circuit)
    assert [(register.name, register.size) for register in circuit.cregs] == [(REGISTER, 2)]
    assert circuit.metadata["settings"][:3] == ["XX", "XY", "XZ"]
    assert set(circuit.count_ops()) <= {*ONE_QUBIT_GATES, *TWO_QUBIT_GATES, "measure"}


def test_angles_are_given_in_the_order_of_the_parameters():
    """Twelve angles: sorted as text, angle[10] would come before angle[2]."""
    circuit = measured(pauli_plan(6, shots=1), preparation(named_state("ghz:6"))[0].circuit)
    assert [parameter.name for parameter in circuit.parameters] == [f"angle[{k}]" for k in range(12)]


def test_a_plan_for_another_number_of_qubits_is_refused():
    with pytest.raises(UsageError, match="plan measures 3 qubits, circuit 'phi\\+' has 2"):
        measured(pauli_plan(3, shots=1), preparation(named_state("phi+"))[0].circuit)
