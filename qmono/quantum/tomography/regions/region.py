r"""Regions of states that the likelihood allows, {rho: l(rho) >= floor}, and certified extrema over them.

Certified extrema of linear functionals, by weak duality. For any s > 0, any positive q and every state of
the region, with R(q) = sum c/q E (see `ascent`),

    l(rho) - s Tr(A rho) <= U_s = sum c ln q - N + lambda_max(R(q) - s A),   so
    Tr(A rho) >= (floor - U_s)/s.

The limit is proven whatever s and q are (`region_search` looks for good ones). A mixture that is not
concave has no such proof: its limit is the smallest eigenvalue of A.

With floor = l_max - chi2_{k, level}/2 and k = d**2 - 1 the region holds the state with at least the level,
asymptotically (Wilks; conservative at the boundary). l_max is replaced by l at the estimate, which can only
widen the region. With one degree of freedom the same program is the profile likelihood of one functional,
whose coverage fails at the boundary: indicative only. `split_likelihood` has a region without asymptotics.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy.special import chdtri, ndtri

from qmono.core.counts import CountsTable
from qmono.core.metric import Guarantee
from qmono.quantum.tomography.fit.estimate import StateEstimate
from qmono.quantum.tomography.likelihood import Likelihood, likelihood_of
from qmono.quantum.tomography.regions.region_search import COARSE, FINE, Precision, Search, last_inside
from qmono.quantum.types import Matrix


@dataclass(frozen=True)
class RegionLimit:
    """An extremum over the region: the proven `limit`, and the value `attained` by a state `rho` in it.

    The exact extremum lies between the two.
    """

    limit: float
    attained: float
    rho: Matrix
    method: str
    guarantee: Guarantee


@dataclass(frozen=True)
class Region:
    """All states (d, d) of log likelihood at least `floor` nats; `centre` is one of them."""

    likelihood: Likelihood
    centre: Matrix
    floor: float
    method: str
    guarantee: Guarantee

    def minimum(self, observable: Matrix, precision: Precision = FINE) -> RegionLimit:
        """A proven lower limit of Tr(A rho) over the region, for a Hermitian A (d, d)."""
        lowest = float(np.linalg.eigvalsh(observable)[0])
        if self._allows_everything or not self.likelihood.is_concave:
            value = float(np.vdot(observable, self.centre).real)
            return RegionLimit(lowest, value, self.centre, self.method, self.guarantee)
        search = Search(self.likelihood, observable, self.centre, self.floor, precision)
        search.run()
        return RegionLimit(
            max(lowest, search.limit),
            search.attained,
            self.likelihood.state(search.inside),
            self.method,
            self.guarantee,
        )

    def maximum(self, observable: Matrix, precision: Precision = FINE) -> RegionLimit:
        """The same from above: a proven upper limit of Tr(A rho)."""
        found = self.minimum(-observable, precision)
        return replace(found, limit=-found.limit, attained=-found.attained)

    def towards(self, rho: Matrix) -> Matrix:
        """The last state of the region on the way from its centre to `rho`, or `rho` if it lies inside."""
        if self._allows_everything:
            return rho
        first, last = (self.likelihood.coordinates(state) for state in (self.centre, rho))
        return self.likelihood.state(last_inside(self.likelihood, first, last, self.floor))

    @property
    def _allows_everything(self) -> bool:
        return self.likelihood.counts.size == 0


def region_threshold(dimension: int, level: float) -> float:
    """Half the chi-square quantile with d**2 - 1 degrees of freedom: nats below the maximum."""
    return float(chdtri(dimension**2 - 1, 1 - level)) / 2


def likelihood_region(data: CountsTable | Likelihood, estimate: StateEstimate, level: float) -> Region:
    """The likelihood-ratio region at `level` around the maximum-likelihood fit of the same data.

    Asymptotic; holds for every functional at once, so nothing is paid for choosing one after looking.
    Indicative where the table holds parities that the same shots may have given.
    """
    likelihood = data if isinstance(data, Likelihood) else likelihood_of(data)
    counted_twice = isinstance(data, CountsTable) and shares_shots(data)
    guarantee: Guarantee = "indicative" if counted_twice else "asymptotic"
    drop = region_threshold(likelihood.dimension, level)
    return _around(likelihood, estimate, drop, "likelihood region", guarantee)


def shares_shots(table: CountsTable) -> bool:
    """Whether two of the Pauli strings could have been read off one setting."""
    if table.parities is None:
        return False
    return any(
        all(a == b or "I" in (a, b) for a, b in zip(first, second, strict=True))
        for first, second in combinations(table.parities.labels, 2)
    )


def _around(
    likelihood: Likelihood, estimate: StateEstimate, drop: float, method: str, guarantee: Guarantee
) -> Region:
    floor = likelihood.log_likelihood(estimate.rho) - drop
    return Region(likelihood, estimate.rho, floor, method, guarantee)


def minimum_over_region(
    data: CountsTable | Likelihood, observable: Matrix, estimate: StateEstimate, level: float
) -> RegionLimit:
    """A proven lower limit of Tr(A rho) over the likelihood region at `level`, for a Hermitian A (d, d)."""
    return likelihood_region(data, estimate, level).minimum(observable)


def maximum_over_region(
    data: CountsTable | Likelihood, observable: Matrix, estimate: StateEstimate, level: float
) -> RegionLimit:
    """The same from above: a proven upper limit of Tr(A rho)."""
    return likelihood_region(data, estimate, level).maximum(observable)


def profile_limits(
    data: CountsTable | Likelihood, observable: Matrix, estimate: StateEstimate, level: float
) -> tuple[RegionLimit, RegionLimit]:
    """Profile-likelihood limits of Tr(A rho), each one-sided at `level`: a drop of z**2/2 nats.

    Indicative: near-exact inside, coverage falls to nothing at the boundary (a Bell state with F = 1).
    """
    likelihood = data if isinstance(data, Likelihood) else likelihood_of(data)
    drop = float(ndtri(level)) ** 2 / 2
    region = _around(likelihood, estimate, drop, "profile likelihood", "indicative")
    return region.minimum(observable, COARSE), region.maximum(observable, COARSE)
