"""One line per file of a batch: a table for spreadsheets, and a few words for people.

file,report,exit_code,verdict,trust,fidelity,fidelity_low,fidelity_high,...,requirements,error
runs/a.json,a.json.report.json,0,entangled,ok,0.934082,0.924177,0.942716,...,pass,
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qmono.errors import ExitCode

if TYPE_CHECKING:
    from qmono.core.report import Report

SUMMARY = "summary.csv"

METRICS = (
    "fidelity",
    "fidelity_mle",
    "concurrence",
    "negativity",
    "purity",
    "log_likelihood",
    "likelihood_gap",
    "goodness_of_fit_p",
)
"""Of each the value and both limits, empty where a report has none."""

SEVERITY = ("fail", "no-data", "inconclusive", "pass")


@dataclass(frozen=True)
class Outcome:
    """What became of one file: what the table says of its report, or the line why there is none.

    The report itself stays on disk: it would only be copied from process to process.
    """

    source: str
    path: Path
    code: ExitCode
    verdict: str | None = None
    numbers: tuple[object, ...] = ()
    error: str | None = None


def summary_csv(outcomes: Sequence[Outcome], directory: Path) -> str:
    """The table; report paths are relative to `directory`, cells safe to open in a spreadsheet."""
    from qmono.report.csv import safe_cell

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    limits = [f"{name}{part}" for name in METRICS for part in ("", "_low", "_high")]
    writer.writerow(
        ["file", "report", "exit_code", "verdict", "trust", *limits, "requirements", "failed_checks", "error"]
    )
    for outcome in outcomes:
        has_report = outcome.verdict is not None
        path = str(outcome.path.relative_to(directory)) if has_report else ""
        line: list[object] = [outcome.source, path, int(outcome.code), outcome.verdict]
        line += outcome.numbers if has_report else [""] * (len(limits) + 3)
        writer.writerow([safe_cell(cell) for cell in [*line, outcome.error]])
    return out.getvalue()


def numbers_of(report: Report) -> tuple[object, ...]:
    """The cells of a report behind its verdict."""
    numbers: list[object] = [report.trust]
    for name in METRICS:
        metric = report.metric(name)
        limits = (metric.low, metric.high) if metric else (None, None)
        numbers.append(metric.value if metric else None)
        numbers += [limit.value if limit else None for limit in limits]
    statuses = {item.status for item in report.requirements}
    worst = next((status for status in SEVERITY if status in statuses), "")
    failed = " ".join(check.name for check in report.checks if check.status == "fail")
    return (*numbers, worst, failed)


def summary_text(outcomes: Sequence[Outcome], directory: Path) -> str:
    """What became of all files, in a few lines."""
    verdicts = Counter(outcome.verdict for outcome in outcomes if outcome.verdict is not None)
    found = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    lines = [f"{_plural(verdicts.total(), 'report')} in {directory}{': ' if found else ''}{found}"]
    if verdicts.total() < len(outcomes):
        lines.append(f"{_plural(len(outcomes) - verdicts.total(), 'file')} without a report")
    lines.append(f"all in one table: {directory / SUMMARY}")
    return "".join(f"{line}\n" for line in lines)


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
