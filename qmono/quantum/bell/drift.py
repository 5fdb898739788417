"""Whether the correlators stay the same from round to round, and whether settings were drawn uniformly.

Chi-square tests, stratified by setting: the rounds of one setting are compared with each other only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from qmono.quantum.types import Integers

FEWEST_EXPECTED = 5.0
"""A setting whose rounds expect fewer wins or losses than this is left out: too few for a chi-square."""


@dataclass(frozen=True)
class Drift:
    """The test, and `largest`: the largest |E_round - E| of every setting, added up."""

    chi_square: float
    degrees: int
    p_value: float
    largest: float


def drift_of_wins(won: Integers, played: Integers) -> Drift | None:
    """Trials won and played (R, S), round and setting; None if no setting can be tested."""
    parts = [_one_setting(won[:, index], played[:, index]) for index in range(won.shape[1])]
    tested = [part for part in parts if part is not None]
    if not tested:
        return None
    chi_square, degrees = sum(part[0] for part in tested), sum(part[1] for part in tested)
    largest = sum(part[2] for part in tested)
    return Drift(chi_square, degrees, float(chdtrc(degrees, chi_square)), largest)


def _one_setting(won: Integers, played: Integers) -> tuple[float, int, float] | None:
    won, played = won[played > 0], played[played > 0]
    if len(played) < 2:
        return None
    p = won.sum() / played.sum()
    if played.min() * min(p, 1 - p) < FEWEST_EXPECTED:
        return None
    chi_square = float(((won - played * p) ** 2 / (played * p * (1 - p))).sum())
    return chi_square, len(played) - 1, 2 * float(np.abs(won / played - p).max())


def uniformity(totals: Integers, rng_bias: float = 0.0) -> tuple[float, float]:
    """Chi-square (three degrees of freedom) and p value of totals (2, 2) of settings drawn uniformly.

    What a bias of each party's bit by rng_bias explains, at most n ((1 + eps)^2 - 1)/4, is taken off first.
    """
    expected = totals.sum() / totals.size
    beyond = np.clip(np.abs(totals - expected) - expected * ((1 + rng_bias) ** 2 - 1), 0, None)
    chi_square = float((beyond**2 / expected).sum())
    return chi_square, float(chdtrc(totals.size - 1, chi_square))
