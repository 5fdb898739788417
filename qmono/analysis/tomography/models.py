"""Models of a measurement that is not ideal, fitted beside the ideal one: metrics, table, check, payload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qmono.analysis.tomography.fits import Fits
from qmono.analysis.tomography.goal import Goal
from qmono.core.counts import CountsTable, ReadoutCalibration
from qmono.core.metric import Limit, Metric, missing
from qmono.core.report import Check, CheckStatus, Section, Table
from qmono.errors import UsageError
from qmono.quantum.fidelity.exact import fidelity_to
from qmono.quantum.fidelity.readout_corrected import readout_corrected_fidelity
from qmono.quantum.measures.purity import purity
from qmono.quantum.readout import FlipRates, flip_rates, independence
from qmono.quantum.states import State
from qmono.quantum.tomography.diagnosis.identifiability import is_complete
from qmono.quantum.tomography.models.joint import fit_jointly
from qmono.quantum.tomography.models.model import MODELS, ModelFit
from qmono.quantum.tomography.regions.region import profile_limits

READOUT_UNASKED_UP_TO_QUBITS = 4
"""With a calibration in the data the readout model is fitted without being asked for, up to this size."""
CORRECTED = "fidelity_readout_corrected"
FAIL_BELOW, WARN_BELOW = 1e-4, 1e-2


@dataclass(frozen=True)
class Models:
    """Fits of models, by name, and the flip rates of the calibration (or why there are none).

    refused: why what the calibration says could not be fitted.
    """

    fits: dict[str, ModelFit]
    rates: FlipRates | str | None
    refused: str | None = None


def fit_models(table: CountsTable, names: Sequence[str], fits: Fits, gap: float) -> Models:
    """Fit the models asked for, and readout or crosstalk where the data say what it is.

    UsageError, saying why, for a model that was asked for and does not fit these data.
    """
    rates = None if table.calibration is None else flip_rates(table.calibration)
    unasked = _stated(table, rates) if fits.missing is None else []
    found, refused = {}, None
    for name in dict.fromkeys([*names, *unasked]):
        model = MODELS.load(name)(table)
        if not isinstance(model, str):
            found[name] = fit_jointly(model, fits.pls.rho, gap=gap)
        elif name in names:
            raise UsageError(f"the model {name!r} does not fit these data: {model}")
        else:
            refused = model
    return Models(found, rates, refused)


def _stated(table: CountsTable, rates: FlipRates | str | None) -> list[str]:
    """Models whose parameters the data hold already."""
    if table.calibration is not None and table.calibration.crosstalk is not None:
        return ["crosstalk"]
    small = table.n_qubits <= READOUT_UNASKED_UP_TO_QUBITS
    return ["readout"] if isinstance(rates, FlipRates) and small else []


def model_metrics(table: CountsTable, goal: Goal, models: Models, level: float) -> list[Metric]:
    """`fidelity_readout_corrected`, where there is a calibration and a target."""
    if models.rates is None or goal.target is None:
        return []
    if "crosstalk" in models.fits and goal.target.psi is not None and is_complete(table):
        return [_behind_crosstalk(models.fits["crosstalk"], goal.target, share_of(goal, level), level)]
    if isinstance(models.rates, str):
        return [missing(CORRECTED, models.refused or models.rates)]
    found = readout_corrected_fidelity(table, goal.target, models.rates, share_of(goal, level))
    if found.low is None or found.high is None or found.guarantee is None:
        return [missing(CORRECTED, found.reason or "no limits")]
    method = "calibration box" if models.rates.has_counts else "stated confusion"
    low, high = (Limit(value, method, found.guarantee) for value in (found.low, found.high))
    return [Metric(CORRECTED, found.value, found.std_error, level, low, high)]


def share_of(goal: Goal, level: float) -> float:
    """The level of limits that pay for choosing among the four Bell states, where that was done."""
    return 1 - (1 - level) / 4 if goal.chosen else level


def _behind_crosstalk(fit: ModelFit, target: State, share: float, level: float) -> Metric:
    """Fidelity of the state behind a stated matrix, with profile limits: indicative, as the matrix is."""
    likelihood = fit.model.likelihood(fit.model.start)
    low, high = profile_limits(likelihood, target.rho, fit.estimate, share)
    value = fidelity_to(fit.estimate.rho, target)
    return Metric(
        CORRECTED,
        value,
        level=level,
        low=Limit(float(np.clip(min(low.limit, value), 0, 1)), low.method, low.guarantee),
        high=Limit(float(np.clip(max(high.limit, value), 0, 1)), high.method, high.guarantee),
    )


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
    if calibration is not None and calibration.crosstalk is not None:
        return _crosstalk_check(calibration, models)
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


def _crosstalk_check(calibration: ReadoutCalibration, models: Models) -> Check:
    taken = f", taken {calibration.taken}" if calibration.taken else ""
    fit = models.fits.get("crosstalk")
    if fit is None:
        message = f"crosstalk stated without counts{taken}, not fitted: {models.refused or 'no fit was made'}"
        return Check("calibration", "warn", message)
    effect = f"{fit.parameters['largest chance of another outcome']:.3f} of an outcome read as another"
    message = f"crosstalk stated without counts{taken}: {CORRECTED} is indicative"
    return Check("calibration", "warn", message, effect=effect)
