"""What other tools report for an error bar: percentiles of a bootstrap, a confusion matrix taken as exact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from covering.cases import Case, fidelity_weights

from qmono.core.counts import CountsTable
from qmono.quantum.fidelity.readout_corrected import readout_corrected_fidelity
from qmono.quantum.measures.concurrence import concurrence
from qmono.quantum.readout import FlipRates, confusion_matrices, flip_rates
from qmono.quantum.tomography.fit.batch import estimate_mle_batch

RESAMPLES = 100
RESAMPLED_GAP = 0.05

Limits = dict[str, tuple[float | None, float | None]]
"""Lower and upper limit by the name of the metric."""


def bootstrapped(case: Case, table: CountsTable, level: float, rng: np.random.Generator) -> Limits:
    """Percentiles of the maximum-likelihood fits of resampled counts."""
    drawn = resampled(case, table, rng)
    fits = estimate_mle_batch(table, drawn.reshape(RESAMPLES, -1), gap=RESAMPLED_GAP).rho
    psi = case.target.psi
    found = {"fidelity": np.einsum("i,bij,j->b", psi.conj(), fits, psi).real}
    if case.state.n_qubits == 2:
        found["concurrence"] = np.array([concurrence(rho) for rho in fits])
    return {name: percentiles(values, level) for name, values in found.items()}


def inverted(case: Case, table: CountsTable, level: float, rng: np.random.Generator) -> Limits:
    """The calibrated matrix inverted, the data resampled, percentiles of the linear fidelity, at most 1."""
    rates = calibrated(table)
    undone = fidelity_weights(case.target)
    for qubit, matrix in enumerate(np.linalg.inv(confusion_matrices(rates.rates))):
        undone = undone.reshape(len(undone), 2**qubit, 2, -1)
        undone = np.einsum("saib,ri->sarb", undone, matrix).reshape(len(undone), -1)
    values = np.einsum("bso,so->b", resampled(case, table, rng) / case.shots, undone)
    return {"fidelity_readout_corrected": percentiles(np.minimum(values, 1.0), level)}


def without_calibration_noise(case: Case, table: CountsTable, level: float) -> Limits:
    """qmono's limits before readout if the calibrated rates were exact."""
    rates = calibrated(table)
    found = readout_corrected_fidelity(
        table, case.target, replace(rates, trials=np.zeros_like(rates.trials)), level
    )
    return {"fidelity_readout_corrected": (found.low, found.high)}


def resampled(case: Case, table: CountsTable, rng: np.random.Generator) -> np.ndarray:
    """Counts (RESAMPLES, S, 2**n) drawn from the frequencies."""
    counts = table.settings.counts
    return rng.multinomial(case.shots, counts / case.shots, size=(RESAMPLES, len(counts)))


def percentiles(values: np.ndarray, level: float) -> tuple[float, float]:
    """The lower and the upper one-sided percentile limit."""
    low, high = np.quantile(values, (1 - level, level))
    return float(low), float(high)


def calibrated(table: CountsTable) -> FlipRates:
    """The rates that the calibration gives."""
    rates = flip_rates(table.calibration)
    if isinstance(rates, str):
        raise TypeError(rates)
    return rates
