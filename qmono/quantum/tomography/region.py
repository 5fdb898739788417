r"""Limits over the likelihood-ratio region {rho: l(rho) >= l_max - chi2_{k, level}/2}.

Certified extrema of linear functionals, by weak duality. For any s > 0, any positive q and every state of
the region, with R(q) = sum c/q E (see `ascent`),

    l(rho) - s Tr(A rho) <= U_s = sum c ln q - N + lambda_max(R(q) - s A),   so
    Tr(A rho) >= (l_max - chi2/2 - U_s)/s.

The limit is proven whatever s and q are; s is chosen so that the maximiser of the left side lies on the
region's border, where the limit is tight. l_max is replaced by l at the estimate, which can only widen
the region. Where the likelihood is expressed in sigma (projectors of unequal flux) Tr(A rho) >= v is
Tr(W (A - v) W sigma) >= 0, and the largest v that is proven is found by bisection. A mixture that is not
concave has no such proof: its limit is the smallest eigenvalue of A.

With k = d**2 - 1 the region holds the state with at least the level, asymptotically (Wilks; conservative
at the boundary). With one degree of freedom the same program is the profile likelihood of one functional,
whose coverage fails at the boundary: indicative only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri, ndtri

from qmono.core.counts import CountsTable
from qmono.core.metric import Guarantee
from qmono.quantum.operations import projector
from qmono.quantum.paulis import LETTERS, pauli_string
from qmono.quantum.states import BELL_STATES
from qmono.quantum.tomography.ascent import Ascent, ascend
from qmono.quantum.tomography.estimate import StateEstimate
from qmono.quantum.tomography.likelihood import Likelihood, likelihood_of
from qmono.quantum.tomography.mle import interior
from qmono.quantum.types import Matrix

ROUNDS = 14
DROP_TOLERANCE = 0.2
"""The border is reached when the drop of the likelihood is within this share of what the region allows.

The proven limit is the maximum over s of a concave function, so what a coarse s gives away is of second
order: a few thousandths of the distance to the estimate.
"""

PROOF_TOLERANCE = 0.002
"""Share of the drop by which a tilted maximum may be missed; half of it is what a proven limit gives away."""


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


def region_threshold(dimension: int, level: float) -> float:
    """Half the chi-square quantile with d**2 - 1 degrees of freedom: nats below the maximum."""
    return float(chdtri(dimension**2 - 1, 1 - level)) / 2


def minimum_over_region(
    data: CountsTable | Likelihood, observable: Matrix, estimate: StateEstimate, level: float
) -> RegionLimit:
    """A proven lower limit of Tr(A rho) over the region at `level`, for a Hermitian A (d, d).

    estimate: the maximum-likelihood fit of the same data. The guarantee is asymptotic, holds for every
    observable at once, and needs no correction for having chosen A after looking.
    """
    likelihood = data if isinstance(data, Likelihood) else likelihood_of(data)
    drop = region_threshold(likelihood.dimension, level)
    return _minimum(likelihood, observable, estimate.rho, drop, ("likelihood-region", "asymptotic"))


def maximum_over_region(
    data: CountsTable | Likelihood, observable: Matrix, estimate: StateEstimate, level: float
) -> RegionLimit:
    """The same from above: a proven upper limit of Tr(A rho)."""
    return _mirrored(minimum_over_region(data, -observable, estimate, level))


def profile_limits(
    data: CountsTable | Likelihood, observable: Matrix, estimate: StateEstimate, level: float
) -> tuple[RegionLimit, RegionLimit]:
    """Profile-likelihood limits of Tr(A rho), each one-sided at `level`: a drop of z**2/2 nats.

    Indicative: near-exact inside, coverage falls to nothing at the boundary (a Bell state with F = 1).
    """
    likelihood = data if isinstance(data, Likelihood) else likelihood_of(data)
    drop = float(ndtri(level)) ** 2 / 2
    method: tuple[str, Guarantee] = ("profile-likelihood", "indicative")
    low = _minimum(likelihood, observable, estimate.rho, drop, method)
    return low, _mirrored(_minimum(likelihood, -observable, estimate.rho, drop, method))


def _mirrored(limit: RegionLimit) -> RegionLimit:
    return RegionLimit(-limit.limit, -limit.attained, limit.rho, limit.method, limit.guarantee)


def _minimum(
    likelihood: Likelihood, observable: Matrix, rho: Matrix, drop: float, method: tuple[str, Guarantee]
) -> RegionLimit:
    lowest = float(np.linalg.eigvalsh(observable)[0])
    if likelihood.counts.size == 0 or not likelihood.is_concave:
        return RegionLimit(lowest, _value(observable, rho), rho, *method)
    search = _Search(likelihood, observable, rho, drop)
    for _ in range(ROUNDS):
        if search.advance():
            break
    inside = _inside_region(likelihood, rho, search.rho, search.floor)
    return RegionLimit(max(lowest, search.limit), _value(observable, inside), inside, *method)


def _inside_region(likelihood: Likelihood, rho: Matrix, towards: Matrix, floor: float) -> Matrix:
    """The last state of the segment from `rho`, inside, to `towards` whose log likelihood is `floor`."""
    if likelihood.log_likelihood(towards) >= floor:
        return towards
    inside, outside = 0.0, 1.0
    for _ in range(12):
        middle = (inside + outside) / 2
        if likelihood.log_likelihood(rho + middle * (towards - rho)) >= floor:
            inside = middle
        else:
            outside = middle
    return rho + inside * (towards - rho)


def _value(observable: Matrix, rho: Matrix) -> float:
    return float(np.vdot(observable, rho).real)


class _Search:
    """Looks for the multiplier s at which the tilted maximum lies on the border of the region."""

    def __init__(self, likelihood: Likelihood, observable: Matrix, rho: Matrix, drop: float) -> None:
        self.likelihood, self.observable, self.rho, self.drop = likelihood, observable, rho, drop
        self.start = interior(likelihood, rho)
        self.floor = likelihood.log_likelihood(rho) - drop
        self.spread = float(np.ptp(np.linalg.eigvalsh(observable))) or 1.0
        self.s = float(np.sqrt(2 * drop * likelihood.total)) / self.spread
        self.limit = -np.inf
        self.reached = _value(observable, rho)
        self.closest = np.inf
        self.inside, self.outside = 0.0, np.inf

    def advance(self) -> bool:
        """One tilted ascent, its limit, and the next s; True when the border is reached."""
        level = self.reached if self.likelihood.whitening is not None else 0.0
        ascent = ascend(
            self.likelihood,
            self.start,
            gap=max(1e-9 * self.likelihood.total, PROOF_TOLERANCE * self.drop),
            max_iterations=300,
            tilt=self.s * self._tilt(level),
        )
        self.start = ascent.sigma
        self.limit = max(self.limit, self._proven(ascent, level))
        fallen = self.floor + self.drop - float(self.likelihood.counts @ np.log(ascent.p))
        self._keep(ascent, fallen)
        if abs(fallen / self.drop - 1) < DROP_TOLERANCE:
            return True
        self._next(fallen)
        return self.outside < self.inside * (1 + 1e-6)

    def _tilt(self, level: float) -> Matrix:
        w = self.likelihood.whitening
        if w is None:
            return self.observable
        shifted: Matrix = w @ (self.observable - level * np.eye(len(w))) @ w
        return shifted

    def _keep(self, ascent: Ascent, fallen: float) -> None:
        distance = abs(np.log(max(fallen, 1e-12) / self.drop))
        if distance < self.closest:
            self.closest, self.rho = float(distance), self.likelihood.state(ascent.sigma)
            self.reached = _value(self.observable, self.rho)

    def _next(self, fallen: float) -> None:
        """The drop grows about as s**2; keep s between what was inside and what was outside."""
        if fallen < self.drop:
            self.inside = self.s
        else:
            self.outside = self.s
        guess = self.s * float(np.clip(np.sqrt(self.drop / max(fallen, 1e-12)), 0.1, 10.0))
        if not self.inside < guess < self.outside:
            guess = float(np.sqrt(max(self.inside, 1e-6 * self.outside) * self.outside))
        self.s = guess

    def _proven(self, ascent: Ascent, level: float) -> float:
        """The largest v with U_s <= floor for the tilt W (A - v) W."""
        if self.likelihood.whitening is None:
            return (self.floor - self._bound(ascent, 0.0)) / self.s
        low, high = -self.spread * 4 + level, level + self.spread * 4
        for _ in range(50):
            middle = (low + high) / 2
            if self._bound(ascent, middle) <= self.floor:
                low = middle
            else:
                high = middle
        return low

    def _bound(self, ascent: Ascent, level: float) -> float:
        """U_s of the ascent's best q for the tilt at `level`."""
        counts, q = self.likelihood.counts, ascent.reference
        operator = self.likelihood.score(counts / q) - self.s * self._tilt(level)
        top = float(np.linalg.eigvalsh(operator)[-1])
        return float(counts @ np.log(q)) - self.likelihood.total + top


def maximise_over_region(
    data: CountsTable | Likelihood,
    function: Callable[[Matrix], float],
    estimate: StateEstimate,
    level: float,
    *,
    gradient: Callable[[Matrix], Matrix] | None = None,
    starts: Sequence[Matrix] | None = None,
    rounds: int = 3,
) -> RegionLimit:
    """The largest value found of a convex function over the region: indicative, no proof.

    Goes uphill from the estimate and from the region's extreme state of each Hermitian matrix in
    `starts`: linearise the function, go to the extreme state of its gradient, repeat. Convexity makes
    every step uphill. starts: for two qubits the four Bell projectors if None, because measures of
    entanglement have no slope at a separable estimate. gradient: (d, d) -> (d, d) Hermitian; by
    differences if None.
    """
    if starts is None:
        starts = [projector(psi) for psi in BELL_STATES.values()] if len(estimate.rho) == 4 else []
    likelihood = data if isinstance(data, Likelihood) else likelihood_of(data)
    gradient = gradient or (lambda rho: numerical_gradient(function, rho))
    best, best_rho = function(estimate.rho), estimate.rho
    for first in (gradient(estimate.rho), *starts):
        observable, last = first, -np.inf
        for _ in range(rounds):
            rho = maximum_over_region(likelihood, observable, estimate, level).rho
            value = function(rho)
            if value > best:
                best, best_rho = value, rho
            if value <= last + 1e-6:
                break
            observable, last = gradient(rho), value
    return RegionLimit(best, best, best_rho, "likelihood-region multistart", "indicative")


def numerical_gradient(function: Callable[[Matrix], float], rho: Matrix, step: float = 1e-5) -> Matrix:
    """Hermitian A with f(rho + D) = f(rho) + Tr(A D) for small traceless D, by central differences.

    The state is mixed with 1e-3 of the identity first, so that both neighbours are states.
    """
    dimension = len(rho)
    n = dimension.bit_length() - 1
    inside = rho + 1e-3 * (np.eye(dimension) / dimension - rho)
    total: Matrix = np.zeros((dimension, dimension), dtype=np.complex128)
    for index in range(1, 4**n):
        string = pauli_string("".join(LETTERS[index >> 2 * (n - 1 - q) & 3] for q in range(n)))
        rise = function(inside + step * string / dimension) - function(inside - step * string / dimension)
        total += rise / (2 * step) * string
    return total
