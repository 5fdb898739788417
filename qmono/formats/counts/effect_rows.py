"""Rows of single effects in a `qmono.counts/1` file, read and written.

A product projector is `{"projector": [[[re, im], [re, im]], ...], "count": 5, "exposure": 1.0}` with the
amplitudes of each qubit's ket, or has `bases` (Bloch vectors) instead; a Pauli parity is
`{"pauli": "XI", "counts": {"+": 60, "-": 40}}`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from qmono.core.counts import CountArray, FloatArray, ParityRows, ProjectorRows
from qmono.errors import InputError, UsageError
from qmono.formats.counts.bases import bloch_vector, ket_amplitudes, ket_label
from qmono.formats.counts.cells import MAX_COUNT, count_array, stack
from qmono.formats.counts.header import Header
from qmono.formats.counts.setting_rows import Row, read_bases, read_vectors
from qmono.formats.strict_text import (
    as_list,
    as_number,
    as_object,
    as_string,
    refuse_unknown_keys,
    shown,
)

PROJECTOR_KEYS = ("projector", "bases", "label", "count", "exposure")
PARITY_KEYS = ("pauli", "counts")


def read_projector_rows(rows: Sequence[Row], header: Header) -> ProjectorRows | None:
    """The block of these rows with qubit 0 first; None if there are no rows."""
    if not rows:
        return None
    for place, row in rows:
        refuse_unknown_keys(row, PROJECTOR_KEYS, place)
    directions = np.stack([_directions(row, header, place) for place, row in rows])
    counts = [row.get("count") for _, row in rows]
    return ProjectorRows(
        labels=tuple(_label(row, own, place) for (place, row), own in zip(rows, directions, strict=True)),
        directions=directions,
        counts=count_array(counts, header.values, lambda index: f"{rows[index][0]}.count"),
        exposure=np.array([_exposure(row, place) for place, row in rows], dtype=np.float64),
    )


def _directions(row: dict[str, Any], header: Header, place: str) -> FloatArray:
    if "projector" in row and "bases" in row:
        raise InputError("a row has a projector or bases, not both", place=place)
    if "bases" in row:
        directions = read_bases(row["bases"], header.n_qubits, f"{place}.bases")
    else:
        directions = _from_amplitudes(row["projector"], header.n_qubits, f"{place}.projector")
    return directions[::-1] if header.setting_order == "qubit0-last" else directions


def _from_amplitudes(value: Any, n_qubits: int, place: str) -> FloatArray:
    kets = as_list(value, place, length=n_qubits)
    directions = []
    for qubit, ket in enumerate(kets):
        pair = read_vectors(ket, 2, 2, f"{place}[{qubit}]")
        directions.append(bloch_vector([complex(*part) for part in pair], f"{place}[{qubit}]"))
    return np.array(directions, dtype=np.float64)


def _label(row: dict[str, Any], directions: FloatArray, place: str) -> str:
    return as_string(row["label"], f"{place}.label") if "label" in row else ket_label(directions)


def _exposure(row: dict[str, Any], place: str) -> float:
    exposure = as_number(row.get("exposure", 1.0), f"{place}.exposure")
    if not 0 < exposure <= MAX_COUNT:
        raise InputError(
            f"an exposure lies between 0 and 2^53, found {exposure:g}", place=f"{place}.exposure"
        )
    return exposure


def projector_row_json(block: ProjectorRows, index: int) -> dict[str, Any]:
    """The row of one projector as a file spells it; reads back to exactly the same numbers."""
    directions = block.directions[index]
    kets = [ket_amplitudes(direction) for direction in directions]
    exact = np.array_equal(np.array([bloch_vector(ket.tolist()) for ket in kets]), directions)
    spelled: dict[str, Any] = (
        {"projector": [[[part.real, part.imag] for part in ket.tolist()] for ket in kets]}
        if exact
        else {"bases": directions.tolist()}
    )
    return {
        **spelled,
        "label": block.labels[index],
        "count": block.counts[index].item(),
        "exposure": float(block.exposure[index]),
    }


def read_parity_rows(rows: Sequence[Row], header: Header) -> ParityRows | None:
    """The block of these rows with qubit 0 first; None if there are no rows."""
    if not rows:
        return None
    for place, row in rows:
        refuse_unknown_keys(row, PARITY_KEYS, place)
    labels = [_pauli(row, header, place) for place, row in rows]
    return ParityRows(tuple(labels), stack([_parity_counts(row, header, place) for place, row in rows]))


def _pauli(row: dict[str, Any], header: Header, place: str) -> str:
    label = as_string(row["pauli"], f"{place}.pauli")
    if len(label) != header.n_qubits or not set(label) <= set("IXYZ"):
        raise InputError(
            f"unknown Pauli string {shown(label)}; expected {header.n_qubits} letters I X Y Z",
            place=f"{place}.pauli",
        )
    return label[::-1] if header.setting_order == "qubit0-last" else label


def _parity_counts(row: dict[str, Any], header: Header, place: str) -> CountArray:
    cells = as_object(row.get("counts"), f"{place}.counts")
    refuse_unknown_keys(cells, ("+", "-"), f"{place}.counts")
    numbers = [cells.get("+", 0), cells.get("-", 0)]
    return count_array(numbers, header.values, lambda index: f'{place}.counts."{"+-"[index]}"')


def parity_row_json(block: ParityRows, index: int) -> dict[str, Any]:
    """The row of one Pauli parity as a file spells it."""
    plus, minus = block.counts[index].tolist()
    if not set(block.labels[index]) <= set("IXYZ"):
        raise UsageError(f"{block.labels[index]!r} is no Pauli string: a qmono.counts/1 file cannot hold it")
    return {"pauli": block.labels[index], "counts": {"+": plus, "-": minus}}
