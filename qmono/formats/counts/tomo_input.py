"""Photonic tomography text: `tomo_input = [[...], ...]`, `intensity = [...]`, as Python literals.

The text is upstream's Python; here only its literals are parsed and nothing is executed. A row has one
or two detectors for each qubit (see `photonic`); two detectors give the coincidences 1-2, 1-4, 3-2, 3-4.
"""

from __future__ import annotations

import ast
import re
from typing import Any

import numpy as np

from qmono.core.counts import CountsTable, FloatArray
from qmono.core.provenance import Origin
from qmono.errors import InputError
from qmono.formats.contract import Format, ReadOptions
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

_ASSIGNMENT = r"\b{name}\s*=\s*(?:(?:np|numpy)\s*\.\s*)?(?:array\s*)?\(?\s*(?=\[)"
_LITERAL_CHARACTERS = re.compile(r"[\[\],\s\d.eEjJ()+-]*")


def sniff(head: bytes, name: str) -> bool:
    """Text that assigns to `tomo_input`."""
    return bool(re.search(rb"\btomo_input\s*=", head))


def read(content: bytes, options: ReadOptions) -> CountsTable:
    """Complete settings (two detectors a qubit) or projectors (one), with Poisson totals."""
    text = decode(content)
    rows = _rows(_literal(text, "tomo_input"))
    layout = layout_of(len(rows[0]), "tomo_input[0]")
    columns = divide(rows, layout, lambda index: f"tomo_input[{index}]")
    intensity = _intensity(text, len(rows))
    metadata = {**columns.metadata, "intensity": intensity.tolist()}
    settings = projectors = None
    if layout.detectors == 2:
        settings, more = setting_rows(columns)
        metadata |= more
    else:
        projectors = projector_rows(columns, intensity)
    counts = (settings or projectors).counts  # type: ignore[union-attr]
    return CountsTable(
        n_qubits=layout.n_qubits,
        settings=settings,
        projectors=projectors,
        statistics="poisson",
        values="counts" if np.issubdtype(counts.dtype, np.integer) else "averages",
        metadata={**metadata, **averages_metadata(counts)},
        origin=Origin("", "", "tomo-input", "qubit0-first", "qubit0-first"),
    )


def _literal(text: str, name: str) -> Any:
    """The list assigned to a name, or None if nothing is; evaluated as a literal, never executed."""
    start = re.search(_ASSIGNMENT.format(name=name), text)
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


def _intensity(text: str, size: int) -> FloatArray:
    value = _literal(text, "intensity")
    if value is None:
        return np.ones(size)
    if not isinstance(value, list) or len(value) != size:
        raise InputError(f"expected {size} entries, one for each row", place="intensity")
    intensity = real_values(value, lambda index: f"intensity[{index}]", negative=False)
    if not np.all(intensity > 0):
        raise InputError("an intensity is above zero", place=f"intensity[{int(np.argmin(intensity > 0))}]")
    return intensity


FORMAT = Format("tomo-input", sniff, read)
