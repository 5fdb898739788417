"""CSV text to rows with their line numbers."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from qmono.errors import InputError, did_you_mean
from qmono.formats.strict_text import as_number, decode, shown


@dataclass(frozen=True, slots=True)
class Line:
    """A line of CSV: its number in the file and its cells."""

    number: int
    cells: list[str]

    @property
    def place(self) -> str:
        """How errors name it."""
        return f"line {self.number}"


def csv_lines(content: bytes) -> list[Line]:
    """Every line that is not blank; InputError for text that is no CSV."""
    reader = csv.reader(io.StringIO(decode(content), newline=""), strict=True, skipinitialspace=True)
    try:
        return [Line(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as problem:
        raise InputError(f"not valid CSV: {problem}", place=f"line {reader.line_num}") from None


def columns(header: Line, required: tuple[str, ...], known: tuple[str, ...]) -> dict[str, int]:
    """Position of every column by name; InputError for unknown, doubled or missing ones."""
    names = [cell.strip() for cell in header.cells]
    for name in names:
        if name not in known:
            raise InputError(f"unknown column {shown(name)}{did_you_mean(name, known)}", place=header.place)
    if len(set(names)) != len(names):
        raise InputError("a column name occurs twice", place=header.place)
    missing = [name for name in required if name not in names]
    if missing:
        raise InputError(f"the column {missing[0]!r} is missing", place=header.place)
    return {name: index for index, name in enumerate(names)}


def check_width(lines: list[Line], width: int) -> None:
    """InputError for the first line that has not as many cells as it must."""
    for line in lines:
        if len(line.cells) != width:
            raise InputError(f"expected {width} columns, found {len(line.cells)}", place=line.place)


def parse_number(text: str, line: Line) -> int | float:
    """A finite number in plain decimal notation; whole ones exactly."""
    text = text.strip()
    if text.isdecimal() and len(text) < 16:
        return int(text)
    number: Any
    try:
        number = int(text) if len(text) < 400 and text.lstrip("+-").isdecimal() else float(text)
    except ValueError:
        number = None
    if number is None or "_" in text:
        raise InputError(f"expected a number, found {shown(text)}", place=line.place)
    as_number(number, line.place)
    return int(number) if isinstance(number, int) else float(number)


def first_line(head: bytes) -> str:
    """The first line of a file, for recognising it; empty if it is not text."""
    line = head.removeprefix(b"\xef\xbb\xbf").lstrip().splitlines()[:1]
    return line[0].decode("utf-8", "replace").lower() if line else ""
