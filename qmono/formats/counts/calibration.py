"""What a `qmono.counts/1` file knows of its readout: calibration counts, or matrices that somebody stated."""

from __future__ import annotations

from typing import Any

import numpy as np

from qmono.core.counts import FloatArray, ReadoutCalibration, mirrored_outcomes
from qmono.core.vocabulary import Order
from qmono.errors import InputError
from qmono.formats.counts.cells import check_size, outcome_object, outcome_row
from qmono.formats.strict_text import (
    as_list,
    as_number,
    as_object,
    as_string,
    refuse_unknown_keys,
    shown,
)

STATED = ("confusion", "crosstalk")
MAX_CROSSTALK_QUBITS = 8
ROUNDED = 2e-3
"""How far the sum of chances may be from 1: their digits are few."""
EXACT = 1e-12
NO_COUNTS = np.zeros((0, 0), dtype=np.int64)


def read_calibration(value: Any, n_qubits: int, bit_order: Order) -> ReadoutCalibration | None:
    """The member `calibration` of a file, qubit 0 first."""
    if value is None:
        return None
    members = as_object(value, "calibration")
    refuse_unknown_keys(members, ("prepared", "counts", *STATED, "taken"), "calibration")
    has_counts = "prepared" in members or "counts" in members
    if has_counts + sum(kind in members for kind in STATED) > 1:
        raise InputError("a calibration has counts, a confusion or a crosstalk, not two", place="calibration")
    stated = members.get("taken")
    taken = None if stated is None else as_string(stated, "calibration.taken")
    if "confusion" in members:
        return _confusion(members, n_qubits, bit_order, taken)
    if "crosstalk" in members:
        return _crosstalk(members["crosstalk"], n_qubits, bit_order, taken)
    prepared = as_list(members.get("prepared"), "calibration.prepared")
    rows = as_list(members.get("counts"), "calibration.counts", len(prepared))
    check_size(n_qubits, len(rows), "calibration")
    places = [f"calibration.counts[{index}]" for index in range(len(rows))]
    counts = np.zeros((len(rows), 2**n_qubits), dtype=np.int64)
    for index, (row, place) in enumerate(zip(rows, places, strict=True)):
        counts[index] = outcome_row(row, n_qubits, "counts", place, bit_order)
    return ReadoutCalibration(
        prepared=tuple(
            _prepared(state, n_qubits, bit_order, f"calibration.prepared[{index}]")
            for index, state in enumerate(prepared)
        ),
        counts=counts,
        taken=taken,
    )


def _confusion(
    members: dict[str, Any], n_qubits: int, bit_order: Order, taken: str | None
) -> ReadoutCalibration:
    """Probabilities instead of counts: for each qubit the rows [read 0, read 1] of prepared 0 and 1."""
    place = "calibration.confusion"
    matrices = np.array(
        [
            [
                _probabilities(row, f"{place}[{q}][{bit}]")
                for bit, row in enumerate(as_list(value, f"{place}[{q}]", 2))
            ]
            for q, value in enumerate(as_list(members["confusion"], place, n_qubits))
        ]
    )
    ordered = matrices if bit_order == "qubit0-first" else matrices[::-1]
    return ReadoutCalibration((), NO_COUNTS, taken, confusion=ordered)


def _crosstalk(value: Any, n_qubits: int, bit_order: Order, taken: str | None) -> ReadoutCalibration:
    """Rows [read 0...0, ..., read 1...1] of every true outcome, qubit 0 the slowest."""
    place, size = "calibration.crosstalk", 2**n_qubits
    if n_qubits > MAX_CROSSTALK_QUBITS:
        raise InputError(f"a crosstalk is read for up to {MAX_CROSSTALK_QUBITS} qubits", place=place)
    rows = np.array(
        [
            [as_number(p, f"{place}[{index}]") for p in as_list(row, f"{place}[{index}]", size)]
            for index, row in enumerate(as_list(value, place, size))
        ]
    )
    matrix = checked_crosstalk(rows, place)
    if bit_order == "qubit0-last":
        mirror = mirrored_outcomes(n_qubits)
        matrix = matrix[np.ix_(mirror, mirror)]
    return ReadoutCalibration((), NO_COUNTS, taken, crosstalk=matrix)


def checked_crosstalk(rows: FloatArray, place: str) -> FloatArray:
    """Chances (2**n, 2**n) [true, read]: each row adds up to 1, or less where outcomes are lost.

    A sum within ROUNDED of 1 is rounding and made 1.
    """
    if np.any(rows < 0) or np.any(rows.sum(axis=1) > 1 + ROUNDED):
        index = int(np.argmax((rows < 0).any(axis=1) | (rows.sum(axis=1) > 1 + ROUNDED)))
        raise InputError(
            f"expected chances that add up to 1 or less, found {shown(rows[index].tolist())}",
            place=f"{place}, outcome {index:0{len(rows).bit_length() - 1}b}",
        )
    sums = rows.sum(axis=1, keepdims=True)
    whole: FloatArray = np.where(np.abs(sums - 1) <= ROUNDED, rows / np.where(sums > 0, sums, 1.0), rows)
    return np.where(np.abs(sums - 1) <= EXACT, rows, whole)


def _probabilities(value: Any, place: str) -> list[float]:
    row = [as_number(p, place) for p in as_list(value, place, 2)]
    if min(row) < 0 or abs(sum(row) - 1) > 1e-6:
        raise InputError(f"expected two probabilities that add up to 1, found {shown(row)}", place=place)
    return row


def _prepared(value: Any, n_qubits: int, bit_order: Order, place: str) -> str:
    state = as_string(value, place)
    if len(state) != n_qubits or not set(state) <= {"0", "1"}:
        raise InputError(f"expected {n_qubits} characters, each 0 or 1, found {shown(state)}", place=place)
    return state if bit_order == "qubit0-first" else state[::-1]


def calibration_json(calibration: ReadoutCalibration) -> dict[str, Any]:
    """The member as a file spells it, qubit 0 first."""
    members: dict[str, Any]
    if calibration.confusion is not None:
        members = {"confusion": calibration.confusion.tolist()}
    elif calibration.crosstalk is not None:
        members = {"crosstalk": calibration.crosstalk.tolist()}
    else:
        members = {
            "prepared": list(calibration.prepared),
            "counts": [outcome_object(row) for row in calibration.counts],
        }
    return members if calibration.taken is None else {**members, "taken": calibration.taken}
