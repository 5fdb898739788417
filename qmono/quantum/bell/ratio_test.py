r"""Prediction-based ratios: a p value that uses all outcomes, trained on data that are not judged.

Choose R(a, b, x, y) >= 0 with sum_xy pi_xy sum_ab R(abxy) p(ab|xy) <= 1 for every deterministic local
strategy p (16 of them; mixtures follow) and every allowed distribution pi of the settings. Then the product
of R over the trials has a mean of at most 1 under every local model, with memory, at any time of stopping:

    p <= 1 / prod R(trial).

R = p_NS / p_LR: p_NS is the no-signalling behaviour most likely for the training counts, p_LR the local one
closest to it (Kullback-Leibler), both mixtures of vertices found by expectation-maximisation; in the end R is
divided by its largest mean over the strategies, so that it is valid however well the fits converged.
Zhang, Glancy and Knill, Phys. Rev. A 84 (2011) 062118.

Behaviours are (2, 2, 2, 2), indexed x, y, a, b: p(ab|xy).
"""

from __future__ import annotations

from itertools import product

import numpy as np

from qmono.core.vocabulary import Design
from qmono.quantum.types import Integers, Real

_STEPS = 4000
_SMALLEST_SHARE = 1e-3
"""Share of the local behaviour mixed into p_NS, so that an outcome not seen in training costs little."""


def local_vertices() -> Real:
    """The sixteen deterministic behaviours (16, 2, 2, 2, 2): a = f(x), b = g(y)."""
    vertices = np.zeros((16, 2, 2, 2, 2))
    for index, (a0, a1, b0, b1) in enumerate(product((0, 1), repeat=4)):
        for x, y in product((0, 1), repeat=2):
            vertices[index, x, y, (a0, a1)[x], (b0, b1)[y]] = 1.0
    return vertices


def no_signalling_vertices() -> Real:
    """The local ones and Popescu and Rohrlich's boxes a xor b = xy xor ux xor vy xor w: (24, 2, 2, 2, 2)."""
    boxes = np.zeros((8, 2, 2, 2, 2))
    for index, (u, v, w) in enumerate(product((0, 1), repeat=3)):
        for x, y, a in product((0, 1), repeat=3):
            boxes[index, x, y, a, a ^ (x & y) ^ (u & x) ^ (v & y) ^ w] = 0.5
    return np.concatenate([local_vertices(), boxes])


def trained_ratio(counts: Integers, weights: Real, rng_bias: float = 0.0) -> Real:
    """R (2, 2, 2, 2) from training counts; weights (2, 2) are how often the judged trials play each setting.

    rng_bias: weights may be multiplied by (1 +- eps)(1 +- eps) per side, for the worst of all.
    """
    seen = counts / np.maximum(counts.sum(axis=(2, 3), keepdims=True), 1)
    trained = _closest(seen * weights[..., None, None], no_signalling_vertices())
    local = _closest(trained * weights[..., None, None], local_vertices())
    trained = (1 - _SMALLEST_SHARE) * trained + _SMALLEST_SHARE * local
    ratio = trained / np.maximum(local, 1e-300)
    ratio = np.where(local < 1e-12, 1.0, ratio)
    worst = max(
        float(np.einsum("kxyab,xyab,xy->k", local_vertices(), ratio, pi).max())
        for pi in _allowed(weights, rng_bias)
    )
    scaled: Real = ratio / worst
    return scaled


def log10_ratio(counts: Integers, ratio: Real) -> float:
    """log10 of the product of R over the judged trials: an e-value; p <= 1/E."""
    return float((counts * np.log10(ratio)).sum())


def setting_weights(totals: Integers, design: Design) -> Real:
    """Settings drawn uniformly, or with the shares they have in fixed blocks.

    In blocks the trials have to be independent: then prod m_xy^n_xy <= (sum f_xy m_xy)^n <= 1.
    """
    if design == "random":
        return np.full((2, 2), 0.25)
    shares: Real = totals / totals.sum()
    return shares


def _allowed(weights: Real, rng_bias: float) -> list[Real]:
    """The corners of what may be drawn: the mean of R is linear in each side's probability."""
    tilts = (1 + rng_bias, 1 - rng_bias)
    sides = [np.array([tilt, 2 - tilt]) for tilt in tilts]
    return [weights * np.outer(a, b) for a, b in product(sides, sides)]


def _closest(frequencies: Real, vertices: Real) -> Real:
    """The mixture of vertices with the largest likelihood: expectation-maximisation from the centre.

    frequencies: (2, 2, 2, 2), adding up to 1 over everything.
    """
    flat, seen = vertices.reshape(len(vertices), -1), frequencies.reshape(-1)
    weights = np.full(len(flat), 1 / len(flat))
    for _ in range(_STEPS):
        mixture = weights @ flat
        weights = weights * (flat @ (seen / np.maximum(mixture, 1e-300)))
        weights /= weights.sum()
    mixed: Real = (weights @ flat).reshape(frequencies.shape)
    return mixed
