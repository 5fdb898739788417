"""Limits for the entanglement of a pair: from its Bell fidelities, and from the likelihood region.

A pair of fidelity F to any Bell state has C >= 2F - 1, N >= F - 1/2 (Bennett et al., PRA 54 (1996) 3824); a
witness G has C >= Tr(G rho), whose smallest value over the likelihood region is proven. The lower limit is
the larger of the two, each at its share of the error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log2, sqrt

import numpy as np

from qmono.analysis.bell_frame import bell_fidelities_at, best_low, shared_errors
from qmono.core.counts import CountsTable
from qmono.core.metric import Limit
from qmono.quantum.fidelity.direct import NO_GUARANTEE, NO_SHOT_NOISE
from qmono.quantum.fidelity.exact import overlap
from qmono.quantum.measures.concurrence import concurrence, concurrence_witness
from qmono.quantum.measures.entanglement_of_formation import formation_of_concurrence
from qmono.quantum.measures.negativity import negativity_witness
from qmono.quantum.operations import projector
from qmono.quantum.states import BELL_STATES
from qmono.quantum.tomography.fit.estimate import StateEstimate
from qmono.quantum.tomography.regions.region import Region, likelihood_region
from qmono.quantum.tomography.regions.region_maximum import maximise_over_region

WITNESS_ROUNDS = 2

RegionOf = Callable[[CountsTable, StateEstimate, float], Region]
"""Makes the region of a table, its maximum-likelihood fit and a level."""


@dataclass(frozen=True)
class PairLimits:
    """Limits of the concurrence of a pair, and what follows from them; None with a reason.

    from_fit: whether the lower limit rests on the likelihood, so that a failed fit takes it away.
    negativity_low: what the region proves of the negativity itself, if it is more than follows.
    """

    low: Limit | None
    high: Limit | None
    from_fit: bool = False
    reason: str | None = None
    negativity_low: Limit | None = None

    @property
    def tangle(self) -> tuple[Limit | None, Limit | None]:
        """Limits of C^2."""
        return _mapped(self.low, lambda c: c**2), _mapped(self.high, lambda c: c**2)

    @property
    def formation(self) -> tuple[Limit | None, Limit | None]:
        """Limits of the entanglement of formation."""
        return _mapped(self.low, formation_of_concurrence), _mapped(self.high, formation_of_concurrence)

    @property
    def negativity(self) -> tuple[Limit | None, Limit | None]:
        """Limits of the negativity."""
        from_fidelity = self.low is not None and not self.from_fit
        low = _mapped(self.low, (lambda c: c / 2) if from_fidelity else least_negativity)
        low = self.negativity_low or low
        return low, _mapped(self.high, lambda c: c / 2)

    @property
    def log_negativity(self) -> tuple[Limit | None, Limit | None]:
        """Limits of log2(2 N + 1)."""
        low, high = self.negativity
        return _mapped(low, lambda n: log2(2 * n + 1)), _mapped(high, lambda n: log2(2 * n + 1))


def least_negativity(c: float) -> float:
    """The smallest negativity of a pair of concurrence c: (sqrt((1-c)^2 + c^2) - (1-c))/2.

    Verstraete et al., J. Phys. A 34 (2001) 10327; the largest is c/2.
    """
    return (sqrt((1 - c) ** 2 + c**2) - (1 - c)) / 2


def pair_limits(
    table: CountsTable,
    fit: StateEstimate | None,
    *,
    level: float = 0.95,
    declared: str | None = None,
    upper: bool = True,
    region_of: RegionOf = likelihood_region,
) -> PairLimits:
    """Limits of the concurrence of a table of two qubits, each one-sided at `level`.

    fit: the maximum-likelihood fit of the table, or None where it must not be used. declared: a Bell state
    named before the data were seen. upper: also search the region for the highest value (indicative).
    region_of: which region of states is taken (table, fit, level -> region).
    """
    if table.values != "counts":
        return PairLimits(None, None, reason=NO_SHOT_NOISE if table.values == "averages" else NO_GUARANTEE)
    bell_errors, region_error = shared_errors(1 - level, declared)
    by_fidelity = best_low(bell_fidelities_at(table, bell_errors))
    low, from_fit, negativity_low = None, False, None
    if by_fidelity is not None and by_fidelity.low is not None:
        low = Limit(max(0.0, 2 * by_fidelity.low - 1), f"fidelity limit ({by_fidelity.target})", "exact")
    if fit is not None:
        region = region_of(table, fit, 1 - region_error)
        if low is None or not _allows_less(region, low.value):
            certified = max(0.0, _witness_minimum(region))
            if low is None or certified > low.value:
                low, from_fit = Limit(certified, region.method, region.guarantee), True
                negativity_low = _negativity_over(region, least_negativity(certified))
    high = _highest(region_of(table, fit, level), fit) if fit is not None and upper else None
    reason = None if high is not None else "no upper limit without the fit"
    why = reason if low is not None else f"no limits: {_why_not(fit)}"
    return PairLimits(low, high, from_fit, why, negativity_low)


def _why_not(fit: StateEstimate | None) -> str:
    return "XX, YY, ZZ were not measured, and no fit that holds" if fit is None else "nothing is proven"


def _allows_less(region: Region, known: float) -> bool:
    """Whether some state of the region has no more concurrence than `known`: then no witness proves more."""
    mixed = np.eye(4, dtype=np.complex128) / 4
    return concurrence(region.towards(mixed)) <= known


def _witness_minimum(region: Region) -> float:
    """Largest of the proven minima of a few witnesses: from the fit, then from the minimum's own state."""
    best, reference = -1.0, region.centre
    for _ in range(WITNESS_ROUNDS):
        found = region.minimum(concurrence_witness(reference))
        best, reference = max(best, found.limit), found.rho
    return best


def _negativity_over(region: Region, known: float) -> Limit:
    """The negativity that a witness proves over the region, or `known` if that is more."""
    proven = region.minimum(negativity_witness(region.centre)).limit
    return Limit(max(known, proven), region.method, region.guarantee)


def _highest(region: Region, fit: StateEstimate) -> Limit:
    """Uphill from the fit, or from the nearest Bell state where the fit is separable and has no slope."""
    nearest = max(BELL_STATES.values(), key=lambda psi: overlap(fit.rho, psi))
    starts = [] if concurrence(fit.rho) > 0 else [projector(nearest)]
    found = maximise_over_region(
        region, concurrence, fit, gradient=concurrence_witness, starts=starts, rounds=2
    )
    return Limit(min(1.0, found.limit), f"{region.method}, search", "indicative")


def _mapped(limit: Limit | None, function: Callable[[float], float]) -> Limit | None:
    return None if limit is None else Limit(function(limit.value), limit.method, limit.guarantee)
