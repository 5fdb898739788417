r"""Fidelity to a stabiliser state as it was before readout errors, with limits that pay for the calibration.

A part H of the stabilisers is measured by one setting; what it adds to the fidelity is the mean of a
function f of the outcome. With flips M_q (see `quantum.readout`) the function whose mean over what is READ is
that of f over what WAS is f_e = (x)_q M_q^-1 applied to f. No data are corrected: the flips e enter as
hypotheses.

For fixed outcome probabilities F is a quotient of linear functions of the two rates of each qubit, of
positive denominator, so its minimum over a box of rates is at one of the box's corners, and at a corner
fixed by the probabilities alone. Hence, with a box that holds the rates (Clopper-Pearson, a share of the
error), the smallest over the corners of a lower limit that holds at each single corner is a lower limit of
F: exact, no union over the corners. At a corner, f_e = u + w [pass] + r with |r| <= R/2 small: the passes
have exact limits (`strata`), the mean of r Hoeffding's.

Exact while the readout of the data is that of the calibration, each qubit's its own, and the states prepared
for the calibration are right.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import log, sqrt

import numpy as np

from qmono.core.counts import CountArray, CountsTable
from qmono.core.metric import Guarantee
from qmono.quantum.fidelity.direct import parity_signs, stabilizer_parts
from qmono.quantum.fidelity.stabilizers import stabilizer_group
from qmono.quantum.fidelity.strata import (
    Stratum,
    is_poolable,
    pooled_limits,
    split_limits,
    stratified_limits,
)
from qmono.quantum.readout import FlipRates, confusion_matrices
from qmono.quantum.states import State
from qmono.quantum.types import Real

MAX_QUBITS = 5
"""Corners grow as 4**n."""

SHARES = {"calibration": 0.45, "passes": 0.45, "residual": 0.05, "parts": 0.05}
"""How the error of a limit is split; without calibration counts the first share is not used."""


@dataclass(frozen=True)
class CorrectedFidelity:
    """Fidelity before readout, one-sided limits each at `level`; None with a `reason` if not to be had."""

    value: float | None = None
    std_error: float | None = None
    low: float | None = None
    high: float | None = None
    guarantee: Guarantee | None = None
    reason: str | None = None


@dataclass(frozen=True)
class _Part:
    """A set of stabilisers: f (2**n,) of the outcome, which outcomes pass, and the counts (2**n,)."""

    label: str
    function: Real
    passing: np.ndarray
    counts: Real

    @property
    def trials(self) -> float:
        return float(self.counts.sum())

    def stratum(self, weight: float) -> Stratum:
        return Stratum(self.label, weight, int(self.counts[self.passing].sum()), int(self.trials))


def readout_corrected_fidelity(
    table: CountsTable, target: State, rates: FlipRates, level: float = 0.95
) -> CorrectedFidelity:
    """Fidelity to a stabiliser target of the state that was there before readout.

    Needs counts of complete Pauli settings that measure every stabiliser, up to five qubits. The value takes
    the rates as their estimates; its standard error includes the shot noise of both.
    """
    if table.values != "counts":
        return CorrectedFidelity(reason=f"{table.values} carry no shot noise")
    if table.n_qubits > MAX_QUBITS:
        return CorrectedFidelity(reason=f"limits are searched up to {MAX_QUBITS} qubits")
    group = stabilizer_group(target)
    settings = _axis_settings(table)
    chosen = None if group is None else stabilizer_parts(settings, group)
    if group is None or chosen is None:
        why = "is no stabiliser state" if group is None else "has stabilisers that were not measured"
        return CorrectedFidelity(reason=f"{target.name} {why}")
    parts = [_part(settings, group, subgroup, names, table.n_qubits) for subgroup, names in chosen]
    value = _value(parts, rates.rates)
    low, high = _lower(parts, rates, level), 1 - _lower(_complement(parts), rates, level)
    return CorrectedFidelity(
        value=float(np.clip(value, 0, 1)),
        std_error=_std_error(parts, rates),
        low=float(np.clip(low, 0, 1)),
        high=float(np.clip(high, 0, 1)),
        guarantee=rates.guarantee,
    )


def _axis_settings(table: CountsTable) -> dict[str, CountArray]:
    """Counts of the complete settings along +X, +Y, +Z: a basis along -X has its flips exchanged."""
    rows = table.settings
    if rows is None or rows.directions is None:
        return {}
    on_axis = np.isclose(rows.directions.max(axis=2), 1.0, atol=1e-4).all(axis=1)
    found: dict[str, CountArray] = {}
    for index in np.flatnonzero(on_axis & (rows.totals > 0)):
        label = "".join("XYZ"[axis] for axis in rows.directions[index].argmax(axis=1))
        found[label] = found[label] + rows.counts[index] if label in found else rows.counts[index]
    return found


def _part(
    settings: dict[str, CountArray], group: dict[str, int], subgroup: set[str], names: list[str], n: int
) -> _Part:
    signs = np.array([group[label] * parity_signs(label) for label in sorted(subgroup)])
    counts = np.sum([settings[name] for name in names], axis=0).astype(np.float64)
    return _Part(" ".join(names), signs.sum(axis=0) / 2**n, np.all(signs > 0, axis=0), counts)


def _complement(parts: list[_Part]) -> list[_Part]:
    """Parts of 1 - F: with offset 2**-n + value = F, the same offset and the value 1 - 2 * 2**-n - value."""
    n = len(parts[0].function).bit_length() - 1
    shift = (1 - 2 / 2**n) / len(parts)
    return [_Part(p.label, shift - p.function, ~p.passing, p.counts) for p in parts]


def _as_read(function: Real, rates: Real) -> Real:
    """f_e (2**n,): its mean over what is read is the mean of f over what was."""
    tensor: Real = function
    for matrix in np.linalg.inv(confusion_matrices(rates)):
        tensor = (tensor.reshape(2, -1).T @ matrix.T).reshape(-1)
    return tensor


def _value(parts: list[_Part], rates: Real) -> float:
    means = (part.counts @ _as_read(part.function, rates) / part.trials for part in parts)
    return float(1 / len(parts[0].function) + sum(means))


def _std_error(parts: list[_Part], rates: FlipRates) -> float:
    """First order: shot noise of the data and, where it is known, of the calibration."""
    variance = 0.0
    for part in parts:
        f = _as_read(part.function, rates.rates)
        mean = part.counts @ f / part.trials
        variance += float(part.counts @ (f - mean) ** 2) / part.trials**2
    if rates.has_counts:
        step = 1e-5
        for place in np.ndindex(rates.rates.shape):
            moved = rates.rates.copy()
            moved[place] += step
            slope = (_value(parts, moved) - _value(parts, rates.rates)) / step
            e = float(rates.rates[place])
            variance += float(slope**2 * e * (1 - e) / rates.trials[place])
    return sqrt(variance)


def _lower(parts: list[_Part], rates: FlipRates, level: float) -> float:
    """The smallest over the corners of 2**-n + sum_s [u_s + w_s p_s] - Hoeffding's allowance for the r_s.

    The limit of sum w_s p_s: kappa times that for the weights without flips, and for what the weights of the
    corner have beyond kappa times those, limits of the single p_s.
    """
    error = 1 - level
    shares = SHARES if rates.has_counts else {**SHARES, "calibration": 0.0, "passes": 0.9}
    box = rates.box(1 - error * shares["calibration"])
    ideal = np.array([_decomposed(part, part.function)[1] for part in parts])
    strata = tuple(part.stratum(float(w)) for part, w in zip(parts, ideal, strict=True))
    limits = pooled_limits if is_poolable(strata) else stratified_limits
    together = limits(strata, 1 - error * shares["passes"])[0]
    single = np.array(
        [split_limits((part.stratum(1.0),), 1 - error * shares["parts"] / len(parts))[0] for part in parts]
    )
    slack = sqrt(log(1 / (error * shares["residual"])) / 2)
    trials = np.array([part.trials for part in parts])
    best = np.inf
    for corner in product((0, 1), repeat=rates.rates.size):
        which = np.array(corner).reshape(rates.rates.shape)
        at = np.where(which == 0, box[0], box[1])
        terms = np.array([_decomposed(part, _as_read(part.function, at)) for part in parts])
        u, w, residual, spread = terms.T
        kappa = float((w / ideal).min())
        passes = kappa * together + float((w - kappa * ideal) @ single)
        allowance = slack * sqrt(float((spread**2 / trials).sum()))
        best = min(best, float(u.sum()) + passes + float(residual.sum()) - allowance)
    return 1 / len(parts[0].function) + best


def _decomposed(part: _Part, function: Real) -> tuple[float, float, float, float]:
    """u, w, the mean of r in the data, and R, of f = u + w [pass] + r with |r| <= R/2."""
    passing, failing = function[part.passing], function[~part.passing]
    u, top = (float(values.min() + values.max()) / 2 for values in (failing, passing))
    residual = function - np.where(part.passing, top, u)
    mean = float(part.counts @ residual) / part.trials
    return u, top - u, mean, float(max(np.ptp(passing), np.ptp(failing)))
