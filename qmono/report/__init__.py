"""Renderers: report in, text out; nothing is computed here.

Every renderer is `render(report: Report, out: TextIO) -> None`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from qmono.core.registry import Entry, Registry
from qmono.core.report import Report

RENDERERS = Registry(
    "report format",
    [
        Entry("console", "qmono.report.console:render", "for people, at a terminal"),
        Entry("json", "qmono.report.json:render", "for programs: one qmono.report/1 document"),
        Entry("markdown", "qmono.report.markdown:render", "for job summaries and lab books"),
        Entry("junit", "qmono.report.junit:render", "JUnit XML: one test case per requirement and check"),
        Entry("github", "qmono.report.github:render", "log and annotations of a step of a GitHub workflow"),
        Entry("openmetrics", "qmono.report.openmetrics:render", "samples for Prometheus and its like"),
        Entry("csv", "qmono.report.csv:render", "one line per metric, for spreadsheets and data frames"),
    ],
)

BATCH_RENDERERS = Registry(
    "format for several reports",
    [
        Entry("json", "qmono.report.json:render_lines", "JSON Lines: one document a line"),
        Entry("junit", "qmono.report.junit:render_all", "one document with a suite for each report"),
        Entry("github", "qmono.report.github:render_all", "annotations of all within the limits of one step"),
        Entry("openmetrics", "qmono.report.openmetrics:render_all", "one exposition, family by family"),
        Entry("csv", "qmono.report.csv:render_all", "one table"),
    ],
)
"""Formats in which several reports are more than one after another."""


def render_all(reports: Sequence[Report], name: str, out: TextIO, *, batch: bool = False) -> None:
    """Write any number of reports in the named format; `batch` says that there might have been several."""
    if (batch or len(reports) > 1) and name in BATCH_RENDERERS:
        BATCH_RENDERERS.load(name)(reports, out)
        return
    render = RENDERERS.load(name)
    for index, report in enumerate(reports):
        out.write("\n" if index else "")
        render(report, out)
