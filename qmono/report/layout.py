"""Plain text in columns: clean, ASCII, wrapped, never wider than asked."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from itertools import product
from typing import Literal

Align = Literal["<", ">"]

GAP = 2
_NARROWEST_TEXT = 20
_TITLE_SIZES = (1000, 24, 16, 12, 8, 1)
_HOLD = "\x00"
_SPELLED = str.maketrans(
    {"±": "+-", "−": "-", "–": "-", "≥": ">=", "≤": "<=", "→": "->", "×": "x", "…": "...", "⟩": ">", "⟨": "<"}
    | {"ρ": "rho", "σ": "sigma", "φ": "phi", "ψ": "psi", "Φ": "Phi", "Ψ": "Psi", "°": " deg", "²": "^2"}
)


def one_line(text: str) -> str:
    """The text without line breaks; what cannot be printed (escape codes, stray bytes) is spelled out."""
    joined = re.sub(r"[\t\n\v\f\r]+", " ", str(text))
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode()
        for char in joined
    )


def ascii_line(text: str) -> str:
    """One line in ASCII: the field's signs are written out, other letters escaped."""
    return one_line(text).translate(_SPELLED).encode("ascii", "backslashreplace").decode()


def wrapped(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """The text in lines of at most `width`, the first starting with `first`, the others with `rest`."""
    hanging = " " * len(first) if rest is None else rest
    held = re.sub(r"(?<=\d) (?=%)", _HOLD, ascii_line(text))  # "95 %" stays together
    lines = textwrap.wrap(
        held,
        max(width, len(hanging) + 1),
        initial_indent=first,
        subsequent_indent=hanging,
        break_on_hyphens=False,
    )
    return [line.replace(_HOLD, " ") for line in lines] or [first.rstrip()]


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], align: str, width: int, indent: int = 2
) -> list[str]:
    """Header and rows as aligned lines; align holds one of "<>" per column.

    A last column that is "<" holds text and wraps inside its column, or on lines of its own below the row
    if it has no room. Where the other columns do not fit, their titles wrap; where that does not help
    either, each row becomes `title value, title value`.
    """
    body = [[ascii_line(cell) for cell in row] for row in rows]
    titles = [ascii_line(title) for title in header]
    for has_room, size in product((True, False), _TITLE_SIZES):
        heads = _wrapped_titles(titles, body, size)
        widths = [max(map(len, column)) for column in zip(*heads, *body, strict=True)]
        if _fits(widths, align, width - indent, has_room):
            if align[-1] == "<" and not has_room:
                heads = [[*head[:-1], ""] for head in heads]
            return [line for row in (*heads, *body) for line in _row_lines(row, widths, align, width, indent)]
    return [line for row in body for line in _record_lines(titles, row, width, indent)]


def _fits(widths: list[int], align: str, width: int, has_room: bool) -> bool:
    """Whether the columns fit; without `has_room` a last column of text need not, it goes below the row."""
    start = sum(widths[:-1]) + GAP * len(widths[:-1])
    if align[-1] == ">":
        return start + widths[-1] <= width
    return _has_room(start, widths[-1], width) if has_room else start - GAP <= width


def _wrapped_titles(titles: list[str], body: list[list[str]], size: int) -> list[list[str]]:
    """The titles in rows, none wider than `size`, the cells below it, or the longest of its words."""
    columns = []
    for index, title in enumerate(titles):
        least = max([len(row[index]) for row in body] + [len(word) for word in title.split()] + [size])
        columns.append(textwrap.wrap(title, least) or [""])
    height = max(map(len, columns))
    padded = [[""] * (height - len(column)) + column for column in columns]
    return [list(row) for row in zip(*padded, strict=True)]


def _has_room(start: int, size: int, width: int) -> bool:
    """Whether text of at most `size` characters may wrap in its own column from `start` on."""
    return start + min(size, _NARROWEST_TEXT) <= width


def _record_lines(header: list[str], row: list[str], width: int, indent: int) -> list[str]:
    named = [f"{name} {cell}".strip() for name, cell in zip(header, row, strict=True) if cell]
    return wrapped(", ".join(named), width, " " * indent, " " * (indent + 4))


def _row_lines(row: list[str], widths: list[int], align: str, width: int, indent: int) -> list[str]:
    fixed = [f"{cell:{side}{size}}" for cell, side, size in zip(row, align, widths, strict=True)][:-1]
    head = " " * indent + "".join(cell + " " * GAP for cell in fixed)
    if align[-1] == ">":
        return [(head + f"{row[-1]:>{widths[-1]}}").rstrip()]
    if _has_room(len(head), widths[-1], width):
        return [line.rstrip() for line in wrapped(row[-1], width, head)]
    below = wrapped(row[-1], width, " " * (indent + 4)) if row[-1] else []
    return [head.rstrip(), *below]
