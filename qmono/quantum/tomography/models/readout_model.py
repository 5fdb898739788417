r"""Readout errors inside the likelihood: local effects of what is read, calibration counts beside the data.

    l(rho, e) = sum c ln Tr[(x)_q (sum_t M_q[t, r_q] E_t) rho] + sum_q,t [k ln e + (n - k) ln(1 - e)]

with k of n calibration shots of qubit q in state t read wrong: data are never inverted, the state stays
physical, and the calibration's shot noise moves the rates as far as data and calibration together want.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import expit, logit, xlog1py, xlogy

from qmono.core.counts import CountsTable
from qmono.quantum.readout import FlipRates, confusion_matrices, flip_rates
from qmono.quantum.tomography.likelihood import Likelihood, likelihood_of
from qmono.quantum.tomography.models.model import MeasurementModel
from qmono.quantum.types import Real


def readout_model(table: CountsTable) -> MeasurementModel | str:
    """The model of a table of complete settings with a calibration; else why there is none."""
    if table.calibration is None:
        return "there is no readout calibration in the data"
    if table.values != "counts":
        return f"{table.values} are no counts"
    if not table.holds_settings_only:
        return "readout errors are modelled for complete settings only"
    rates = flip_rates(table.calibration)
    return rates if isinstance(rates, str) else _model(table, rates)


def _model(table: CountsTable, rates: FlipRates) -> MeasurementModel:
    counted = rates.has_counts

    def rates_at(u: Real) -> Real:
        return expit(u).reshape(rates.rates.shape) if counted else rates.rates

    def likelihood(u: Real) -> Likelihood:
        return likelihood_of(table, confusion_matrices(rates_at(u)))

    def known(u: Real) -> float:
        return _calibration_term(rates, rates_at(u)) if counted else 0.0

    def values(u: Real) -> Mapping[str, float]:
        found = rates_at(u)
        return {f"flip {t} of qubit {q}": float(found[q, t]) for q in range(len(found)) for t in (0, 1)}

    rows = table.settings
    counts = np.asarray(rows.counts if rows is not None else np.zeros((0, 1)), dtype=np.float64)
    totals = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, totals, out=np.ones_like(counts), where=counts > 0)
    near = (rates.flips + 0.5) / (rates.trials + 1.0)
    return MeasurementModel(
        name="readout",
        start=np.asarray(logit(near)).reshape(-1) if counted else np.zeros(0),
        likelihood=likelihood,
        known=known,
        values=values,
        plain=likelihood_of(table),
        saturated=float(xlogy(counts, share).sum()),
        cells=int(counts.size - np.count_nonzero(totals)),
        rests_on="calibration counts" if counted else "stated confusion probabilities, without shot noise",
    )


def _calibration_term(rates: FlipRates, e: Real) -> float:
    """Log likelihood of the calibration counts at rates e, less its maximum."""

    def at(p: Real) -> float:
        return float((xlogy(rates.flips, p) + xlog1py(rates.trials - rates.flips, -p)).sum())

    return at(e) - at(rates.rates)
