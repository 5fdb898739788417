"""OpenMetrics, GitHub's commands and CSV as those who read them do; JUnit as GitLab does."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from dataclasses import replace
from io import StringIO
from xml.etree import ElementTree

import pytest
from examples import BELL_VIOLATED, EXAMPLES, TOMOGRAPHY_ENTANGLED
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.parser import text_string_to_metric_families as parse_older_format

from qmono.core.metric import Metric
from qmono.core.report import Note, Report, RequirementResult
from qmono.gate.suite import entry_reports
from qmono.report import RENDERERS, render_all

NASTY = 'a|b <x> & "q" \x1b[31m ::error::no %0A \\n \ud800 é,:\n::error title=forged::forged'
COMMAND = re.compile(r"::(error|warning|notice) title=([^:,]*)::(.*)")


def rendered(reports: list[Report], name: str) -> str:
    out = StringIO()
    render_all(reports, name, out)
    return out.getvalue()


def every_metric(reports: list[Report]) -> list[Metric]:
    """The metrics of the reports, those of a suite's entries included."""
    entries = [
        part for report in reports for part in (report, *(entry for _, entry in entry_reports(report)))
    ]
    return [metric for report in entries for metric in report.metrics]


def nasty() -> Report:
    return replace(
        BELL_VIOLATED,
        title=NASTY,
        sections=(Note(NASTY, (NASTY,)),),
        requirements=(RequirementResult("S > 2", "inconclusive", None, None, NASTY),),
        provenance={**BELL_VIOLATED.provenance, "inputs": [{"name": NASTY}]},
    )


def after_log(text: str) -> list[str]:
    """The lines that GitHub reads as commands: those outside of stop-commands."""
    first, _, rest = text.partition("\n")
    word = first.removeprefix("::stop-commands::")
    log, _, commands = rest.partition(f"\n::{word}::\n")
    assert word not in log
    return commands.splitlines()


REPORTS = [[report] for report in EXAMPLES.values()] + [list(EXAMPLES.values()), [nasty()], [nasty()] * 2]


@pytest.mark.parametrize("reports", REPORTS)
@pytest.mark.parametrize("parse", [text_string_to_metric_families, parse_older_format])
def test_both_parsers_read_every_number_of_the_reports(reports: list[Report], parse) -> None:  # type: ignore[no-untyped-def]
    families = {family.name: family for family in parse(rendered(reports, "openmetrics"))}
    assert all(family.documentation and family.type == "gauge" for family in families.values())
    estimates = [sample.value for sample in getattr(families.get("qmono_estimate"), "samples", [])]
    metrics = every_metric(reports)
    assert estimates == [metric.value for metric in metrics if metric.value is not None]
    limits = [limit.value for metric in metrics for limit in (metric.low, metric.high) if limit]
    assert [sample.value for sample in getattr(families.get("qmono_limit"), "samples", [])] == limits
    for family in families.values():
        labels = [tuple(sample.labels.items()) for sample in family.samples]
        assert len(set(labels)) == len(labels)
        assert not any(sample.value != sample.value for sample in family.samples)


@pytest.mark.parametrize("reports", REPORTS)
def test_prometheus_own_checker_accepts_the_samples(reports: list[Report]) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed")
    text = rendered(reports, "openmetrics").encode()
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_exactly_one_word_of_each_state_is_true() -> None:
    text = rendered([TOMOGRAPHY_ENTANGLED], "openmetrics")
    for name, states in (("verdict", 1), ("trust", 1), ("requirement", 6), ("check", 6)):
        values = [line.split()[-1] for line in text.splitlines() if line.startswith(f"qmono_{name}{{")]
        assert values.count("1") == states
        assert set(values) == {"0", "1"}


@pytest.mark.parametrize("reports", REPORTS)
def test_annotations_are_whole_and_nothing_in_a_report_becomes_a_command(reports: list[Report]) -> None:
    commands = after_log(rendered(reports, "github"))
    assert all(COMMAND.fullmatch(line) for line in commands)
    assert not any(COMMAND.fullmatch(line).group(2) == "forged" for line in commands)  # type: ignore[union-attr]
    told = [result for report in reports for result in report.requirements if result.status != "pass"]
    assert len(commands) >= len(told)


def test_a_refuted_requirement_is_an_error_with_its_limit() -> None:
    refuted = RequirementResult("fidelity >= 0.95", "fail", 0.942995, -0.007005)
    report = replace(TOMOGRAPHY_ENTANGLED, requirements=(refuted,))
    assert after_log(rendered([report], "github")) == [
        "::error title=qmono tomography%3A fidelity >= 0.95::REFUTED proven <= 0.943 (95 %25), short by 0.007"
    ]


def test_what_decides_nothing_in_a_suite_is_a_warning() -> None:
    commands = after_log(rendered([EXAMPLES["suite-failed"]], "github"))
    assert "::warning title=qmono suite::advice: S >= 2.9: fail" in commands
    assert [line for line in commands if line.startswith("::error") and "advice" in line] == []


@pytest.mark.parametrize(("count", "shown"), [(10, 10), (11, 10), (200, 10)])
def test_github_never_gets_more_than_it_shows(count: int, shown: int) -> None:
    results = [RequirementResult(f"S > {2 + n / 1000}", "fail", 2.0, -n / 1000) for n in range(count)]
    reports = [replace(BELL_VIOLATED, requirements=tuple(results[n::2])) for n in range(2)]
    commands = after_log(rendered(reports, "github"))
    assert len(commands) == shown
    if count > shown:
        assert commands[-1].endswith(f"::{count - 9} more errors: see the log or the job summary")


@pytest.mark.parametrize("reports", REPORTS)
def test_csv_has_a_row_for_each_metric_and_reads_back(reports: list[Report]) -> None:
    rows = list(csv.DictReader(StringIO(rendered(reports, "csv"))))
    metrics = every_metric(reports)
    assert [row["metric"] for row in rows] == [metric.name for metric in metrics]
    for row, metric in zip(rows, metrics, strict=True):
        assert row["value"] == ("" if metric.value is None else repr(metric.value))
        assert row["low"] == (repr(metric.low.value) if metric.low else "")
        assert row["reason"] == (metric.reason or "")


def test_csv_holds_no_formula() -> None:
    report = replace(BELL_VIOLATED, provenance={"inputs": [{"name": "=1+1"}]})
    assert rendered([report], "csv").splitlines()[1].startswith("'=1+1,")


@pytest.mark.parametrize("example", EXAMPLES)
def test_gitlab_finds_names_and_a_text_for_every_failure(example: str) -> None:
    """GitLab shows name and classname, knows failures and errors by their element, and shows its text."""
    root = ElementTree.fromstring(rendered([EXAMPLES[example]], "junit"))
    assert root.tag == "testsuites"
    for case in root.iter("testcase"):
        assert case.attrib["name"]
        assert case.attrib["classname"]
        for result in (*case.iter("failure"), *case.iter("error")):
            assert result.text == result.attrib["message"]
    keys = [(case.attrib["classname"], case.attrib["name"]) for case in root.iter("testcase")]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", RENDERERS.names)
def test_the_same_report_gives_the_same_bytes(name: str) -> None:
    again = Report.from_json(json.loads(json.dumps(TOMOGRAPHY_ENTANGLED.to_json())))
    assert rendered([TOMOGRAPHY_ENTANGLED], name) == rendered([again], name)
