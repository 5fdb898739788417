"""Whether counts can come from one unchanging source, before any state is assumed.

All tests are chi-square tests of homogeneity: rows that should have one distribution are compared with their
pooled frequencies. Outcomes too rare for the chi-square distribution are merged first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from qmono.core.counts import CountArray, SettingRows
from qmono.quantum.types import Real

FEWEST_EXPECTED = 5.0
"""Outcomes with a smaller mean count per row are merged."""


@dataclass(frozen=True)
class Homogeneity:
    """p_value of the test; largest_shift of a frequency from the pooled one, with where it was seen."""

    p_value: float
    largest_shift: float
    where: str


def homogeneity(rows: CountArray) -> tuple[float, int, float]:
    """Chi-square, degrees of freedom and largest shift of a frequency, for counts (K, O) of K equal rows.

    Rows without counts are left out. Pearson, Phil. Mag. 50 (1900) 157.
    """
    counts = _merged(np.asarray(rows, dtype=np.float64)[rows.sum(axis=1) > 0])
    if counts.shape[0] < 2 or counts.shape[1] < 2:
        return 0.0, 0, 0.0
    totals = counts.sum(axis=1, keepdims=True)
    pooled = counts.sum(axis=0) / totals.sum()
    expected = totals * pooled
    statistic = float(((counts - expected) ** 2 / expected).sum())
    degrees = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    return statistic, degrees, float(np.abs(counts / totals - pooled).max())


def _merged(counts: Real) -> Real:
    """Columns of counts (K, O) with the rare ones added up in one, which is dropped if it is empty."""
    rare = counts.sum(axis=0) < FEWEST_EXPECTED * max(len(counts), 1)
    merged = np.column_stack([counts[:, ~rare], counts[:, rare].sum(axis=1)])
    kept: Real = merged[:, merged.sum(axis=0) > 0]
    return kept


def drift(settings: SettingRows) -> Homogeneity | None:
    """Whether the rounds of every setting have one distribution, all settings together; None without."""
    if settings.rounds is None or len(settings.rounds) < 2:
        return None
    parts = [homogeneity(settings.rounds[:, index]) for index in range(len(settings.labels))]
    return _together(parts, settings.labels)


def marginals(settings: SettingRows) -> Homogeneity | None:
    """Whether outcomes of a qubit depend on what is measured on the others; None if not testable.

    Per qubit the settings are grouped by its own basis (or input); the smallest p value over the qubits,
    multiplied by their number, because the qubits of one shot are not independent.
    """
    bases = settings.directions if settings.directions is not None else settings.inputs
    if bases is None:
        return None
    n = int(np.log2(settings.counts.shape[1]))
    found = [part for part in (_marginal(settings, bases, qubit, n) for qubit in range(n)) if part]
    if not found:
        return None
    worst = min(found, key=lambda part: part.p_value)
    shift = max(found, key=lambda part: part.largest_shift)
    return Homogeneity(min(1.0, len(found) * worst.p_value), shift.largest_shift, shift.where)


def _marginal(settings: SettingRows, bases: CountArray, qubit: int, n: int) -> Homogeneity | None:
    split = settings.counts.reshape(-1, 2**qubit, 2, 2 ** (n - 1 - qubit)).sum(axis=(1, 3))
    own = np.round(bases[:, qubit], 9).reshape(len(bases), -1) + 0.0
    _, group = np.unique(own, axis=0, return_inverse=True)
    group = group.reshape(-1)
    parts = [homogeneity(split[group == index]) for index in range(group.max() + 1)]
    first = [settings.labels[int(np.argmax(group == index))] for index in range(len(parts))]
    names = [f"qubit {qubit}, {label[qubit] if len(label) == n else f'as in {label}'}" for label in first]
    return _together(parts, tuple(names))


def _together(parts: list[tuple[float, int, float]], names: tuple[str, ...]) -> Homogeneity | None:
    """The sum of independent chi-squares."""
    degrees = sum(part[1] for part in parts)
    if degrees == 0:
        return None
    largest = max(range(len(parts)), key=lambda index: parts[index][2])
    p_value = float(chdtrc(degrees, sum(part[0] for part in parts)))
    return Homogeneity(p_value, parts[largest][2], names[largest])
