"""Trials as CSV with the columns x, y, a, b in any order, read in pieces.

Outcomes are 0 and 1, or + and - (1 and -1); no click is 2, "." or an empty cell.
"""

from __future__ import annotations

import io
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from qmono.core.counts import CountsTable
from qmono.errors import InputError
from qmono.formats.contract import Format, ReadOptions
from qmono.formats.csv_rows import first_line
from qmono.formats.strict_text import shown
from qmono.formats.trials.tally import ROUNDS, Tally

COLUMNS = ("x", "y", "a", "b")
CHUNK = 2**23
LONGEST_LINE = 2**12
_WRONG = 100
_WIDTH = 8  # "0,1,0,1\n"

_VALUES = np.full(256, _WRONG, dtype=np.int8)
_ONE_BYTE = (
    (b"-1", b"-"),
    (b"+1", b"+"),
    (b",,", b",.,"),
    (b",,", b",.,"),
    (b",\n", b",.\n"),
    (b"\n,", b"\n.,"),
)
"""Cells of two bytes or none, and what they are written as; two empty ones in a row need two turns."""

for _symbol, _value in (("0", 0), ("1", 1), ("+", 1), ("-", -1), ("2", 2), (".", 2)):
    _VALUES[ord(_symbol)] = _value


def sniff(head: bytes, name: str) -> bool:
    """A first line that names the four columns."""
    return sorted(cell.strip() for cell in first_line(head).split(",")) == sorted(COLUMNS)


def read(content: bytes, options: ReadOptions) -> CountsTable:
    """The table of the bytes of a CSV file."""
    return stream(io.BytesIO(content), options)


def stream(file: BinaryIO, options: ReadOptions) -> CountsTable:
    """The table of an open CSV file, a million lines at a time."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    order = read_header(file)
    tally, line = Tally(), 2
    while True:
        part = min(ROUNDS * file.tell() // max(size, 1), ROUNDS - 1)
        lines = file.read(min(CHUNK, max(size // ROUNDS, _WIDTH))) + file.readline(LONGEST_LINE)
        if not lines:
            return tally.table(options, "trials-csv")
        line += add_lines(lines, order, tally, part, line)


def read_header(file: BinaryIO) -> tuple[int, ...]:
    """Where x, y, a and b stand in a line."""
    header = file.readline(LONGEST_LINE)
    if not sniff(header, ""):
        raise InputError(
            f"expected the columns x,y,a,b, found {shown(header.decode('utf-8', 'replace').strip())}",
            place="line 1",
        )
    names = [cell.strip() for cell in first_line(header).split(",")]
    return tuple(names.index(name) for name in COLUMNS)


def add_lines(lines: bytes, order: tuple[int, ...], tally: Tally, part: int, line: int) -> int:
    """Count complete lines, the first of which has that number; how many they were."""
    cells = _cells(lines, line)
    columns = [cells[:, 2 * position] for position in order]
    try:
        tally.add(columns, part, 0)
    except InputError as problem:
        raise InputError(problem.problem, place=_as_line(problem.place, line)) from None
    return len(cells)


def _as_line(place: str, line: int) -> str:
    return f"line {line + int(place.removeprefix('trial '))}"


def _cells(lines: bytes, first: int) -> NDArray[np.int8]:
    """Values (N, 8) of N lines made eight bytes wide; InputError for the first that cannot be."""
    even = lines.translate(None, b" \t\r")
    even = even if even.endswith(b"\n") else even + b"\n"
    for written, cell in _ONE_BYTE:
        even = even.replace(written, cell)
    even = b"." + even if even.startswith(b",") else even
    if len(even) % _WIDTH == 0:
        square = np.frombuffer(even, dtype=np.uint8).reshape(-1, _WIDTH)
        separators = (square[:, 1:6:2] == ord(",")).all() and (square[:, 7] == ord("\n")).all()
        values = _VALUES[square]
        if separators and not (values[:, 0::2] == _WRONG).any():
            return values
    raise _first_wrong(even, first)


def _first_wrong(even: bytes, first: int) -> InputError:
    for number, text in enumerate(even.split(b"\n")[:-1]):
        cells = text.split(b",")
        place = f"line {first + number}"
        if len(cells) != len(COLUMNS):
            return InputError(f"expected 4 columns, found {len(cells)}", place=place)
        for cell in cells:
            if len(cell) != 1 or _VALUES[cell[0]] == _WRONG:
                word = shown(cell.decode("utf-8", "replace"))
                return InputError(f"expected 0, 1, -1 or no click (2), found {word}", place=place)
    return InputError("a line cannot be read", place=f"line {first}")


FORMAT = Format("trials-csv", sniff, read, stream=stream, has_no_clicks=True)
