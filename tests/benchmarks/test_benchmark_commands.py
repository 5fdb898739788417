"""The benchmark commands run, without peers and small: their numbers are what they say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def run(script: str, *options: str) -> str:
    command = [sys.executable, str(BENCHMARKS / script), *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_comparison_scores_its_own_fit(tmp_path: Path) -> None:
    output = tmp_path / "new" / "rows.json"
    printed = run(
        "tomography_peers.py", "--alone", "--largest", "2", "--repeats", "1", "--output", str(output)
    )
    rows = json.loads(output.read_text())["rows"]
    assert [row["case"] for row in rows] == ["ghz:2", "w:2"]
    for row in rows:
        assert row["problem"] is None
        assert 0 <= row["lost"] <= row["gap"] <= 0.01
        assert 0.95 < row["fidelity"] <= 1
        assert 0 < row["seconds"] < 5
    assert printed.count("qmono") == 2


def test_a_solve_beyond_the_limit_is_a_row_and_the_last_of_its_tool(tmp_path: Path) -> None:
    output = tmp_path / "rows.json"
    run("tomography_peers.py", "--alone", "--largest", "2", "--limit", "0.0001", "--output", str(output))
    problems = [row["problem"] for row in json.loads(output.read_text())["rows"]]
    assert problems == ["over 0.0001 s", "not run: over 0.0001 s at ghz:2"]


def test_files_with_reports_are_timed() -> None:
    assert "3 files with a report each" in run("batches.py", "--files", "3", "--jobs", "1")
