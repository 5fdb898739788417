"""Eigenvectors of the Pauli matrices, +1 first: KETS[letter][outcome]."""

from __future__ import annotations

import numpy as np

_HALF = 2**-0.5
KETS = {
    "X": np.array([[_HALF, _HALF], [_HALF, -_HALF]], dtype=complex),
    "Y": np.array([[_HALF, 1j * _HALF], [_HALF, -1j * _HALF]]),
    "Z": np.eye(2, dtype=complex),
}
