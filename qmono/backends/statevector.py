"""Qiskit's own reference sampler: no Aer, no noise; a second opinion on the first."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from qmono.backends.contract import Backend
from qmono.backends.noise import Noise
from qmono.errors import UsageError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.primitives import BaseSamplerV2


def backend(n_qubits: int, noise: Noise | None = None) -> Backend:
    """The reference sampler for circuits of n qubits; UsageError if noise is asked for."""
    if noise is not None:
        raise UsageError(f"backend 'statevector' is noiseless, got noise {noise}; use backend 'aer'")

    def sampler(seed: int) -> BaseSamplerV2:
        from qiskit.primitives import StatevectorSampler

        # A plain number would be used afresh for every setting, which then all get the same samples.
        return StatevectorSampler(seed=np.random.default_rng(seed))

    return Backend(
        name="statevector",
        version=f"qiskit {version('qiskit')}",
        source="simulated",
        prepare=_unchanged,
        sampler=sampler,
        state_bytes=16 * 2**n_qubits,
    )


def _unchanged(circuit: QuantumCircuit, seed: int) -> QuantumCircuit:
    return circuit
