"""Proven limits for other people's test suites: a plugin of pytest that loads nothing until it is used.

    from qmono.pytest_plugin import assert_fidelity

    def test_the_source():
        assert_fidelity("counts.json", "phi+", at_least=0.9)

    def test_the_link(qmono_report):
        qmono_report.fidelity(counts, "phi+", at_least=0.9)
        qmono_report.require(qmono.bell_test(chsh_counts), "S > 2")

A requirement that is refuted, inconclusive or without data fails the test, with the limit it was judged on.
What the fixture judges is kept: as properties in pytest's own JUnit file, in full by `--qmono-report PATH`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from qmono.core.counts import CountsTable
    from qmono.core.report import Report, RequirementResult
    from qmono.quantum.states import State

    Counts = CountsTable | str | Path | Mapping[str, Mapping[str, int]]

_LINES = pytest.StashKey[list[str]]()
"""The reports of the session, each a line of JSON."""
_HANDED_OVER = "qmono_reports"


def assert_fidelity(
    counts: Counts,
    target: State | str,
    *,
    at_least: float,
    level: float = 0.95,
    accept: Sequence[str] = (),
    bit_order: str | None = None,
) -> Report:
    """Fail unless the fidelity to `target` is proven to be at least that much; the report if it is.

    counts: a CountsTable, a file, or `{setting: {outcome: n}}`. level: of the one-sided limit. accept: as
    `--accept`. bit_order: as `--bit-order`, for files and mappings. Raises AssertionError, or QmonoError for
    counts that cannot be read.
    """
    __tracebackhide__ = True
    from qmono import api

    table = _table(counts, bit_order)
    report = api.fidelity(table, target=target, level=level)
    return assert_report(report, f"fidelity >= {at_least!r}", accept=accept)


def assert_report(report: Report, *requirements: str, accept: Sequence[str] = ()) -> Report:
    """Fail unless every requirement is proven on the report; the judged report if all are."""
    __tracebackhide__ = True
    judged = _judged(report, requirements, accept)
    _fail_unless_passed(judged)
    return judged


class Reporter:
    """Judges as `assert_fidelity` and `assert_report` do, and keeps every report, also of what fails."""

    def __init__(self, keep: Callable[[Report], None]) -> None:
        self._keep = keep

    def fidelity(
        self,
        counts: Counts,
        target: State | str,
        *,
        at_least: float,
        level: float = 0.95,
        accept: Sequence[str] = (),
        bit_order: str | None = None,
    ) -> Report:
        """See `assert_fidelity`."""
        __tracebackhide__ = True
        from qmono import api

        report = api.fidelity(_table(counts, bit_order), target=target, level=level)
        return self.require(report, f"fidelity >= {at_least!r}", accept=accept)

    def require(self, report: Report, *requirements: str, accept: Sequence[str] = ()) -> Report:
        """See `assert_report`."""
        __tracebackhide__ = True
        judged = _judged(report, requirements, accept)
        self._keep(judged)
        _fail_unless_passed(judged)
        return judged


def _judged(report: Report, requirements: Sequence[str], accept: Sequence[str]) -> Report:
    from qmono import api
    from qmono.errors import UsageError

    if not requirements:
        raise UsageError("nothing is required: a test without a requirement proves nothing")
    return api.judge(report, requirements, accept)


def _fail_unless_passed(judged: Report) -> None:
    __tracebackhide__ = True
    failed = [
        f"{result.expression} {_sentence(judged, result)}"
        for result in judged.requirements
        if result.status != "pass"
    ]
    if failed:
        raise AssertionError("\n".join([*failed, f"{judged.verdict.upper()}: {judged.title}"]))


def _table(counts: Counts, bit_order: str | None) -> CountsTable:
    import io
    import json

    from qmono import api
    from qmono.core.counts import CountsTable

    if isinstance(counts, CountsTable):
        return counts
    if isinstance(counts, str | Path):
        return api.read_counts(counts, bit_order=bit_order)
    content = json.dumps({key: dict(outcomes) for key, outcomes in counts.items()}, default=int)
    return api.read_counts("-", bit_order=bit_order, stdin=io.BytesIO(content.encode()))


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option `--qmono-report PATH`."""
    parser.getgroup("qmono").addoption(
        "--qmono-report",
        metavar="PATH",
        help="write every report that the fixture qmono_report judged, one JSON document a line",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Reports of the session are kept with its configuration."""
    config.stash[_LINES] = []


@pytest.fixture
def qmono_report(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Reporter:
    """Judge reports on proven limits, and keep them: see `Reporter`."""
    kept = request.config.stash[_LINES]

    def keep(report: Report) -> None:
        kept.append(_line(report))
        for result in report.requirements:
            record_property(f"qmono {result.expression}", _sentence(report, result))

    return Reporter(keep)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the reports of the session where `--qmono-report` says; a worker hands its own over."""
    from_worker = getattr(session.config, "workeroutput", None)
    path = session.config.getoption("--qmono-report")
    if from_worker is not None:
        from_worker[_HANDED_OVER] = session.config.stash[_LINES]
    elif path:
        from qmono.formats.atomic import write_text

        lines = session.config.stash[_LINES]
        write_text(path, "".join(lines))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over the reports of a worker of pytest-xdist."""
    handed_over: list[str] = getattr(node, "workeroutput", {}).get(_HANDED_OVER, [])
    node.config.stash[_LINES].extend(handed_over)


def _line(report: Report) -> str:
    from io import StringIO

    from qmono.report.json import render_lines

    out = StringIO()
    render_lines([report], out)
    return out.getvalue()


def _sentence(report: Report, result: RequirementResult) -> str:
    from qmono.report.wording import REQUIREMENT_WORDS, requirement_sentence

    return f"{REQUIREMENT_WORDS[result.status]}: {requirement_sentence(report, result)}"
