r"""A measurement scheme for a fidelity: settings with a yes-or-no question each, and what its answers prove.

A shot of setting i passes or fails. With the share mu_i of the shots on setting i and p = sum mu_i p_i, every
scheme says

    low.offset + low.slope p  <=  F  <=  high.offset + high.slope p,

one line and so a value where Omega = sum mu_i P_i has two eigenvalues only (or F is linear in p), two lines
else. The shares are either kept exactly by complete blocks of settings, or met by drawing the setting of
every shot. Both make the passes at least as concentrated as a binomial of p (Hoeffding, Ann. Math. Stat. 27
(1956) 713), so that Clopper and Pearson's limits hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from qmono.core.counts import PAULI_DIRECTIONS, FloatArray
from qmono.quantum.limits import clopper_pearson_high, clopper_pearson_low
from qmono.quantum.states import State

MOST_SHOTS = 10**9
ROUNDING = 1e-12
"""Limits are moved outward by this, more than rounding could have moved them inward."""


@dataclass(frozen=True)
class Line:
    """The increasing line offset + slope p."""

    offset: float
    slope: float

    def at(self, p: float, margin: float = 0.0) -> float:
        """Its value at p plus a margin, clipped to [0, 1]."""
        return min(1.0, max(0.0, self.offset + self.slope * p + margin))


@dataclass(frozen=True)
class Probe:
    """One setting and its question.

    label: the Pauli setting, or a name. directions: (n, 3), Bloch vectors of outcome 0. passing: (2**n,)
    which outcomes pass; None if only the parity of the qubits that `label` does not mark I is kept, `sign`
    passing.
    """

    label: str
    directions: FloatArray
    passing: NDArray[np.bool_] | None = None
    sign: int = 1


@dataclass(frozen=True)
class Lottery:
    """Settings drawn afresh for every shot: a probe from a generator, and the probe of a label (or None)."""

    draw: Callable[[np.random.Generator], Probe]
    find: Callable[[str], Probe | None]


@dataclass(frozen=True)
class Scheme:
    """What to measure for the fidelity to `target`, and the lines that turn passes into limits.

    probes, units: the settings of one block and how many shots each gets in it; empty where a `lottery` draws
    the settings. n_settings: different settings. white: passing probability of the maximally mixed state,
    where two lines do not tell it.
    """

    protocol: str
    target: State
    low: Line
    high: Line
    n_settings: int
    probes: tuple[Probe, ...] = ()
    units: tuple[int, ...] = ()
    lottery: Lottery | None = None
    white: float = 0.0

    @property
    def is_value(self) -> bool:
        """Whether the passes give the fidelity itself, not only limits around it."""
        return self.low == self.high

    @property
    def keeps_outcomes(self) -> bool:
        """Whether whole outcomes of Pauli settings are kept, from which readout errors can be undone."""
        return self.lottery is None and all(set(probe.label) <= set("XYZ") for probe in self.probes)

    @property
    def block(self) -> int:
        """Shots of one complete block of settings; 1 where settings are drawn."""
        return sum(self.units) if self.units else 1

    def limits(self, p_low: float, p_high: float) -> tuple[float, float]:
        """Limits of the fidelity from limits of the passing probability."""
        return self.low.at(p_low, -ROUNDING), self.high.at(p_high, ROUNDING)

    def expected_pass(self, fidelity: float) -> float:
        """Passing probability of the target mixed with white noise to the given fidelity."""
        if self.is_value:
            return (fidelity - self.low.offset) / self.low.slope
        floor = 1 / 2**self.target.n_qubits
        visible: float = (fidelity - floor) / (1 - floor)
        return visible + (1 - visible) * self.white

    def half_width(self, shots: int, fidelity: float, level: float) -> float:
        """Half the distance of the two one-sided limits that `shots` will typically give."""
        passes = round(self.expected_pass(fidelity) * shots)
        limits = (clopper_pearson_low(passes, shots, level), clopper_pearson_high(passes, shots, level))
        low, high = self.limits(*limits)
        return (high - low) / 2

    def shots_needed(self, half_width: float, fidelity: float, level: float) -> int | None:
        """Shots in complete blocks until `half_width` is reached; None if no number of them is enough.

        About slope^2 z^2 p (1 - p)/half_width^2, z the normal quantile of `level`; counted exactly.
        """
        p = self.expected_pass(fidelity)
        low, high = self.limits(p, p)
        spare = half_width - (high - low) / 2
        if spare <= 0:
            return None
        z, slope = float(-ndtri(1 - level)), (self.low.slope + self.high.slope) / 2
        guess = (slope * z / spare) ** 2 * p * (1 - p) / self.block
        few, many = 0, max(1, ceil(guess))
        while self.half_width(many * self.block, fidelity, level) > half_width:
            few, many = many, 2 * many
            if many * self.block > MOST_SHOTS:
                return None
        while many - few > max(1, many // 500):
            middle = (few + many) // 2
            enough = self.half_width(middle * self.block, fidelity, level) <= half_width
            few, many = (few, middle) if enough else (middle, many)
        return many * self.block


def pauli_probe(label: str, passing: NDArray[np.bool_]) -> Probe:
    """A full Pauli setting of which some outcomes pass."""
    return Probe(label, _axes(label), passing)


def parity_probe(label: str, sign: int) -> Probe:
    """A Pauli string that passes if it comes out as `sign`; qubits marked I are measured and ignored."""
    return Probe(label, _axes(label), sign=sign)


def listed(probes: Sequence[Probe], weights: Sequence[float]) -> Lottery:
    """A lottery over a list of probes."""
    shares = np.asarray(weights, dtype=np.float64)
    edges = np.cumsum(shares / shares.sum())
    by_label = {probe.label: probe for probe in probes}

    def draw(rng: np.random.Generator) -> Probe:
        return probes[min(int(np.searchsorted(edges, rng.random(), side="right")), len(probes) - 1)]

    return Lottery(draw, by_label.get)


def _axes(label: str) -> FloatArray:
    return np.array([PAULI_DIRECTIONS["Z" if letter == "I" else letter] for letter in label])
