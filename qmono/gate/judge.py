"""Judging a report: every requirement passes, fails, is inconclusive, or has no data.

A metric is judged on its proven limits, never on its value: `>=` passes if the lower limit reaches the
threshold, fails if the upper limit stays below it, and is inconclusive otherwise. A pass or a failure that
rests on an indicative limit, or on one that a failed check voids, is proven neither way: it is inconclusive
unless that was accepted by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from qmono.core.metric import Limit, Metric
from qmono.core.report import Note, Report, RequirementResult
from qmono.errors import ExitCode, worst
from qmono.gate.requirement import CheckRequirement, MetricRequirement, Requirement, VerdictRequirement

GATE_NOTE = "gate flips if"
"""Title of the note that says how large a bias would change each requirement."""

OnInconclusive = Literal["fail", "warn", "pass"]


def judge(report: Report, requirements: Sequence[Requirement], accepted: Sequence[str] = ()) -> Report:
    """The report with its requirements judged and the accepted names recorded (in place of earlier ones)."""
    heard = replace(report, accepted=tuple(accepted))
    results = tuple(judge_one(heard, requirement) for requirement in requirements)
    flips = tuple(filter(None, map(_flips_if, requirements, results)))
    sections = tuple(part for part in report.sections if part.title != GATE_NOTE)
    note = (Note(GATE_NOTE, flips),) if flips else ()
    return replace(heard, requirements=results, sections=sections + note)


def judge_one(report: Report, requirement: Requirement) -> RequirementResult:
    """One requirement on one report."""
    if isinstance(requirement, MetricRequirement):
        return _judge_metric(report, requirement)
    if isinstance(requirement, VerdictRequirement):
        return _judge_verdict(report, requirement)
    return _judge_check(report, requirement)


def _flips_if(requirement: Requirement, result: RequirementResult) -> str | None:
    """How large a bias would change a decided requirement."""
    if result.margin is None or result.status not in ("pass", "fail"):
        return None
    high = (result.status == "pass") == (
        isinstance(requirement, MetricRequirement) and requirement.wants_more
    )
    name, side = result.expression.partition(" ")[0], "high" if high else "low"
    return f"{result.expression}: {name} is biased {side} by more than {abs(result.margin):.3g}"


def exit_code(report: Report, on_inconclusive: OnInconclusive = "fail") -> ExitCode:
    """The exit code that the judged requirements of a report deserve; OK if there are none."""
    codes = {
        "pass": ExitCode.OK,
        "fail": ExitCode.REFUTED,
        "no-data": ExitCode.NOTHING_TO_JUDGE,
        "inconclusive": ExitCode.INCONCLUSIVE if on_inconclusive == "fail" else ExitCode.OK,
    }
    return worst(codes[result.status] for result in report.requirements)


def _judge_metric(report: Report, requirement: MetricRequirement) -> RequirementResult:
    expression = str(requirement)
    metric = report.metric(requirement.metric)
    if metric is None:
        return RequirementResult(
            expression, "no-data", None, None, f"this report has no {requirement.metric}"
        )
    proving, refuting = (metric.low, metric.high) if requirement.wants_more else (metric.high, metric.low)
    if metric.value is None and proving is None and refuting is None:
        return RequirementResult(expression, "no-data", None, None, metric.reason)
    if refuting is not None and not requirement.holds_for(refuting.value):
        return _decided(report, metric, requirement, "fail", refuting)
    if proving is None:
        reason = metric.reason or f"{metric.name} has no limit on that side"
        return RequirementResult(expression, "inconclusive", None, None, reason)
    if not requirement.holds_for(proving.value):
        return _result(requirement, "inconclusive", proving, None)
    return _decided(report, metric, requirement, "pass", proving)


def _decided(
    report: Report,
    metric: Metric,
    requirement: MetricRequirement,
    status: Literal["pass", "fail"],
    limit: Limit,
) -> RequirementResult:
    weakness = _weakness(report, metric, limit)
    return _result(requirement, "inconclusive" if weakness else status, limit, weakness)


def _weakness(report: Report, metric: Metric, limit: Limit) -> str | None:
    """Why a limit proves nothing yet, or None if it does."""
    voiding = report.voided_by(metric.name)
    if voiding:
        return (
            f"the limit is voided by {', '.join(voiding)}; to judge on it all the same: --accept {voiding[0]}"
        )
    if limit.guarantee == "indicative" and "indicative" not in report.accepted:
        return "the limit is indicative, not proven; to judge on it all the same: --accept indicative"
    return None


def _result(
    requirement: MetricRequirement,
    status: Literal["pass", "fail", "inconclusive"],
    limit: Limit,
    reason: str | None,
) -> RequirementResult:
    sign = 1.0 if requirement.wants_more else -1.0
    margin = sign * (limit.value - requirement.threshold)
    return RequirementResult(str(requirement), status, limit.value, margin, reason)


def _judge_verdict(report: Report, requirement: VerdictRequirement) -> RequirementResult:
    if report.verdict == requirement.word:
        return RequirementResult(str(requirement), "pass", None, None)
    reason = f"the verdict is {report.verdict}"
    if report.verdict in ("insufficient-data", "not-applicable"):
        return RequirementResult(str(requirement), "no-data", None, None, reason)
    undecided = report.tone == "open" or report.verdict == "untrusted-data"
    return RequirementResult(str(requirement), "inconclusive" if undecided else "fail", None, None, reason)


def _judge_check(report: Report, requirement: CheckRequirement) -> RequirementResult:
    check = next((item for item in report.checks if item.name == requirement.name), None)
    if check is None or check.status in ("no-data", "not-applicable"):
        reason = check.message if check else f"this report has no check {requirement.name}"
        return RequirementResult(str(requirement), "no-data", None, None, reason)
    status = {"pass": "pass", "warn": "inconclusive", "fail": "fail"}[check.status]
    return RequirementResult(str(requirement), status, None, None, check.message)  # type: ignore[arg-type]
