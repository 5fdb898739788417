"""OpenMetrics text for Prometheus and what speaks like it; also valid in Prometheus' older text format.

# HELP qmono_limit One-sided confidence limit of a metric.
# TYPE qmono_limit gauge
qmono_limit{report="counts.json",kind="tomography",metric="fidelity",side="low",level="0.95",...} 0.924

A number that cannot be given has no line: an absent series can be alerted on, a NaN cannot. What is one of
several words (verdict, trust, statuses) has a line for each word, 1 for the one that is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TextIO, get_args

from qmono.core.report import VERDICTS, CheckStatus, Report, RequirementStatus, Trust
from qmono.report.layout import one_line
from qmono.report.parts import named_entries, unique

FAMILIES = {
    "qmono_estimate": "Point estimate of a metric, which nothing should be gated on.",
    "qmono_std_error": "Standard error of the estimate.",
    "qmono_limit": "One-sided confidence limit of a metric.",
    "qmono_verdict": "Whether the verdict is this word.",
    "qmono_trust": "Whether the trust in the data is this word.",
    "qmono_simulated": "Whether the counts come from a simulator.",
    "qmono_requirement": "Whether the requirement has this status.",
    "qmono_requirement_margin": "Distance of the judged limit to the threshold, negative if failing.",
    "qmono_check": "Whether the check has this status.",
    "qmono_created_timestamp_seconds": "When the report was made.",
}
"""Every family of samples with its help text, in the order in which they are written."""

Labels = Mapping[str, str]
Sample = tuple[str, Labels, float]


def render(report: Report, out: TextIO) -> None:
    """Write the samples of one report."""
    render_all([report], out)


def render_all(reports: Sequence[Report], out: TextIO) -> None:
    """Write the samples of all reports, family by family; the label `report` tells them apart."""
    samples = [sample for name, report in named_entries(reports) for sample in _samples(name, report)]
    for family, words in FAMILIES.items():
        lines = [_line(*sample) for sample in samples if sample[0] == family]
        if lines:
            out.write(f"# HELP {family} {words}\n# TYPE {family} gauge\n{''.join(lines)}")
    out.write("# EOF\n")


def _samples(name: str, report: Report) -> Iterator[Sample]:
    about = {"report": name, "kind": report.kind}
    yield from _metrics(report, about)
    yield from _states("qmono_verdict", about, "verdict", report.verdict, tuple(VERDICTS[report.kind]))
    yield from _states("qmono_trust", about, "trust", report.trust, get_args(Trust))
    yield "qmono_simulated", about, float(report.source == "simulated")
    names = unique(result.expression for result in report.requirements)
    for expression, result in zip(names, report.requirements, strict=True):
        labels = {**about, "requirement": expression}
        yield from _states("qmono_requirement", labels, "status", result.status, get_args(RequirementStatus))
        if result.margin is not None:
            yield "qmono_requirement_margin", labels, result.margin
    for check in report.checks:
        labels = {**about, "check": check.name}
        yield from _states("qmono_check", labels, "status", check.status, get_args(CheckStatus))
    if report.provenance.get("created"):
        created = datetime.fromisoformat(str(report.provenance["created"]))
        yield "qmono_created_timestamp_seconds", about, created.timestamp()


def _metrics(report: Report, about: Labels) -> Iterator[Sample]:
    for metric in report.metrics:
        labels = {**about, "metric": metric.name}
        if metric.value is not None:
            yield "qmono_estimate", labels, metric.value
        if metric.std_error is not None:
            yield "qmono_std_error", labels, metric.std_error
        for side, limit in (("low", metric.low), ("high", metric.high)):
            if limit is not None:
                void = "yes" if report.voided_by(metric.name) else "no"
                level, guarantee = repr(metric.level), limit.guarantee
                terms = {"side": side, "level": level, "guarantee": guarantee, "void": void}
                yield "qmono_limit", {**labels, **terms}, limit.value


def _states(family: str, labels: Labels, key: str, current: str, words: Sequence[str]) -> Iterator[Sample]:
    for word in words:
        yield family, {**labels, key: word}, float(word == current)


def _line(family: str, labels: Labels, value: float) -> str:
    inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"{family}{{{inside}}} {repr(float(value)).removesuffix('.0')}\n"


def _escaped(text: str) -> str:
    return one_line(text).replace("\\", "\\\\").replace('"', '\\"')
