"""Models of a measurement that is not ideal: what they add to a state, and registry of them.

A model has parameters u (real, unconstrained) beside the state. For fixed u probabilities are linear in the
state, so the likelihood is one of `likelihood` and has a certificate; u is found by maximising the profile,
the largest likelihood over states (`joint`). What else is known of u (calibration counts) is a factor of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from qmono.core.registry import Entry, Registry
from qmono.quantum.tomography.fit.estimate import StateEstimate
from qmono.quantum.tomography.likelihood import Likelihood
from qmono.quantum.types import Real

_PHOTONIC = "qmono.quantum.tomography.models.photonic_models"

MODELS = Registry(
    "model",
    [
        Entry(
            "readout",
            "qmono.quantum.tomography.models.readout_model:readout_model",
            "flips at readout, by calibration counts",
        ),
        Entry("efficiencies", f"{_PHOTONIC}:efficiencies", "photon detectors of unequal efficiency"),
        Entry("background", f"{_PHOTONIC}:background", "accidental coincidences"),
        Entry("analysers", f"{_PHOTONIC}:analysers", "polarisation axes that are not at right angles"),
        Entry("photonic", f"{_PHOTONIC}:photonic", "efficiencies, background and analysers"),
        Entry(
            "crosstalk",
            "qmono.quantum.tomography.models.crosstalk_model:crosstalk",
            "detectors that fire for others, by a stated matrix",
        ),
    ],
)
"""Models of a measurement: called with a CountsTable, give a `MeasurementModel`, or a str why not."""


@dataclass(frozen=True)
class MeasurementModel:
    """A likelihood with parameters.

    start: (k,) unconstrained parameters to start from. likelihood: of the counts at some u. known: log
    likelihood at u of what else is known of u, relative to its own maximum. values: u as named numbers.
    plain: the likelihood of the same counts without the model. saturated: the log likelihood of frequencies.
    cells: counts less totals that were given, the degrees of freedom of the deviance without parameters.
    rests_on: what the numbers rest on, for people.
    """

    name: str
    start: Real
    likelihood: Callable[[Real], Likelihood]
    known: Callable[[Real], float]
    values: Callable[[Real], Mapping[str, float]]
    plain: Likelihood
    saturated: float
    cells: int
    rests_on: str


@dataclass(frozen=True)
class ModelFit:
    """A state and the parameters of a model, fitted together.

    estimate: the state; its gap is certified for the parameters found. remaining: nats that one more step of
    the parameters is predicted to gain (not certified: the joint likelihood is not concave).
    log_likelihood: of counts and of what else is known. plain: the fit without the model.
    """

    model: MeasurementModel
    estimate: StateEstimate
    plain: StateEstimate
    log_likelihood: float
    remaining: float
    parameters: Mapping[str, float]

    @property
    def gain(self) -> float:
        """Nats by which the model explains the counts better than a state alone."""
        return self.log_likelihood - (self.plain.log_likelihood or 0.0)

    @property
    def deviance(self) -> float:
        """Twice the nats missing to frequencies that need no model."""
        return 2 * (self.model.saturated - self.log_likelihood)

    @property
    def plain_deviance(self) -> float:
        """The same without the model."""
        return 2 * (self.model.saturated - (self.plain.log_likelihood or 0.0))
