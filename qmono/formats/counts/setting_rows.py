"""Rows of complete settings in a `qmono.counts/1` file, read and written.

A row is `{"setting": "XY", "counts": {"00": 12, ...}}`, with `inputs` in a Bell test, `angles`
(theta, phi in degrees, one pair a qubit) or `bases` (Bloch vectors) where the label is not Pauli
letters, and `rounds`, the same counts in parts by time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from qmono.core.counts import CountArray, FloatArray, IntArray, SettingRows, pauli_directions
from qmono.errors import InputError
from qmono.formats.counts.bases import (
    INPUT_LABEL,
    PAULI_LABEL,
    PAULI_TOLERANCE,
    direction_angles,
    directions_from_angles,
    is_unit,
)
from qmono.formats.counts.cells import check_size, outcome_object, outcome_row, stack
from qmono.formats.counts.header import Header
from qmono.formats.strict_text import (
    as_integer,
    as_list,
    as_number,
    as_string,
    refuse_unknown_keys,
    shown,
)

Row = tuple[str, dict[str, Any]]
"""A row with its place in the file."""

KEYS = ("setting", "counts", "inputs", "angles", "bases", "rounds")


def read_setting_rows(rows: Sequence[Row], header: Header) -> SettingRows | None:
    """The block of these rows with qubit 0 first; None if there are no rows."""
    if not rows:
        return None
    n_rounds = _number_of_rounds(rows)
    check_size(header.n_qubits, len(rows) * (1 + n_rounds), "rows")
    for place, row in rows:
        refuse_unknown_keys(row, KEYS, place)
    labels = tuple(_label(row, header, place) for place, row in rows)
    check_unique(labels, [place for place, _ in rows])
    counts = stack([_counts(row, header, place) for place, row in rows])
    return SettingRows(
        labels=labels,
        counts=counts,
        directions=_together([_directions(row, header, place) for place, row in rows], rows, "bases"),
        inputs=_together([_inputs(row, header, place) for place, row in rows], rows, "inputs"),
        rounds=_rounds(rows, header, counts) if n_rounds else None,
    )


def check_unique(labels: Sequence[str], places: Sequence[str]) -> None:
    """InputError for a setting that has two rows."""
    first: dict[str, str] = {}
    for label, place in zip(labels, places, strict=True):
        if label in first:
            raise InputError(f"setting {shown(label)} has a row already at {first[label]}", place=place)
        first[label] = place


def _counts(row: dict[str, Any], header: Header, place: str) -> CountArray:
    return outcome_row(row.get("counts"), header.n_qubits, header.values, f"{place}.counts", header.bit_order)


def _label(row: dict[str, Any], header: Header, place: str) -> str:
    label = as_string(row["setting"], f"{place}.setting")
    letters = PAULI_LABEL.fullmatch(label) or INPUT_LABEL.fullmatch(label)
    says_itself = "angles" in row or "bases" in row or "inputs" in row
    if not says_itself and not (PAULI_LABEL.fullmatch(label) and len(label) == header.n_qubits):
        raise InputError(
            f"unknown setting {shown(label)}: not {header.n_qubits} letters X Y Z, nothing else says it",
            place=f"{place}.setting",
        )
    reads_backwards = header.setting_order == "qubit0-last" and letters and len(label) == header.n_qubits
    return label[::-1] if reads_backwards else label


def _directions(row: dict[str, Any], header: Header, place: str) -> FloatArray | None:
    label, n = row["setting"], header.n_qubits
    is_pauli = bool(PAULI_LABEL.fullmatch(label)) and len(label) == n
    stated = _stated_directions(row, n, place)
    if stated is None and is_pauli and "bases" not in row:
        stated = pauli_directions((label,))[0]
    elif stated is not None and is_pauli:
        difference = np.max(np.abs(stated - pauli_directions((label,))[0]))
        if difference > PAULI_TOLERANCE:
            raise InputError(f"the label {label!r} contradicts the bases of the row", place=place)
    if stated is not None and header.setting_order == "qubit0-last":
        return stated[::-1]
    return stated


def _stated_directions(row: dict[str, Any], n_qubits: int, place: str) -> FloatArray | None:
    if "angles" in row and "bases" in row:
        raise InputError("a row has angles or bases, not both", place=place)
    if "angles" in row:
        return directions_from_angles(read_vectors(row["angles"], n_qubits, 2, f"{place}.angles"))
    if row.get("bases") is not None:
        return read_bases(row["bases"], n_qubits, f"{place}.bases")
    return None


def read_bases(value: Any, n_qubits: int, place: str) -> FloatArray:
    """Bloch vectors (n, 3) of length one."""
    directions = np.array(read_vectors(value, n_qubits, 3, place), dtype=np.float64)
    if not is_unit(directions):
        raise InputError("a basis is a Bloch vector of length 1", place=place)
    return directions


def read_vectors(value: Any, n_qubits: int, size: int, place: str) -> list[list[float]]:
    """One list of `size` numbers for each qubit."""
    return [
        [
            as_number(number, f"{place}[{qubit}]")
            for number in as_list(vector, f"{place}[{qubit}]", length=size)
        ]
        for qubit, vector in enumerate(as_list(value, place, length=n_qubits))
    ]


def _inputs(row: dict[str, Any], header: Header, place: str) -> IntArray | None:
    if row.get("inputs") is None:
        return None
    values = as_list(row["inputs"], f"{place}.inputs", length=header.n_qubits)
    inputs = [as_integer(value, f"{place}.inputs[{party}]", 0, 10**6) for party, value in enumerate(values)]
    if INPUT_LABEL.fullmatch(row["setting"]) and row["setting"] != "".join(map(str, inputs)):
        raise InputError(f"the label {row['setting']!r} contradicts the inputs {inputs}", place=place)
    array = np.array(inputs, dtype=np.int64)
    return array[::-1] if header.setting_order == "qubit0-last" else array


def _together(arrays: list[Any], rows: Sequence[Row], what: str) -> Any:
    missing = [array is None for array in arrays]
    if all(missing):
        return None
    if any(missing):
        raise InputError(
            f"the {what} of this row are missing; others have them", place=rows[missing.index(True)][0]
        )
    return np.stack(arrays)


def _number_of_rounds(rows: Sequence[Row]) -> int:
    sizes = [len(as_list(row.get("rounds", []), f"{place}.rounds")) for place, row in rows]
    for size, (place, _) in zip(sizes, rows, strict=True):
        if size != sizes[0]:
            raise InputError(
                f"expected {sizes[0]} rounds as in {rows[0][0]}, found {size}", place=f"{place}.rounds"
            )
    return sizes[0]


def _rounds(rows: Sequence[Row], header: Header, counts: CountArray) -> CountArray:
    n, values, order = header.n_qubits, header.values, header.bit_order
    by_setting = [
        stack(
            [
                outcome_row(part, n, values, f"{place}.rounds[{index}]", order)
                for index, part in enumerate(row["rounds"])
            ]
        )
        for place, row in rows
    ]
    rounds = stack(by_setting, axis=1)
    check_rounds(rounds, counts, [place for place, _ in rows])
    return rounds


def check_rounds(rounds: CountArray, counts: CountArray, places: Sequence[str]) -> None:
    """InputError for the first setting whose rounds do not add up to its counts."""
    agrees = np.isclose(rounds.sum(axis=0), counts, rtol=1e-9, atol=1e-9).all(axis=1)
    if not agrees.all():
        raise InputError("the rounds do not add up to the counts", place=places[int(np.argmin(agrees))])


def setting_row_json(block: SettingRows, index: int) -> dict[str, Any]:
    """The row of one setting as a file spells it; reads back to exactly the same numbers."""
    label = block.labels[index]
    row: dict[str, Any] = {"setting": label}
    if block.inputs is not None:
        row["inputs"] = block.inputs[index].tolist()
    row |= _bases_json(label, None if block.directions is None else block.directions[index])
    row["counts"] = outcome_object(block.counts[index])
    if block.rounds is not None:
        row["rounds"] = [outcome_object(part) for part in block.rounds[:, index]]
    return row


def _bases_json(label: str, directions: FloatArray | None) -> dict[str, Any]:
    is_pauli = bool(PAULI_LABEL.fullmatch(label))
    if directions is None:
        return {"bases": None}
    if (
        is_pauli
        and len(label) == len(directions)
        and np.array_equal(pauli_directions((label,))[0], directions)
    ):
        return {}
    angles = [direction_angles(direction) for direction in directions]
    if np.array_equal(directions_from_angles(angles), directions):
        return {"angles": [list(pair) for pair in angles]}
    return {"bases": directions.tolist()}
