"""A measured pair: fidelity to the best Bell state, concurrence and tangle, with limits at a given error.

Who pays for what. `error` is what the limits of one pair may cost on each side (all low ones together, all
high ones together), so pairs with errors that add up to 1 - level have limits that hold jointly at `level`.

- The rows determine the state: half of it goes to direct fidelities to the four Bell states, an eighth each
  because the best one is picked from the data, and half to the likelihood region, which holds for every
  functional at once (also for the fidelity, where no direct one can be had).
- They do not: all of it goes to the direct fidelities, a quarter each.

The lower limit of the concurrence is the larger of 2 F - 1 and the witness minimum over the region, that of
the coherent information likewise, and both cost nothing more; nor does what is excluded of copies. A fit that
fails takes the limits of the region away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from qmono.analysis.bell_frame import bell_fidelities_at, best_of, equal_errors, shared_errors
from qmono.analysis.monogamy.bell.pairs import PairTest, is_chsh, judge_pair
from qmono.analysis.monogamy.coherent_limits import coherent_metric
from qmono.analysis.monogamy.records import Pair
from qmono.analysis.monogamy.sharing import Copies, copies_of
from qmono.analysis.pair_limits import RegionOf, pair_limits
from qmono.core.counts import CountsTable
from qmono.core.metric import Limit, Metric, missing
from qmono.quantum.fidelity.direct import NO_GUARANTEE, NO_SHOT_NOISE, DirectFidelity
from qmono.quantum.fidelity.exact import bell_fidelities
from qmono.quantum.measures.concurrence import concurrence, concurrence_witness
from qmono.quantum.measures.measure import cut_index, pair_index
from qmono.quantum.monogamy.relation import Quantity
from qmono.quantum.operations import projector
from qmono.quantum.states import BELL_STATES
from qmono.quantum.tomography.diagnosis.goodness_of_fit import GoodnessOfFit, goodness_of_fit
from qmono.quantum.tomography.diagnosis.identifiability import is_complete
from qmono.quantum.tomography.fit.estimate import StateEstimate
from qmono.quantum.tomography.fit.mle import estimate_mle
from qmono.quantum.tomography.fit.pls import estimate_pls
from qmono.quantum.tomography.regions.region import Region, likelihood_region
from qmono.quantum.tomography.regions.region_maximum import maximise_over_region

FAILED_FIT = 1e-4
"""Familywise p value below which a fit has failed."""

NO_LIMITS = {"averages": NO_SHOT_NOISE, "corrected": NO_GUARANTEE}


@dataclass(frozen=True)
class Link:
    """A measured pair.

    bell: the Bell state with the largest measured fidelity, None if no fidelity could be given.
    fit, fit_test: the state that fits best and its test; None where the rows do not determine a state.
    chsh: of a pair measured by a CHSH test, which then has no fidelity.
    copies: how many parties cannot hold the share that one of its ends has.
    """

    pair: Pair
    bell: str | None
    fidelity: Metric
    concurrence: Metric
    tangle: Metric
    coherent: Metric
    copies: Copies
    fit: StateEstimate | None = None
    fit_test: GoodnessOfFit | None = None
    chsh: PairTest | None = None

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every number of the pair, S first where there is one."""
        numbers = (self.fidelity, self.concurrence, self.tangle, self.coherent)
        return numbers if self.chsh is None else (self.chsh.value, *numbers)

    @property
    def has_limits(self) -> bool:
        """Whether anything is proven of the pair."""
        return any(metric.low is not None for metric in self.metrics)

    def number(self, quantity: Quantity) -> Metric | None:
        """What a relation takes of this pair, None if the pair was not measured for it."""
        return {
            "fidelity": self.fidelity,
            "concurrence": self.concurrence,
            "coherent_information": self.coherent,
            "S": self.chsh.magnitude if self.chsh is not None else None,
        }[quantity]


def measure_link(
    pair: Pair,
    table: CountsTable,
    *,
    error: float,
    level: float,
    files: int = 1,
    region_of: RegionOf = likelihood_region,
) -> Link:
    """The numbers of a pair, its limits at `error` in all on each side.

    pair: names of the qubits, the table's qubit 0 first. level: what the error makes with those of the
    other pairs; it stands in the metrics. files: how many fits are tested in this report. region_of: which
    region of states is taken (table, fit, level -> region).
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
    region = region_of(table, usable, 1 - region_error) if usable is not None else None
    reason = _why_not(table, fit, usable)
    bell, fidelity = _direct(direct) if direct is not None else _fitted_fidelity(fit, region, reason)
    fidelity = replace(fidelity, name=f"fidelity[{index}]", level=level)
    low, high = _concurrence_limits(table, fidelity, usable, error, region)
    c = None if fit is None else concurrence(fit.rho)
    entangled = Metric(f"concurrence[{index}]", c, level=level, low=low, high=high, reason=reason)
    tangle = Metric(
        f"tangle[{index}]",
        None if c is None else c**2,
        level=level,
        low=low and replace(low, value=low.value**2),
        high=high and replace(high, value=high.value**2),
        reason=reason,
    )
    coherent = coherent_metric(cut_index(((min(pair),), (max(pair),))), fidelity, entangled, fit, region)
    numbers: dict[Quantity, Metric] = {
        "fidelity": fidelity,
        "concurrence": entangled,
        "coherent_information": coherent,
    }
    copies = copies_of(_lows(numbers), region)
    return Link(pair, bell, fidelity, entangled, tangle, coherent, copies, fit, test)


def _lows(numbers: Mapping[Quantity, Metric]) -> dict[Quantity, Limit]:
    return {quantity: metric.low for quantity, metric in numbers.items() if metric.low is not None}


def _of_chsh(pair: Pair, test: PairTest, level: float) -> Link:
    """A pair known by its CHSH test: S, and what that says of the concurrence; no fidelity, no fit."""
    index = pair_index((min(pair), max(pair)))
    reason = "a Bell test does not say to which state"
    low, one_sided = test.least_concurrence, "bounded by S from one side"
    entangled = Metric(f"concurrence[{index}]", None, level=level, low=low, reason=one_sided)
    tangle_low = replace(low, value=low.value**2)
    return Link(
        pair,
        None,
        missing(f"fidelity[{index}]", reason),
        entangled,
        Metric(f"tangle[{index}]", None, level=level, low=tangle_low, reason=one_sided),
        missing(f"coherent_information[{cut_index(((min(pair),), (max(pair),)))}]", reason),
        copies_of(_lows({"S": test.value, "concurrence": entangled}), None),
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


def _direct(direct: DirectFidelity) -> tuple[str, Metric]:
    """The best Bell state and the direct fidelity to it, from its stabilisers."""
    method = f"{direct.method}, best of 4 Bell states"
    low = None if direct.low is None else Limit(direct.low, method, direct.guarantee or "exact")
    high = None if direct.high is None else Limit(direct.high, method, direct.guarantee or "exact")
    metric = Metric("fidelity", direct.value, direct.std_error, low=low, high=high, reason=direct.reason)
    return direct.target, metric


def _fitted_fidelity(
    fit: StateEstimate | None, region: Region | None, reason: str | None
) -> tuple[str | None, Metric]:
    """The same where the stabilisers were not measured: of the fit, limited by the region."""
    if fit is None:
        nothing = "the rows determine neither the fidelity to a Bell state nor the state"
        return None, Metric("fidelity", None, reason=nothing)
    fidelities = bell_fidelities(fit.rho)
    bell = max(fidelities, key=lambda name: fidelities[name])
    if region is None:
        return bell, Metric("fidelity", fidelities[bell], reason=reason)
    observable = projector(BELL_STATES[bell])
    least, most = region.minimum(observable), region.maximum(observable)
    low = Limit(max(0.0, least.limit), least.method, least.guarantee)
    high = Limit(min(1.0, most.limit), most.method, most.guarantee)
    return bell, Metric("fidelity", fidelities[bell], low=low, high=high)


def _concurrence_limits(
    table: CountsTable, fidelity: Metric, usable: StateEstimate | None, error: float, region: Region | None
) -> tuple[Limit | None, Limit | None]:
    if usable is None or region is None:
        f = fidelity.low
        return f and Limit(max(0.0, 2 * f.value - 1), f"2 F - 1, {f.method}", f.guarantee), None
    low = pair_limits(table, usable, level=1 - error, upper=False, region_of=lambda *_: region).low
    most = maximise_over_region(region, concurrence, usable, gradient=concurrence_witness)
    return low, Limit(min(1.0, most.limit), most.method, most.guarantee)
