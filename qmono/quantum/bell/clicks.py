r"""The inequality of Clauser, Horne and Eberhard where most trials see nothing; + (outcome 0) is a click.

    J = P(++|a0b0) - P(+0|a0b1) - P(0+|a1b0) - P(++|a1b1) <= 0

(for the signs +++-; another place of the minus sign permutes the inputs). Of the trials that count for or
against it, every local model gives at most half to the successes N(++|a0b0), given the past and whatever
happened before. So with N_S successes and N_F failures

    p = P(Bin(N_S + N_F, 1/2 + eps/(1 + eps^2)) >= N_S),

for settings drawn at random with a probability in [(1-eps)/2, (1+eps)/2] per side. The many trials without a
click do not matter. Eberhard, Phys. Rev. A 47 (1993) R747; Bierhorst, J. Phys. A 48 (2015) 195302; used by
Shalm et al., Phys. Rev. Lett. 115 (2015) 250402.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from qmono.quantum.limits import clopper_pearson_high, clopper_pearson_low, log10_binomial_tail
from qmono.quantum.types import Integers

CLICK_SIGNS = ("+++-", "++-+", "+-++", "-+++")
"""The versions of CHSH with one minus sign: the setting that carries it is the one of the last term."""


@dataclass(frozen=True)
class Clicks:
    """Successes and failures N_S and N_F, and the p value of J <= 0.

    value: J from the frequencies; std_error: of independent trials; low: limit at `level` from four
    Clopper-Pearson limits at a quarter of the error each.
    """

    successes: int
    failures: int
    value: float
    std_error: float
    level: float
    low: float
    log10_p: float


def clicks(counts: Integers, signs: str, level: float, rng_bias: float = 0.0) -> Clicks:
    """J and its p value for counts (2, 2, 2, 2) indexed x, y, a, b; every setting must have counts."""
    arranged = _odd_setting_last(counts, signs)
    cells = [(0, 0, 0, 0), (0, 1, 0, 1), (1, 0, 1, 0), (1, 1, 0, 0)]
    hits = [int(arranged[cell]) for cell in cells]
    totals = [int(arranged[x, y].sum()) for x, y, *_ in cells]
    shares = [hit / total for hit, total in zip(hits, totals, strict=True)]
    variance = sum(share * (1 - share) / total for share, total in zip(shares, totals, strict=True))
    part = 1 - (1 - level) / 4
    low = clopper_pearson_low(hits[0], totals[0], part)
    low -= sum(
        clopper_pearson_high(hit, total, part) for hit, total in zip(hits[1:], totals[1:], strict=True)
    )
    successes, failures = hits[0], sum(hits[1:])
    p = 0.5 + rng_bias / (1 + rng_bias**2)
    return Clicks(
        successes,
        failures,
        shares[0] - sum(shares[1:]),
        sqrt(variance),
        level,
        low,
        log10_binomial_tail(successes, successes + failures, p),
    )


def is_mostly_silent(counts: Integers) -> bool:
    """Whether at least three of four outcomes of every party and setting are 1 ("nothing seen")."""
    alice = counts.sum(axis=(1, 3))
    bob = counts.sum(axis=(0, 2))
    silent = [marginal[:, 1] / marginal.sum(axis=1) for marginal in (alice, bob)]
    return bool(np.min(silent) >= 0.75)


def _odd_setting_last(counts: Integers, signs: str) -> Integers:
    """The counts with inputs renamed so that the minus sign is at x = y = 1."""
    x, y = divmod(signs.index("-"), 2)
    return counts[:: 1 if x else -1, :: 1 if y else -1]
