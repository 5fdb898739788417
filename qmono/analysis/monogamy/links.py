"""A measured pair: fidelity to the best Bell state, concurrence and tangle, with limits at a given error.

Who pays for what. `error` is what the limits of one pair may cost on each side (all low ones together, all
high ones together), so pairs with errors that add up to 1 - level have limits that hold jointly at `level`.

- The rows determine the state: half of it goes to direct fidelities to the four Bell states, an eighth each
  because the best one is picked from the data, and half to the likelihood region, which holds for every
  functional at once (also for the fidelity, where no direct one can be had).
- They do not: all of it goes to the direct fidelities, a quarter each.

The lower limit of the concurrence is the larger of 2 F - 1 and the witness minimum over the region and
costs nothing more. A fit that fails takes the limits of the region away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from qmono.analysis.bell_frame import bell_fidelities_at, best_of, equal_errors, shared_errors
from qmono.analysis.monogamy.chsh import PairTest, is_chsh, judge_pair
from qmono.analysis.monogamy.records import Pair
from qmono.analysis.pair_limits import pair_limits
from qmono.core.counts import CountsTable
from qmono.core.metric import Limit, Metric, missing
from qmono.quantum.fidelity.direct import NO_GUARANTEE, NO_SHOT_NOISE, DirectFidelity
from qmono.quantum.fidelity.exact import bell_fidelities
from qmono.quantum.measures.concurrence import concurrence, concurrence_witness
from qmono.quantum.measures.measure import pair_index
from qmono.quantum.operations import projector
from qmono.quantum.states import BELL_STATES
from qmono.quantum.tomography.estimate import StateEstimate
from qmono.quantum.tomography.goodness_of_fit import GoodnessOfFit, goodness_of_fit
from qmono.quantum.tomography.identifiability import is_complete
from qmono.quantum.tomography.mle import estimate_mle
from qmono.quantum.tomography.pls import estimate_pls
from qmono.quantum.tomography.region import maximum_over_region, minimum_over_region
from qmono.quantum.tomography.region_maximum import maximise_over_region

FAILED_FIT = 1e-4
"""Familywise p value below which a fit has failed."""

NO_LIMITS = {"averages": NO_SHOT_NOISE, "corrected": NO_GUARANTEE}


@dataclass(frozen=True)
class Link:
    """A measured pair.

    bell: the Bell state with the largest measured fidelity, None if no fidelity could be given.
    fit, fit_test: the state that fits best and its test; None where the rows do not determine a state.
    chsh: of a pair measured by a CHSH test, which then has no fidelity.
    """

    pair: Pair
    bell: str | None
    fidelity: Metric
    concurrence: Metric
    tangle: Metric
    fit: StateEstimate | None = None
    fit_test: GoodnessOfFit | None = None
    chsh: PairTest | None = None


def measure_link(pair: Pair, table: CountsTable, *, error: float, level: float, files: int = 1) -> Link:
    """The numbers of a pair, its limits at `error` in all on each side.

    pair: names of the qubits, the table's qubit 0 first. level: what the error makes with those of the
    other pairs; it stands in the metrics. files: how many fits are tested in this report.
    """
    if is_chsh(table):
        return _of_chsh(pair, judge_pair(pair, table, error=error, level=level), level)
    index = pair_index((min(pair), max(pair)))
    complete = is_complete(table)
    fit = _fit(table) if complete else None
    test = goodness_of_fit(table, fit) if fit is not None else None
    usable = fit if table.values == "counts" and not has_failed(test, files) else None
    bell_errors, region_error = shared_errors(error, None) if complete else (equal_errors(error), 0.0)
    direct = best_of(bell_fidelities_at(table, bell_errors))
    bell, fidelity = _fidelity(table, direct, fit, usable, region_error)
    low, high = _concurrence_limits(table, fidelity, usable, error, region_error)
    c = None if fit is None else concurrence(fit.rho)
    reason = _why_not(table, fit, usable)
    entangled = Metric(f"concurrence[{index}]", c, level=level, low=low, high=high, reason=reason)
    tangle = Metric(
        f"tangle[{index}]",
        None if c is None else c**2,
        level=level,
        low=low and replace(low, value=low.value**2),
        high=high and replace(high, value=high.value**2),
        reason=reason,
    )
    return Link(
        pair, bell, replace(fidelity, name=f"fidelity[{index}]", level=level), entangled, tangle, fit, test
    )


def _of_chsh(pair: Pair, test: PairTest, level: float) -> Link:
    """A pair known by its CHSH test: S, and what that says of the concurrence; no fidelity, no fit."""
    index = pair_index((min(pair), max(pair)))
    reason = "a Bell test does not say to which state"
    low = test.least_concurrence
    return Link(
        pair,
        None,
        missing(f"fidelity[{index}]", reason),
        Metric(f"concurrence[{index}]", None, level=level, low=low, reason="bounded by S from one side"),
        Metric(
            f"tangle[{index}]",
            None,
            level=level,
            low=low and replace(low, value=low.value**2),
            reason="bounded by S from one side",
        ),
        chsh=test,
    )


def has_failed(test: GoodnessOfFit | None, files: int) -> bool:
    """Whether even the larger end of the p value's bracket is below the threshold shared by all fits."""
    return test is not None and test.p_high is not None and test.p_high * files < FAILED_FIT


def _fit(table: CountsTable) -> StateEstimate:
    return estimate_pls(table) if table.values == "corrected" else estimate_mle(table)


def _why_not(table: CountsTable, fit: StateEstimate | None, usable: StateEstimate | None) -> str | None:
    if table.values != "counts":
        return NO_LIMITS[table.values]
    if fit is None:
        return "the rows do not determine the state; only bounded by the fidelity"
    return None if usable is not None else "the fit failed: no limits from it"


def _fidelity(
    table: CountsTable,
    direct: DirectFidelity | None,
    fit: StateEstimate | None,
    usable: StateEstimate | None,
    region_error: float,
) -> tuple[str | None, Metric]:
    """The best Bell state and the fidelity to it: direct if its stabilisers were measured, else fitted."""
    if direct is not None:
        method = f"{direct.method}, best of 4 Bell states"
        low = None if direct.low is None else Limit(direct.low, method, direct.guarantee or "exact")
        high = None if direct.high is None else Limit(direct.high, method, direct.guarantee or "exact")
        metric = Metric("fidelity", direct.value, direct.std_error, low=low, high=high, reason=direct.reason)
        return direct.target, metric
    return _fitted_fidelity(table, fit, usable, region_error)


def _fitted_fidelity(
    table: CountsTable, fit: StateEstimate | None, usable: StateEstimate | None, region_error: float
) -> tuple[str | None, Metric]:
    if fit is None:
        reason = "the rows determine neither the fidelity to a Bell state nor the state"
        return None, Metric("fidelity", None, reason=reason)
    fidelities = bell_fidelities(fit.rho)
    bell = max(fidelities, key=lambda name: fidelities[name])
    if usable is None:
        why = _why_not(table, fit, usable)
        return bell, Metric("fidelity", fidelities[bell], reason=why)
    observable, at = projector(BELL_STATES[bell]), 1 - region_error
    least = minimum_over_region(table, observable, usable, at)
    most = maximum_over_region(table, observable, usable, at)
    low = Limit(max(0.0, least.limit), least.method, least.guarantee)
    high = Limit(min(1.0, most.limit), most.method, most.guarantee)
    return bell, Metric("fidelity", fidelities[bell], low=low, high=high)


def _concurrence_limits(
    table: CountsTable, fidelity: Metric, usable: StateEstimate | None, error: float, region_error: float
) -> tuple[Limit | None, Limit | None]:
    if usable is None:
        f = fidelity.low
        return f and Limit(max(0.0, 2 * f.value - 1), f"2 F - 1, {f.method}", f.guarantee), None
    low = pair_limits(table, usable, level=1 - error, upper=False).low
    most = maximise_over_region(table, concurrence, usable, 1 - region_error, gradient=concurrence_witness)
    return low, Limit(min(1.0, most.limit), most.method, most.guarantee)
