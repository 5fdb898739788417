"""A Bell test whose settings are drawn in every shot: a bit per party, measured and fed forward.

One further qubit a party is put into (|0> + |1>)/sqrt2 and measured; the party's own qubit is then rotated
for the input that came out, and read out. Both registers are kept shot by shot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qmono.circuits.gates import in_basic_gates
from qmono.circuits.measurement import REGISTER, rotation_angles
from qmono.core.counts import FloatArray
from qmono.errors import UsageError
from qmono.quantum.plans import Plan

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

SETTING_REGISTER = "setting"
"""The classical register of the inputs: clbit q is the input of qubit q."""


def drawn(plan: Plan, prepared: QuantumCircuit) -> QuantumCircuit:
    """A prepared state measured along directions that random bits choose; n qubits and n bits' qubits.

    Raises UsageError if the plan has other inputs than 0 and 1, or circuit and plan do not fit.
    """
    from qiskit import ClassicalRegister, QuantumRegister

    n = plan.n_qubits
    if prepared.num_qubits != n:
        raise UsageError(f"the plan measures {n} qubits, circuit {prepared.name!r} has {prepared.num_qubits}")
    angles = _angles_by_input(plan)
    circuit = in_basic_gates(prepared)
    circuit.metadata = {"state": prepared.name, "settings": list(plan.labels)}
    coins, settings = QuantumRegister(n, "coin"), ClassicalRegister(n, SETTING_REGISTER)
    outcomes = ClassicalRegister(n, REGISTER)
    circuit.add_register(coins, settings, outcomes)
    circuit.h(coins)
    circuit.measure(coins, settings)
    for qubit in range(n):
        with circuit.if_test((settings[qubit], 1)) as otherwise:
            circuit.u(angles[qubit, 1, 0], 0.0, angles[qubit, 1, 1], qubit)
        with otherwise:
            circuit.u(angles[qubit, 0, 0], 0.0, angles[qubit, 0, 1], qubit)
    circuit.measure(circuit.qubits[:n], outcomes)
    return circuit


def _angles_by_input(plan: Plan) -> FloatArray:
    """Angles (n, 2, 2): qubit, input, the two that `rotation_angles` gives."""
    inputs = plan.inputs
    if inputs is None or inputs.min() < 0 or inputs.max() > 1 or len(inputs) != 2**plan.n_qubits:
        raise UsageError("settings are drawn for two inputs on every party, all of them played")
    angles = rotation_angles(plan.directions).reshape(len(inputs), plan.n_qubits, 2)
    by_input = np.zeros((plan.n_qubits, 2, 2))
    for row, chosen in zip(angles, inputs, strict=True):
        by_input[np.arange(plan.n_qubits), chosen] = row
    return by_input
