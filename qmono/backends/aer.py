"""Qiskit Aer on this machine: exact where memory allows it, with optional noise.

Small noisy circuits are simulated as density matrices. Beyond that noise is drawn shot by shot, on matrix
product states if the circuit entangles little across every cut of the line of qubits (GHZ, W and cluster
states do), else on state vectors: twenty noisy qubits of a GHZ state take half a millisecond a shot.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from qmono.backends.contract import Backend
from qmono.backends.noise import Noise, noise_model
from qmono.circuits.gates import TWO_QUBIT_GATES, in_basic_gates

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.primitives import BaseSamplerV2

DENSITY_MATRIX_QUBITS = 11
"""Up to here noise is simulated exactly as a density matrix (64 MiB); beyond, shot by shot."""
MOST_CROSSING_GATES = 6
"""Two-qubit gates across a cut up to which a matrix product state (bond dimension 2^6) is the faster one."""


def backend(n_qubits: int, noise: Noise | None = None) -> Backend:
    """Aer for circuits of n qubits.

    Circuits are translated gate by gate and not optimised, so that noise strikes every two-qubit
    gate of the circuit as written.
    """
    model = None if noise is None else noise_model(noise, TWO_QUBIT_GATES)
    exact_noise = noise is not None and n_qubits <= DENSITY_MATRIX_QUBITS
    options: dict[str, Any] = {
        "method": "density_matrix" if exact_noise else "statevector",
        "noise_model": model,
        "max_parallel_experiments": 0,
    }

    def prepare(circuit: QuantumCircuit, seed: int) -> QuantumCircuit:
        translated = in_basic_gates(circuit)
        if noise is not None and not exact_noise and crossing_gates(translated) <= MOST_CROSSING_GATES:
            options["method"] = "matrix_product_state"
        return translated

    def sampler(seed: int) -> BaseSamplerV2:
        from qiskit_aer.primitives import SamplerV2

        return SamplerV2(seed=seed, options={"backend_options": options})

    return Backend(
        name="aer",
        version=f"qiskit-aer {version('qiskit-aer')}",
        source="simulated",
        prepare=prepare,
        sampler=sampler,
        state_bytes=16 * 4**n_qubits if exact_noise else 16 * 2**n_qubits,
        feeds_forward=True,
    )


def crossing_gates(circuit: QuantumCircuit) -> int:
    """The most two-qubit gates that reach across one cut of the line of qubits: an exponent of the bond."""
    crossed = [0] * circuit.num_qubits
    for instruction in circuit.data:
        qubits = [circuit.find_bit(qubit).index for qubit in instruction.qubits]
        if instruction.operation.name in TWO_QUBIT_GATES:
            for cut in range(min(qubits), max(qubits)):
                crossed[cut] += 1
    return max(crossed)
