"""cirq's state tomography: unconstrained least squares, so the answer may have negative eigenvalues.

It rotates every qubit and reads Z. Which Pauli matrix a rotation reads, and with which sign, is taken from
its circuit.
"""

from __future__ import annotations

import cirq
import numpy as np
from cirq.experiments.n_qubit_tomography import StateTomographyExperiment

PAULIS = {"X": cirq.unitary(cirq.X), "Y": cirq.unitary(cirq.Y), "Z": cirq.unitary(cirq.Z)}


def prepare(labels, counts, _):
    """There is nothing to choose."""
    n = len(labels[0])
    qubits = cirq.LineQubit.range(n)
    experiment = StateTomographyExperiment(qubits)
    frequencies = dict(zip(labels, counts / counts.sum(axis=1, keepdims=True), strict=True))
    rows = []
    for parameters in experiment.rot_sweep:
        circuit = cirq.resolve_parameters(experiment.rot_circuit, parameters)
        read = [_axis(circuit, qubit) for qubit in qubits]
        own = frequencies["".join(letter for letter, _ in read)].reshape((2,) * n)
        rows.append(np.flip(own, [q for q, (_, sign) in enumerate(read) if sign < 0]).reshape(-1))
    probabilities = np.array(rows)

    def solve():
        return experiment.fit_density_matrix(probabilities).data, {}

    return solve


def _axis(circuit, qubit):
    """The letter and the sign of the Pauli matrix that Z is before the rotation of a qubit."""
    rotation = np.eye(2)
    for operation in circuit.all_operations():
        if qubit in operation.qubits and not cirq.is_measurement(operation):
            rotation = cirq.unitary(operation) @ rotation
    before = rotation.conj().T @ PAULIS["Z"] @ rotation
    parts = {letter: np.trace(matrix @ before).real / 2 for letter, matrix in PAULIS.items()}
    letter = max(parts, key=lambda letter: abs(parts[letter]))
    return letter, np.sign(parts[letter])
