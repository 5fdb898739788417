"""Where circuits run: every backend stands behind Qiskit's BaseSamplerV2.

An entry is a factory `(n_qubits, noise) -> Backend`. Qiskit is imported when one is made.
"""

from __future__ import annotations

from qmono.core.registry import Entry, Registry

SAMPLERS = Registry(
    "backend",
    [
        Entry("aer", "qmono.backends.aer:backend", "Qiskit Aer on this machine, with optional noise"),
        Entry("statevector", "qmono.backends.statevector:backend", "Qiskit's reference sampler, noiseless"),
    ],
)
"""Every backend that `--backend` takes."""
