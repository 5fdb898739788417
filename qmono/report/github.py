"""For a step of a GitHub workflow: the report as log, then annotations within GitHub's limits.

::error title=qmono tomography%3A fidelity >= 0.9::REFUTED proven <= 0.874 (95 %25), short by 0.026

Refuted and no-data are errors; inconclusive, void numbers and advice are warnings; a verdict that nothing was
required of is a notice. GitHub shows ten of each a step and drops the rest: the tenth counts them.
The log stands between stop-commands: no name in a report can become a command.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import TextIO

from qmono.core.report import Note, Report
from qmono.gate.suite_sections import ADVICE
from qmono.report.console import render as render_console
from qmono.report.layout import one_line
from qmono.report.parts import named_parts
from qmono.report.wording import (
    REQUIREMENT_WORDS,
    check_sentence,
    requirement_sentence,
    verdict_word,
)

MOST_OF_A_LEVEL = 10
"""GitHub's limit of annotations of one level in one step."""
LONGEST_TITLE = 200
_LEVELS = {"fail": "error", "no-data": "error", "inconclusive": "warning"}

Annotation = tuple[str, str, str]
"""Level, title, message."""


def render(report: Report, out: TextIO) -> None:
    """Write log and annotations of one report."""
    render_all([report], out)


def render_all(reports: Sequence[Report], out: TextIO) -> None:
    """Write the logs of all reports, then their annotations, ten of a level at most."""
    log = StringIO()
    for index, report in enumerate(reports):
        log.write("\n" if index else "")
        render_console(report, log)
    # The word that ends the log must not occur in it, and equal reports shall give equal bytes.
    word = f"qmono-{hashlib.sha256(log.getvalue().encode()).hexdigest()[:32]}"
    out.write(f"::stop-commands::{word}\n{log.getvalue()}::{word}::\n")
    several = len(reports) > 1
    found = [
        annotation
        for name, report in named_parts(reports)
        for annotation in _annotations(report, f" {name}" if several and name else "")
    ]
    out.writelines(_command(*annotation) for annotation in _within_limits(found))


def _annotations(report: Report, name: str) -> Iterator[Annotation]:
    title = f"qmono {report.kind}{name}"
    for result in report.requirements:
        if result.status in _LEVELS:
            word, sentence = REQUIREMENT_WORDS[result.status], requirement_sentence(report, result)
            yield _LEVELS[result.status], f"{title}: {result.expression}", f"{word} {sentence}"
    for check in report.checks:
        if check.status == "fail" and check.voids and check.name not in report.accepted:
            message = f"{check_sentence(check)}; voids {', '.join(check.voids)}"
            yield "warning", f"{title}: check {check.name}", message
    for section in report.sections:
        if report.kind == "suite" and isinstance(section, Note) and section.title == ADVICE:
            yield from (("warning", title, line) for line in section.lines)
    if not report.requirements:
        yield "notice", title, f"{verdict_word(report)} {report.title}"


def _within_limits(found: list[Annotation]) -> Iterator[Annotation]:
    for level in ("error", "warning", "notice"):
        some = [annotation for annotation in found if annotation[0] == level]
        if len(some) <= MOST_OF_A_LEVEL:
            yield from some
        else:
            kept = MOST_OF_A_LEVEL - 1
            yield from some[:kept]
            yield level, "qmono", f"{len(some) - kept} more {level}s: see the log or the job summary"


def _command(level: str, title: str, message: str) -> str:
    shown = _escaped(one_line(title)[:LONGEST_TITLE]).replace(":", "%3A").replace(",", "%2C")
    return f"::{level} title={shown}::{_escaped(one_line(message))}\n"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
