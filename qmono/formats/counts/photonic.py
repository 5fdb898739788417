"""Rows of coincidence counts with the amplitudes of each qubit's analyser, as photonic labs save them.

One detector a qubit: [time, n singles, coincidences, 2n amplitudes], a single projector a row.
Two detectors a qubit: [time, 2n singles, 2**n coincidences, 2n amplitudes], a complete setting a row; the
coincidences are in the order of the outcomes, qubit 0 first, outcome 0 the amplitudes' state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qmono.core.counts import CountArray, FloatArray, ProjectorRows, SettingRows
from qmono.errors import InputError
from qmono.formats.counts.averages import values_metadata, whole_multiples
from qmono.formats.counts.bases import angle_name, bloch_vector, ket_label, nearest_pauli
from qmono.formats.counts.cells import check_size, real_values

Row = Sequence[int | float | complex]


@dataclass(frozen=True)
class Layout:
    """How a row is divided: n qubits, `detectors` (1 or 2) for each of them."""

    n_qubits: int
    detectors: int

    @property
    def n_singles(self) -> int:
        """Number of single-count columns."""
        return self.n_qubits * self.detectors

    @property
    def n_coincidences(self) -> int:
        """Number of coincidence columns."""
        return 1 if self.detectors == 1 else int(2**self.n_qubits)

    @property
    def width(self) -> int:
        """Number of columns."""
        return 1 + self.n_singles + self.n_coincidences + 2 * self.n_qubits


LAYOUTS = tuple(Layout(n, detectors) for detectors in (2, 1) for n in range(2, 9))


def layout_of(width: int, place: str, detectors: tuple[int, ...] = (2, 1)) -> Layout:
    """The layout with that many columns; InputError naming the widths there are."""
    known = [layout for layout in LAYOUTS if layout.detectors in detectors]
    for layout in known:
        if layout.width == width:
            return layout
    widths = ", ".join(
        f"{layout.width} ({layout.n_qubits} qubits)" for layout in known if layout.n_qubits < 4
    )
    raise InputError(f"{width} columns fit no layout; there are {widths}, ...", place=place)


@dataclass(frozen=True)
class Columns:
    """The rows divided: times (R,), singles (R, s), coincidences (R, c), directions (R, n, 3)."""

    times: FloatArray
    singles: FloatArray
    coincidences: FloatArray
    directions: FloatArray

    @property
    def metadata(self) -> dict[str, Any]:
        """What is kept beside the counts."""
        return {"time": self.times.tolist(), "singles": self.singles.tolist()}


def divide(rows: Sequence[Row], layout: Layout, place_of: Callable[[int], str]) -> Columns:
    """Check and divide rows; place_of(k) names the k-th row in errors."""
    for index, row in enumerate(rows):
        if len(row) != layout.width:
            raise InputError(f"expected {layout.width} columns, found {len(row)}", place=place_of(index))
    split = layout.width - 2 * layout.n_qubits
    numbers = np.array([_real(row[:split], place_of(index)) for index, row in enumerate(rows)])
    kets = [np.array(row[split:], dtype=np.complex128).reshape(-1, 2) for row in rows]
    directions = [
        [_snapped(bloch_vector(ket, place_of(index))) for ket in row.tolist()]
        for index, row in enumerate(kets)
    ]
    if not np.all(numbers[:, 0] > 0):
        raise InputError("a measuring time is above zero", place=place_of(int(np.argmin(numbers[:, 0] > 0))))
    first = 1 + layout.n_singles
    return Columns(numbers[:, 0], numbers[:, 1:first], numbers[:, first:], np.array(directions))


def _real(cells: Row, place: str) -> list[float]:
    for cell in cells:
        if cell.imag != 0:
            raise InputError(f"a count is real, found {cell:g}", place=place)
    numbers: list[float] = real_values(
        [cell.real for cell in cells], lambda _: place, negative=False
    ).tolist()
    return numbers


def _snapped(direction: Sequence[float]) -> tuple[float, ...]:
    """The Pauli direction within the digits that amplitudes are written with, else the direction."""
    nearest = nearest_pauli(direction)
    if nearest is None:
        return tuple(direction)
    letter, sign = nearest
    return tuple(float(sign) if axis == letter else 0.0 for axis in "XYZ")


def as_counts(values: FloatArray) -> CountArray:
    """int64 if every value is whole, else the values, which are averages."""
    counts = whole_multiples(values, 1)
    return values if counts is None else counts


def averages_metadata(counts: CountArray) -> dict[str, Any]:
    """Metadata of a block that turned out to be averages."""
    return values_metadata(counts.astype(np.float64)) if counts.dtype == np.float64 else {}


def projector_rows(columns: Columns, relative: FloatArray) -> ProjectorRows:
    """One projector a row; its exposure is time times relative intensity."""
    return ProjectorRows(
        labels=tuple(ket_label(directions) for directions in columns.directions),
        directions=columns.directions,
        counts=as_counts(columns.coincidences[:, 0]),
        exposure=columns.times * relative,
    )


def setting_rows(columns: Columns, *, as_measured: bool = False) -> tuple[SettingRows, dict[str, Any]]:
    """One complete setting a row, and what to say in the metadata.

    A basis along -X, -Y or -Z is that of the Pauli letter with its outcomes exchanged, and is read so, unless
    outcomes must stay with their detectors (as_measured). Rows that then are one setting are added up, their
    times and singles too. `outcomes_exchanged` says of which qubits (1) of each setting the detectors were
    exchanged; null where rows that differ in this were added up.
    """
    n = columns.directions.shape[1]
    check_size(n, len(columns.directions))
    merged: dict[str, tuple[FloatArray, FloatArray, FloatArray]] = {}
    exchanged: dict[str, list[int] | None] = {}
    for index, directions in enumerate(columns.directions):
        label, upward, flips = _named(directions) if as_measured else _upward(directions)
        counts = np.flip(columns.coincidences[index].reshape((2,) * n), axis=flips).reshape(-1)
        singles = columns.singles[index].reshape(n, 2).copy()
        singles[list(flips)] = singles[list(flips), ::-1]
        beside = np.array([columns.times[index], *singles.reshape(-1)])
        if label in merged:
            counts, beside = counts + merged[label][1], beside + merged[label][2]
        merged[label] = (upward, counts, beside)
        own = [int(qubit in flips) for qubit in range(n)]
        exchanged[label] = own if exchanged.get(label, own) == own else None
    rows = SettingRows(
        tuple(merged),
        as_counts(np.stack([counts for _, counts, _ in merged.values()])),
        np.stack([directions for directions, _, _ in merged.values()]),
    )
    beside = np.stack([beside for _, _, beside in merged.values()])
    more: dict[str, Any] = {"time": beside[:, 0].tolist(), "singles": beside[:, 1:].tolist()}
    added = len(columns.directions) - len(merged)
    if added:
        more["rows_added_up"] = added
    if any(flips is None or any(flips) for flips in exchanged.values()):
        more["outcomes_exchanged"] = list(exchanged.values())
    return rows, more


def _named(directions: FloatArray) -> tuple[str, FloatArray, tuple[int, ...]]:
    """Label and directions of one setting as they are: -X, -Y and -Z by their angles."""
    found = [nearest_pauli(direction) for direction in directions]
    names = [
        near[0] if near is not None and near[1] > 0 else angle_name(direction)
        for near, direction in zip(found, directions, strict=True)
    ]
    return "".join(names), directions + 0.0, ()


def _upward(directions: FloatArray) -> tuple[str, FloatArray, tuple[int, ...]]:
    """Label, directions and the qubits whose outcomes are exchanged, for one setting."""
    names, upward, flips = [], directions.copy(), []
    for qubit, direction in enumerate(directions):
        letter, sign = nearest_pauli(direction) or (angle_name(direction), 1)
        names.append(letter)
        if sign < 0:
            upward[qubit] = -direction
            flips.append(qubit)
    return "".join(names), upward + 0.0, tuple(flips)
