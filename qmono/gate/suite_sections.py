"""What the report of a suite shows to people: metrics, changes, whom to ask, how errors are bounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from qmono.core.metric import Metric
from qmono.core.report import Cell, Note, Report, RequirementResult, Section, Table
from qmono.errors import UsageError
from qmono.gate.difference import difference
from qmono.gate.requirement import MetricRequirement, parse_requirement
from qmono.gate.suite import Outcome, Suite, entry_reports

ADVICE = "warnings"
"""Title of the note with what did not pass of the entries that decide nothing."""
_MOST_WORTHWHILE = 1000.0
"""More than so many times the shots is not proposed: the truth may lie at the threshold."""
_RESERVE = 1.1
"""A tenth more than the square root law asks for, which is only about right."""


def sections_of(
    suite: Suite,
    outcomes: Sequence[Outcome],
    results: Sequence[tuple[Outcome, RequirementResult]],
    baseline: Report | None,
) -> Iterator[Section]:
    """The sections of a suite's report; results: every requirement with the outcome that it belongs to."""
    rows = tuple(row for outcome in outcomes for row in _rows(outcome))
    if rows:
        yield Table("entries", _COLUMNS, rows)
    if baseline is not None:
        yield _changes(outcomes, baseline)
    warned = [
        f"{result.expression}: {result.status}{f', {result.reason}' if result.reason else ''}"
        for outcome, result in results
        if outcome.entry.severity == "warning" and result.status != "pass"
    ]
    if warned:
        yield Note(ADVICE, tuple(warned))
    doubts = [
        f"{outcome.entry.name}: {check.name}: {check.message}"
        for outcome in outcomes
        for check in (outcome.report.checks if outcome.report else ())
        if check.status in ("fail", "warn")
    ]
    if doubts:
        yield Note("look at", tuple(doubts))
    asked = [outcome.entry for outcome, result in results if result.status != "pass"]
    owners = dict.fromkeys(f"{entry.name}: {entry.owner}" for entry in asked if entry.owner)
    if owners:
        yield Note("owners", tuple(owners))
    more = [line for outcome in outcomes for line in _more_shots(outcome)]
    if more:
        yield Note("more shots", tuple(more))
    yield Note("errors", _error_lines(suite))


def _error_lines(suite: Suite) -> tuple[str, ...]:
    error = f"{100 * (1 - suite.level):.3g} %"
    lines = [
        f"a wrong PASS of the suite, and a wrong REFUTED anywhere in it: at most {error} each, "
        "where the limits are exact",
    ]
    if suite.looks > 1:
        lines.append(f"{suite.looks} looks were planned: each at level {suite.look_level:.6g}")
    return tuple(lines)


_COLUMNS = ("entry", "metric", "estimate", "at least", "at most")


def _rows(outcome: Outcome) -> Iterator[tuple[Cell, ...]]:
    """A row for each metric that something is required of."""
    for metric in _required_metrics(outcome):
        low, high = _ends(metric)
        yield (outcome.entry.name, metric.name, metric.value, low, high)


def _required_metrics(outcome: Outcome) -> list[Metric]:
    found = [_metric_of(outcome, expression) for expression in outcome.entry.require]
    return list({metric.name: metric for metric in found if metric is not None}.values())


def _ends(metric: Metric) -> tuple[float | None, float | None]:
    return metric.low.value if metric.low else None, metric.high.value if metric.high else None


def _metric_of(outcome: Outcome, expression: str) -> Metric | None:
    if outcome.report is None:
        return None
    try:
        requirement = parse_requirement(expression, outcome.report.kind)
    except UsageError:
        return None
    return outcome.report.metric(requirement.metric) if isinstance(requirement, MetricRequirement) else None


def _more_shots(outcome: Outcome) -> Iterator[str]:
    """How many shots would decide, if the estimate is the truth and limits close in as 1/sqrt(shots)."""
    if outcome.report is None or outcome.entry.counts is not None:
        return
    for result in outcome.report.requirements:
        requirement = parse_requirement(result.expression, outcome.report.kind)
        metric = _metric_of(outcome, result.expression)
        if not isinstance(requirement, MetricRequirement) or metric is None or metric.value is None:
            continue
        if result.status != "inconclusive" or result.limit is None or result.reason is not None:
            continue
        short = abs(metric.value - requirement.threshold)
        factor = ((metric.value - result.limit) / short) ** 2 if short else float("inf")
        if 1 < factor <= _MOST_WORTHWHILE:
            shots = 100 * ceil(_RESERVE * factor * outcome.entry.shots / 100)
            decided = f"would be decided by about {shots} shots a setting (had {outcome.entry.shots})"
            yield f"{outcome.entry.name}: {result.expression} {decided}, if the estimate is true"


def _changes(outcomes: Sequence[Outcome], baseline: Report) -> Table:
    """What changed, with limits at the lowest joint level of any row."""
    earlier = dict(entry_reports(baseline))
    rows: list[tuple[Cell, ...]] = []
    levels = []
    for outcome in outcomes:
        before = earlier.get(outcome.entry.name)
        for now in _required_metrics(outcome):
            then = before.metric(now.name) if before else None
            change = None if then is None else difference(then, now, now.name)
            levels += [change.level] if change is not None else []
            rows.append(_change_row(outcome.entry.name, then, now, change))
    joint = f", limits of a change at {100 * min(levels):.6g} %" if levels else ""
    return Table(f"since the baseline{joint}", _CHANGE_COLUMNS, tuple(rows))


_CHANGE_COLUMNS = ("entry", "metric", "then", "now", "change", "at least", "at most", "proven")


def _change_row(entry: str, then: Metric | None, now: Metric, change: Metric | None) -> tuple[Cell, ...]:
    if then is None or change is None:
        return (entry, now.name, None, now.value, None, None, None, "new")
    low, high = _ends(change)
    word = "rise" if low is not None and low > 0 else "drop" if high is not None and high < 0 else "nothing"
    return (entry, now.name, then.value, now.value, change.value, low, high, word)
