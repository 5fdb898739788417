"""Comma-separated values for spreadsheets and data frames: one line per metric, numbers in full.

report,kind,verdict,trust,source,metric,value,std_error,level,low,low_method,...,reason
counts.json,tomography,entangled,ok,file,fidelity,0.934082,0.006201,0.95,0.924177,clopper-pearson,...,
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import TextIO

from qmono.core.report import Report
from qmono.report.layout import one_line
from qmono.report.parts import named_entries

ABOUT = ("report", "kind", "verdict", "trust", "source", "metric")
NUMBERS = (
    "value",
    "std_error",
    "level",
    "low",
    "low_method",
    "low_guarantee",
    "high",
    "high_method",
    "high_guarantee",
    "unit",
    "reason",
)


def render(report: Report, out: TextIO) -> None:
    """Write one table, an empty cell for what cannot be given; `reason` says why."""
    render_all([report], out)


def render_all(reports: Sequence[Report], out: TextIO) -> None:
    """Write one table for all reports; the first column tells them apart."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*ABOUT, *NUMBERS])
    for name, report in named_entries(reports):
        writer.writerows(_rows(name, report))


def _rows(name: str, report: Report) -> Iterator[list[object]]:
    about = [name, report.kind, report.verdict, report.trust, report.source]
    for metric in report.metrics:
        fields = metric.to_json()
        yield [safe_cell(value) for value in [*about, metric.name, *(fields[column] for column in NUMBERS)]]


def safe_cell(value: object) -> object:
    """Text on one line, and with a quote before what a spreadsheet would compute."""
    if not isinstance(value, str):
        return value
    text = one_line(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
