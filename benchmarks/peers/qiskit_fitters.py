"""Fitters of qiskit-experiments, handed the counts of complete Pauli settings.

Its qubit 0 is the last character of a bit string. Our qubit i becomes its qubit n - 1 - i, so outcome
indices and density matrices agree as they are and only the settings are read backwards.
"""

from __future__ import annotations

import numpy as np
from qiskit_experiments.library.tomography import fitters
from qiskit_experiments.library.tomography.basis import PauliMeasurementBasis

AXIS = {"Z": 0, "X": 1, "Y": 2}


def prepare(labels, counts, name):
    """name: of the fitter; its answer is made positive and of trace one as an experiment does by default."""
    settings = np.array([[AXIS[letter] for letter in reversed(label)] for label in labels])
    outcomes = counts[None].astype(np.int64)
    shots = counts.sum(axis=1)
    no_preparation = np.zeros((len(labels), 0), dtype=np.int64)
    fitter, basis = getattr(fitters, name), PauliMeasurementBasis()
    qubits = tuple(range(len(labels[0])))

    def solve():
        fits, metadata = fitter(
            outcomes, shots, settings, no_preparation, measurement_basis=basis, measurement_qubits=qubits
        )
        states, _ = fitters.postprocess_fitter(fits, metadata, make_positive=True, trace="auto", qpt=False)
        return states[0].data, {}

    return solve
