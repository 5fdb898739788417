r"""How many trials a CHSH test needs, before any is run.

With winning probability w = (S + 4)/8 the number n is the smallest for which the p value at the wins that are
reached with the wanted power (the quantile of Bin(n, w)) is at most p; power 1/2 is the expected number.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor, log10

import numpy as np
from scipy.special import betainc

from qmono.errors import UsageError
from qmono.quantum.bell.betting import log10_mixture
from qmono.quantum.bell.chsh import LOCAL_BOUND, QUANTUM_BOUND
from qmono.quantum.limits import log10_binomial_tail
from qmono.quantum.types import Real

MOST_TRIALS = 10**13
LOCAL_WINS = 0.75

LogPValue = Callable[[int, int], float]
"""log10 of the p value of k wins of n."""


def random_settings(won: int, trials: int) -> float:
    """The binomial tail at three quarters."""
    return log10_binomial_tail(won, trials, LOCAL_WINS)


def fixed_blocks(won: int, trials: int) -> float:
    """The same for equal blocks, where it holds from one win above the mean on."""
    return random_settings(won, trials) if won >= ceil(trials * LOCAL_WINS) + 1 else 0.0


def any_stop(won: int, trials: int) -> float:
    """1/e of the bets."""
    return min(-log10_mixture(won, trials, LOCAL_WINS), 0.0)


DESIGNS: dict[str, LogPValue] = {
    "random": random_settings,
    "fixed-blocks": fixed_blocks,
    "any stop": any_stop,
}
"""The p value of each design, by name."""


def trials_needed(s_value: float, p_value: float, log10_p: LogPValue, power: float = 0.5) -> int:
    """The number of trials, a multiple of four; UsageError without violation or above 10^13."""
    if not LOCAL_BOUND < s_value <= QUANTUM_BOUND:
        raise UsageError(f"a violation needs S above 2 and at most 2 sqrt2; planned is S = {s_value:.4g}")
    wanted, w = log10(p_value), (s_value + 4) / 8

    def suffices(trials: int) -> bool:
        return log10_p(_reached(trials, w, power), trials) <= wanted

    high = 4
    while not suffices(high):
        high *= 2
        if high > MOST_TRIALS:
            raise UsageError(f"S = {s_value:.6g} needs more than {MOST_TRIALS:.0e} trials")
    low = high // 2
    while high - low > 4:
        middle = (low + high) // 8 * 4
        low, high = (low, middle) if suffices(middle) else (middle, high)
    return high


def _reached(trials: int, w: float, power: float) -> int:
    """The wins reached with probability `power`: the expected number for one half."""
    if power == 0.5:
        return floor(trials * w)
    low, high = 0, trials + 1
    while high - low > 1:
        middle = (low + high) // 2
        chance = float(betainc(middle, trials - middle + 1, w))
        low, high = (middle, high) if chance >= power else (low, middle)
    return low


def assigned_s(efficiency: float) -> float:
    """S of phi+ if trials without a click count as -1: 2 sqrt2 eta^2 + 2 (1 - eta)^2."""
    return QUANTUM_BOUND * efficiency**2 + 2 * (1 - efficiency) ** 2


def eberhard_s(efficiency: float) -> float:
    """The largest S over all states of two qubits and directions, no click counted as -1: 2 + 4 J.

    J = eta^2 (A0 B0 + A0 B1 + A1 B0 - A1 B1) - eta (A0 + B0) with projectors on clicks; both sides alike, in
    one plane. Above 2 for eta > 2/3: Eberhard, Phys. Rev. A 47 (1993) R747.
    """
    centre, width = np.zeros(2), np.pi / 2
    best = 0.0
    for _ in range(_ZOOMS):
        steps = np.linspace(-width, width, _GRID)
        first, second = np.meshgrid(centre[0] + steps, centre[1] + steps, indexing="ij")
        values = np.linalg.eigvalsh(_operator(first, second, efficiency))[..., -1]
        at = np.unravel_index(int(np.argmax(values)), values.shape)
        best, centre, width = max(best, float(values[at])), np.array([first[at], second[at]]), width / 8
    return LOCAL_BOUND + 4 * best


_ZOOMS, _GRID = 9, 41


def _operator(first: Real, second: Real, eta: float) -> Real:
    """The operator (..., 4, 4) of J for the directions of the two inputs of both sides."""
    p0, p1 = _projector(first), _projector(second)
    one = np.broadcast_to(np.eye(2), p0.shape)
    both = _product(p0, p0 + p1) + _product(p1, p0 - p1)
    operator: Real = eta**2 * both - eta * (_product(p0, one) + _product(one, p0))
    return operator


def _projector(angle: Real) -> Real:
    ket = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    projector: Real = ket[..., :, None] * ket[..., None, :]
    return projector


def _product(a: Real, b: Real) -> Real:
    product: Real = np.einsum("...ij,...kl->...ikjl", a, b).reshape(*a.shape[:-2], 4, 4)
    return product
