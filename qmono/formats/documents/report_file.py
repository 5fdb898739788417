"""Saved reports, schema `qmono.report/1`."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from qmono.core.report import Report
from qmono.errors import InputError
from qmono.formats.source import read_bytes
from qmono.formats.strict_text import as_object, parse_json


def read_report(path: str | Path, *, stdin: BinaryIO | None = None) -> Report:
    """The report of a file ("-": of `stdin`); InputError if it is none."""
    name, content = read_bytes(path, stdin)
    try:
        return Report.from_json(as_object(parse_json(content), ""))
    except InputError as problem:
        raise problem.at(name) from None
