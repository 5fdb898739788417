"""Quantum-Tomography of the Kwiat group: one projector per count, one detector per qubit."""

from __future__ import annotations

import warnings
from itertools import product

import numpy as np
import QuantumTomography
from local_states import KETS


def prepare(labels, counts, method):
    """method: of `StateTomography`; MLE there is least squares on a Gaussian likelihood."""
    warnings.simplefilter("ignore")
    n = len(labels[0])
    outcomes = list(product((0, 1), repeat=n))
    projectors = np.array(
        [
            np.concatenate([KETS[letter][bit] for letter, bit in zip(label, bits, strict=True)])
            for label in labels
            for bits in outcomes
        ]
    )
    coincidences = counts.reshape(-1)

    def solve():
        tomography = QuantumTomography.Tomography(n)
        return tomography.StateTomography(projectors, coincidences, method=method)[0], {}

    return solve
