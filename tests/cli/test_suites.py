"""`qmono gate suite.toml` as a user runs it: merged, resumed, selected, compared."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from qmono.api import read_counts, write_counts
from qmono.core.counts import ReadoutCalibration
from qmono.report.schema import schema_text

HEAD = 'schema = "qmono.suite/1"\nseed = 5\n[defaults]\nshots = 300\nmeasure = "bell-test"\nstate = "phi+"\n'


def entry(name: str, require: str = "S >= 2", **fields: Any) -> str:
    lines = [f"{key.replace('_', '-')} = {json.dumps(value)}" for key, value in fields.items()]
    return "\n".join(["[[entry]]", f'name = "{name}"', f'require = ["{require}"]', *lines, ""])


def write(path: Path, *entries: str, head: str = HEAD) -> Path:
    path.write_text(head + "".join(entries))
    return path


def document(path: Path) -> Any:
    """A report without the time it was made at, which is all that may differ."""

    def timeless(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: timeless(item) for key, item in value.items() if key != "created"}
        return [timeless(item) for item in value] if isinstance(value, list) else value

    return timeless(json.loads(path.read_text()))


def statuses(path: Path) -> dict[str, str]:
    return {item["expression"]: item["status"] for item in document(path)["requirements"]}


def test_one_report_with_every_outcome(qmono, tmp_path: Path, samples: Path) -> None:  # type: ignore[no-untyped-def]
    counts = str(samples / "simulated" / "bell.json")
    write(
        tmp_path / "suite.toml",
        entry("good"),
        entry("bad", noise="depolarizing=0.5"),
        entry("tight", "S >= 2.82"),
        entry("gone", counts="gone.json"),
        entry("saved", "fidelity >= 0.9", measure="tomography", counts=counts, target="phi+"),
        entry("advice", "S >= 2.9", severity="warning", owner="the lab"),
    )
    done = qmono("gate", "suite.toml", "--report", "json=report.json", "--report", "junit=report.xml")
    assert done.code == 3
    assert done.err.splitlines()[-1] == "qmono: exit 3, unreadable or invalid input"
    assert statuses(tmp_path / "report.json") == {
        "good: S >= 2": "pass",
        "bad: S >= 2": "fail",
        "tight: S >= 2.82": "inconclusive",
        "gone: S >= 2": "no-data",
        "saved: fidelity >= 0.9": "pass",
    }
    Draft202012Validator(json.loads(schema_text("qmono.report/1"))).validate(
        json.loads((tmp_path / "report.json").read_text())
    )
    assert 'tests="5" failures="2" errors="1"' in (tmp_path / "report.xml").read_text()
    assert all(len(line) <= 80 for line in done.out.splitlines())
    again = qmono("gate", "report.json", "--require", "verdict == passed")
    assert again.code == 99


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([entry("a")], 0),
        ([entry("a"), entry("b", "S <= 2.5")], 99),
        ([entry("a"), entry("b", "S >= 2.83")], 98),
        ([entry("a"), entry("b", "S <= 2.5", severity="warning")], 0),
        ([entry("a"), entry("b", "S >= 2", counts="none.json", severity="warning")], 0),
    ],
)
def test_exit_codes(entries: list[str], code: int, qmono: Callable[..., Any], tmp_path: Path) -> None:
    write(tmp_path / "suite.toml", *entries)
    assert qmono("gate", "suite.toml").code == code


def test_a_job_that_takes_too_long_has_failed(qmono: Callable[..., Any], tmp_path: Path) -> None:
    write(tmp_path / "suite.toml", entry("slow", job_timeout_s=0.001), entry("quick", job_timeout_s=60))
    done = qmono("gate", "suite.toml", "--report", "json=r.json")
    assert done.code == 4
    assert "entry 'slow': job took longer than 0.001 s; see job-timeout-s" in done.err
    assert statuses(tmp_path / "r.json") == {"slow: S >= 2": "no-data", "quick: S >= 2": "pass"}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (entry("a", "fidelity >= 0.9"), "entry 'a': bell-test reports no 'fidelity'"),
        (
            entry("a", measure="tomografy"),
            "unknown suite measurement 'tomografy'; did you mean 'tomography'?",
        ),
        (entry("a", backend="aerr"), "unknown backend 'aerr'"),
        (entry("a", noise="depolarising=1"), "unknown noise 'depolarising'"),
        (entry("a", state="phi"), "entry 'a'"),
        (entry("a", accept=["drfit"]), "--accept knows no 'drfit'"),
    ],
)
def test_names_are_checked_before_any_shot(
    wrong: str, message: str, qmono: Callable[..., Any], tmp_path: Path
) -> None:
    write(tmp_path / "suite.toml", entry("first"), wrong)
    done = qmono("gate", "suite.toml")
    assert done.code == 2
    assert message in done.err
    assert not (tmp_path / "suite.results").exists()


def twenty(tmp_path: Path, name: str) -> Path:
    directory = tmp_path / name
    directory.mkdir()
    return write(directory / "suite.toml", *(entry(f"link-{n}", rounds=2) for n in range(20)))


def test_a_killed_suite_goes_on_and_ends_with_the_same_report(program: str, tmp_path: Path) -> None:
    whole, killed = twenty(tmp_path, "whole"), twenty(tmp_path, "killed")
    command = [program, "gate", "suite.toml", "--report", "json=report.json", "--quiet"]
    subprocess.run(command, cwd=whole.parent, check=True, capture_output=True, timeout=60)
    for stop in (signal.SIGKILL, signal.SIGINT):
        running = subprocess.Popen(
            [*command, "--resume"], cwd=killed.parent, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        results = killed.with_suffix(".results")
        had = len(list(results.glob("link-*.json")))
        while running.poll() is None and len(list(results.glob("link-*.json"))) < had + 4:
            time.sleep(0.005)
        os.kill(running.pid, stop)
        _, err = running.communicate(timeout=30)
        assert running.returncode == (-9 if stop == signal.SIGKILL else 130)
        assert stop == signal.SIGKILL or b"go on with --resume" in err
    before = {path.name: path.stat().st_mtime_ns for path in results.glob("link-*.json")}
    assert 8 <= len(before) < 20
    subprocess.run([*command, "--resume"], cwd=killed.parent, check=True, capture_output=True, timeout=60)
    after = {path.name: path.stat().st_mtime_ns for path in results.glob("link-*.json")}
    assert {name: after[name] for name in before} == before
    assert document(killed.parent / "report.json") == document(whole.parent / "report.json")


def test_a_changed_entry_is_measured_again_and_the_others_are_not(
    qmono: Callable[..., Any], tmp_path: Path
) -> None:
    write(tmp_path / "suite.toml", entry("a"), entry("b"))
    qmono("gate", "suite.toml")
    kept = {name: (tmp_path / "suite.results" / f"{name}.json").stat().st_mtime_ns for name in "ab"}
    write(tmp_path / "suite.toml", entry("a"), entry("b", shots=400))
    qmono("gate", "suite.toml", "--resume")
    now = {name: (tmp_path / "suite.results" / f"{name}.json").stat().st_mtime_ns for name in "ab"}
    assert now["a"] == kept["a"]
    assert now["b"] != kept["b"]


def test_only_runs_what_is_named(qmono: Callable[..., Any], tmp_path: Path) -> None:
    write(tmp_path / "suite.toml", entry("link-a"), entry("link-b"), entry("other"))
    done = qmono("gate", "suite.toml", "--only", "link-*", "--report", "json=r.json")
    assert done.code == 0
    assert list(statuses(tmp_path / "r.json")) == ["link-a: S >= 2", "link-b: S >= 2"]
    assert "2 of 3 entries" in done.out
    rest = qmono("gate", "suite.toml", "--only", "link-a", "--resume", "--report", "json=r.json")
    assert rest.code == 5
    assert statuses(tmp_path / "r.json")["other: S >= 2"] == "no-data"
    assert qmono("gate", "suite.toml", "--only", "lnk").code == 2


def test_a_suite_of_which_only_warnings_run_has_judged_nothing(
    qmono: Callable[..., Any], tmp_path: Path
) -> None:
    write(tmp_path / "suite.toml", entry("a"), entry("advice", severity="warning"))
    done = qmono("gate", "suite.toml", "--only", "advice")
    assert done.code == 5
    assert done.out.startswith("NO DATA")


def test_more_shots_are_a_planned_look_or_refused(qmono: Callable[..., Any], tmp_path: Path) -> None:
    write(tmp_path / "suite.toml", entry("a", "S >= 2.7"))
    qmono("gate", "suite.toml")
    refused = qmono("gate", "suite.toml", "--resume", "--add-shots", "100")
    assert refused.code == 2
    assert "looks = 2" in refused.err
    write(tmp_path / "suite.toml", entry("a", "S >= 2.7"), head="looks = 2\n" + HEAD)
    qmono("gate", "suite.toml")
    done = qmono("gate", "suite.toml", "--resume", "--add-shots", "20000", "--report", "json=r.json")
    assert done.code == 0
    (found,) = document(tmp_path / "r.json")["payload"]["entries"]
    assert found["look"] == 2
    assert found["report"]["metrics"]["trials"]["value"] == 4 * 20300
    assert found["report"]["metrics"]["S"]["level"] == 0.975
    spent = qmono("gate", "suite.toml", "--resume", "--add-shots", "100")
    assert spent.code == 2
    assert "all 2 looks" in spent.err


def test_an_entry_may_stop_when_it_is_decided(qmono: Callable[..., Any], tmp_path: Path) -> None:
    sequential = {"measure": "fidelity", "until": "decided", "max_shots": 20000}
    entries = [
        entry("a", "fidelity >= 0.9", **sequential),
        entry("b", "fidelity >= 0.9", noise="depolarizing=0.3", **sequential),
        entry("c"),
    ]
    write(tmp_path / "suite.toml", *entries, head="looks = 2\n" + HEAD)
    done = qmono("gate", "suite.toml", "--report", "json=r.json")
    assert done.code == 99, done.err
    assert statuses(tmp_path / "r.json") == {
        "a: fidelity >= 0.9": "pass",
        "b: fidelity >= 0.9": "fail",
        "c: S >= 2": "pass",
    }
    more = qmono("gate", "suite.toml", "--resume", "--add-shots", "100")
    assert more.code == 2
    assert "until decided" in more.err
    wrong = {"until": "decided", "max_shots": 20000}
    write(tmp_path / "suite.toml", entry("a", **wrong))
    assert "is for a fidelity that is measured here" in qmono("gate", "suite.toml").err
    write(tmp_path / "suite.toml", entry("a", "fidelity >= 0.9", measure="fidelity", until="decided"))
    assert "belong together" in qmono("gate", "suite.toml").err


def test_a_baseline_shows_what_changed_with_limits(qmono: Callable[..., Any], tmp_path: Path) -> None:
    write(tmp_path / "suite.toml", entry("a"), entry("b"))
    qmono("gate", "suite.toml", "--report", "json=before.json")
    write(tmp_path / "suite.toml", entry("a"), entry("b", noise="depolarizing=0.5"), entry("c"))
    qmono("gate", "suite.toml", "--report", "json=after.json", "--baseline", "before.json")
    (table,) = [
        part for part in document(tmp_path / "after.json")["sections"] if part["title"].startswith("since")
    ]
    assert table["title"].endswith("at 90 %")
    rows = {row[0]: row for row in table["rows"]}
    assert rows["a"][-1] == "nothing"
    assert rows["b"][-1] == "drop"
    assert rows["c"][-1] == "new"
    wrong = qmono("gate", "suite.toml", "--baseline", "suite.toml")
    assert wrong.code == 3


@pytest.mark.parametrize(
    ("age", "status"), [(None, "no-data"), (timedelta(hours=30), "no-data"), (timedelta(hours=2), "pass")]
)
def test_an_old_or_missing_calibration_is_no_data(
    age: timedelta | None, status: str, qmono: Callable[..., Any], tmp_path: Path, samples: Path
) -> None:
    taken = None if age is None else (datetime.now(UTC) - age).isoformat()
    flips = np.array([[97, 1, 1, 1]])
    table = replace(
        read_counts(samples / "simulated" / "bell.json"),
        calibration=None if taken is None else ReadoutCalibration(("00",), flips, taken),
    )
    write_counts(table, tmp_path / "counts.npz")
    fields = {"measure": "tomography", "target": "phi+", "max_calibration_age_h": 24}
    write(tmp_path / "suite.toml", entry("a", "fidelity >= 0.9", counts="counts.npz", **fields))
    done = qmono("gate", "suite.toml", "--report", "json=r.json")
    assert done.code == (0 if status == "pass" else 5), done.err
    assert statuses(tmp_path / "r.json") == {"a: fidelity >= 0.9": status}


def test_the_directory_of_results_is_nobody_elses(qmono: Callable[..., Any], tmp_path: Path) -> None:
    write(tmp_path / "suite.toml", entry("a"))
    done = qmono("gate", "suite.toml", "--results", ".")
    assert done.code == 2
    assert "no results of a suite" in done.err


def test_options_of_suites_and_of_reports_do_not_mix(qmono: Callable[..., Any], tmp_path: Path) -> None:
    write(tmp_path / "suite.toml", entry("a"))
    assert qmono("gate", "suite.toml", "--min", "S=2").code == 2
    assert qmono("gate", "report.json", "--resume").code == 2
    assert qmono("gate", "none.toml").code == 3
