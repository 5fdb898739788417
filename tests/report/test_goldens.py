"""Every kind of report in every format, compared with what was once found good."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from examples import EXAMPLES

from qmono.core.report import VERDICTS, Report
from qmono.report import RENDERERS
from qmono.report.console import Terminal, render

SUFFIXES = {
    "console": "txt",
    "json": "json",
    "markdown": "md",
    "junit": "xml",
    "github": "log",
    "openmetrics": "prom",
    "csv": "csv",
}
Check = Callable[[str, str], None]


def rendered(report: Report, name: str) -> str:
    out = StringIO()
    RENDERERS.load(name)(report, out)
    return out.getvalue()


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("name", RENDERERS.names)
def test_golden(example: str, name: str, check_golden: Check) -> None:
    check_golden(f"{example}.{SUFFIXES[name]}", rendered(EXAMPLES[example], name))


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize(
    ("variant", "terminal"),
    [
        ("quiet", Terminal(quiet=True)),
        ("verbose", Terminal(verbose=True)),
        ("narrow", Terminal(width=60)),
        ("colour", Terminal(colour=True)),
    ],
)
def test_golden_of_console_variants(
    example: str, variant: str, terminal: Terminal, check_golden: Check
) -> None:
    out = StringIO()
    render(EXAMPLES[example], out, terminal)
    check_golden(f"{example}.{variant}.txt", out.getvalue())


def test_every_kind_has_an_example() -> None:
    assert {report.kind for report in EXAMPLES.values()} == set(VERDICTS)
