r"""Accelerated projected gradient ascent of a likelihood over density matrices, with certificate.

Maximises l(sigma) - Tr(B sigma) for an optional Hermitian tilt B. Nesterov momentum with restarts,
Barzilai-Borwein step lengths at the restarts that grow slowly between them, backtracking on the Bregman
distance sum f [r - ln(1 + r)], r = p'/p - 1, which is free of the cancellation that comparing two summed
likelihoods suffers near the maximum. After Shang, Zhang and Ng, Phys. Rev. A 95, 062336 (2017).

Certificate: for ANY positive numbers q, with R(q) = sum_i c_i/q_i E_i and N = sum c, the inequality
ln z <= z - 1 at z = p_i/q_i gives, for every density matrix,

    l - Tr(B sigma) <= sum c ln q - N + Tr[(R(q) - B) sigma] <= sum c ln q - N + lambda_max(R(q) - B),

and without tilt (Jensen) the tighter  l <= sum c ln q + N ln(lambda_max(R(q))/N). The momentum point serves
as q, so a certificate costs one set of eigenvalues and no further map; the lowest bound so far stays valid.
Near the maximum a Newton step on q (`dual`) sharpens it: it then proves about what is really missing.

In a mixture whose likelihood is not concave (`Likelihood.flux`) l = l_1 + l_2 with l_1 from the
complete rows and l_2 = sum c ln p - C ln Tr(G rho) from the projectors. The maximum of a sum is at most the
sum of the maxima, and each part has a bound of the kind above (for l_2 in sigma = G^1/2 rho G^1/2/Tr(G rho),
where it reads C ln(lambda_max(G^-1/2 R G^-1/2)/C)). That is valid and not tight: such a fit ends at a
stationary point and says "not converged" unless both parts agree on one state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qmono.quantum.tomography.fit.dual import sharper_references
from qmono.quantum.tomography.fit.projection import nearest_state
from qmono.quantum.tomography.likelihood import FluxTerm, Likelihood
from qmono.quantum.types import Matrix, Real

ROUNDING = 32 * float(np.finfo(np.float64).eps)
"""Allowance, per count, for rounding in a certificate: what is called proven holds in floating point."""

GROWTH = 1.06
"""Factor by which a step length grows from step to step; backtracking halves it where that is too far."""

RUN = 10
"""Steps between two Barzilai-Borwein lengths: choosing at every restart makes restarts follow each other."""

SHARPEN = 100.0
"""A sharper q is looked for below a gap of this many times the root of the gap asked for, both in nats.

A first-order gap of 10 turned out to be a second-order one of about 0.01, up to seven qubits.
"""

LEVEL = 0.3
"""It is also looked for where the likelihood rose by less than this share of the gap since the last look:
with many qubits the first-order gap stays large long after the maximum is reached."""

PATIENCE = 15
"""Steps between two such looks."""


@dataclass(frozen=True)
class Ascent:
    """Where an ascent ended.

    sigma: (d, d). p: probabilities of the observed effects there. gap: proven bound in nats on what is
    missing to the maximum. reference: the q (m,) of the best bound.
    """

    sigma: Matrix
    p: Real
    gap: float
    reference: Real
    iterations: int


def ascend(
    likelihood: Likelihood,
    start: Matrix,
    *,
    gap: float,
    max_iterations: int,
    tilt: Matrix | None = None,
    check_every: int = 5,
    report: Callable[[float], None] | None = None,
) -> Ascent:
    """Maximise from `start`, a density matrix with p > 0 on everything observed, until `gap` is proven."""
    climb = _Climb(likelihood, start, tilt)
    sharpen_at, next_look = SHARPEN * float(np.sqrt(gap)), 0
    for iteration in range(1, max_iterations + 1):
        gradient = climb.gradient()
        if iteration % check_every == 1 or iteration == max_iterations:
            climb.certify(gradient)
            proven = climb.gap()
            if report is not None:
                report(proven)
            if proven <= gap or climb.is_stationary_mixture(gradient, gap):
                break
            is_level = climb.risen() <= LEVEL * gap and iteration >= next_look
            if (proven <= sharpen_at or is_level) and likelihood.is_concave:
                climb.sharpen(gap)
                proven = climb.gap()
                if report is not None:
                    report(proven)
                if proven <= gap:
                    break
                sharpen_at, next_look = min(proven, sharpen_at) / 2, iteration + PATIENCE
        if not climb.step(gradient):
            climb.certify(gradient)
            break
    return Ascent(climb.sigma, climb.p, climb.gap(), climb.best_q, iteration)


class _Climb:
    """The moving parts: the point reached (sigma, p), the momentum point (theta, q), the best bound."""

    def __init__(self, likelihood: Likelihood, start: Matrix, tilt: Matrix | None) -> None:
        self.likelihood = likelihood
        self.total = likelihood.total
        self.f = likelihood.counts / self.total
        self.tilt = None if tilt is None else tilt / self.total
        self.sigma = self.theta = start
        self.p = self.q = likelihood.probabilities(start)
        self.momentum = 1.0
        self.step_length = 0.0
        self.steps_since_choice = 0
        self.last: tuple[Matrix, Matrix] | None = None
        self.best_q, self.best_excess = self.q, np.inf
        self.seen: tuple[Matrix, Real] | None = None

    def gradient(self) -> Matrix:
        """(R(q) - B)/N at the momentum point."""
        score = self.likelihood.score(self.f / self.q)
        return score if self.tilt is None else score - self.tilt

    def certify(self, gradient: Matrix) -> None:
        """Keep the bound that the momentum point proves, if it is lower than the best so far."""
        excess = self._excess(gradient)
        if not np.isfinite(self.best_excess) or self._above(self.q, excess) < self._above(
            self.best_q, self.best_excess
        ):
            self.best_q, self.best_excess = self.q, excess

    def sharpen(self, gap: float) -> None:
        """Keep the bounds of better and better q, until `gap` is proven or out of sight."""
        for q, staying in sharper_references(self.likelihood, self.sigma, self.p, self.tilt):
            score = self.likelihood.score(self.f / q)
            excess = self._excess(score if self.tilt is None else score - self.tilt)
            if self._above(q, excess) < self._above(self.best_q, self.best_excess):
                self.best_q, self.best_excess = q, excess
            if self.total * staying > gap or self.gap() <= gap:
                break

    def risen(self) -> float:
        """Nats by which the value has risen since this was asked last; infinite the first time."""
        seen, self.seen = self.seen, (self.sigma, self.p)
        if seen is None:
            return np.inf
        tilted = 0.0 if self.tilt is None else float(np.vdot(self.tilt, self.sigma - seen[0]).real)
        return self.total * (float(self.f @ np.log1p((self.p - seen[1]) / seen[1])) - tilted)

    def gap(self) -> float:
        """The best bound less the value at the point reached, in nats, rounding allowed for."""
        if not np.isfinite(self.best_excess):
            return np.inf
        tilted = 0.0 if self.tilt is None else float(np.vdot(self.tilt, self.sigma).real)
        missing = self._above(self.best_q, self.best_excess) + tilted
        rounding = ROUNDING * float(np.abs(self.likelihood.counts).sum())
        return max(0.0, self.total * missing) + rounding

    def is_stationary_mixture(self, gradient: Matrix, gap: float) -> bool:
        """Whether a likelihood that is not concave can rise by no more than `gap`, to first order."""
        if self.likelihood.flux is None:
            return False
        tilted = 0.0 if self.tilt is None else float(np.vdot(self.tilt, self.theta).real)
        return self.total * (float(np.linalg.eigvalsh(gradient)[-1]) + tilted - 1.0) <= gap

    def _above(self, q: Real, excess: float) -> float:
        return float(self.f @ np.log1p((q - self.p) / self.p)) + excess

    def _excess(self, gradient: Matrix) -> float:
        if self.likelihood.flux is not None:
            return self._excess_of_mixture(self.likelihood.flux)
        largest = float(np.linalg.eigvalsh(gradient)[-1])
        return float(np.log(largest)) if self.tilt is None else largest - 1.0

    def step(self, gradient: Matrix) -> bool:
        """One projected step with backtracking; False if no step makes progress any more."""
        self._choose_step_length(gradient)
        for _ in range(60):
            new = nearest_state(self.theta + self.step_length * gradient)
            p = self.likelihood.probabilities(new)
            change = new - self.theta
            squared = float(np.vdot(change, change).real)
            if self._bregman(p) <= squared / (2 * self.step_length):
                self.last = (self.theta, gradient)
                self._advance(new, p, gradient)
                return squared > 0.0
            self.step_length /= 2
        stuck = self.theta is self.sigma
        self._rest(self.sigma, self.p)
        return not stuck

    def _choose_step_length(self, gradient: Matrix) -> None:
        """Barzilai-Borwein where momentum restarts after a good run, else the last length, grown a little."""
        if self.last is None:
            self.step_length = 1.0 / float(np.linalg.norm(gradient))
            return
        moved, turned = self.theta - self.last[0], self.last[1] - gradient
        curvature = float(np.vdot(moved, turned).real)
        if self.momentum == 1.0 and curvature > 0.0 and self.steps_since_choice >= RUN:
            self.step_length = float(np.vdot(moved, moved).real) / curvature
            self.steps_since_choice = 0
        else:
            self.step_length *= GROWTH
            self.steps_since_choice += 1

    def _bregman(self, p: Real) -> float:
        r = (p - self.q) / self.q
        if float(r.min()) <= -1.0:  # also where p is positive, but by rounding alone
            return np.inf
        return float(self.f @ (r - np.log1p(r)))

    def _advance(self, new: Matrix, p: Real, gradient: Matrix) -> None:
        uphill = float(np.vdot(gradient, new - self.sigma).real)
        following = (1 + np.sqrt(1 + 4 * self.momentum**2)) / 2
        beta = (self.momentum - 1) / following
        q = p + beta * (p - self.p)
        if uphill < 0.0 or float(q.min()) <= 0.0:
            self._rest(new, p)
            return
        self.theta, self.q = new + beta * (new - self.sigma), q
        self.sigma, self.p, self.momentum = new, p, following

    def _rest(self, sigma: Matrix, p: Real) -> None:
        self.sigma = self.theta = sigma
        self.p = self.q = p
        self.momentum = 1.0

    def _excess_of_mixture(self, flux: FluxTerm) -> float:
        """Both parts bounded apart, less what `_above` counts for the effect G."""
        counts, inside = self.likelihood.counts, flux.projectors
        complete, single = np.zeros_like(counts), np.zeros_like(counts)
        complete[: inside.start] = counts[: inside.start]
        single[inside] = counts[inside]
        bound = -counts[-1] * float(np.log(self.q[-1]))
        for part, root in ((complete, None), (single, flux.root)):
            operator = self.likelihood.score(part / self.q)
            operator = operator if root is None else root @ operator @ root
            bound += part.sum() * float(np.log(np.linalg.eigvalsh(operator)[-1] / part.sum()))
        return float(bound / self.total)
