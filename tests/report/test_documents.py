"""JSON, JUnit and Markdown as their readers see them, and the published schema."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from examples import BELL_UNTRUSTED, BELL_VIOLATED, EXAMPLES, TOMOGRAPHY_ENTANGLED
from jsonschema import Draft202012Validator
from junitparser import JUnitXml

from qmono.core.metric import METRIC_NAMES, exact
from qmono.core.report import CHECK_NAMES, VERDICTS, Check, Note, Report, RequirementResult
from qmono.errors import UsageError
from qmono.report import BATCH_RENDERERS, RENDERERS, render_all
from qmono.report.schema import SCHEMAS, schema_text

SCHEMA = json.loads(schema_text("qmono.report/1"))
VALIDATOR = Draft202012Validator(SCHEMA)
NASTY = 'a|b <x> & "q" \x1b[31m \x00 *e* `c` [l](u) \\ \ud800 é\nnext'


def rendered(report: Report, name: str) -> str:
    out = StringIO()
    RENDERERS.load(name)(report, out)
    return out.getvalue()


def nasty_report() -> Report:
    return replace(
        BELL_UNTRUSTED,
        title=NASTY,
        checks=(Check("values", "fail", NASTY, 0.5, NASTY, ("S",)),),
        sections=(Note(NASTY, (NASTY,)),),
        requirements=(RequirementResult("S > 2", "inconclusive", None, None, NASTY),),
    )


@pytest.mark.parametrize("example", EXAMPLES)
def test_json_is_valid_and_reads_back_as_the_same_report(example: str) -> None:
    text = rendered(EXAMPLES[example], "json")
    data = json.loads(text)
    VALIDATOR.validate(data)
    assert text.endswith("}\n")
    assert data == json.loads(json.dumps(EXAMPLES[example].to_json()))
    assert list(data) == list(EXAMPLES[example].to_json())
    assert Report.from_json(data) == EXAMPLES[example]
    assert Report.from_json(EXAMPLES[example].to_json()) == EXAMPLES[example]


def test_json_survives_any_text_and_refuses_what_is_not_finite() -> None:
    assert json.loads(rendered(nasty_report(), "json"))["title"] == NASTY
    with pytest.raises(ValueError, match="JSON compliant"):
        rendered(replace(BELL_VIOLATED, metrics=(exact("S", float("nan")),)), "json")


def test_matrix_rows_stay_on_one_line() -> None:
    row = "[[0.4871, 0.0], [0.002, -0.0011], [0.0, 0.0], [0.4523, -0.0124]],"
    assert row in rendered(TOMOGRAPHY_ENTANGLED, "json")


def test_several_reports_are_json_lines_and_suites() -> None:
    reports = list(EXAMPLES.values())
    lines, suites, text = StringIO(), StringIO(), StringIO()
    render_all(reports, "json", lines)
    assert [Report.from_json(json.loads(line)) for line in lines.getvalue().splitlines()] == reports
    render_all(reports, "junit", suites)
    assert len(JUnitXml.fromstring(suites.getvalue().encode())) == len(reports)
    render_all(reports[:2], "markdown", text)
    assert text.getvalue() == "\n".join(rendered(report, "markdown") for report in reports[:2])
    assert set(BATCH_RENDERERS.names) <= set(RENDERERS.names)


def test_one_report_of_a_batch_is_rendered_as_alone() -> None:
    for name in RENDERERS.names:
        out = StringIO()
        render_all([BELL_VIOLATED], name, out)
        assert out.getvalue() == rendered(BELL_VIOLATED, name)


def test_the_schema_is_a_schema_and_knows_the_vocabulary() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["kind"]["enum"] == list(VERDICTS)
    verdicts = {
        rule["if"]["properties"]["kind"]["const"]: rule["then"]["properties"]["verdict"]["enum"]
        for rule in SCHEMA["allOf"]
    }
    assert verdicts == {kind: list(words) for kind, words in VERDICTS.items()}
    checks = re.compile(SCHEMA["$defs"]["check"]["properties"]["name"]["pattern"])
    assert all(checks.search(name) for names in CHECK_NAMES.values() for name in names)
    metrics = re.compile(SCHEMA["properties"]["metrics"]["propertyNames"]["pattern"])
    assert all(metrics.search(name) for name in (*METRIC_NAMES, "concurrence[0,1]", "negativity[0|1,2]"))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), "qmono.report/2"),
        (("verdict",), "violated"),
        (("trust",), "good"),
        (("surplus",), 1),
        (("metrics", "fidelity", "value"), "NA"),
        (("metrics", "fidelity", "low_method"), None),
        (("metrics", "fidelity", "level"), 95),
        (("metrics", "fidelity", "surplus"), 1),
        (("metrics", "goodness_of_fit_p", "reason"), None),
        (("metrics", "no name"), {}),
        (("checks", 0, "status"), "ok"),
        (("requirements", 0, "status"), "refuted"),
        (("sections", 0, "entries", 0, 0), [1.0]),
        (("sections", 0, "type"), "table"),
        (("provenance", "seeds"), {"simulator": "7"}),
    ],
)
def test_the_schema_refuses(path: tuple[str | int, ...], value: object) -> None:
    data = copy.deepcopy(json.loads(rendered(TOMOGRAPHY_ENTANGLED, "json")))
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not VALIDATOR.is_valid(data)


def test_schemas_by_name() -> None:
    with pytest.raises(UsageError, match=re.escape("did you mean 'qmono.report/1'")):
        schema_text("qmono.report")
    for name in SCHEMAS:
        schema = json.loads(schema_text(name))
        Draft202012Validator.check_schema(schema)
        assert schema["title"] == name


@pytest.mark.parametrize("example", EXAMPLES)
def test_junit_tells_every_requirement_and_every_check_made(example: str) -> None:
    report, text = EXAMPLES[example], rendered(EXAMPLES[example], "junit")
    made = [check for check in report.checks if check.status in ("pass", "warn", "fail")]
    cases = [case for suite in JUnitXml.fromstring(text.encode()) for case in suite]
    expected = [*(item.expression for item in report.requirements), *(check.name for check in made)]
    assert [case.name for case in cases] == expected
    assert not any(case.is_skipped for case in cases)
    outcomes = {"pass": "passed", "fail": "refuted", "inconclusive": "inconclusive", "no-data": "no-data"}
    for case, requirement in zip(cases, report.requirements, strict=False):
        types = [result.type for result in case.result] or ["passed"]
        assert types == [outcomes[requirement.status]]


@pytest.mark.parametrize("example", EXAMPLES)
def test_junit_counts_agree_with_its_elements(example: str) -> None:
    root = ElementTree.fromstring(rendered(EXAMPLES[example], "junit"))
    for element in (root, *root.iter("testsuite")):
        for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            assert int(element.attrib[attribute]) == len(list(element.iter(tag)))
    names = [(case.attrib["classname"], case.attrib["name"]) for case in root.iter("testcase")]
    assert len(set(names)) == len(names)


def test_junit_names_repeated_requirements_apart_and_fails_for_void_numbers() -> None:
    twice = replace(TOMOGRAPHY_ENTANGLED, requirements=TOMOGRAPHY_ENTANGLED.requirements[:1] * 2, accepted=())
    cases = {
        case.name: case for suite in JUnitXml.fromstring(rendered(twice, "junit").encode()) for case in suite
    }
    assert cases["fidelity >= 0.9"].is_passed
    assert cases["fidelity >= 0.9 (2)"].is_passed
    assert [result.type for result in cases["drift"].result] == ["check"]
    assert cases["estimators-agree"].is_passed


def test_junit_with_nothing_to_say_raises_and_writes_nothing() -> None:
    out = StringIO()
    with pytest.raises(UsageError, match="nothing to say"):
        RENDERERS.load("junit")(replace(BELL_VIOLATED, checks=BELL_VIOLATED.checks[-1:]), out)
    assert out.getvalue() == ""


def test_junit_survives_any_text() -> None:
    root = ElementTree.fromstring(rendered(nasty_report(), "junit"))
    assert 'a|b <x> & "q" \\x1b[31m \\x00' in root.find(".//failure").attrib["message"]  # type: ignore[union-attr]


def markdown_tables(text: str) -> list[list[str]]:
    tables: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.startswith("|"):
            tables[-1].append(line)
        elif tables[-1]:
            tables.append([])
    return [table for table in tables if table]


@pytest.mark.parametrize("report", [*EXAMPLES.values(), nasty_report()])
def test_markdown_tables_have_equal_columns(report: Report) -> None:
    tables = markdown_tables(rendered(report, "markdown"))
    assert tables
    for table in tables:
        columns = {len(re.findall(r"(?<!\\)\|", re.sub(r"\\\\", "", line))) for line in table}
        assert len(columns) == 1
        assert re.fullmatch(r"\|( --- \|)+", table[1])


def test_markdown_text_cannot_become_markup() -> None:
    text = rendered(nasty_report(), "markdown")
    assert r"a\|b \<x\> & " in text
    assert r"\*e\* \`c\` \[l\](u) \\" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("name", RENDERERS.names)
def test_every_output_can_be_written_anywhere(name: str, tmp_path: Path) -> None:
    (tmp_path / "report").write_text(rendered(nasty_report(), name), encoding="utf-8")
