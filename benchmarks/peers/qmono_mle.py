"""qmono's own fit, as `qmono tomography` makes it: certified to 0.01 nat."""

from __future__ import annotations

import numpy as np

from qmono.core.counts import CountsTable, SettingRows, pauli_directions
from qmono.quantum.tomography import ESTIMATORS


def prepare(labels, counts, gap):
    """gap: nats that may be missing, in words."""
    rows = SettingRows(tuple(labels), counts.astype(np.int64), pauli_directions(tuple(labels)))
    table = CountsTable(n_qubits=len(labels[0]), settings=rows)
    fit = ESTIMATORS.load("mle")

    def solve():
        estimate = fit(table, gap=float(gap))
        return estimate.rho, {"gap": estimate.likelihood_gap, "iterations": estimate.iterations}

    return solve
