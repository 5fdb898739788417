"""The report at a terminal: verdict first, proven limits beside estimates, checks in one line each.

PASS       fidelity >= 0.9  proven >= 0.924 (95 %), margin 0.024
ENTANGLED  concurrence >= 0.848 (95 %)

                    estimate  at least  at most  limits from
  fidelity to phi+  0.934(6)  0.924     0.943    XX YY ZZ, 2937 of 3072
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TextIO

from qmono.core.report import Check, Note, Report
from qmono.report.layout import ascii_line, table, wrapped
from qmono.report.metrics import (
    METRIC_ALIGN,
    METRIC_COLUMNS,
    MetricRow,
    families_as_rows,
    legend,
    limits_note,
    metric_rows,
)
from qmono.report.sections import is_brief, section_lines
from qmono.report.wording import (
    CHECK_WORDS,
    REQUIREMENT_WORDS,
    caveats,
    check_sentence,
    input_sentence,
    requirement_sentence,
    verdict_word,
)


@dataclass(frozen=True)
class Terminal:
    """What the terminal can show and the reader wants to see.

    quiet: headline and requirements only. verbose: every section, what the payload holds, full provenance.
    """

    width: int = 80
    colour: bool = False
    quiet: bool = False
    verbose: bool = False


@dataclass(frozen=True)
class _Line:
    """A line of text; the characters from `start` to `end` in a style."""

    text: str
    style: str = ""
    start: int = 0
    end: int = 0


_TONE_STYLES = {"good": "bold green", "bad": "bold red", "open": "bold yellow"}
_REQUIREMENT_TONES = {"pass": "good", "fail": "bad", "inconclusive": "open", "no-data": "open"}
_CHECK_STYLES = {"pass": "green", "warn": "yellow", "fail": "bold red", "no-data": "", "not-applicable": ""}
_NARROWEST = 40
_WIDEST_NAME = 18
_AS_ABOVE, _LONG_ORIGIN = "as above", 24


def render(report: Report, out: TextIO, terminal: Terminal | None = None) -> None:
    """Write the report as plain ASCII, at most as wide as the terminal."""
    seen = terminal or Terminal()
    width = max(seen.width, _NARROWEST)
    lines = [*_headlines(report, width)]
    if not seen.quiet:
        lines += [*_body(report, width, seen.verbose)]
    _write(lines, out, seen.colour)


def _headlines(report: Report, width: int) -> Iterator[_Line]:
    verdict = verdict_word(report)
    words = [REQUIREMENT_WORDS[result.status] for result in report.requirements]
    indent = max(map(len, [verdict, *words])) + 2
    expressions = max((len(ascii_line(result.expression)) for result in report.requirements), default=0)
    for word, result in zip(words, report.requirements, strict=True):
        text = f"{ascii_line(result.expression):<{expressions}}  {requirement_sentence(report, result)}"
        yield from _headed(word, text, indent, width, _TONE_STYLES[_REQUIREMENT_TONES[result.status]])
    yield from _headed(verdict, report.title, indent, width, _TONE_STYLES[report.tone])
    for caveat in caveats(report):
        yield from _headed("", caveat, indent, width, "")


def _headed(word: str, text: str, indent: int, width: int, style: str) -> Iterator[_Line]:
    first, *rest = wrapped(text, width, f"{word:<{indent}}")
    yield _Line(first, style, 0, len(word))
    yield from map(_Line, rest)


def _body(report: Report, width: int, verbose: bool) -> Iterator[_Line]:
    rows, families = (metric_rows(report), []) if verbose else families_as_rows(report)
    yield from _block(_metric_lines(report, rows, width))
    notes = [section for section in report.sections if isinstance(section, Note)]
    shown = [
        section for section in report.sections if section not in notes and (verbose or is_brief(section))
    ]
    for section in shown:
        yield from _block(map(_Line, section_lines(section, width)))
    yield from _block(_remark_lines(report, notes, width, verbose))
    yield from _block(map(_Line, _provenance_lines(report, width, verbose)))
    hidden = [f"every {label}" for label in families]
    hidden += [section.title for section in report.sections if section not in [*notes, *shown]]
    if hidden:
        yield from map(_Line, wrapped(f"--verbose shows the rest: {', '.join(hidden)}", width, "  "))


def _block(lines: Iterable[_Line]) -> Iterator[_Line]:
    """The lines after an empty one, or nothing."""
    for index, line in enumerate(lines):
        if index == 0:
            yield _Line("")
        yield line


def _metric_lines(report: Report, rows: list[MetricRow], width: int) -> Iterator[_Line]:
    if not rows:
        return
    origins = ["", *(row.origin for row in rows)]
    cells = [
        (*row.cells[:-1], _AS_ABOVE if row.origin == before and len(before) > _LONG_ORIGIN else row.origin)
        for row, before in zip(rows, origins, strict=False)
    ]
    yield from map(_Line, table(METRIC_COLUMNS, cells, METRIC_ALIGN, width))
    note = limits_note(report)
    for text in [*([note] if note else []), *legend(report, rows)]:
        yield from map(_Line, wrapped(text, width, "  "))


def _remark_lines(report: Report, notes: list[Note], width: int, verbose: bool) -> Iterator[_Line]:
    """Checks and notes in one list: name, status, sentence."""
    checks = [check for check in report.checks if verbose or check.status != "not-applicable"]
    names = [
        ascii_line(name) for name in (*(check.name for check in checks), *(note.title for note in notes))
    ]
    indent = max((len(name) for name in names if len(name) <= _WIDEST_NAME), default=0) + 4
    for check in checks:
        yield from _remark(check.name, check, _check_text(check, verbose), indent, width)
    for note in notes:
        for index, text in enumerate(note.lines):
            yield from _remark("" if index else note.title, None, text, indent, width)


def _remark(name: str, check: Check | None, text: str, indent: int, width: int) -> Iterator[_Line]:
    """Name, status and sentence in three columns; a name too long for its column has lines of its own."""
    word, style = (CHECK_WORDS[check.status], _CHECK_STYLES[check.status]) if check else ("", "")
    shown = ascii_line(name)
    if len(shown) > indent - 4:
        yield from map(_Line, wrapped(shown, width, "  "))
        shown = ""
    first, *rest = wrapped(text, width, f"  {shown:<{indent - 4}}  {word:<4}  ")
    yield _Line(first, style, indent, indent + len(word))
    yield from map(_Line, rest)


def _check_text(check: Check, verbose: bool) -> str:
    voids = f"; a failure voids {', '.join(check.voids)}" if verbose and check.voids else ""
    return check_sentence(check) + voids


def _provenance_lines(report: Report, width: int, verbose: bool) -> list[str]:
    made = report.provenance
    inputs = [input_sentence(item) for item in made.get("inputs", ())]
    seeds = [f"{name.removesuffix('seed')} seed {seed}".strip() for name, seed in _seeds(made, verbose)]
    run = filter(None, [made.get("backend"), *seeds])
    named = [("input", text) for text in inputs] + [("run", ", ".join(run))]
    if verbose:
        named += [("sha256", f"{item.get('sha256')} {item.get('name')}") for item in made.get("inputs", ())]
        named += [(key, str(made[key])) for key in ("command", "created", "qmono", "python") if made.get(key)]
        named += [("payload", ", ".join(report.payload))]
    return [
        line for name, text in named if text for line in wrapped(text, width, f"  {ascii_line(name):<11} ")
    ]


def _seeds(made: Mapping[str, Any], verbose: bool) -> Iterator[tuple[str, int]]:
    """The seed that was given; the ones derived from it only for those who want everything."""
    for name, seed in made.get("seeds", {}).items():
        if verbose or name == "seed":
            yield name, seed


def _write(lines: Iterable[_Line], out: TextIO, colour: bool) -> None:
    """Lines are laid out already: Rich only turns styles into codes, and is loaded only for that."""
    for line in lines:
        text = line.text.rstrip()
        out.write((_styled(text, line) if colour and line.style else text) + "\n")


def _styled(text: str, line: _Line) -> str:
    from rich.color import ColorSystem
    from rich.style import Style

    code = Style.parse(line.style).render(text[line.start : line.end], color_system=ColorSystem.STANDARD)
    return text[: line.start] + code + text[line.end :]
