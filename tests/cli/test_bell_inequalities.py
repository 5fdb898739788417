"""`qmono bell-test --inequality`: from circuit and from saved counts to verdict, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qmono import api
from qmono.errors import ExitCode

Run = Callable[..., Any]


def report(qmono: Run, *arguments: object) -> Any:
    done = qmono("bell-test", *arguments, "--format", "json")
    assert done.code == 0, done.err
    return json.loads(done.out)


@pytest.mark.parametrize(
    ("inequality", "run", "least"),
    [
        (["mermin", "--qubits", "5"], ["--noise", "depolarizing=0.02"], 14),
        (["chained", "--settings-per-side", "4"], [], 7.2),
    ],
)
def test_from_circuit_to_verdict_and_the_same_from_the_saved_counts(
    qmono: Run, tmp_path: Path, inequality: list[str], run: list[str], least: float
) -> None:
    kept = tmp_path / "kept.json"
    live = report(qmono, "--inequality", *inequality, *run, "--seed", 7, "--save-counts", kept)
    assert live["verdict"] == "violated"
    assert live["metrics"]["bell_value"]["low"] > least
    assert report(qmono, kept, "--inequality", *inequality)["metrics"] == live["metrics"]


def test_a_named_state_is_measured_along_directions_that_suit_it(qmono: Run) -> None:
    found = report(qmono, "--inequality", "mermin", "--state", "w:3", "--seed", 7)
    assert found["metrics"]["bell_value"]["value"] == pytest.approx(3.046, abs=0.15)


def test_plain_counts_of_three_parties(tmp_path: Path) -> None:
    """A GHZ state measured along X and Y, in the letters of Pauli and in inputs."""
    even, odd = ("000", "011", "101", "110"), ("111", "100", "010", "001")
    for labels in (("XXX", "XYY", "YXY", "YYX"), ("000", "011", "101", "110")):
        rows = {label: dict.fromkeys(odd if k else even, 100) for k, label in enumerate(labels)}
        path = tmp_path / f"{labels[0]}.json"
        path.write_text(json.dumps(rows), encoding="utf-8")
        require = ["bell_value >= 3.9", "bell_value >= 3.999"]
        found = api.bell_test(api.read_counts(path), inequality="mermin", design="random", require=require)
        value = found.metric("bell_value")
        assert value is not None
        assert (found.verdict, value.value) == ("violated", 4.0)
        assert [item.status for item in found.requirements] == ["pass", "inconclusive"]


def test_plain_counts_with_more_than_two_inputs(tmp_path: Path) -> None:
    alike = {"00": 465, "11": 468, "01": 33, "10": 34}
    unlike = {"01": 465, "10": 468, "00": 33, "11": 34}
    rows = {label: unlike if label == "02" else alike for label in ("00", "10", "11", "21", "22", "02")}
    path = tmp_path / "chained.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    found = api.bell_test(api.read_counts(path), inequality="chained", design="random")
    value = found.metric("bell_value")
    assert value is not None
    assert found.verdict == "violated"
    assert value.value == pytest.approx(6 * 0.866, abs=1e-9)


def test_an_inequality_of_ones_own_from_circuit_to_verdict(qmono: Run, tmp_path: Path) -> None:
    """CHSH with a twist of the signs, which nobody told which directions to measure."""
    signs = {(0, 0): -1, (0, 1): 1, (1, 0): 1, (1, 1): 1}
    terms = [{"inputs": list(setting), "weight": sign} for setting, sign in signs.items()]
    mine = tmp_path / "mine.json"
    mine.write_text(json.dumps({"schema": "qmono.inequality/1", "inputs": [2, 2], "correlators": terms}))
    kept = tmp_path / "kept.json"
    live = report(qmono, "--inequality", mine, "--state", "psi-", "--seed", 7, "--save-counts", kept)
    assert (live["verdict"], live["payload"]["inequality"]) == ("violated", "user:mine")
    assert live["metrics"]["bell_value"]["low"] > 2.7
    assert {check["name"]: check["status"] for check in live["checks"]}["tsirelson"] == "not-applicable"
    chsh = report(qmono, kept, "--signs=-+++")
    assert chsh["metrics"]["S"]["value"] == pytest.approx(live["metrics"]["bell_value"]["value"], abs=1e-12)
    assert "names no state to prepare; say --state" in qmono("bell-test", "--inequality", mine).err


def test_the_catalogue_prints_what_can_be_read(qmono: Run, tmp_path: Path) -> None:
    mine = tmp_path / "mermin.json"
    mine.write_text(qmono("catalogue", "--inequality", "mermin").out, encoding="utf-8")
    rows = {"000": "000", "011": "100", "101": "010", "110": "001"}
    (tmp_path / "counts.json").write_text(json.dumps({x: {a: 400} for x, a in rows.items()}))
    found = report(qmono, tmp_path / "counts.json", "--inequality", mine, "--design", "fixed-blocks")
    assert found["metrics"]["bell_value"]["value"] == 4.0


def test_the_daily_quantities_and_what_a_saved_state_would_allow(qmono: Run, samples: Path) -> None:
    delft = samples / "delft_2015" / "counts.json"
    found = report(qmono, delft, "--daily", "--state", "werner:psi-:0.9")
    assert found["payload"]["daily"]["state"]["largest_S"] == pytest.approx(2.5456, abs=5e-5)
    assert report(qmono, delft)["metrics"] == found["metrics"]
    refused = qmono("bell-test", delft, "--state", "psi-")
    assert (refused.code, "already measured" in refused.err) == (ExitCode.USAGE, True)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--inequality", "mermim"], ExitCode.USAGE, "did you mean 'mermin'"),
        (["--inequality", "mermin", "--qubits", "40"], ExitCode.USAGE, "a whole number from 3 to 8"),
        (["--plan", "--inequality", "mermin"], ExitCode.USAGE, "the plan is one of CHSH"),
        (["--inequality", "cglmp"], ExitCode.USAGE, "saved counts only"),
        (["--inequality", "mermin", "--state", "phi+"], ExitCode.USAGE, "needs a state of 3 qubits"),
        (["delft", "--inequality", "mermin"], ExitCode.INPUT, "needs 3 parties with 2 outcomes; here are 2"),
        (["delft", "--inequality", "eberhard", "--signs", "+++-"], ExitCode.USAGE, "it is an option of CHSH"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    qmono: Run, samples: Path, arguments: list[str], code: ExitCode, message: str
) -> None:
    delft = str(samples / "delft_2015" / "counts.json")
    done = qmono("bell-test", *(delft if item == "delft" else item for item in arguments))
    assert (done.code, done.out) == (code, "")
    assert message in done.err
    assert done.err.count("\n") == 1
