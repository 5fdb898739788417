"""JUnit XML as GitLab, Jenkins and others read it: one test case per requirement and per check made.

    refuted, inconclusive requirement   <failure type="refuted|inconclusive">
    requirement without data            <error type="no-data">
    failed check that voids a number    <failure type="check">

Nothing is ever skipped: a check that could not be made is a property of the suite, not a test case.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, TextIO

from qmono.core.metric import Metric
from qmono.core.report import Check, Report, RequirementResult
from qmono.errors import UsageError
from qmono.report.layout import one_line
from qmono.report.parts import unique
from qmono.report.wording import caveats, check_sentence, requirement_sentence

if TYPE_CHECKING:
    from junitparser import TestCase, TestSuite
    from junitparser.junitparser import Result


def render(report: Report, out: TextIO) -> None:
    """Write one suite; UsageError if there is neither a requirement nor a check to tell about."""
    render_all([report], out)


def render_all(reports: Sequence[Report], out: TextIO) -> None:
    """Write one document with a suite for each report; of several, classes are told apart by their inputs."""
    from junitparser import JUnitXml

    document = JUnitXml("qmono")
    for report in reports:
        document.append(_suite(report, _inputs(report) if len(reports) > 1 else ""))
    document.update_statistics()
    buffer = BytesIO()
    document.write(buffer, pretty=True)
    text = buffer.getvalue().decode("utf-8")
    out.write(text.encode("ascii", "xmlcharrefreplace").decode("ascii"))


def _suite(report: Report, subject: str) -> TestSuite:
    from junitparser import TestSuite

    cases = [*_requirement_cases(report), *_check_cases(report)]
    if not cases:
        raise UsageError(
            "junit has nothing to say: no requirement was given and no check was made; see --min"
        )
    suite = TestSuite(one_line(f"qmono {report.kind}{subject}"))
    if report.provenance.get("created"):
        suite.timestamp = str(report.provenance["created"]).removesuffix("Z")
    for name, value in _properties(report):
        suite.add_property(name, one_line(value))
    for case in cases:
        case.classname = one_line(case.classname + subject)
    suite.add_testcases(cases)
    return suite


def _inputs(report: Report) -> str:
    return "".join(f" {item.get('name')}" for item in report.provenance.get("inputs", ()))


def _requirement_cases(report: Report) -> Iterator[TestCase]:
    names = unique(result.expression for result in report.requirements)
    for name, result in zip(names, report.requirements, strict=True):
        yield _requirement_case(report, result, name)


def _requirement_case(report: Report, result: RequirementResult, name: str) -> TestCase:
    from junitparser import Error, Failure

    case = _case(report, "requirement", name)
    sentence = one_line(requirement_sentence(report, result))
    if result.status == "pass":
        case.system_out = sentence
    elif result.status == "no-data":
        case.result = _told(Error(sentence, "no-data"))
    else:
        case.result = _told(Failure(sentence, "refuted" if result.status == "fail" else "inconclusive"))
    return case


def _check_cases(report: Report) -> Iterator[TestCase]:
    return (_check_case(report, check) for check in report.checks if check.status in ("pass", "warn", "fail"))


def _check_case(report: Report, check: Check) -> TestCase:
    """Only an unaccepted failure that takes away a guarantee fails; whatever else was found is told."""
    from junitparser import Failure

    case = _case(report, "check", check.name)
    sentence = one_line(check_sentence(check))
    if check.status != "fail":
        case.system_out = f"{check.status}: {sentence}"
    elif check.name in report.accepted:
        case.system_out = f"fail, accepted by the user: {sentence}"
    elif not check.voids:
        case.system_out = f"fail, voids nothing: {sentence}"
    else:
        case.result = _told(Failure(f"{sentence}; voids {', '.join(check.voids)}", "check"))
    return case


def _told(result: Result) -> Result:
    """With its message as text too: GitLab shows the text of a failure, others the attribute."""
    result.text = result.message
    return result


def _case(report: Report, what: str, name: str) -> TestCase:
    from junitparser import TestCase

    return TestCase(one_line(name), f"qmono.{report.kind}.{what}")


def _properties(report: Report) -> Iterator[tuple[str, str]]:
    yield from (("verdict", report.verdict), ("title", report.title), ("trust", report.trust))
    yield "source", report.source
    yield from (("caveat", caveat) for caveat in caveats(report))
    for metric in report.metrics:
        yield from _metric_properties(metric)
    for check in report.checks:
        if check.status in ("no-data", "not-applicable"):
            yield f"check:{check.name}", f"{check.status}: {check_sentence(check)}"
    yield from (
        (name, str(report.provenance[name])) for name in ("qmono", "backend") if report.provenance.get(name)
    )


def _metric_properties(metric: Metric) -> Iterator[tuple[str, str]]:
    yield metric.name, f"null: {metric.reason}" if metric.value is None else json.dumps(metric.value)
    for side, limit in (("low", metric.low), ("high", metric.high)):
        if limit and limit.method != "exact":
            yield f"{metric.name}.{side}", json.dumps(limit.value)
            yield f"{metric.name}.{side}_method", f"{limit.method}, {limit.guarantee}, level {metric.level}"
