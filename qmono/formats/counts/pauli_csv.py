"""Pauli expectations as forest-benchmarking exports them, one row a Pauli string.

`setting` is `Z0_0 * Z0_1→(1+0j)*X0Y1`: the state prepared, then the observable with qubit labels. Counts
are restored as N (1 +- e)/2 from `total_counts` N and an expectation e: from `raw_expectation` these are
whole numbers, which is checked; `expectation` is divided by a readout calibration and gives corrected
values, which may be negative.
"""

from __future__ import annotations

import re

import numpy as np

from qmono.core.counts import CountArray, CountsTable, FloatArray, IntArray, ParityRows
from qmono.core.provenance import Origin
from qmono.errors import InputError
from qmono.formats.contract import Format, ReadOptions
from qmono.formats.counts.cells import MAX_COUNT, MAX_QUBITS, stack
from qmono.formats.csv_rows import Line, check_width, columns, csv_lines, first_line, parse_number
from qmono.formats.strict_text import shown

KNOWN = (
    "type",
    "setting",
    "expectation",
    "std_err",
    "total_counts",
    "raw_expectation",
    "raw_std_err",
    "calibration_expectation",
    "calibration_std_err",
    "calibration_counts",
)
_VALUE_COLUMN = {"raw": "raw_expectation", "corrected": "expectation"}
_KEPT = ("calibration_expectation", "calibration_std_err", "calibration_counts")
_SETTING = re.compile(r"(?P<prepared>[^→]*)→\s*\((?P<real>[-+.\deE]+)[-+]0(?:\.0*)?j\)\*(?P<pauli>\S+)")
_FACTOR = re.compile(r"([XYZ])(\d{1,9})")
_QUBIT = re.compile(r"_(\d{1,9})\b")


def sniff(head: bytes, name: str) -> bool:
    """A first line with a column of settings and one of expectations."""
    names = {cell.strip(' "') for cell in first_line(head).split(",")}
    return "setting" in names and bool(names & {"expectation", "raw_expectation"})


def read(content: bytes, options: ReadOptions) -> CountsTable:
    """The Pauli parities of the file; qubits are the labels in rising order."""
    header, *lines = csv_lines(content)
    column = options.column or "raw"
    value_column = _VALUE_COLUMN[column]
    position = columns(header, ("setting", "total_counts", value_column), KNOWN)
    check_width(lines, len(position))
    parsed = [_parse_setting(line.cells[position["setting"]].strip(), line) for line in lines]
    qubits = _qubits(parsed, lines)
    labels = tuple("".join(factors.get(q, "I") for q in qubits) for _, factors in parsed)
    _check_once(labels, lines)
    split = _split_raw if column == "raw" else _split_corrected
    rows: list[CountArray] = [split(line, position["total_counts"], position[value_column]) for line in lines]
    return CountsTable(
        n_qubits=len(qubits),
        parities=ParityRows(labels, stack(rows)),
        values="counts" if column == "raw" else "corrected",
        metadata={
            "qubits": qubits,
            "prepared": parsed[0][0],
            "restored": f"counts N(1+-e)/2 from {value_column} and total_counts",
            **_kept(lines, position, labels),
        },
        origin=Origin("", "", "pauli-csv", None, None),
    )


def _parse_setting(text: str, line: Line) -> tuple[str, dict[int, str]]:
    match = _SETTING.fullmatch(text)
    if match is None:
        raise InputError(f"unknown setting {shown(text)}; expected PREPARED→(1+0j)*X0Y1", place=line.place)
    if parse_number(match["real"], line) != 1:
        raise InputError(
            f"the coefficient of {match['pauli']} must be 1, found {match['real']}", place=line.place
        )
    factors = _FACTOR.findall(match["pauli"])
    if match["pauli"] != "I" and "".join(map("".join, factors)) != match["pauli"]:
        raise InputError(f"unknown Pauli string {shown(match['pauli'])}", place=line.place)
    if len({qubit for _, qubit in factors}) != len(factors):
        raise InputError(f"a qubit occurs twice in {match['pauli']}", place=line.place)
    return match["prepared"].strip(), {int(qubit): letter for letter, qubit in factors}


def _qubits(parsed: list[tuple[str, dict[int, str]]], lines: list[Line]) -> list[int]:
    if not parsed:
        raise InputError("there are no rows")
    for (prepared, _), line in zip(parsed, lines, strict=True):
        if prepared != parsed[0][0]:
            raise InputError(
                f"prepared {shown(prepared)}, the first row {shown(parsed[0][0])}: more than one state",
                place=line.place,
            )
    qubits = {qubit for _, factors in parsed for qubit in factors}
    qubits |= {int(label) for label in _QUBIT.findall(parsed[0][0])}
    if not 0 < len(qubits) <= MAX_QUBITS:
        raise InputError(f"expected 1 to {MAX_QUBITS} qubits, found {len(qubits)}")
    return sorted(qubits)


def _check_once(labels: tuple[str, ...], lines: list[Line]) -> None:
    seen: set[str] = set()
    for label, line in zip(labels, lines, strict=True):
        if label in seen:
            raise InputError(f"the observable {label} has a row already", place=line.place)
        seen.add(label)


def _total_and_mean(line: Line, total_at: int, mean_at: int) -> tuple[int, float]:
    total, mean = parse_number(line.cells[total_at], line), parse_number(line.cells[mean_at], line)
    if total != int(total) or not 0 <= total <= MAX_COUNT:
        raise InputError(f"expected a whole number of counts, found {line.cells[total_at]}", place=line.place)
    return int(total), float(mean)


def _split_raw(line: Line, total_at: int, mean_at: int) -> IntArray:
    total, mean = _total_and_mean(line, total_at, mean_at)
    plus = total * (1 + mean) / 2
    if abs(mean) > 1 or abs(plus - round(plus)) > 1e-3 + 1e-12 * total:
        raise InputError(f"a raw expectation of {mean:g} does not come from {total} counts", place=line.place)
    return np.array([round(plus), total - round(plus)], dtype=np.int64)


def _split_corrected(line: Line, total_at: int, mean_at: int) -> FloatArray:
    total, mean = _total_and_mean(line, total_at, mean_at)
    return np.array([total * (1 + mean) / 2, total * (1 - mean) / 2])


def _kept(lines: list[Line], position: dict[str, int], labels: tuple[str, ...]) -> dict[str, object]:
    return {
        name: {
            label: parse_number(line.cells[position[name]], line)
            for label, line in zip(labels, lines, strict=True)
        }
        for name in _KEPT
        if name in position
    }


FORMAT = Format("pauli-csv", sniff, read, has_columns=True)
