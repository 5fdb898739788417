r"""Readout errors that act on each qubit alone, and what calibration counts prove about them.

A qubit in state t is read as r with probability M[t, r]: M = [[1 - e0, e0], [e1, 1 - e1]], e0 the chance that
0 is read as 1 and e1 that 1 is read as 0. Counts of prepared basis states give each row of M as a binomial;
the other qubits are summed over, which is right while the readout of each is its own (`independence`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import chdtrc

from qmono.core.counts import ReadoutCalibration
from qmono.core.metric import Guarantee
from qmono.quantum.checks import FEWEST_EXPECTED, Homogeneity, homogeneity
from qmono.quantum.limits import clopper_pearson_high, clopper_pearson_low
from qmono.quantum.types import Integers, Real

LARGEST = 0.499
"""Flip rates are searched below one half: beyond, outcomes are swapped, not noisy."""


CROSSTALK = "crosstalk of all outcomes together, not flips of each qubit: qmono tomography fits it"


@dataclass(frozen=True)
class FlipRates:
    """What is known of the flips of n qubits.

    flips, trials: (n, 2) calibration shots by prepared state that were read wrong, and all of them; trials
    are zero where the rates were stated without counts. rates: (n, 2), e0 and e1 of each qubit.
    """

    flips: Integers
    trials: Integers
    rates: Real

    @property
    def has_counts(self) -> bool:
        """Whether shot noise of the calibration is known."""
        return bool(np.all(self.trials > 0))

    @property
    def guarantee(self) -> Guarantee:
        """What limits that use these rates can guarantee at best."""
        return "exact" if self.has_counts else "indicative"

    def box(self, level: float) -> tuple[Real, Real]:
        """Lower and upper limits (n, 2) of every rate, all together at `level`; without counts the rates.

        Clopper-Pearson, the error split evenly over the 4n sides.
        """
        if not self.has_counts:
            return self.rates, self.rates
        side = 1 - (1 - level) / (2 * self.rates.size)
        pairs = [(int(k), int(n)) for k, n in zip(self.flips.flat, self.trials.flat, strict=True)]
        low = np.array([clopper_pearson_low(k, n, side) for k, n in pairs])
        high = np.array([clopper_pearson_high(k, n, side) for k, n in pairs])
        return low.reshape(self.rates.shape), np.minimum(high, LARGEST).reshape(self.rates.shape)


def flip_rates(calibration: ReadoutCalibration) -> FlipRates | str:
    """The rates of a calibration, or why it does not give them."""
    if calibration.crosstalk is not None:
        return CROSSTALK
    if calibration.confusion is not None:
        matrices = calibration.confusion
        return _checked(np.zeros(matrices.shape[:2], np.int64), None, matrices[:, (0, 1), (1, 0)])
    n = calibration.counts.shape[1].bit_length() - 1
    flips, trials = np.zeros((n, 2), np.int64), np.zeros((n, 2), np.int64)
    for prepared, counts in zip(calibration.prepared, calibration.counts, strict=True):
        for q, bit in enumerate(prepared):
            read = qubit_counts(counts, q, n)
            flips[q, int(bit)] += read[1 - int(bit)]
            trials[q, int(bit)] += read.sum()
    if not np.all(trials > 0):
        never = np.argwhere(trials == 0)[0]
        return f"the calibration never prepared qubit {never[0]} in {never[1]}"
    return _checked(flips, trials, flips / trials)


def _checked(flips: Integers, trials: Integers | None, rates: Real) -> FlipRates | str:
    if np.any(rates >= LARGEST):
        q, bit = (int(i) for i in np.argwhere(rates >= LARGEST)[0])
        return f"qubit {q} prepared in {bit} is read wrong {rates[q, bit]:.2f} of the time"
    return FlipRates(flips, np.zeros_like(flips) if trials is None else trials, rates)


def qubit_counts(counts: Integers, q: int, n: int) -> Integers:
    """Counts (2,) of one qubit's outcomes among those (2**n,) of all."""
    summed: Integers = counts.reshape(2**q, 2, 2 ** (n - 1 - q)).sum(axis=(0, 2))
    return summed


def stated_crosstalk(calibration: ReadoutCalibration) -> Real | None:
    """Chances (2**n, 2**n) [true, read] of all outcomes that were stated without counts; else None."""
    if calibration.confusion is None:
        return calibration.crosstalk
    return joint_chances(calibration.confusion)


def joint_chances(parts: Iterable[Real]) -> Real:
    """Chances of all outcomes together, (prod d_q, prod d_q), from those (d_q, d_q) of parts on their own."""
    together: Real = np.ones((1, 1))
    for own in parts:
        together = np.asarray(np.kron(together, own), dtype=np.float64)
    return together


def confusion_matrices(rates: Real) -> Real:
    """M (n, 2, 2) of rates (n, 2): M[q, t, r] is the chance that state t of qubit q is read as r."""
    e0, e1 = rates[:, 0], rates[:, 1]
    return np.stack([np.stack([1 - e0, e0], axis=1), np.stack([e1, 1 - e1], axis=1)], axis=1)


def independence(calibration: ReadoutCalibration) -> Homogeneity | None:
    """Whether the flips of a qubit depend on the state or the flips of the others; None if not testable.

    Per qubit and prepared state: the same rate whatever the others were prepared in; per pair of qubits and
    prepared state: flips of the two independent. The smallest p value times the number of tests.
    """
    if calibration.is_stated or len(calibration.prepared) == 0:
        return None
    n = calibration.counts.shape[1].bit_length() - 1
    found = [*_same_rates(calibration, n), *_independent_flips(calibration, n)]
    tested = [
        (float(chdtrc(dof, statistic)), shift, where) for (statistic, dof, shift), where in found if dof
    ]
    if not tested:
        return None
    p_value, shift, where = min(tested)
    return Homogeneity(min(1.0, len(tested) * p_value), shift, where)


Test = tuple[tuple[float, int, float], str]


def _same_rates(calibration: ReadoutCalibration, n: int) -> list[Test]:
    found = []
    for q in range(n):
        for bit in "01":
            rows = [index for index, bits in enumerate(calibration.prepared) if bits[q] == bit]
            read = np.array([qubit_counts(calibration.counts[index], q, n) for index in rows])
            if len(rows) > 1:
                found.append((homogeneity(read), f"qubit {q} in {bit}"))
    return found


def _independent_flips(calibration: ReadoutCalibration, n: int) -> list[Test]:
    found = []
    for bits, counts in zip(calibration.prepared, calibration.counts, strict=True):
        for pair in combinations(range(n), 2):
            cells = _pair_counts(counts, pair, n)
            expected = np.outer(cells.sum(axis=1), cells.sum(axis=0)) / max(1, cells.sum())
            if expected.min() >= FEWEST_EXPECTED:
                found.append((homogeneity(cells), f"qubits {pair[0]} and {pair[1]} in {bits}"))
    return found


def _pair_counts(counts: Integers, pair: Sequence[int], n: int) -> Integers:
    others = tuple(q for q in range(n) if q not in pair)
    summed: Integers = counts.reshape((2,) * n).sum(axis=others)
    return summed
