"""The report as GitHub-flavoured Markdown, for job summaries and lab books.

## ENTANGLED: concurrence >= 0.848 (95 %)

| requirement | outcome | judged on |
| --- | --- | --- |
| fidelity \\>= 0.9 | PASS | proven \\>= 0.924 (95 %), margin 0.024 |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from qmono.core.report import MatrixSection, Note, Report, Section, Table
from qmono.report.layout import one_line
from qmono.report.metrics import METRIC_COLUMNS, legend, limits_note, metric_rows
from qmono.report.sections import matrix_cells, point_cells, table_cells
from qmono.report.wording import (
    CHECK_WORDS,
    REQUIREMENT_WORDS,
    caveats,
    check_sentence,
    input_sentence,
    requirement_sentence,
    verdict_word,
)


def render(report: Report, out: TextIO) -> None:
    """Write the report, every section included."""
    blocks = [
        [f"## {verdict_word(report)}: {escaped(report.title)}"],
        *([f"**{escaped(caveat)}**"] for caveat in caveats(report)),
        _requirements(report),
        _metrics(report),
        *([escaped(line)] for line in _limit_notes(report)),
        _checks(report),
        *(block for section in report.sections for block in _section(section)),
        _provenance(report),
    ]
    out.write("\n\n".join("\n".join(block) for block in blocks if block) + "\n")


def escaped(text: str) -> str:
    """The text on one line, with what Markdown would read as markup escaped."""
    return re.sub(r"([\\`*_\[\]|~$<>#])", r"\\\1", one_line(text))


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    body = [_row(row) for row in rows]
    return [_row(columns), _row(["---"] * len(columns), raw=True), *body] if body else []


def _row(cells: Sequence[str], *, raw: bool = False) -> str:
    return f"| {' | '.join(cell if raw else escaped(cell) for cell in cells)} |"


def _requirements(report: Report) -> list[str]:
    rows = [
        (result.expression, REQUIREMENT_WORDS[result.status], requirement_sentence(report, result))
        for result in report.requirements
    ]
    return _table(("requirement", "outcome", "judged on"), rows)


def _metrics(report: Report) -> list[str]:
    return _table(("metric", *METRIC_COLUMNS[1:]), [row.cells for row in metric_rows(report)])


def _limit_notes(report: Report) -> list[str]:
    note = limits_note(report)
    return [*([note] if note else []), *legend(report, metric_rows(report))]


def _checks(report: Report) -> list[str]:
    rows = [(check.name, CHECK_WORDS[check.status], check_sentence(check)) for check in report.checks]
    return _table(("check", "outcome", "finding"), rows)


def _section(section: Section) -> Iterator[list[str]]:
    yield [f"### {escaped(section.title)}"]
    if isinstance(section, Note):
        yield [f"- {escaped(line)}" for line in section.lines]
    elif isinstance(section, Table):
        yield _table(section.columns, table_cells(section)[0])
    elif isinstance(section, MatrixSection):
        rows = zip(section.labels, matrix_cells(section), strict=True)
        yield _table(("", *section.labels), [(label, *cells) for label, cells in rows])
    else:
        yield _table((section.x_label, section.y_label), point_cells(section))


def _provenance(report: Report) -> list[str]:
    made = report.provenance
    lines = [f"- input: {escaped(input_sentence(item))}" for item in made.get("inputs", ())]
    seeds = made.get("seeds", {}).items()
    lines += [f"- {f'{name} seed' if name != 'seed' else name}: {seed}" for name, seed in seeds]
    named = [(name, made.get(name)) for name in ("backend", "command", "created", "qmono", "python")]
    lines += [f"- {name}: {escaped(str(value))}" for name, value in named if value]
    return ["### provenance", "", *lines] if lines else []
