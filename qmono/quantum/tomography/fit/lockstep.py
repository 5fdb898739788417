r"""The ascent of `ascent` for many small problems of one measurement, all of them one step at a time.

The overhead of a call exceeds the arithmetic of one problem up to three qubits, so a thousand in step cost
about as much as fifty one by one. Steps, restarts and what is proven are those of `ascent`, the sharper q
that of `dense_dual`. Problems that are done leave the batch.

Cells without counts have no part in a problem: their p is set to one, where every term of theirs is zero.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from qmono.quantum.tomography.effects.dense import DenseMeasurement
from qmono.quantum.tomography.fit.ascent import GROWTH, ROUNDING, RUN, SHARPEN
from qmono.quantum.tomography.fit.dense_dual import sharper_references
from qmono.quantum.tomography.fit.projection import nearest_states
from qmono.quantum.types import Bools, Integers, Real

CHECK_EVERY = 5
HALVINGS = 60


@dataclass(frozen=True)
class Ascents:
    """Where each ascent ended: states (B, 4**n), proven gaps (B,) in nats, steps (B,)."""

    vectors: Real
    gaps: Real
    iterations: Integers


def ascend_together(
    measurement: DenseMeasurement, counts: Real, start: Real, *, gap: float, max_iterations: int = 5000
) -> Ascents:
    """Maximise sum c ln p for each row of `counts` (B, M), every row with at least one count.

    start: states (B, 4**n) with p > 0 on everything observed.
    """
    climb = _climb(measurement, counts, start, gap)
    ended = Ascents(start.copy(), np.full(len(counts), np.inf), np.zeros(len(counts), dtype=np.int64))
    for iteration in range(1, max_iterations + 1):
        gradient = measurement.score(climb.f / climb.q)
        if iteration % CHECK_EVERY == 1 or iteration == max_iterations:
            proven = _certified(measurement, climb, gradient, gap)
            _write(ended, climb, proven, iteration)
            left = proven > gap
            if not left.any():
                break
            climb.keep(left)
            gradient = gradient[left]
        moved = _step(measurement, climb, gradient)
        if not moved.all():
            proven = _certified(measurement, climb, measurement.score(climb.f / climb.q), gap)
            _write(ended, climb, proven, iteration)
            if not moved.any():
                break
            climb.keep(moved)
    return ended


@dataclass
class _Climb:
    """The moving parts of `ascent._Climb`, one problem a row; `place` is its position in the batch."""

    place: Integers
    total: Real
    f: Real
    u: Real
    p: Real
    theta: Real
    q: Real
    momentum: Real
    step_length: Real
    since_choice: Integers
    last_theta: Real
    last_gradient: Real
    best_q: Real
    best_excess: Real
    sharpen_at: Real

    def keep(self, chosen: Bools) -> None:
        """Drop the other problems."""
        if not chosen.all():
            for part in fields(self):
                setattr(self, part.name, getattr(self, part.name)[chosen])

    def above(self, q: Real, excess: Real, rows: Integers | slice = slice(None)) -> Real:
        """What the bound of q leaves missing at u, per count."""
        p = self.p[rows]
        missing: Real = (self.f[rows] * np.log1p((q - p) / p)).sum(axis=1) + excess
        return missing


def _climb(measurement: DenseMeasurement, counts: Real, start: Real, gap: float) -> _Climb:
    size, total = len(counts), counts.sum(axis=1)
    f = counts / total[:, None]
    p = _probabilities(measurement, start, f)
    return _Climb(
        place=np.arange(size),
        total=total,
        f=f,
        u=start,
        p=p,
        theta=start,
        q=p,
        momentum=np.ones(size),
        step_length=np.zeros(size),
        since_choice=np.zeros(size, dtype=np.int64),
        last_theta=np.full_like(start, np.nan),
        last_gradient=np.full_like(start, np.nan),
        best_q=p.copy(),
        best_excess=np.full(size, np.inf),
        sharpen_at=np.full(size, SHARPEN * np.sqrt(gap)),
    )


def _probabilities(measurement: DenseMeasurement, vectors: Real, f: Real) -> Real:
    p = measurement.probabilities(vectors)
    p[f == 0] = 1.0
    return p


def _write(ended: Ascents, climb: _Climb, proven: Real, iteration: int) -> None:
    ended.vectors[climb.place] = climb.u
    ended.gaps[climb.place] = proven
    ended.iterations[climb.place] = iteration


def _certified(measurement: DenseMeasurement, climb: _Climb, gradient: Real, gap: float) -> Real:
    """Gaps (B,) in nats that are proven by now, sharpened where that may be enough."""
    _keep_better(climb, np.arange(len(gradient)), climb.q, _excess(measurement, gradient))
    proven = _gap(climb)
    near = np.flatnonzero((proven > gap) & (proven <= climb.sharpen_at))
    if near.size:
        q = sharper_references(measurement, climb.f[near], climb.p[near], climb.u[near])
        _keep_better(climb, near, q, _excess(measurement, measurement.score(climb.f[near] / q)))
        proven = _gap(climb)
        climb.sharpen_at[near] = np.minimum(proven[near], climb.sharpen_at[near]) / 2
    return proven


def _excess(measurement: DenseMeasurement, scores: Real) -> Real:
    excess: Real = np.log(np.linalg.eigvalsh(measurement.matrices(scores))[:, -1])
    return excess


def _keep_better(climb: _Climb, rows: Integers, q: Real, excess: Real) -> None:
    known = climb.above(climb.best_q[rows], climb.best_excess[rows], rows)
    better = climb.above(q, excess, rows) < known
    climb.best_q[rows[better]] = q[better]
    climb.best_excess[rows[better]] = excess[better]


def _gap(climb: _Climb) -> Real:
    missing = climb.above(climb.best_q, climb.best_excess)
    proven: Real = climb.total * (np.maximum(0.0, missing) + ROUNDING)
    return proven


def _step(measurement: DenseMeasurement, climb: _Climb, gradient: Real) -> Bools:
    """One projected step of every problem with backtracking; which of them still move."""
    _choose_step_lengths(climb, gradient)
    u, p, moved, squared = _backtracked(measurement, climb, gradient)
    stuck = ~moved & (climb.theta == climb.u).all(axis=1)
    climb.last_theta, climb.last_gradient = climb.theta, gradient
    uphill = (gradient * (u - climb.u)).sum(axis=1)
    following = (1 + np.sqrt(1 + 4 * climb.momentum**2)) / 2
    beta = np.where(moved, (climb.momentum - 1) / following, 0.0)[:, None]
    rests = ~moved | (uphill < 0.0) | ((p + beta * (p - climb.p)).min(axis=1) <= 0.0)
    beta[rests] = 0.0
    climb.theta, climb.q = u + beta * (u - climb.u), p + beta * (p - climb.p)
    climb.u, climb.p, climb.momentum = u, p, np.where(rests, 1.0, following)
    still: Bools = ~stuck & ((squared > 0.0) | ~moved)
    return still


def _choose_step_lengths(climb: _Climb, gradient: Real) -> None:
    """As in `ascent`: Barzilai-Borwein at restarts after a good run, else the last length, grown a little."""
    first = np.isnan(climb.last_gradient[:, 0])
    moved, turned = climb.theta - climb.last_theta, climb.last_gradient - gradient
    curvature = (moved * turned).sum(axis=1)
    chooses = (climb.momentum == 1.0) & (curvature > 0.0) & (climb.since_choice >= RUN)
    chosen = (moved**2).sum(axis=1) / np.where(chooses, curvature, 1.0)
    grown = np.where(chooses, chosen, climb.step_length * GROWTH)
    climb.step_length = np.where(first, 1.0 / np.linalg.norm(gradient, axis=1), grown)
    climb.since_choice = np.where(chooses, 0, climb.since_choice + ~first)


def _backtracked(
    measurement: DenseMeasurement, climb: _Climb, gradient: Real
) -> tuple[Real, Real, Bools, Real]:
    """New states and probabilities, which of them were accepted, and their squared way from theta."""
    u, p = climb.u.copy(), climb.p.copy()
    moved, squared = np.zeros(len(u), dtype=np.bool_), np.zeros(len(u))
    trying = np.arange(len(u))
    for _ in range(HALVINGS):
        ahead = climb.theta[trying] + climb.step_length[trying, None] * gradient[trying]
        new = measurement.vectors(nearest_states(measurement.matrices(ahead)))
        f, q = climb.f[trying], climb.q[trying]
        reached = _probabilities(measurement, new, f)
        way = ((new - climb.theta[trying]) ** 2).sum(axis=1)
        fits = _bregman(f, reached, q) <= way / (2 * climb.step_length[trying])
        good = trying[fits]
        u[good], p[good], squared[good], moved[good] = new[fits], reached[fits], way[fits], True
        trying = trying[~fits]
        if not trying.size:
            break
        climb.step_length[trying] /= 2
    return u, p, moved, squared


def _bregman(f: Real, p: Real, q: Real) -> Real:
    """sum f [r - ln(1 + r)], r = p/q - 1 (B,); infinite where something observed has p <= 0."""
    r = (p - q) / q
    impossible = r.min(axis=1) <= -1.0  # also where p is positive, but by rounding alone
    r = np.where(impossible[:, None], 0.0, r)
    distance: Real = np.where(impossible, np.inf, (f * (r - np.log1p(r))).sum(axis=1))
    return distance
