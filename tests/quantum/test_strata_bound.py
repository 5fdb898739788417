"""The stratified limit is a bound over every hypothesis, not only over those of a grid."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from qmono.quantum.fidelity.strata import BOX_SHARE, Stratum, _scores, stratified_limits
from qmono.quantum.limits import clopper_pearson_low

CASES = [
    ((0.5, 0.5, 0.25), (48, 95, 17), (50, 100, 20)),
    ((0.5, 0.25), (990_000, 500), (10**6, 10**3)),
    ((0.125, 0.5, 0.5, 0.5), (3, 0, 7, 20), (200, 50, 9, 20)),
]


def _not_rejected(strata, p, level):
    """Whether the weighted sum of scores accepts each row of p (R, S), inside the box."""
    w, k, n = (np.array([getattr(s, name) for s in strata]) for name in ("weight", "passes", "trials"))
    share = 1 - (1 - level) * BOX_SHARE / len(strata)
    box = np.array([clopper_pearson_low(s.passes, s.trials, share) for s in strata])
    sd = w * np.sqrt(p * (1 - p) / n)
    z = -ndtri((1 - level) * (1 - BOX_SHARE))
    accepted = (sd * _scores(k * np.ones_like(p), n * np.ones_like(p), p)).sum(axis=1) <= z * np.sqrt(
        (sd**2).sum(axis=1)
    )
    return accepted & (p >= box).all(axis=1)


@pytest.mark.parametrize(("weights", "passes", "trials"), CASES)
def test_no_hypothesis_that_is_not_rejected_lies_below_the_limit(weights, passes, trials):
    strata = tuple(Stratum("", w, k, n) for w, k, n in zip(weights, passes, trials, strict=True))
    low, _ = stratified_limits(strata, 0.95)
    rng = np.random.default_rng(2)
    centre = np.array([(k + 0.5) / (n + 1) for k, n in zip(passes, trials, strict=True)])
    error = np.sqrt(centre * (1 - centre) / np.array(trials))
    away = rng.normal(size=(40_000, len(strata))) * rng.uniform(0, 2, size=(40_000, 1))
    p = np.clip(centre + error * away, 1e-9, 1 - 1e-9)
    smallest = (p[_not_rejected(strata, p, 0.95)] * np.array(weights)).sum(axis=1).min()
    assert low <= smallest
    assert smallest - low < 0.2 * float(np.dot(weights, centre) - low)


def test_the_limit_follows_the_level():
    strata = tuple(Stratum("", 0.5, k, 100) for k in (95, 90, 99))
    lows = [stratified_limits(strata, level)[0] for level in (0.5, 0.9, 0.95, 0.999, 1 - 1e-6)]
    assert lows == sorted(lows, reverse=True)
