"""Counts of a known state behind a known readout, with calibration counts."""

from __future__ import annotations

import numpy as np

from qmono.core.counts import CountsTable, ReadoutCalibration, SettingRows
from qmono.quantum.born import probabilities
from qmono.quantum.plans import pauli_plan
from qmono.quantum.readout import confusion_matrices

ASYMMETRIC = (0.02, 0.08)
"""1 is lost more often than 0 is taken for it, as on superconducting qubits."""


def joint_confusion(rates):
    """(2**n, 2**n): chance that a basis state (row) is read as another (column)."""
    together = np.ones((1, 1))
    for matrix in confusion_matrices(np.asarray(rates, dtype=float)):
        together = np.kron(together, matrix)
    return together


def read_probabilities(rho, rates):
    n = len(rho).bit_length() - 1
    plan = pauli_plan(n, 1)
    p = probabilities(rho, plan.directions)
    return plan, p / p.sum(axis=1, keepdims=True) @ joint_confusion(rates)


def calibration_of(rates, shots, rng, prepared=None):
    n = len(rates)
    prepared = prepared or ("0" * n, "1" * n)
    rows = joint_confusion(rates)
    counts = np.array([rng.multinomial(shots, rows[int(bits, 2)]) for bits in prepared])
    return ReadoutCalibration(tuple(prepared), counts)


def calibrated_table(rho, rates, shots, calibration_shots, rng):
    plan, p = read_probabilities(rho, rates)
    rows = SettingRows(plan.labels, rng.multinomial(shots, p), plan.directions)
    calibration = calibration_of(rates, calibration_shots, rng)
    return CountsTable(n_qubits=len(rates), settings=rows, calibration=calibration)
