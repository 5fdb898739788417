"""Photonic tomography text: `tomo_input = [[...], ...]`, `intensity = [...]`, as Python literals.

The text is upstream's Python; here only its literals are parsed and nothing is executed. A row has one
or two detectors for each qubit (see `photonic`); two detectors give the coincidences 1-2, 1-4, 3-2, 3-4.

Of the configuration in the same text `conf['Crosstalk']` is read: C[k][l] is the chance that the detectors k
fire where l should, a matrix (2**n, 2**n) or one (2, 2) for each qubit; -1 or the identity is none.
"""

from __future__ import annotations

import ast
import re
from typing import Any

import numpy as np

from qmono.core.counts import CountsTable, FloatArray, ReadoutCalibration
from qmono.core.provenance import Origin
from qmono.errors import InputError
from qmono.formats.contract import Format, ReadOptions
from qmono.formats.counts.calibration import EXACT, NO_COUNTS, checked_crosstalk
from qmono.formats.counts.cells import real_values
from qmono.formats.counts.photonic import (
    Row,
    averages_metadata,
    divide,
    layout_of,
    projector_rows,
    setting_rows,
)
from qmono.formats.strict_text import decode
from qmono.quantum.readout import joint_chances

_CROSSTALK = r"(?im:^[ \t]*conf\s*(?:\[\s*['\"]crosstalk['\"]\s*\]|\.\s*crosstalk))"
_ASSIGNMENT = r"\s*=\s*(?:(?:np|numpy)\s*\.\s*)?(?:array\s*)?\(?\s*(?=\[)"
_LITERAL_CHARACTERS = re.compile(r"[\[\],\s\d.eEjJ()+-]*")


def sniff(head: bytes, name: str) -> bool:
    """Text that assigns to `tomo_input`."""
    return bool(re.search(rb"\btomo_input\s*=", head))


def read(content: bytes, options: ReadOptions) -> CountsTable:
    """Complete settings (two detectors a qubit) or projectors (one), with Poisson totals."""
    text = decode(content)
    rows = _rows(_literal(text, r"\btomo_input", "tomo_input"))
    layout = layout_of(len(rows[0]), "tomo_input[0]")
    columns = divide(rows, layout, lambda index: f"tomo_input[{index}]")
    intensity = _intensity(text, len(rows))
    calibration = _crosstalk(text, layout.n_qubits)
    metadata = {**columns.metadata, "intensity": intensity.tolist()}
    settings = projectors = None
    if layout.detectors == 2:
        settings, more = setting_rows(columns, as_measured=calibration is not None)
        metadata |= more
    else:
        projectors = projector_rows(columns, intensity)
    counts = (settings or projectors).counts  # type: ignore[union-attr]
    return CountsTable(
        n_qubits=layout.n_qubits,
        settings=settings,
        projectors=projectors,
        statistics="poisson",
        calibration=calibration,
        values="counts" if np.issubdtype(counts.dtype, np.integer) else "averages",
        metadata={**metadata, **averages_metadata(counts)},
        origin=Origin("", "", "tomo-input", "qubit0-first", "qubit0-first"),
    )


def _literal(text: str, pattern: str, name: str) -> Any:
    """The list assigned to what a pattern names, or None if none is; read as a literal, never executed."""
    start = re.search(pattern + _ASSIGNMENT, text)
    if start is None:
        return None
    literal = _bracketed(text, start.end(), name)
    if not _LITERAL_CHARACTERS.fullmatch(literal):
        raise InputError("only numbers in lists are read", place=name)
    try:
        return ast.literal_eval(literal)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise InputError("not a list of lists of numbers", place=name) from None


def _bracketed(text: str, start: int, name: str) -> str:
    depth = 0
    for match in re.compile(r"[\[\]]").finditer(text, start):
        depth += 1 if match[0] == "[" else -1
        if depth == 0:
            return text[start : match.end()]
        if depth > 4:
            raise InputError("nested too deeply", place=name)
    raise InputError("the list does not end; is the file cut off?", place=name)


def _rows(value: Any) -> list[Row]:
    if value is None:
        raise InputError("there is no list of rows", place="tomo_input")
    if not value:
        raise InputError("there are no rows", place="tomo_input")
    for index, row in enumerate(value):
        if not isinstance(row, list) or not all(isinstance(cell, int | float | complex) for cell in row):
            raise InputError("a row is a list of numbers", place=f"tomo_input[{index}]")
    return list(value)


def _crosstalk(text: str, n_qubits: int) -> ReadoutCalibration | None:
    """The stated crosstalk with rows by the true outcome; None where there is none."""
    place = "conf['Crosstalk']"
    value = _literal(text, _CROSSTALK, place)
    if value is None:
        found = re.search(_CROSSTALK + r"\s*=\s*([^\n]*)", text)
        if found is not None and found[1].strip() not in ("-1", "None"):
            raise InputError("expected -1 or a matrix in brackets", place=place)
        return None
    try:
        matrix = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("expected a matrix of real numbers", place=place) from None
    size, by_qubit = 2**n_qubits, matrix.shape == (n_qubits, 2, 2)
    if not by_qubit and matrix.shape != (size, size):
        raise InputError(f"expected {size} rows of {size} numbers, found {matrix.shape}", place=place)
    parts = [checked_crosstalk(part.T, place) for part in (matrix if by_qubit else matrix[None])]
    if all(np.array_equal(part, np.eye(len(part))) for part in parts):
        return None
    if by_qubit and np.all(np.abs(np.sum(parts, axis=2) - 1) <= EXACT):
        return ReadoutCalibration((), NO_COUNTS, confusion=np.stack(parts))
    return ReadoutCalibration((), NO_COUNTS, crosstalk=joint_chances(parts))


def _intensity(text: str, size: int) -> FloatArray:
    value = _literal(text, r"\bintensity", "intensity")
    if value is None:
        return np.ones(size)
    if not isinstance(value, list) or len(value) != size:
        raise InputError(f"expected {size} entries, one for each row", place="intensity")
    intensity = real_values(value, lambda index: f"intensity[{index}]", negative=False)
    if not np.all(intensity > 0):
        raise InputError("an intensity is above zero", place=f"intensity[{int(np.argmin(intensity > 0))}]")
    return intensity


FORMAT = Format("tomo-input", sniff, read)
