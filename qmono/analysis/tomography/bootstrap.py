"""Parametric bootstrap of the goodness of fit, for where the bracket of its p value decides nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qmono.core.counts import CountsTable
from qmono.quantum.born import probabilities
from qmono.quantum.tomography.estimate import StateEstimate
from qmono.quantum.tomography.goodness_of_fit import goodness_of_fit
from qmono.quantum.tomography.mle import estimate_mle

REPLICATES = 199


def bootstrap_fit_p(
    table: CountsTable, fit: StateEstimate, statistic: float, rng: np.random.Generator
) -> float | None:
    """(1 + number of replicates with at least this deviance)/(1 + REPLICATES), each drawn from the fit.

    Indicative. None unless the table is one of two qubits with nothing but complete settings.
    """
    rows = table.settings
    if rows is None or rows.directions is None or table.n_qubits != 2 or not table.holds_settings_only:
        return None
    p = probabilities(fit.rho, rows.directions)
    p /= p.sum(axis=1, keepdims=True)
    totals = np.asarray(rows.totals, dtype=np.int64)
    as_large = 0
    for _ in range(REPLICATES):
        drawn = replace(table, settings=replace(rows, counts=rng.multinomial(totals, p), rounds=None))
        again = goodness_of_fit(drawn, estimate_mle(drawn, gap=0.05))
        as_large += again.statistic is not None and again.statistic >= statistic
    return (1 + as_large) / (1 + REPLICATES)
