"""Metrics of entanglement and mixedness of a reconstructed state, with the limits that can be proven."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

from qmono.analysis.bell_frame import bell_fidelities_at, best_low, equal_errors
from qmono.analysis.pair_limits import PairLimits, RegionOf, pair_limits
from qmono.analysis.tomography.fits import Fits
from qmono.analysis.tomography.goal import Goal
from qmono.core.counts import CountsTable
from qmono.core.metric import Metric, missing
from qmono.errors import UsageError
from qmono.quantum.fidelity.direct import NO_GUARANTEE, NO_SHOT_NOISE
from qmono.quantum.fidelity.exact import bell_fidelities
from qmono.quantum.measures.concurrence import concurrence
from qmono.quantum.measures.entanglement_of_formation import formation_of_concurrence
from qmono.quantum.measures.log_negativity import log_negativity
from qmono.quantum.measures.measure import pair_index
from qmono.quantum.measures.negativity import negativity
from qmono.quantum.measures.purity import purity
from qmono.quantum.measures.von_neumann_entropy import von_neumann_entropy
from qmono.quantum.tomography.diagnosis.identifiability import is_complete
from qmono.quantum.tomography.fit.estimate import StateEstimate
from qmono.quantum.tomography.fit.mle import estimate_mle
from qmono.quantum.tomography.fit.pls import estimate_pls
from qmono.quantum.tomography.marginals import marginal_table
from qmono.quantum.tomography.regions.region import likelihood_region
from qmono.quantum.types import Matrix

PAIR_REGIONS_UP_TO_QUBITS = 6
"""Above, limits of pairs come from their fidelities alone."""


@dataclass(frozen=True)
class Pair:
    """A pair inside a larger register, from its own pooled counts; rho is None where they do not give it.

    proven: entangled by a Bell fidelity above 1/2, at a level that pays for all pairs.
    """

    index: str
    rho: Matrix | None
    limits: PairLimits
    reason: str | None = None
    proven: bool = False


def state_metrics(table: CountsTable, fits: Fits) -> list[Metric]:
    """Purity and entropy of the fit: no limits that hold their level are known."""
    values = {"purity": purity, "von_neumann_entropy": von_neumann_entropy}
    if fits.missing is not None:
        return [missing(name, fits.missing) for name in values]
    reason = why_no_limits(table) or "no guaranteed limits"
    return [Metric(name, function(fits.rho), reason=reason) for name, function in values.items()]


def two_qubit_metrics(
    table: CountsTable, goal: Goal, fits: Fits, level: float, region_of: RegionOf | None
) -> tuple[list[Metric], PairLimits]:
    """Concurrence, tangle, negativity, log-negativity and entanglement of formation of a pair.

    region_of: the region of states that limits rest on, or None where the fit must not be used.
    """
    usable = fits.likelihood if region_of is not None and fits.missing is None else None
    limits = pair_limits(
        table, usable, level=level, declared=goal.declared, region_of=region_of or likelihood_region
    )
    rho = fits.rho if fits.missing is None else None
    return _pair_metrics("", rho, limits, level, fits.missing), limits


def _pair_metrics(
    index: str, rho: Matrix | None, limits: PairLimits, level: float, why_missing: str | None
) -> list[Metric]:
    c = None if rho is None else concurrence(rho)
    values = {
        "concurrence": (c, (limits.low, limits.high)),
        "tangle": (None if c is None else c**2, limits.tangle),
        "negativity": (None if rho is None else negativity(rho), limits.negativity),
        "log_negativity": (None if rho is None else log_negativity(rho), limits.log_negativity),
        "entanglement_of_formation": (None if c is None else formation_of_concurrence(c), limits.formation),
    }
    if index:
        values = {name: values[name] for name in ("concurrence", "tangle")}
    return [
        Metric(name + index, value, level=level, low=low, high=high, reason=why_missing or limits.reason)
        for name, (value, (low, high)) in values.items()
    ]


def pairs_of(table: CountsTable, level: float, region_of: RegionOf | None, error: float) -> list[Pair]:
    """Every pair of a register of three qubits or more, each fitted to its own pooled counts.

    region_of: as for `two_qubit_metrics`. error: what `proven`, a statement about any of the pairs, may
    cost in all.
    """
    pairs = list(combinations(range(table.n_qubits), 2))
    return [_pair(table, keep, level, region_of, error / len(pairs)) for keep in pairs]


def _pair(
    table: CountsTable, keep: tuple[int, ...], level: float, region_of: RegionOf | None, error: float
) -> Pair:
    index = pair_index(keep)
    try:
        own = marginal_table(table, keep)
    except UsageError as problem:
        return Pair(index, None, PairLimits(None, None, reason=str(problem)), str(problem))
    if not is_complete(own):
        reason = "the rows do not determine the state of this pair"
        return Pair(index, None, pair_limits(own, None, level=level), reason)
    fit = _own_fit(own)
    holds = region_of is not None and fit.converged and fit.estimator == "mle"
    usable = fit if holds and table.n_qubits <= PAIR_REGIONS_UP_TO_QUBITS else None
    limits = pair_limits(own, usable, level=level, upper=False, region_of=region_of or likelihood_region)
    strict = best_low(bell_fidelities_at(own, equal_errors(error)))
    proven = strict is not None and (strict.low or 0.0) > 0.5
    return Pair(index, fit.rho, replace(limits, reason=limits.reason and _PAIR_UPPER), proven=proven)


_PAIR_UPPER = "no upper limit is searched for pairs"


def _own_fit(table: CountsTable) -> StateEstimate:
    return estimate_pls(table) if table.values == "corrected" else estimate_mle(table)


def pair_metrics(pairs: list[Pair], level: float) -> list[Metric]:
    """`concurrence[i,j]` and `tangle[i,j]` of every pair."""
    return [
        metric
        for pair in pairs
        for metric in _pair_metrics(f"[{pair.index}]", pair.rho, pair.limits, level, pair.reason)
    ]


def best_bell_of(rho: Matrix) -> tuple[str, float]:
    """The Bell state closest to a pair, and its fidelity."""
    found = bell_fidelities(rho)
    name = max(found, key=lambda name: found[name])
    return name, found[name]


def why_no_limits(table: CountsTable) -> str | None:
    """Why no number of a table can have limits, or None."""
    return {"counts": None, "averages": NO_SHOT_NOISE, "corrected": NO_GUARANTEE}[table.values]
