"""Rows measured by POVMs in a `qmono.counts/1` file, read and written.

`{"povm": ["bell", "Z"], "counts": {"00": 12, "31": 7}}`: what measures the qubits, qubit 0 first, by name
(see `povm_definitions`), and the number of every outcome. An outcome string has one digit for each POVM of
the row; where one of them has more than ten outcomes, numbers with commas between them: `"3,12"`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from qmono.core.counts import CountArray
from qmono.core.povms import Povm, PovmRows
from qmono.errors import InputError
from qmono.formats.counts.cells import MAX_CELLS, count_array
from qmono.formats.counts.header import Header
from qmono.formats.counts.povm_definitions import find_povm
from qmono.formats.counts.setting_rows import Row
from qmono.formats.strict_text import as_list, as_object, as_string, refuse_unknown_keys, shown, within
from qmono.quantum.povms import PAULI_POVMS

KEYS = ("povm", "counts", "label")
DIGITS = 10
"""Outcomes of a POVM that one digit can tell."""


def read_povm_rows(rows: Sequence[Row], header: Header) -> PovmRows | None:
    """The block of these rows with qubit 0 first; None if there are no rows."""
    if not rows:
        return None
    for place, row in rows:
        refuse_unknown_keys(row, KEYS, place)
    measured = [read_parts(row["povm"], header, f"{place}.povm") for place, row in rows]
    check_cells(measured)
    labels = [_label(row, parts, place) for (place, row), parts in zip(rows, measured, strict=True)]
    counts = [_counts(row, parts, header, place) for (place, row), parts in zip(rows, measured, strict=True)]
    together: CountArray = np.concatenate(counts)  # type: ignore[assignment]
    return povm_rows(labels, measured, together)


def povm_rows(labels: Sequence[str], measured: Sequence[Sequence[Povm]], counts: CountArray) -> PovmRows:
    """The block of rows measured by these POVMs, each kept once."""
    distinct = list({povm.name: povm for parts in measured for povm in parts}.values())
    place = {povm.name: index for index, povm in enumerate(distinct)}
    return PovmRows(
        tuple(labels),
        tuple(distinct),
        tuple(tuple(place[povm.name] for povm in parts) for parts in measured),
        counts,
    )


def read_parts(value: Any, header: Header, place: str) -> list[Povm]:
    """The POVMs of a row, which measure every qubit once."""
    names = as_list(value, place)
    parts = [find_povm(name, header.povms, f"{place}[{index}]") for index, name in enumerate(names)]
    qubits = sum(povm.n_qubits for povm in parts)
    if qubits != header.n_qubits:
        raise InputError(f"these POVMs measure {qubits} qubits of {header.n_qubits}", place=place)
    if all(povm.name in PAULI_POVMS for povm in parts):
        raise InputError(f'bases alone are a setting: "setting": "{"".join(names)}"', place=place)
    return parts[::-1] if header.setting_order == "qubit0-last" else parts


def check_cells(measured: Sequence[Sequence[Povm]]) -> None:
    """InputError if the rows have more outcomes than fit in memory."""
    cells = sum(prod(povm.outcomes for povm in parts) for parts in measured)
    if cells > MAX_CELLS:
        raise InputError(f"the rows have {cells} outcomes; at most {MAX_CELLS} in all", place="rows")


def _label(row: dict[str, Any], parts: Sequence[Povm], place: str) -> str:
    if "label" in row:
        return as_string(row["label"], f"{place}.label")
    return " ".join(povm.name for povm in parts)


def _counts(row: dict[str, Any], parts: Sequence[Povm], header: Header, place: str) -> CountArray:
    place = f"{place}.counts"
    cells = as_object(row.get("counts"), place)
    shape = [povm.outcomes for povm in parts]
    outcomes, reverse = list(cells), header.bit_order == "qubit0-last"
    positions = [_position(outcome, shape, place, reverse=reverse) for outcome in outcomes]
    numbers = count_array(list(cells.values()), header.values, lambda index: within(place, outcomes[index]))
    counts: CountArray = np.zeros_like(numbers, shape=prod(shape))  # type: ignore[assignment]
    counts[positions] = numbers
    return counts


def _position(outcome: str, shape: Sequence[int], place: str, *, reverse: bool) -> int:
    """Index of an outcome string, outcome of the first part the slowest."""
    parts = list(outcome) if max(shape) <= DIGITS else outcome.split(",")
    known = [part for part in parts if part.isascii() and part.isdecimal() and str(int(part)) == part]
    numbers = [int(part) for part in (known[::-1] if reverse else known)]
    fits = len(known) == len(parts) == len(shape)
    if not fits or any(number >= k for number, k in zip(numbers, shape, strict=True)):
        spelled = "one digit each" if max(shape) <= DIGITS else "with commas between them"
        expected = " and ".join(f"0 to {k - 1}" for k in (shape[::-1] if reverse else shape))
        raise InputError(
            f"unknown outcome {shown(outcome)}; expected {len(shape)} numbers, {expected}, {spelled}",
            place=within(place, outcome),
        )
    index = 0
    for number, k in zip(numbers, shape, strict=True):
        index = index * k + number
    return index


def povm_row_json(block: PovmRows, index: int) -> dict[str, Any]:
    """The row as a file spells it."""
    shape, counts = block.shape(index), block.counts[block.cells[index]]
    joint = "" if max(shape) <= DIGITS else ","
    return {
        "povm": [block.povms[part].name for part in block.parts[index]],
        "label": block.labels[index],
        "counts": {
            joint.join(str(number) for number in np.unravel_index(cell, shape)): counts[cell].item()
            for cell in np.flatnonzero(counts).tolist()
        },
    }
