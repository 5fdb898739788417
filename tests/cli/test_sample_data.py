"""Every command of `sample_data/expected.json`, from the installed program, against what it must say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = str(Path(sys.executable).with_name("qmono"))
CASES = json.loads((ROOT / "sample_data" / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=CASES, ids=lambda case: " ".join(case["command"]))
def answered(request: pytest.FixtureRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """A case, and the report that the program makes of it."""
    command = [PROGRAM, *request.param["command"], "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return request.param["expect"], json.loads(done.stdout)


def test_expected_answer(answered: tuple[dict[str, Any], dict[str, Any]]) -> None:
    expected, report = answered
    assert report["verdict"] == expected.get("verdict", report["verdict"])
    for name, fields in expected["metrics"].items():
        for field, wanted in fields.items():
            found = report["metrics"][name][field]
            assert found == (wanted if wanted is None else pytest.approx(wanted[0], abs=wanted[1])), name
    statuses = {check["name"]: check["status"] for check in report["checks"]}
    for name, status in expected.get("checks", {}).items():
        assert statuses[name] == status


def test_every_number_has_limits_or_says_why_not(answered: tuple[dict[str, Any], dict[str, Any]]) -> None:
    _, report = answered
    for name, metric in report["metrics"].items():
        has_limits = metric["low"] is not None or metric["high"] is not None
        assert has_limits or metric["reason"], name


def test_every_report_has_a_calibration_check(answered: tuple[dict[str, Any], dict[str, Any]]) -> None:
    _, report = answered
    assert "calibration" in {check["name"] for check in report["checks"]}
