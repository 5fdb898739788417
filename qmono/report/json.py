"""One JSON document, schema `qmono.report/1`: every field in the order of the schema, numbers in full.

Rows of numbers stay on one line, so that two reports can be compared line by line.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TextIO

from qmono.core.report import Report

_LINE = 100


def render(report: Report, out: TextIO) -> None:
    """Write the report; ValueError if it holds a number that is not finite."""
    out.write(_pretty(report.to_json(), "") + "\n")


def render_lines(reports: Sequence[Report], out: TextIO) -> None:
    """Write several reports as JSON Lines, one document a line."""
    out.write("".join(f"{_dumps(report.to_json())}\n" for report in reports))


def _pretty(value: Any, indent: str) -> str:
    if _is_scalar(value):
        return _dumps(value)
    if _is_row(value):
        line = _dumps(value)
        if not isinstance(value, dict) or len(line) <= _LINE:
            return line
    inner = indent + "  "
    if isinstance(value, dict):
        parts = [f"{inner}{_dumps(str(key))}: {_pretty(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(parts) + "\n" + indent + "}"
    return "[\n" + ",\n".join(inner + _pretty(item, inner) for item in value) + "\n" + indent + "]"


def _is_row(value: Any) -> bool:
    """A flat object, or a list of scalars and [re, im] pairs."""
    if isinstance(value, dict):
        return all(map(_is_scalar, value.values()))
    return all(_is_scalar(item) or _is_pair(item) for item in value)


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, dict | list | tuple)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(map(_is_scalar, value))


_dumps = json.JSONEncoder(allow_nan=False).encode
