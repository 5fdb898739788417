"""Batches: a report per file, bad files passed over, interrupts that lose nothing, and going on."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def files(samples: Path, tmp_path: Path) -> list[str]:
    """Three good files, one of three qubits among them, and one that is no counts file at all."""
    folder = tmp_path / "runs"
    folder.mkdir()
    for name, sample in {"a": "bell", "b": "ab", "c": "ghz3"}.items():
        shutil.copy(samples / "simulated" / f"{sample}.json", folder / f"{name}.json")
    (folder / "bad.json").write_text('{"XX": {"00": -3}}')
    return [f"runs/{name}.json" for name in ("a", "bad", "b", "c")]


def summary(directory: Path) -> dict[str, dict[str, str]]:
    with (directory / "summary.csv").open(newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_each_good_file_gets_a_report_and_bad_ones_a_line(
    qmono: Run, files: list[str], tmp_path: Path, jobs: str
) -> None:
    done = qmono("tomography", *files, "--output", "out", "--jobs", jobs)
    assert done.code == 3
    assert "3 reports in out" in done.out
    assert [line for line in done.err.splitlines() if "bad.json" in line] != []
    rows = summary(tmp_path / "out")
    assert list(rows) == files
    assert rows["runs/bad.json"]["error"].startswith("runs/bad.json: ")
    assert not (tmp_path / "out" / "bad.json.report.json").exists()
    alone = json.loads(qmono("tomography", "runs/a.json", "--format", "json").out)
    written = json.loads((tmp_path / "out" / rows["runs/a.json"]["report"]).read_text())
    assert written["provenance"]["command"] == "qmono tomography runs/a.json"
    for report in (alone, written):
        del report["provenance"]["created"], report["provenance"]["command"]
    assert written == alone
    assert float(rows["runs/a.json"]["concurrence"]) == written["metrics"]["concurrence"]["value"]


def test_an_error_of_one_file_names_it_with_and_without_a_directory(qmono: Run, files: list[str]) -> None:
    for more in ([], ["--output", "out"]):
        done = qmono("tomography", "runs/a.json", "runs/c.json", "--target", "best-bell", *more)
        assert done.code == 2
        assert "qmono: runs/c.json: " in done.err


def test_requirements_decide_the_worst_code_and_stand_in_the_table(
    qmono: Run, files: list[str], tmp_path: Path
) -> None:
    good = [files[0], files[2]]
    demand = ["--target", "phi+", "--min", "fidelity=0.999"]
    done = qmono("tomography", *good, *demand, "--output", "out")
    assert done.code == 99
    row = summary(tmp_path / "out")[files[0]]
    assert (row["requirements"], row["exit_code"]) == ("fail", "99")


def test_resume_keeps_what_is_current_and_only_that(qmono: Run, files: list[str], tmp_path: Path) -> None:
    good = [files[0], files[2]]
    qmono("tomography", *good, "--output", "out", "--jobs", "1")
    first, second = (tmp_path / "out" / f"{name}.json.report.json" for name in "ab")
    before = first.read_bytes()
    shutil.copy(tmp_path / "runs" / "a.json", tmp_path / "runs" / "b.json")
    other = second.read_bytes()
    assert qmono("tomography", *good, "--output", "out", "--jobs", "1", "--resume").code == 0
    assert first.read_bytes() == before
    assert second.read_bytes() != other
    qmono("tomography", *good, "--output", "out", "--jobs", "1", "--resume", "--level", "0.9")
    assert first.read_bytes() != before


def test_a_file_that_turned_bad_leaves_no_old_report(qmono: Run, files: list[str], tmp_path: Path) -> None:
    qmono("tomography", files[0], "--output", "out")
    (tmp_path / "runs" / "a.json").write_text("{}")
    assert qmono("tomography", files[0], "--output", "out").code == 3
    assert not (tmp_path / "out" / "a.json.report.json").exists()


def test_folders_below_the_common_one_are_kept(qmono: Run, files: list[str], tmp_path: Path) -> None:
    (tmp_path / "runs" / "more").mkdir()
    shutil.copy(tmp_path / "runs" / "a.json", tmp_path / "runs" / "more" / "a.json")
    assert qmono("tomography", "runs/a.json", "runs/more/a.json", "--output", "out").code == 0
    assert (tmp_path / "out" / "a.json.report.json").is_file()
    assert (tmp_path / "out" / "more" / "a.json.report.json").is_file()


@pytest.mark.parametrize(
    "arguments",
    [
        ["runs/a.json", "runs/../runs/a.json", "--output", "out"],
        ["-", "--output", "out"],
        ["--output", "out"],
        ["runs/a.json", "--resume"],
        ["runs/a.json", "--jobs", "2"],
        ["runs/a.json", "--output", "out", "--format", "json"],
        ["runs/a.json", "--output", "out", "--jobs", "0"],
        ["runs/a.json", "--output", "runs/a.json"],
    ],
)
def test_senseless_combinations_are_refused(qmono: Run, files: list[str], arguments: list[str]) -> None:
    done = qmono("tomography", *arguments)
    assert done.code == 2
    assert done.out == ""


def test_an_interrupt_keeps_what_is_done_and_resume_goes_on(
    program: str, qmono: Run, files: list[str], tmp_path: Path
) -> None:
    names = []
    for copy in range(1500):
        shutil.copy(tmp_path / "runs" / "a.json", tmp_path / "runs" / f"{copy:03}.json")
        names.append(f"runs/{copy:03}.json")
    command = [program, "tomography", *names, "--output", "out", "--jobs", "2"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while len(list((tmp_path / "out").glob("[0-9]*.json"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"--resume goes on from there" in said
    kept = summary(tmp_path / "out")
    assert 3 <= len(kept) < 1500
    assert all(json.loads((tmp_path / "out" / row["report"]).read_text()) for row in kept.values())
    stamps = {name: (tmp_path / "out" / row["report"]).stat().st_mtime_ns for name, row in kept.items()}
    few = [*list(kept)[:3], next(name for name in names if name not in kept)]
    assert qmono("tomography", *few, "--output", "out", "--jobs", "2", "--resume").code == 0
    assert set(summary(tmp_path / "out")) == set(few)
    for name in few[:3]:
        assert (tmp_path / "out" / kept[name]["report"]).stat().st_mtime_ns == stamps[name]
