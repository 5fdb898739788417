"""Proof that a pair is separable: every state that the data allow has a positive partial transpose.

Simultaneous exact limits on the 15 Pauli expectations put the state within a Frobenius distance r of
their centre. Partial transposition keeps that distance, and a traceless Hermitian 4 x 4 matrix of
Frobenius norm r has no eigenvalue below -r sqrt(3)/2. On two qubits positive partial transpose is
separability (Horodecki, Phys. Lett. A 223 (1996) 1).
"""

from __future__ import annotations

from itertools import product
from math import sqrt

import numpy as np

from qmono.core.counts import CountsTable
from qmono.quantum.fidelity.pauli_settings import PauliSettings, pauli_settings
from qmono.quantum.fidelity.stabilizers import is_measured_by
from qmono.quantum.limits import clopper_pearson_high, clopper_pearson_low
from qmono.quantum.operations import partial_transpose
from qmono.quantum.paulis import LETTERS, matrix_from_pauli_vector


def ppt_margin(table: CountsTable, level: float) -> float | None:
    """Lower limit at `level` of the smallest eigenvalue of the partial transpose; separable if >= 0.

    Exact, by Clopper-Pearson limits of all 15 expectations together. None unless the table holds counts of
    two qubits that measure all of them in Pauli bases.
    """
    if table.n_qubits != 2 or table.values != "counts":
        return None
    rows = pauli_settings(table)
    share = 1 - (1 - level) / 30
    x, radius = np.zeros((4, 4)), np.zeros((4, 4))
    x[0, 0] = 1.0
    for i, j in product(range(4), repeat=2):
        if i == j == 0:
            continue
        plus, shots = _parity_counts(rows, LETTERS[i] + LETTERS[j])
        if shots == 0:
            return None
        low, high = clopper_pearson_low(plus, shots, share), clopper_pearson_high(plus, shots, share)
        x[i, j], radius[i, j] = low + high - 1, high - low
    smallest = np.linalg.eigvalsh(partial_transpose(matrix_from_pauli_vector(x), (2, 2), (0,)))[0]
    return float(smallest) - sqrt(3) / 2 * float(np.linalg.norm(radius)) / 2


def _parity_counts(rows: PauliSettings, label: str) -> tuple[int, int]:
    """Shots of +1 and all shots of a two-qubit string: of every setting that measures it, else parities."""
    plus = shots = 0
    for setting, counts in rows.settings.items():
        if is_measured_by(label, setting):
            bits = [(index >> 1 & (label[0] != "I")) ^ (index & (label[1] != "I")) for index in range(4)]
            plus += int(counts[np.array(bits) == 0].sum())
            shots += int(counts.sum())
    if shots == 0 and label in rows.parities:
        plus, shots = int(rows.parities[label][0]), int(rows.parities[label].sum())
    return plus, shots
