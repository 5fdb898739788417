"""Headerless CSV of coincidences with complex numbers written with i, one projector a line.

Columns: time, n singles, coincidences, 2n amplitudes (see `photonic`). Fractional coincidences are averages.
"""

from __future__ import annotations

import re

import numpy as np

from qmono.core.counts import CountsTable
from qmono.core.provenance import Origin
from qmono.errors import InputError
from qmono.formats.contract import Format, ReadOptions
from qmono.formats.counts.photonic import averages_metadata, divide, layout_of, projector_rows
from qmono.formats.csv_rows import Line, csv_lines, first_line
from qmono.formats.strict_text import shown

_COMPLEX = re.compile(r"[-+]?[\d.]+(?:e[-+]?\d+)?(?:[-+][\d.]+(?:e[-+]?\d+)?i)?", re.IGNORECASE)


def sniff(head: bytes, name: str) -> bool:
    """A first line of eight numbers or more, at least one of them complex."""
    cells = [cell.strip() for cell in first_line(head).split(",")]
    return len(cells) >= 8 and any("i" in cell for cell in cells) and all(map(_COMPLEX.fullmatch, cells))


def read(content: bytes, options: ReadOptions) -> CountsTable:
    """The projectors of the file, with Poisson totals."""
    lines = csv_lines(content)
    rows = [[_number(cell.strip(), line) for cell in line.cells] for line in lines]
    layout = layout_of(len(rows[0]), lines[0].place, detectors=(1,))
    columns = divide(rows, layout, lambda index: lines[index].place)
    projectors = projector_rows(columns, np.ones(len(rows)))
    whole = np.issubdtype(projectors.counts.dtype, np.integer)
    return CountsTable(
        n_qubits=layout.n_qubits,
        projectors=projectors,
        statistics="poisson",
        values="counts" if whole else "averages",
        metadata={**columns.metadata, **averages_metadata(projectors.counts)},
        origin=Origin("", "", "amplitudes-csv", None, "qubit0-first"),
    )


def _number(text: str, line: Line) -> complex:
    try:
        if not _COMPLEX.fullmatch(text):
            raise ValueError
        number = complex(text.lower().replace("i", "j"))
    except ValueError:
        raise InputError(
            f"expected a number such as 0.5 or 1+0i, found {shown(text)}", place=line.place
        ) from None
    if not np.isfinite(number):
        raise InputError(f"the number {shown(text)} is too large", place=line.place)
    return number


FORMAT = Format("amplitudes-csv", sniff, read)
