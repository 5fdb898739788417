"""Outcomes of a suite in, one report out: every requirement of every entry, and what may be said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import ceil

from qmono.core.metric import Metric
from qmono.core.report import (
    Cell,
    Check,
    Note,
    Report,
    RequirementResult,
    RequirementStatus,
    Section,
    Table,
    Trust,
)
from qmono.core.vocabulary import Source
from qmono.errors import UsageError
from qmono.gate.difference import difference
from qmono.gate.requirement import MetricRequirement, parse_requirement
from qmono.gate.suite import Outcome, Suite

_WORST_FIRST: tuple[tuple[RequirementStatus, str], ...] = (
    ("fail", "failed"),
    ("no-data", "no-data"),
    ("inconclusive", "inconclusive"),
    ("pass", "passed"),
)
_MOST_WORTHWHILE = 1000.0
"""More than so many times the shots is not proposed: the truth may lie at the threshold."""
_RESERVE = 1.1
"""A tenth more than the square root law asks for, which is only about right."""


def suite_report(suite: Suite, outcomes: Sequence[Outcome], baseline: Report | None = None) -> Report:
    """The merged report, kind "suite". baseline: an earlier report of this suite to compare with.

    Its requirements are those of the entries of severity "error", named "entry: requirement"; warnings stand
    in a note of their own. A refutation that Holm's rule does not confirm is inconclusive.
    """
    results = [(outcome, result) for outcome in outcomes for result in _results(outcome)]
    gating = [result for outcome, result in results if outcome.entry.severity == "error"]
    verdict = next((word for status, word in _WORST_FIRST if _count(gating, status)), "passed")
    reports = [outcome.report for outcome in outcomes if outcome.report is not None]
    return Report(
        kind="suite",
        title=_title(suite, gating, outcomes),
        verdict=verdict,
        trust=_worst_trust(reports),
        source=_source(reports),
        metrics=(),
        checks=(_calibration(outcomes),),
        requirements=tuple(gating),
        accepted=tuple(dict.fromkeys(name for outcome in outcomes for name in outcome.entry.accept)),
        sections=tuple(_sections(suite, outcomes, results, baseline)),
        payload=_payload(suite, outcomes),
    )


def entry_reports(report: Report) -> Iterator[tuple[str, Report]]:
    """Name and report of every entry of a suite's report that has one."""
    for entry in report.payload.get("entries", ()):
        if entry.get("report") is not None:
            yield entry["name"], Report.from_json(entry["report"])


def _results(outcome: Outcome) -> Iterator[RequirementResult]:
    """The judged requirements of an entry under its name; without a report none has data."""
    name = outcome.entry.name
    if outcome.report is None:
        for expression in outcome.entry.require:
            yield RequirementResult(f"{name}: {expression}", "no-data", None, None, outcome.problem)
        return
    for place, result in enumerate(outcome.report.requirements):
        named = replace(result, expression=f"{name}: {result.expression}")
        if result.status == "fail" and place not in outcome.refuted:
            reason = "refuted alone, but not among all requirements of the suite (Holm)"
            named = replace(named, status="inconclusive", reason=reason)
        yield named


def _count(results: Sequence[RequirementResult], status: RequirementStatus) -> int:
    return sum(result.status == status for result in results)


def _title(suite: Suite, gating: Sequence[RequirementResult], outcomes: Sequence[Outcome]) -> str:
    words = {"fail": "refuted", "no-data": "without data", "inconclusive": "inconclusive", "pass": "passed"}
    numbers = {words[status]: _count(gating, status) for status, _ in _WORST_FIRST}
    counted = ", ".join(f"{number} {word}" for word, number in numbers.items() if number)
    some = f"{len(outcomes)} of " if len(outcomes) < len(suite.entries) else ""
    entries = "entry" if len(suite.entries) == 1 else "entries"
    return f"{counted or 'warnings only'}; {some}{len(suite.entries)} {entries} of suite {suite.name}"


def _worst_trust(reports: Sequence[Report]) -> Trust:
    order: tuple[Trust, ...] = ("failed", "caution", "ok")
    return min((report.trust for report in reports), key=order.index, default="ok")


def _source(reports: Sequence[Report]) -> Source:
    """Simulated if anything is: a suite is no more real than its least real entry."""
    found = {report.source for report in reports}
    order: tuple[Source, ...] = ("simulated", "file", "hardware")
    return next((source for source in order if source in found), "file")


def _calibration(outcomes: Sequence[Outcome]) -> Check:
    names = [
        outcome.entry.name
        for outcome in outcomes
        for check in (outcome.report.checks if outcome.report else ())
        if check.name == "calibration" and check.status == "no-data"
    ]
    if names:
        message = f"no systematic error is in the limits of {_some(names)}"
        return Check("calibration", "no-data", message)
    return Check("calibration", "pass", "every entry speaks of its calibration")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 3 else f"{len(names)} entries"


def _sections(
    suite: Suite,
    outcomes: Sequence[Outcome],
    results: Sequence[tuple[Outcome, RequirementResult]],
    baseline: Report | None,
) -> Iterator[Section]:
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
        yield Note("warnings", tuple(warned))
    doubts = [
        f"{outcome.entry.name}: {check.name}: {check.message}"
        for outcome in outcomes
        for check in (outcome.report.checks if outcome.report else ())
        if check.status in ("fail", "warn")
    ]
    if doubts:
        yield Note("look at", tuple(doubts))
    owners = [
        f"{outcome.entry.name}: {outcome.entry.owner}"
        for outcome in outcomes
        if outcome.entry.owner and any(result.status != "pass" for result in _results(outcome))
    ]
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


def _payload(suite: Suite, outcomes: Sequence[Outcome]) -> Mapping[str, object]:
    return {
        "suite": suite.name,
        "level": suite.level,
        "looks": suite.looks,
        "entries": [
            {
                "name": outcome.entry.name,
                "measure": outcome.entry.measure,
                "labels": dict(outcome.entry.labels),
                "owner": outcome.entry.owner,
                "severity": outcome.entry.severity,
                "look": outcome.look,
                "problem": outcome.problem,
                "refuted": [outcome.entry.require[place] for place in sorted(outcome.refuted)],
                "report": None if outcome.report is None else outcome.report.to_json(),
            }
            for outcome in outcomes
        ],
    }
