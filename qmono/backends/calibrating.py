"""Readout calibration on a backend: all qubits prepared in 0, all in 1, and counted."""

from __future__ import annotations

import numpy as np

from qmono.backends.execution import run_plan
from qmono.backends.noise import Noise
from qmono.core.counts import ReadoutCalibration, pauli_directions
from qmono.errors import UsageError
from qmono.quantum.plans import Plan
from qmono.quantum.states import named_state


def run_calibration(
    n_qubits: int,
    shots: int,
    *,
    backend: str,
    noise: Noise | None,
    seed: int,
    taken: str | None = None,
) -> ReadoutCalibration:
    """`shots` of each of the two circuits; what one qubit reads must not depend on the others.

    seed: the run's; the calibration draws its own from it. taken: RFC 3339 time, recorded for hardware (the
    time of a simulation says nothing, and one seed gives one file).
    """
    if shots < 1:
        raise UsageError(f"a calibration needs at least 1 shot per circuit, got {shots}")
    label = "Z" * n_qubits
    plan = Plan((label,), pauli_directions((label,)), shots, rounds=1)
    prepared = tuple(bit * n_qubits for bit in "01")
    tables = [
        run_plan(
            plan,
            named_state(f"product:{bits}"),
            backend=backend,
            noise=noise,
            seed=int(np.random.default_rng([seed, index]).integers(2**31)),
        )
        for index, bits in enumerate(prepared)
    ]
    counts = np.array([table.settings.counts[0] for table in tables if table.settings is not None])
    return ReadoutCalibration(prepared, counts, taken if tables[0].source == "hardware" else None)
