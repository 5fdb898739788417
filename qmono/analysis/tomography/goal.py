"""Which fidelity is asked for, and its metrics: straight from the shots, from the fit, from least squares."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from qmono.analysis.bell_frame import bell_fidelities_at, best_of, equal_errors
from qmono.analysis.pair_limits import RegionOf
from qmono.analysis.shot_fidelity import shot_fidelity
from qmono.analysis.tomography.fits import Fits
from qmono.core.counts import CountsTable
from qmono.core.metric import Limit, Metric, missing
from qmono.errors import UsageError
from qmono.quantum.fidelity.direct import NO_GUARANTEE, NO_SHOT_NOISE, DirectFidelity
from qmono.quantum.fidelity.exact import bell_fidelities, fidelity_to
from qmono.quantum.states import State, bell
from qmono.quantum.tomography.diagnosis.identifiability import determines
from qmono.quantum.tomography.regions.region import profile_limits

LIMITS_UP_TO_QUBITS = 5
"""Profile limits of the fit's fidelity are searched for up to this size."""


@dataclass(frozen=True)
class Goal:
    """The target of a report and its direct fidelity; chosen: the best Bell state, found in the data."""

    target: State | None
    direct: DirectFidelity | None
    chosen: bool = False

    @property
    def has_direct_limits(self) -> bool:
        """Whether `fidelity` is the direct one, with limits that need no fit."""
        return self.direct is not None and self.direct.low is not None

    @property
    def declared(self) -> str | None:
        """Name of the target, if it was named before the data were seen."""
        return self.target.name if self.target is not None and not self.chosen else None


def resolve_goal(table: CountsTable, target: State | None, best_bell: bool, level: float, fits: Fits) -> Goal:
    """The goal of a report; UsageError if the target does not have the qubits of the table."""
    if best_bell:
        if table.n_qubits != 2:
            raise UsageError(f"best-bell needs two qubits, the counts have {table.n_qubits}")
        found = best_of(bell_fidelities_at(table, equal_errors(1 - level)))
        if found is not None:
            return Goal(bell(found.target), found, chosen=True)
        by_fit = bell_fidelities(fits.rho)
        name = max(by_fit, key=lambda name: by_fit[name])
        return Goal(bell(name), shot_fidelity(table, bell(name), level), chosen=True)
    if target is None:
        return Goal(None, None)
    if target.dims != (2,) * table.n_qubits:
        raise UsageError(
            f"target {target.name} has dimensions {target.dims}, the counts have {table.n_qubits} qubits"
        )
    return Goal(target, shot_fidelity(table, target, level))


def fidelity_metrics(
    table: CountsTable, goal: Goal, fits: Fits, level: float, region_of: RegionOf | None = None
) -> list[Metric]:
    """`fidelity`, `fidelity_mle`, `fidelity_pls`: each a quantity of one method with its own limits.

    region_of: the region that limits the fit's fidelity; profile likelihood if None.
    """
    if goal.target is None:
        return [missing("fidelity", "no target was given")]
    fitted = _of_the_fit(table, goal, fits, level, region_of)
    by_pls = _of_pls(table, goal.target, fits)
    if table.values == "corrected":
        corrected = Metric("fidelity", by_pls.value, reason=NO_GUARANTEE)
        return [corrected, missing("fidelity_mle", "corrected values have no likelihood"), by_pls]
    return [_of_the_shots(goal, level) or replace(fitted, name="fidelity"), fitted, by_pls]


def _of_the_shots(goal: Goal, level: float) -> Metric | None:
    direct = goal.direct
    if direct is None or direct.value is None:
        return None
    limits = []
    for value in (direct.low, direct.high):
        method, guarantee = direct.method or "direct", direct.guarantee or "exact"
        limits.append(None if value is None else Limit(value, method, guarantee))
    low, high = limits
    return Metric(
        "fidelity", direct.value, direct.std_error, level, low, high, reason=None if low else direct.reason
    )


def _of_the_fit(
    table: CountsTable, goal: Goal, fits: Fits, level: float, region_of: RegionOf | None
) -> Metric:
    target, fit = goal.target, fits.likelihood
    if target is None or fit is None:
        return missing("fidelity_mle", f"no likelihood fit was made (estimator {fits.main.estimator})")
    if not _is_identified(table, target, fits):
        return missing("fidelity_mle", fits.missing or "not identified")
    value = fidelity_to(fit.rho, target)
    if table.values != "counts":
        return Metric("fidelity_mle", value, reason=NO_SHOT_NOISE)
    if target.psi is None or table.n_qubits > LIMITS_UP_TO_QUBITS:
        why = "a mixed target" if target.psi is None else f"more than {LIMITS_UP_TO_QUBITS} qubits"
        return Metric("fidelity_mle", value, reason=f"no limits for {why}")
    if region_of is None:
        share = 1 - (1 - level) / 4 if goal.chosen else level
        low, high = profile_limits(table, target.rho, fit, share)
    else:
        region = region_of(table, fit, level)
        low, high = region.minimum(target.rho), region.maximum(target.rho)
    return Metric(
        "fidelity_mle",
        value,
        level=level,
        low=Limit(float(np.clip(min(low.limit, value), 0, 1)), low.method, low.guarantee),
        high=Limit(float(np.clip(max(high.limit, value), 0, 1)), high.method, high.guarantee),
    )


def _is_identified(table: CountsTable, target: State, fits: Fits) -> bool:
    if fits.missing is None:
        return True
    return table.total > 0 and target.psi is not None and determines(table, target.rho)


def _of_pls(table: CountsTable, target: State, fits: Fits) -> Metric:
    value = fidelity_to(fits.pls.rho, target) if _is_identified(table, target, fits) else None
    reason = NO_GUARANTEE if table.values == "corrected" else fits.missing
    return Metric("fidelity_pls", value, reason=reason or "for comparison: no limits")
