"""Outcomes of a suite in, one report out: every requirement of every entry, and what may be said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from qmono.core.report import Check, Report, RequirementResult, RequirementStatus, Trust
from qmono.core.vocabulary import Source
from qmono.gate.suite import Outcome, Suite
from qmono.gate.suite_sections import sections_of

_WORST_FIRST: tuple[tuple[RequirementStatus, str], ...] = (
    ("fail", "failed"),
    ("no-data", "no-data"),
    ("inconclusive", "inconclusive"),
    ("pass", "passed"),
)


def suite_report(suite: Suite, outcomes: Sequence[Outcome], baseline: Report | None = None) -> Report:
    """The merged report, kind "suite". baseline: an earlier report of this suite to compare with.

    Its requirements are those of the entries of severity "error", named "entry: requirement"; warnings stand
    in a note of their own. A refutation that Holm's rule does not confirm is inconclusive.
    """
    results = [(outcome, result) for outcome in outcomes for result in _results(outcome)]
    gating = [result for outcome, result in results if outcome.entry.severity == "error"]
    verdict = next((word for status, word in _WORST_FIRST if _count(gating, status)), "no-data")
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
        sections=tuple(sections_of(suite, outcomes, results, baseline)),
        payload=_payload(suite, outcomes),
    )


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
    return f"{counted or 'nothing that decides'}; {some}{len(suite.entries)} {entries} of suite {suite.name}"


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
