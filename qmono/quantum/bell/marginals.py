"""Whether what one party sees depends on what the others measure, for any number of parties and outcomes.

Chi-square tests of homogeneity over the settings that share an input of a party.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from qmono.quantum.bell.inequality import Inequality
from qmono.quantum.checks import homogeneity
from qmono.quantum.types import Integers, Real


@dataclass(frozen=True)
class Signalling:
    """The smallest p value of the parties times their number; where the largest shift was seen.

    reach: how far above its bound the value of a model could lie whose marginals shift as much: per setting
    the range of the scores times the distances of the parties' marginals from their means (in CHSH the sum
    of the four shifts, as in Kujala, Dzhafarov and Larsson, Phys. Rev. Lett. 115 (2015) 150401).
    """

    p_value: float
    largest_shift: float
    where: str
    reach: float


def signalling(counts: Integers, inequality: Inequality, ranges: Real) -> Signalling | None:
    """From counts (m, outcomes) of the settings; None if no input of any party occurs in two settings."""
    tests, shifts, reach = [], [], 0.0
    for party in range(inequality.parties):
        others = tuple(1 + p for p in range(inequality.parties) if p != party)
        own = counts.reshape(-1, *inequality.outcomes).sum(axis=others)
        chi_square, degrees = 0.0, 0
        for value in range(inequality.inputs[party]):
            chosen = inequality.settings[:, party] == value
            if np.count_nonzero(chosen) < 2:
                continue
            statistic, free, largest = homogeneity(own[chosen])
            chi_square, degrees = chi_square + statistic, degrees + free
            shifts.append((largest, f"{party_name(party)}{value}"))
            reach += float((ranges[chosen] * _distances(own[chosen])).sum())
        if degrees:
            tests.append(float(chdtrc(degrees, chi_square)))
    if not tests:
        return None
    largest, where = max(shifts)
    return Signalling(min(1.0, len(tests) * min(tests)), largest, where, reach)


def _distances(own: Integers) -> Real:
    """Total variation (K,) between the frequencies of counts (K, outcomes) and the pooled ones."""
    pooled = own.sum(axis=0) / own.sum()
    distances: Real = np.abs(own / own.sum(axis=1, keepdims=True) - pooled).sum(axis=1) / 2
    return distances


def party_name(party: int) -> str:
    """`a`, `b`, `c`, ..."""
    return chr(ord("a") + party)
