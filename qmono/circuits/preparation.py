"""Circuits that prepare states. Qubit 0 of qmono is qubit 0 of the circuit.

The named families have short circuits of one- and two-qubit gates; any other vector goes through
Qiskit's StatePreparation. A mixed state is prepared as what it is, a mixture: an ensemble of pure
states with weights, over which the shots of every setting are split at random.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import acos, sqrt
from typing import TYPE_CHECKING

import numpy as np

from qmono.circuits.gates import in_basic_gates
from qmono.core.counts import mirrored_outcomes
from qmono.errors import UsageError
from qmono.quantum.states import BELL_STATES, State, named_state
from qmono.quantum.types import Matrix, Vector

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

SMALLEST_WEIGHT = 1e-12


@dataclass(frozen=True)
class Branch:
    """One pure member of an ensemble: the circuit that prepares it and its probability."""

    circuit: QuantumCircuit
    weight: float


@dataclass(frozen=True)
class CircuitState(State):
    """An exact pure state together with the circuit it came from, which is then what is run."""

    circuit: QuantumCircuit | None = None


def preparation(state: State) -> tuple[Branch, ...]:
    """The circuits that prepare a state of n qubits, with probabilities that add up to 1.

    A pure state has one branch. A Bell-diagonal state is its mixture of Bell states, any other mixed
    state the mixture of its eigenvectors. Raises UsageError if the state is not one of qubits.
    """
    if any(dim != 2 for dim in state.dims):
        raise UsageError(f"state {state.name!r} has parts of dimension {state.dims}; circuits need qubits")
    if isinstance(state, CircuitState) and state.circuit is not None:
        return (Branch(state.circuit, 1.0),)
    if state.psi is not None:
        return (Branch(_pure_circuit(state.name, state.psi), 1.0),)
    return _ensemble(state)


def statevector(circuit: QuantumCircuit) -> Vector:
    """The exact vector (2**n,) that a circuit of gates makes from |0...0>, qubit 0 leftmost."""
    from qiskit.quantum_info import Statevector

    little_endian = np.asarray(Statevector(circuit).data, dtype=np.complex128)
    psi: Vector = little_endian[mirrored_outcomes(circuit.num_qubits)]
    return psi


def _ensemble(state: State) -> tuple[Branch, ...]:
    members = _bell_mixture(state.rho) if state.n_qubits == 2 else None
    if members is None:
        weights, vectors = np.linalg.eigh(state.rho)
        members = [("eigenvector", vector, float(w)) for w, vector in zip(weights, vectors.T, strict=True)]
    kept = [member for member in members if member[2] > SMALLEST_WEIGHT]
    total = sum(weight for _, _, weight in kept)
    return tuple(Branch(_pure_circuit(name, psi), weight / total) for name, psi, weight in kept)


def _bell_mixture(rho: Matrix) -> list[tuple[str, Vector, float]] | None:
    basis = np.array(list(BELL_STATES.values()))
    in_bell_basis = basis.conj() @ rho @ basis.T
    weights = in_bell_basis.diagonal().real
    if not np.allclose(in_bell_basis, np.diag(weights), atol=SMALLEST_WEIGHT):
        return None
    return [(name, BELL_STATES[name], float(w)) for name, w in zip(BELL_STATES, weights, strict=True)]


def _pure_circuit(name: str, psi: Vector) -> QuantumCircuit:
    """The family's short circuit if the name promises one and the vector keeps the promise."""
    family, _, arguments = name.partition(":")
    promised = named_state(name).psi if family in SHORT_CIRCUITS else None
    if promised is not None and promised.shape == psi.shape and np.allclose(promised, psi, atol=1e-12):
        size = arguments if family == "product" else psi.size.bit_length() - 1
        circuit = SHORT_CIRCUITS[family](size)
    else:
        circuit = _any_vector(psi)
    circuit.name = name
    return circuit


def _empty(n: int) -> QuantumCircuit:
    from qiskit import QuantumCircuit

    return QuantumCircuit(n)


def _any_vector(psi: Vector) -> QuantumCircuit:
    from qiskit.circuit.library import StatePreparation

    circuit = _empty(psi.size.bit_length() - 1)
    # StatePreparation's first qubit is the least significant bit of the index; ours is the last.
    circuit.append(StatePreparation(psi), circuit.qubits[::-1])
    return in_basic_gates(circuit, simplify=True)


def _bell(n: int, *, flip: bool, sign: bool) -> QuantumCircuit:
    circuit = _ghz(n)
    if flip:
        circuit.x(1)
    if sign:
        circuit.z(0)
    return circuit


def _ghz(n: int) -> QuantumCircuit:
    circuit = _empty(n)
    circuit.h(0)
    for qubit in range(n - 1):
        circuit.cx(qubit, qubit + 1)
    return circuit


def _w(n: int) -> QuantumCircuit:
    """Hand the excitation down the line, leaving amplitude 1/sqrt(n) behind at every qubit."""
    circuit = _empty(n)
    circuit.x(0)
    for qubit in range(n - 1):
        angle = acos(sqrt(1 / (n - qubit)))
        circuit.ry(-angle, qubit + 1)
        circuit.cz(qubit, qubit + 1)
        circuit.ry(angle, qubit + 1)
        circuit.cx(qubit + 1, qubit)
    return circuit


def _cluster(n: int) -> QuantumCircuit:
    circuit = _empty(n)
    circuit.h(range(n))
    for qubit in range(n - 1):
        circuit.cz(qubit, qubit + 1)
    return circuit


PRODUCT_GATES: Mapping[str, tuple[str, ...]] = {
    "0": (),
    "1": ("x",),
    "+": ("h",),
    "-": ("x", "h"),
    "r": ("h", "s"),
    "l": ("h", "sdg"),
}
"""Gates that make each one-qubit ket from |0>, in order."""


def _product(characters: str) -> QuantumCircuit:
    circuit = _empty(len(characters))
    for qubit, character in enumerate(characters):
        for gate in PRODUCT_GATES[character]:
            getattr(circuit, gate)(qubit)
    return circuit


SHORT_CIRCUITS: Mapping[str, Callable[..., QuantumCircuit]] = {
    "phi+": partial(_bell, flip=False, sign=False),
    "phi-": partial(_bell, flip=False, sign=True),
    "psi+": partial(_bell, flip=True, sign=False),
    "psi-": partial(_bell, flip=True, sign=True),
    "ghz": _ghz,
    "w": _w,
    "cluster": _cluster,
    "product": _product,
}
"""Family of states -> circuit from the number of qubits (`product`: from its characters)."""
