r"""State and parameters of a model together, at the largest likelihood.

The profile l(u) = max_rho l(rho, u) + known(u) is climbed by BFGS. Its slope is that of l(rho, u) at the best
rho (envelope theorem), taken by central differences. The first metric is the curvature at fixed rho, which
exceeds that of the profile: first steps are careful. Inner maxima start at the last state and are certified.
"""

from __future__ import annotations

import numpy as np

from qmono.quantum.tomography.fit.estimate import StateEstimate
from qmono.quantum.tomography.fit.mle import fit_likelihood
from qmono.quantum.tomography.likelihood import Likelihood
from qmono.quantum.tomography.models.model import MeasurementModel, ModelFit
from qmono.quantum.types import Matrix, Real

STEP = 1e-4
"""Of the central differences; parameters are logarithms or logits."""
INNER_GAP = 1e-3
"""Nats to which states are found on the way."""
ENOUGH = 2e-3
"""Predicted gain in nats of one more step at which the climb ends."""
MAX_STEPS = 60
LONGEST = 2.0
"""No parameter moves by more in one step."""


def fit_jointly(model: MeasurementModel, start: Matrix, *, gap: float = 0.01) -> ModelFit:
    """Fit a model from a state (2**n, 2**n) to start near.

    gap: nats that may be missing to the best state for the parameters found, proven.
    """
    plain = fit_likelihood(model.plain, start, gap=gap)
    climb = _Climb(model, plain.rho)
    for _ in range(MAX_STEPS):
        if climb.predicted() < ENOUGH or not climb.step():
            break
    estimate = fit_likelihood(model.likelihood(climb.u), climb.fit.rho, gap=gap)
    return ModelFit(
        model=model,
        estimate=estimate,
        plain=plain,
        log_likelihood=(estimate.log_likelihood or 0.0) + model.known(climb.u),
        remaining=climb.predicted(),
        parameters=model.values(climb.u),
    )


class _Climb:
    """The parameters reached, the best state there, slope and inverse metric."""

    def __init__(self, model: MeasurementModel, rho: Matrix) -> None:
        self.model = model
        self.u = model.start
        self.fit, self.value = self._at(self.u, rho)
        self.slope = self._slope()
        self.metric = self._first_metric()

    def _at(self, u: Real, rho: Matrix) -> tuple[StateEstimate, float]:
        fit = fit_likelihood(self.model.likelihood(u), rho, gap=INNER_GAP)
        return fit, (fit.log_likelihood or 0.0) + self.model.known(u)

    def _neighbours(self, k: int) -> tuple[Real, Real]:
        step = np.zeros_like(self.u)
        step[k] = STEP
        return self.u + step, self.u - step

    def _slope(self) -> Real:
        def value(u: Real) -> float:
            return self.model.likelihood(u).log_likelihood(self.fit.rho) + self.model.known(u)

        pairs = (self._neighbours(k) for k in range(len(self.u)))
        return np.array([(value(above) - value(below)) / (2 * STEP) for above, below in pairs])

    def _first_metric(self) -> Real:
        """Inverse of sum c (d ln p/du)(d ln p/du)^T - d2 known/du2 at fixed rho."""
        counts = self.model.plain.counts
        columns, second = [], []
        for k in range(len(self.u)):
            above, below = self._neighbours(k)
            columns.append((self._logs(above) - self._logs(below)) / (2 * STEP))
            curvature = self.model.known(above) - 2 * self.model.known(self.u) + self.model.known(below)
            second.append(max(0.0, -curvature / STEP**2))
        slopes = np.array(columns).reshape(len(self.u), len(counts))
        information = (slopes * counts) @ slopes.T + np.diag(second) + 1e-3 * np.eye(len(self.u))
        inverse: Real = np.asarray(np.linalg.inv(information), dtype=np.float64)
        return inverse

    def _logs(self, u: Real) -> Real:
        likelihood: Likelihood = self.model.likelihood(u)
        logs: Real = np.log(likelihood.probabilities(likelihood.coordinates(self.fit.rho)))
        return logs

    def predicted(self) -> float:
        """Nats that one more step gains if the profile is a parabola."""
        return float(self.slope @ self.metric @ self.slope) / 2

    def step(self) -> bool:
        """One BFGS step with backtracking; False if the likelihood does not rise any more."""
        direction = self.metric @ self.slope
        direction *= min(1.0, LONGEST / float(np.abs(direction).max()))
        for _ in range(12):
            fit, value = self._at(self.u + direction, self.fit.rho)
            if value > self.value + 0.1 * float(self.slope @ direction) - INNER_GAP:
                return self._accept(direction, fit, value)
            direction = direction / 3
        return False

    def _accept(self, moved: Real, fit: StateEstimate, value: float) -> bool:
        before, rose = self.slope, value > self.value
        self.u, self.fit, self.value = self.u + moved, fit, value
        self.slope = self._slope()
        turned = before - self.slope
        curvature = float(moved @ turned)
        if curvature > 1e-12:
            left = np.eye(len(moved)) - np.outer(moved, turned) / curvature
            self.metric = left @ self.metric @ left.T + np.outer(moved, moved) / curvature
        return rose
