"""The search behind the extrema of `region`: a multiplier, a tilted ascent, a proof, until it is tight.

s is right when the maximiser of l(rho) - s Tr(A rho) lies on the border of the region. The first guess is
read off a state of the border on the way to a low value of A: where l is quadratic, s = 2 drop/(fall of
Tr(A rho)). Where the likelihood is expressed in sigma (projectors of unequal flux) Tr(A rho) >= v is
Tr(W (A - v) W sigma) >= 0, and the largest v that is proven is found by bisection.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qmono.quantum.operations import projector
from qmono.quantum.tomography.fit.ascent import Ascent, ascend
from qmono.quantum.tomography.likelihood import Likelihood, log_likelihood_of
from qmono.quantum.types import Matrix

ROUNDS = 14
STEPS = 300
"""Most steps of one ascent; a proof holds wherever it stops."""


@dataclass(frozen=True)
class Precision:
    """How tight a proven limit has to be; it holds however loose it is.

    border: the drop of the likelihood may differ by this share from what the region allows. The limit is
    the maximum over s of a concave function, so a share b gives away about b**2/8 of the distance to the
    estimate. proof: share of the drop by which a tilted maximum may be missed; half of it is given away.
    gap: the search also ends where proven limit and attained value are this share of that distance apart.
    """

    border: float
    proof: float
    gap: float


FINE = Precision(border=0.2, proof=0.002, gap=0.01)
"""For limits that may gate: within about 1 % of the distance."""
COARSE = Precision(border=0.5, proof=0.01, gap=0.05)
"""For indicative limits: within about 5 % of the distance."""


def last_inside(likelihood: Likelihood, inside: Matrix, outside: Matrix, floor: float) -> Matrix:
    """The last density matrix of the segment from `inside` whose log likelihood is `floor` or more.

    Both are coordinates (d, d), in which probabilities are linear: the segment costs no further map.
    """
    first, last = likelihood.probabilities(inside), likelihood.probabilities(outside)
    if log_likelihood_of(likelihood.counts, last) >= floor:
        return outside
    low, high = 0.0, 1.0
    for _ in range(16):
        middle = (low + high) / 2
        if log_likelihood_of(likelihood.counts, first + middle * (last - first)) >= floor:
            low = middle
        else:
            high = middle
    return inside + low * (outside - inside)


class Search:
    """Looks for the proven minimum of Tr(A rho) over {l >= floor}; `centre` (d, d) is a state of it.

    After `run`: `limit` is proven, `attained` is the value of the state with coordinates `inside`.
    """

    def __init__(
        self, likelihood: Likelihood, observable: Matrix, centre: Matrix, floor: float, precision: Precision
    ) -> None:
        self.likelihood, self.observable, self.floor, self.precision = (
            likelihood,
            observable,
            floor,
            precision,
        )
        self.centre = likelihood.coordinates(centre)
        values, vectors = np.linalg.eigh(observable)
        self.lowest, self.spread = float(values[0]), float(values[-1] - values[0]) or 1.0
        self.highest_value = self._value(self.centre)
        self.drop = max(likelihood.value(self.centre) - floor, 1e-9)
        self.limit = -np.inf
        self.inside, self.attained = self.centre, self.highest_value
        self.below: tuple[float, float] | None = None
        self.above: tuple[float, float] | None = None
        white = np.eye(len(values), dtype=np.complex128) / len(values)
        for goal in (projector(vectors[:, 0]), white):
            self._keep(last_inside(likelihood, self.centre, likelihood.coordinates(goal), floor))
        fall = self.highest_value - self.attained
        self.s = 2 * self.drop / fall if fall > 1e-9 * self.spread else self._blind_guess()
        self.start = 0.98 * self.inside + 0.02 * white

    def run(self) -> None:
        """Tilted ascents until the limit is tight enough, or as good as rounding allows."""
        for _ in range(ROUNDS):
            if self._is_tight() or self._advance():
                return

    def _blind_guess(self) -> float:
        return float(np.sqrt(2 * self.drop * self.likelihood.total)) / self.spread

    def _is_tight(self) -> bool:
        apart = self.attained - max(self.limit, self.lowest)
        return apart <= self.precision.gap * (self.highest_value - self.attained) + 1e-6 * self.spread

    def _value(self, sigma: Matrix) -> float:
        return float(np.vdot(self.observable, self.likelihood.state(sigma)).real)

    def _keep(self, sigma: Matrix) -> None:
        value = self._value(sigma)
        if value < self.attained:
            self.inside, self.attained = sigma, value

    def _advance(self) -> bool:
        """One tilted ascent, its limit, and the next s; True when the border is reached."""
        level = self.attained if self.likelihood.whitening is not None else 0.0
        ascent = ascend(
            self.likelihood,
            self.start,
            gap=max(1e-9 * self.likelihood.total, self.precision.proof * self.drop),
            max_iterations=STEPS,
            tilt=self.s * self._tilt(level),
            check_every=3,
        )
        self.start = ascent.sigma
        self.limit = max(self.limit, self._proven(ascent, level))
        self._keep(last_inside(self.likelihood, self.centre, ascent.sigma, self.floor))
        fallen = self.floor + self.drop - float(self.likelihood.counts @ np.log(ascent.p))
        if abs(fallen / self.drop - 1) < self.precision.border:
            return True
        self._next(max(fallen, 1e-12))
        return self.below is not None and self.above is not None and self.above[0] < self.below[0] * 1.000001

    def _tilt(self, level: float) -> Matrix:
        w = self.likelihood.whitening
        if w is None:
            return self.observable
        shifted: Matrix = w @ (self.observable - level * np.eye(len(w))) @ w
        return shifted

    def _next(self, fallen: float) -> None:
        """The drop grows about as s**2; between an s too small and one too large, as a power of s."""
        if fallen < self.drop:
            self.below = (self.s, fallen)
        else:
            self.above = (self.s, fallen)
        if self.below is None or self.above is None:
            self.s *= float(np.clip(np.sqrt(self.drop / fallen), 0.1, 10.0))
            return
        (low, small), (high, large) = self.below, self.above
        share = float(np.log(self.drop / small) / np.log(large / small))
        self.s = low * (high / low) ** float(np.clip(share, 0.15, 0.85))

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
