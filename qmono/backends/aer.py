"""Qiskit Aer on this machine: exact where memory allows it, with optional noise."""

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

    def sampler(seed: int) -> BaseSamplerV2:
        from qiskit_aer.primitives import SamplerV2

        return SamplerV2(seed=seed, options={"backend_options": options})

    return Backend(
        name="aer",
        version=f"qiskit-aer {version('qiskit-aer')}",
        source="simulated",
        prepare=_translate,
        sampler=sampler,
        state_bytes=16 * 4**n_qubits if exact_noise else 16 * 2**n_qubits,
    )


def _translate(circuit: QuantumCircuit, seed: int) -> QuantumCircuit:
    return in_basic_gates(circuit)
