"""Models of a measurement that is not ideal, fitted beside the ideal one: metrics, table, check, payload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qmono.analysis.tomography.fits import Fits
from qmono.analysis.tomography.goal import Goal
from qmono.core.counts import CountsTable
from qmono.core.metric import Limit, Metric, missing
from qmono.core.report import Check, CheckStatus, Section, Table
from qmono.errors import UsageError
from qmono.quantum.fidelity.exact import fidelity_to
from qmono.quantum.fidelity.readout_corrected import readout_corrected_fidelity
from qmono.quantum.measures.purity import purity
from qmono.quantum.readout import FlipRates, flip_rates, independence
from qmono.quantum.tomography.joint import fit_jointly
from qmono.quantum.tomography.models import MODELS, ModelFit

READOUT_UNASKED_UP_TO_QUBITS = 4
"""With a calibration in the data the readout model is fitted without being asked for, up to this size."""
CORRECTED = "fidelity_readout_corrected"
FAIL_BELOW, WARN_BELOW = 1e-4, 1e-2


@dataclass(frozen=True)
class Models:
    """Fits of models, by name, and the flip rates of the calibration (or why there are none)."""

    fits: dict[str, ModelFit]
    rates: FlipRates | str | None


def fit_models(table: CountsTable, names: Sequence[str], fits: Fits, gap: float) -> Models:
    """Fit the models asked for, and readout where its calibration is in the data.

    UsageError, saying why, for a model that was asked for and does not fit these data.
    """
    rates = None if table.calibration is None else flip_rates(table.calibration)
    asked = list(dict.fromkeys(names))
    unasked = (
        isinstance(rates, FlipRates)
        and "readout" not in asked
        and fits.missing is None
        and table.n_qubits <= READOUT_UNASKED_UP_TO_QUBITS
    )
    found = {}
    for name in [*asked, *(["readout"] if unasked else [])]:
        model = MODELS.load(name)(table)
        if not isinstance(model, str):
            found[name] = fit_jointly(model, fits.pls.rho, gap=gap)
        elif name in asked:
            raise UsageError(f"the model {name!r} does not fit these data: {model}")
    return Models(found, rates)


def model_metrics(table: CountsTable, goal: Goal, models: Models, level: float) -> list[Metric]:
    """`fidelity_readout_corrected`, where there is a calibration and a target."""
    if models.rates is None or goal.target is None:
        return []
    if isinstance(models.rates, str):
        return [missing(CORRECTED, models.rates)]
    share = 1 - (1 - level) / 4 if goal.chosen else level
    found = readout_corrected_fidelity(table, goal.target, models.rates, share)
    if found.low is None or found.high is None or found.guarantee is None:
        return [missing(CORRECTED, found.reason or "no limits")]
    method = "calibration box" if models.rates.has_counts else "stated confusion"
    low, high = (Limit(value, method, found.guarantee) for value in (found.low, found.high))
    return [Metric(CORRECTED, found.value, found.std_error, level, low, high)]


def model_sections(goal: Goal, models: Models) -> list[Section]:
    """A table of likelihoods: parameters added, nats gained, what of the misfit is left."""
    if not models.fits:
        return []
    columns = ["model", "added", "log likelihood", "gain", "deviance", "degrees", "purity"]
    if goal.target is not None:
        columns.append("fidelity")
    rows: list[tuple[Any, ...]] = []
    for name, fit in models.fits.items():
        plain, extended = (fit.plain.rho, fit.estimate.rho)
        cells = fit.model.cells
        ideal = ("ideal", 0, fit.plain.log_likelihood, 0.0, fit.plain_deviance, cells, *_of(plain, goal))
        found = (fit.log_likelihood, fit.gain, fit.deviance, cells, *_of(extended, goal))
        rows += [ideal, (name, len(fit.model.start), *found)]
    parameters = [
        (name, what, value) for name, fit in models.fits.items() for what, value in fit.parameters.items()
    ]
    title = "models of the measurement, parameters added, gain in nats"
    return [
        Table(title, tuple(columns), tuple(dict.fromkeys(rows))),
        Table("parameters of the models", ("model", "parameter", "value"), tuple(parameters)),
    ]


def _of(rho: np.ndarray, goal: Goal) -> tuple[float, ...]:
    own = (purity(rho),)
    return own if goal.target is None else (*own, fidelity_to(rho, goal.target))


def model_payload(models: Models) -> dict[str, Any]:
    """Every fitted model as a program may want it; the gap is that of the state for these parameters."""
    if not models.fits:
        return {}
    found = {
        name: {
            "parameters": dict(fit.parameters),
            "parameters_added": len(fit.model.start),
            "rests_on": fit.model.rests_on,
            "log_likelihood": fit.log_likelihood,
            "gain": fit.gain,
            "deviance": fit.deviance,
            "degrees": fit.model.cells,
            "likelihood_gap_at_parameters": fit.estimate.likelihood_gap,
            "predicted_gain_of_parameters": fit.remaining,
            "density_matrix": [[[float(z.real), float(z.imag)] for z in row] for row in fit.estimate.rho],
        }
        for name, fit in models.fits.items()
    }
    return {"models": found}


def calibration_check(table: CountsTable, models: Models) -> Check:
    """What a calibration is used for, and whether its flips are each qubit's own."""
    rates, calibration = models.rates, table.calibration
    if rates is None or calibration is None:
        what = "no readout calibration in the data"
        return Check("calibration", "no-data", f"{what}; no systematic error is in these limits")
    if isinstance(rates, str):
        return Check("calibration", "no-data", f"{rates}; no systematic error is in these limits")
    largest = f"flips up to {rates.rates.max():.3f}"
    taken = f", taken {calibration.taken}" if calibration.taken else ""
    if not rates.has_counts:
        message = f"confusion probabilities stated without counts{taken}: {CORRECTED} is indicative"
        return Check("calibration", "warn", message, effect=largest)
    shots = f"{int(rates.trials.min())} shots per state{taken}"
    tested = independence(calibration)
    p = None if tested is None else tested.p_value
    status: CheckStatus = "pass" if p is None or p >= WARN_BELOW else "fail" if p < FAIL_BELOW else "warn"
    if status == "pass" or tested is None:
        message = f"{shots}; their noise is in {CORRECTED}, readout errors count against all else"
        return Check("calibration", "pass", message, p, largest)
    message = f"readout errors of the qubits are not independent ({tested.where}): {CORRECTED} is biased"
    return Check("calibration", status, message, p, f"{tested.largest_shift:.3f}", (CORRECTED,))
