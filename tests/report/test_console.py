"""The console: never too wide, plain when it should be, nothing shown that the report does not hold."""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO

import pytest
from examples import BELL_VIOLATED, EXAMPLES, TOMOGRAPHY_ENTANGLED, limited
from hypothesis import given
from hypothesis import strategies as st

from qmono.core.report import MatrixSection, Note, Report, RequirementResult, Series, Table
from qmono.report.console import Terminal, render

NUMBER = re.compile(r"(?<![\w.^])[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])")
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def shown(report: Report, terminal: Terminal | None = None) -> str:
    out = StringIO()
    render(report, out, terminal)
    return out.getvalue()


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("width", [60, 72, 80, 120, 200])
def test_never_wider_than_the_terminal(example: str, verbose: bool, width: int) -> None:
    lines = shown(EXAMPLES[example], Terminal(width, verbose=verbose)).splitlines()
    assert max(map(len, lines)) <= width


@given(st.text(max_size=200), st.integers(60, 200))
def test_any_text_stays_inside_and_printable(text: str, width: int) -> None:
    report = replace(
        BELL_VIOLATED,
        title=text,
        sections=(Note(text, (text, text)), Table(text, (text, "b"), ((text, 1.0),))),
        requirements=(RequirementResult("S > 2", "fail", None, None, text),),
    )
    for line in shown(report, Terminal(width)).splitlines():
        assert len(line) <= width
        assert line.isascii()
        assert line.isprintable()


@pytest.mark.parametrize("example", EXAMPLES)
def test_colour_adds_codes_and_nothing_else(example: str) -> None:
    plain, coloured = (shown(EXAMPLES[example], Terminal(colour=colour)) for colour in (False, True))
    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    assert ANSI.sub("", coloured) == plain


def test_colour_is_not_guessed_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    before = shown(BELL_VIOLATED)
    for name in ("FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS", "TTY_COMPATIBLE"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("COLUMNS", "20")
    assert shown(BELL_VIOLATED) == before
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b[" in shown(BELL_VIOLATED, Terminal(colour=True))


@pytest.mark.parametrize(
    ("verdict", "code"), [("violated", "32"), ("not-violated", "31"), ("inconclusive", "33")]
)
def test_the_colour_of_a_verdict_follows_its_meaning(verdict: str, code: str) -> None:
    first = shown(replace(BELL_VIOLATED, verdict=verdict), Terminal(colour=True)).splitlines()[0]
    assert first.startswith(f"\x1b[1;{code}m{verdict.replace('-', ' ').upper()}\x1b[0m")


def test_violated_is_bad_news_for_monogamy() -> None:
    report = replace(EXAMPLES["monogamy-violated"], requirements=())
    assert shown(report, Terminal(colour=True)).startswith("\x1b[1;31mVIOLATED")


def every_number(value: object) -> list[float]:
    """All numbers that a JSON value holds, those written inside its texts included."""
    if isinstance(value, dict):
        return [item for pair in value.items() for part in pair for item in every_number(part)]
    if isinstance(value, list | tuple):
        return [item for part in value for item in every_number(part)]
    if isinstance(value, str):
        return [float(text) for text in re.findall(r"\d+(?:\.\d+)?", value)]
    return [float(value)] if isinstance(value, int | float) else []


def is_known(text: str, known: list[float]) -> bool:
    digits = len(text.partition(".")[2]) if "e" not in text else 0
    size = 10.0**-digits if "e" not in text else 0.1 * abs(float(text))
    return any(abs(abs(float(text)) - abs(number)) <= size * 1.0001 for number in known)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_number_shown_is_in_the_report(example: str) -> None:
    report = EXAMPLES[example]
    known = every_number(report.to_json())
    known += [100 * metric.level for metric in report.metrics]
    numbers = NUMBER.findall(shown(report, Terminal(120, verbose=True)))
    assert len(numbers) > 3
    assert [text for text in numbers if not is_known(text, known)] == []


def test_quiet_is_headline_and_requirements_only() -> None:
    lines = shown(TOMOGRAPHY_ENTANGLED, Terminal(quiet=True, width=120)).splitlines()
    assert [line.split("  ")[0] for line in lines if not line.startswith(" ")] == [
        "PASS",
        "REFUTED",
        "INCONCLUSIVE",
        "INCONCLUSIVE",
        "NO DATA",
        "PASS",
        "ENTANGLED",
    ]
    assert "estimate" not in "\n".join(lines)
    assert "SIMULATED" in shown(BELL_VIOLATED, Terminal(quiet=True))


def test_a_refuted_requirement_never_reads_as_fulfilled() -> None:
    """high = 0.8996 must not be shown as 0.900 beside the threshold 0.9."""
    report = replace(
        TOMOGRAPHY_ENTANGLED,
        metrics=(limited("fidelity", 0.89, 0.005, 0.88, 0.8996),),
        requirements=(RequirementResult("fidelity >= 0.9", "fail", 0.8996, 0.8996 - 0.9),),
    )
    assert shown(report).startswith("REFUTED    fidelity >= 0.9  proven <= 0.8996 (95 %), short by 0.0004\n")


def test_a_void_limit_is_never_called_proven() -> None:
    report = replace(
        TOMOGRAPHY_ENTANGLED,
        metrics=(limited("fidelity_mle", 0.93, 0.005, 0.92, 0.94),),
        requirements=(RequirementResult("fidelity_mle >= 0.9", "pass", 0.92, 0.92 - 0.9),),
    )
    assert "limit >= 0.920 (95 %, void: drift (accepted)), margin 0.020" in shown(report, Terminal(120))


def test_empty_sections_are_harmless() -> None:
    empty = (
        Table("nothing", ("a", "b"), ()),
        MatrixSection("none", (), ()),
        Series("s", "x", (), "y", ()),
        Note("n", ()),
    )
    text = shown(replace(BELL_VIOLATED, sections=empty), Terminal(verbose=True))
    assert "  nothing:\n    a  b\n" in text


def test_a_matrix_is_a_grid_if_it_fits_and_else_a_list_of_what_is_not_zero() -> None:
    wide, narrow = (shown(TOMOGRAPHY_ENTANGLED, Terminal(width, verbose=True)) for width in (80, 60))
    assert "    00         0.487  0.002-0.001i       0  0.452-0.012i\n" in wide
    assert "    00  00: 0.487,  01: 0.002-0.001i,  11: 0.452-0.012i\n" in narrow


def test_a_long_table_waits_for_verbose() -> None:
    rows = tuple((index, index / 7) for index in range(21))
    report = replace(BELL_VIOLATED, sections=(Table("all rounds", ("round", "S"), rows),))
    assert "--verbose shows the rest: all rounds" in shown(report)
    assert "all rounds:" in shown(report, Terminal(verbose=True))


def test_a_report_of_another_version_is_still_shown() -> None:
    report = replace(
        TOMOGRAPHY_ENTANGLED,
        metrics=(limited("novel_measure", 0.5),),
        requirements=(RequirementResult("novel_measure >= 0.4", "inconclusive", 0.41, 0.01),),
    )
    assert "novel_measure" in shown(report)


def test_limits_in_tables_are_rounded_in_the_safe_direction() -> None:
    text = shown(EXAMPLES["monogamy-violated"], Terminal(120))
    assert re.search(r"0-1 +phi\+ +0\.884 +0\.863 +0\.903 +0\.767 +3072\n", text)


def test_a_large_family_is_one_line_until_everything_is_wanted() -> None:
    cuts = [limited(f"negativity[{q}|{q + 1}]", 0.4 + q / 100, low=0.39 + q / 100) for q in range(7)]
    report = replace(TOMOGRAPHY_ENTANGLED, metrics=tuple(cuts))
    [row] = [line for line in shown(report).splitlines() if "negativity, 7 cuts" in line]
    assert row.split()[3:7] == ["0.400", "to", "0.460", "0.390"]
    assert "every negativity" in shown(report)
    everything = shown(report, Terminal(verbose=True))
    assert all(f"negativity {q}|{q + 1}" in everything for q in range(7))


def test_a_large_family_with_a_gap_in_its_limits_has_no_limit() -> None:
    cuts = [limited(f"negativity[{q}|{q + 1}]", 0.4, low=0.39) for q in range(7)]
    gap = replace(cuts[3], low=None, high=None, reason="not identified")
    report = replace(TOMOGRAPHY_ENTANGLED, metrics=(*cuts[:3], gap, *cuts[4:]))
    [row] = [line for line in shown(report).splitlines() if "negativity, 7 cuts" in line]
    assert row.split()[3:6] == ["0.400", "--", "--"]
