"""The rows of a table that are complete Pauli measurements, whatever kind of rows they came as.

Four projectors +-a, +-b of a pair at one exposure are, conditional on their sum, one complete setting of a
Poisson source; the same holds for the 2^n projectors of n qubits. Bases count as Pauli up to their sign.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qmono.core.counts import CountArray, CountsTable, FloatArray, ProjectorRows
from qmono.quantum.content_cache import cached_by_content
from qmono.quantum.types import Integers

AXIS_TOLERANCE = 1e-4
"""How far a Bloch vector may be from an axis: text files round their amplitudes."""


@dataclass(frozen=True)
class PauliSettings:
    """Counts (2**n,) of full settings such as "XZ", and (2,) of +1 and -1 of parities such as "XI"."""

    settings: dict[str, CountArray]
    parities: dict[str, CountArray]


def pauli_settings(table: CountsTable) -> PauliSettings:
    """All complete Pauli settings and all parities of a table; rows without shots are left out."""
    settings: dict[str, CountArray] = {}
    rows = table.settings
    if rows is not None and rows.directions is not None:
        labels, flips = _axes(rows.directions)
        for label, flip, counts in zip(labels, flips, rows.counts, strict=True):
            if label is not None and counts.sum() > 0:
                _add(settings, label, counts[np.arange(len(counts)) ^ flip])
    if table.projectors is not None:
        for label, counts in _complete_groups(table.projectors, table.n_qubits).items():
            _add(settings, label, counts)
    parities: dict[str, CountArray] = {}
    if table.parities is not None:
        for label, counts in zip(table.parities.labels, table.parities.counts, strict=True):
            if counts.sum() > 0:
                _add(parities, label, counts)
    return PauliSettings(settings, parities)


def _add(found: dict[str, CountArray], label: str, counts: CountArray) -> None:
    found[label] = found[label] + counts if label in found else counts


@cached_by_content
def _axes(directions: FloatArray) -> tuple[list[str | None], Integers]:
    """Pauli label of each row, None if a basis is no Pauli axis, and the outcome bits its signs flip."""
    axis = np.abs(directions).argmax(axis=2)
    along = np.take_along_axis(directions, axis[..., None], axis=2)[..., 0]
    off = np.linalg.norm(directions - np.sign(along)[..., None] * np.eye(3)[axis], axis=2)
    n = directions.shape[1]
    flips: Integers = ((along < 0) * (1 << np.arange(n - 1, -1, -1))).sum(axis=1)
    labels = [
        "".join("XYZ"[letter] for letter in row) if np.all(distance < AXIS_TOLERANCE) else None
        for row, distance in zip(axis, off, strict=True)
    ]
    return labels, flips


def _complete_groups(rows: ProjectorRows, n_qubits: int) -> dict[str, CountArray]:
    """Settings all of whose 2^n projectors were counted, equally often, at one exposure."""
    labels, flips = _axes(rows.directions)
    complete: dict[str, CountArray] = {}
    for label in {label for label in labels if label is not None}:
        members = np.array([index for index, other in enumerate(labels) if other == label])
        seen = np.bincount(flips[members], minlength=2**n_qubits)
        exposure = rows.exposure[members]
        if np.all(seen == seen[0]) and np.allclose(exposure, exposure[0], rtol=1e-9, atol=0):
            counts = np.zeros(2**n_qubits, dtype=rows.counts.dtype)
            np.add.at(counts, flips[members], rows.counts[members])
            if counts.sum() > 0:
                complete[label] = counts
    return dict(sorted(complete.items()))
