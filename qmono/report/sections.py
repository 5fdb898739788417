"""Sections of a report as text: tables, complex matrices, series, notes."""

from __future__ import annotations

from collections.abc import Sequence

from qmono.core.report import Cell, MatrixSection, Note, Section, Series, Table
from qmono.report.layout import GAP, table, wrapped
from qmono.report.numbers import MISSING, USUAL_DECIMALS, Rounding, number

_VISIBLE = 0.5e-3
LONG_TABLE = 20
"""Rows above which a table is shown on request only."""


def is_brief(section: Section) -> bool:
    """Whether a section is shown without being asked for."""
    return isinstance(section, Note) or (isinstance(section, Table) and len(section.rows) <= LONG_TABLE)


def section_lines(section: Section, width: int) -> list[str]:
    """The section below its title, in lines of at most `width`."""
    if isinstance(section, Note):
        return [line for text in section.lines for line in wrapped(text, width, "    ")]
    return wrapped(f"{section.title}:", width, "  ") + _body(section, width)


def _body(section: Table | MatrixSection | Series, width: int) -> list[str]:
    if isinstance(section, Table):
        cells, align = table_cells(section)
        return table(section.columns, cells, align, width, indent=4)
    if isinstance(section, MatrixSection):
        return _matrix_lines(section, width)
    return table((section.x_label, section.y_label), point_cells(section), ">>", width, indent=4)


def table_cells(section: Table) -> tuple[list[list[str]], str]:
    """The cells of a table as text, and how its columns align: numbers to the right, text to the left."""
    columns = list(zip(*section.rows, strict=True)) or [()] * len(section.columns)
    titled = zip(section.columns, columns, strict=True)
    cells = [_column_cells(column, _rounding(title)) for title, column in titled]
    return [list(row) for row in zip(*cells, strict=True)], "".join(map(_alignment, columns))


def matrix_cells(section: MatrixSection) -> list[list[str]]:
    """The entries as text, `0.498-0.012i`; no imaginary part is written where it would be zero."""
    return [[_entry(re, im) for re, im in row] for row in section.entries]


def point_cells(section: Series) -> list[list[str]]:
    """The points of a series, six digits each."""
    return [[f"{x:.6g}", f"{y:.6g}"] for x, y in zip(section.x, section.y, strict=True)]


def _matrix_lines(section: MatrixSection, width: int) -> list[str]:
    """A grid if it fits, else row by row the entries that are not zero as shown."""
    cells = matrix_cells(section)
    size = max((len(text) for row in (section.labels, *cells) for text in row), default=0)
    if 4 + (len(cells) + 1) * (size + GAP) <= width:
        labelled = [[label, *row] for label, row in zip(section.labels, cells, strict=True)]
        return table(("", *section.labels), labelled, "<" + ">" * len(section.labels), width, indent=4)
    lines = []
    for label, row in zip(section.labels, cells, strict=True):
        kept = [f"{other}: {cell}" for other, cell in zip(section.labels, row, strict=True) if cell != "0"]
        lines += wrapped(",  ".join(kept), width, f"    {label}  ", "        ")
    return lines


def _entry(re: float, im: float) -> str:
    real, imaginary = (f"{part:.3f}" for part in (re, im))
    shown = "" if float(real) == 0 else real
    if float(imaginary):
        shown += f"{im:+.3f}i" if shown else f"{imaginary}i"
    return shown or "0"


def _column_cells(column: Sequence[Cell], rounding: Rounding) -> list[str]:
    floats = [cell for cell in column if isinstance(cell, float)]
    sign = "+" if any(cell < -_VISIBLE for cell in floats) else ""
    decimals = 0 if all(cell.is_integer() for cell in floats) else USUAL_DECIMALS
    return [_cell(cell, sign, decimals, rounding) for cell in column]


def _rounding(title: str) -> Rounding:
    """Limits in a table are known by their column's title; they too are rounded in the safe direction."""
    if "at least" in title:
        return "down"
    return "up" if "at most" in title else "near"


def _cell(cell: Cell, sign: str, decimals: int, rounding: Rounding) -> str:
    if cell is None:
        return MISSING
    if not isinstance(cell, float):
        return str(cell)
    return f"{sign if cell > 0 else ''}{number(cell, decimals, rounding)}"


def _alignment(column: Sequence[Cell]) -> str:
    return "<" if any(isinstance(cell, str) for cell in column) else ">"
