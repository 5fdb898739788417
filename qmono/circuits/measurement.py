"""Measuring every qubit along its own Bloch vector: rotate it onto +Z, then read out.

One circuit with free angles serves all settings of a plan, so that it is translated once and a job is
one circuit with an array of angles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qmono.circuits.gates import in_basic_gates
from qmono.core.counts import FloatArray
from qmono.errors import UsageError
from qmono.quantum.plans import Plan

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

REGISTER = "outcome"
"""The classical register of the outcomes: clbit q from qubit q."""


def rotation_angles(directions: FloatArray) -> FloatArray:
    """Angles (..., 2n) that turn the Bloch vectors (..., n, 3) onto +Z, two a qubit.

    With polar angle theta and azimuth phi, U(-theta, 0, -phi) is the inverse of Rz(phi) Ry(theta) up to
    a phase: it takes the +1 eigenvector to |0>, the outcome 0. The two are -theta and -phi.
    """
    x, y, z = np.moveaxis(directions, -1, 0)
    angles = np.stack([-np.arctan2(np.hypot(x, y), z), -np.arctan2(y, x)], axis=-1)
    return angles.reshape(*directions.shape[:-2], -1)


def measured(plan: Plan, prepared: QuantumCircuit) -> QuantumCircuit:
    """A prepared state measured as the plan says, with the parameters that `rotation_angles` fill in order.

    `metadata` holds `state` (the name of the preparation) and `settings` (the plan's labels, qubit 0
    first). Raises UsageError if plan and circuit differ in the number of qubits.
    """
    from qiskit import ClassicalRegister
    from qiskit.circuit import ParameterVector

    n = prepared.num_qubits
    if n != plan.n_qubits:
        raise UsageError(f"the plan measures {plan.n_qubits} qubits, circuit {prepared.name!r} has {n}")
    circuit = in_basic_gates(prepared)
    circuit.metadata = {"state": prepared.name, "settings": list(plan.labels)}
    angles = ParameterVector("angle", 2 * n)
    register = ClassicalRegister(n, REGISTER)
    circuit.add_register(register)
    for qubit in range(n):
        circuit.u(angles[2 * qubit], 0.0, angles[2 * qubit + 1], qubit)
    circuit.measure(circuit.qubits, register)
    return circuit
