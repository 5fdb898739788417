"""What a report says, in the words that all formats for people share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from qmono.core.metric import Metric
from qmono.core.report import Check, Report, RequirementResult
from qmono.errors import UsageError
from qmono.gate.requirement import MetricRequirement, parse_requirement
from qmono.gate.suite import entry_report
from qmono.report.metrics import shared_decimals, voided_by
from qmono.report.numbers import Rounding, decimals_of, limit_beside, margin, percent

REQUIREMENT_WORDS = {
    "pass": "PASS",
    "fail": "REFUTED",
    "inconclusive": "INCONCLUSIVE",
    "no-data": "NO DATA",
}
CHECK_WORDS = {"pass": "ok", "warn": "warn", "fail": "FAIL", "no-data": "note", "not-applicable": "n/a"}


def verdict_word(report: Report) -> str:
    """The verdict in capitals: `"NOT VIOLATED"`."""
    return report.verdict.replace("-", " ").upper()


def caveats(report: Report) -> list[str]:
    """What must be read together with the verdict: simulated data, doubtful data, what the user accepted."""
    lines = []
    if report.source == "simulated":
        backend = report.provenance.get("backend")
        lines.append(f"SIMULATED{f', {backend}' if backend else ''}: tests your pipeline, not nature")
    if report.trust != "ok":
        lines.append(_doubt(report))
    if report.accepted:
        lines.append(f"ACCEPTED by the user: {', '.join(report.accepted)}")
    return lines


def _doubt(report: Report) -> str:
    failed = [check.name for check in report.checks if check.status == "fail" and check.voids]
    doubtful = [check.name for check in report.checks if check.status in ("warn", "fail")]
    word, names = ("TRUST FAILED", failed) if report.trust == "failed" else ("CAUTION", doubtful)
    return f"{word}: see {', '.join(names)}" if names else word


def check_sentence(check: Check) -> str:
    """The message of a check, with the size of its effect if the message does not hold it."""
    if check.effect is None or check.effect in check.message:
        return check.message
    return f"{check.message} ({check.effect})"


def input_sentence(item: Mapping[str, str | None]) -> str:
    """One input of the provenance: name, format and how it was read."""
    orders = [("outcomes", item.get("bit_order")), ("labels", item.get("setting_order"))]
    read = [item.get("format"), *(f"{what} {order}" for what, order in orders if order)]
    known = ", ".join(text for text in read if text)
    return f"{item.get('name')} ({known})" if known else f"{item.get('name')}"


def requirement_sentence(report: Report, result: RequirementResult) -> str:
    """What a requirement was judged on: `"proven >= 0.924 (95 %), margin 0.024"`, or why it was not."""
    if report.kind == "suite":
        return _entry_sentence(report, result)
    requirement = _parsed(report, result)
    if requirement is None or result.limit is None:
        return result.reason or f"the verdict is {report.verdict}"
    metric = report.metric(requirement.metric)
    rounding: Rounding = "down" if _is_lower(result.limit, metric, requirement) else "up"
    decimals = shared_decimals(metric) if metric else 3
    shown = limit_beside(result.limit, requirement.threshold, rounding, decimals)
    word, terms = _standing(report, result, metric, rounding)
    sentence = f"{word} {'>=' if rounding == 'down' else '<='} {shown}{terms}, {_margin_words(result, shown)}"
    return f"{sentence}; {result.reason}" if result.reason else sentence


def _entry_sentence(suite: Report, result: RequirementResult) -> str:
    """The sentence of a suite's requirement, `"entry: fidelity >= 0.9"`, by the report of its entry."""
    name, _, expression = result.expression.partition(": ")
    entry = entry_report(suite, name)
    if entry is None:
        return result.reason or "the entry has no report"
    return requirement_sentence(entry, replace(result, expression=expression))


def _parsed(report: Report, result: RequirementResult) -> MetricRequirement | None:
    try:
        requirement = parse_requirement(result.expression, report.kind)
    except UsageError:
        return None
    return requirement if isinstance(requirement, MetricRequirement) else None


def _is_lower(limit: float, metric: Metric | None, requirement: MetricRequirement) -> bool:
    """Whether a requirement was judged on the lower limit of its metric; on which it says itself only
    by the number, because a limit that refutes is the other one.
    """
    low = metric.low.value if metric and metric.low else None
    high = metric.high.value if metric and metric.high else None
    if requirement.wants_more:
        return limit == low or limit != high
    return limit == low and limit != high


def _standing(
    report: Report, result: RequirementResult, metric: Metric | None, rounding: Rounding
) -> tuple[str, str]:
    """The word a limit deserves, "proven" or only "limit", and its level and weaknesses in parentheses."""
    limit = (metric.low if rounding == "down" else metric.high) if metric else None
    if metric is None or limit is None:
        return "limit", ""
    voided = voided_by(report, metric)
    terms = [percent(metric.level)]
    terms += [limit.guarantee] if limit.guarantee != "exact" else []
    terms += [f"void: {', '.join(voided)}"] if voided else []
    word = "proven" if len(terms) == 1 and result.reason is None else "limit"
    only = " only" if result.status == "inconclusive" and result.reason is None else ""
    return word + only, f" ({', '.join(terms)})"


def _margin_words(result: RequirementResult, shown: str) -> str:
    """The margin with the decimals of its limit; on the failing side it is what is missing."""
    distance, decimals = result.margin or 0.0, decimals_of(shown)
    if distance >= 0:
        return f"margin {margin(distance, decimals, 'down')}"
    return f"short by {margin(-distance, decimals, 'down' if result.status == 'fail' else 'up')}"
