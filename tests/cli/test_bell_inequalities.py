"""`qmono bell-test --inequality`: from circuit and from saved counts to verdict, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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


def test_plain_counts_of_three_parties(qmono: Run, tmp_path: Path) -> None:
    """A GHZ state measured along X and Y, in the letters of Pauli and in inputs."""
    even, odd = ("000", "011", "101", "110"), ("111", "100", "010", "001")
    for labels in (("XXX", "XYY", "YXY", "YYX"), ("000", "011", "101", "110")):
        rows = {label: dict.fromkeys(odd if k else even, 100) for k, label in enumerate(labels)}
        path = tmp_path / f"{labels[0]}.json"
        path.write_text(json.dumps(rows), encoding="utf-8")
        found = report(qmono, path, "--inequality", "mermin", "--design", "fixed-blocks")
        assert (found["verdict"], found["metrics"]["bell_value"]["value"]) == ("violated", 4.0)
    for least, code in ((3.9, ExitCode.OK), (4.5, ExitCode.REFUTED)):
        assert qmono("bell-test", path, "--inequality", "mermin", "--min", f"bell_value={least}").code == code


def test_plain_counts_with_more_than_two_inputs(qmono: Run, tmp_path: Path) -> None:
    alike = {"00": 465, "11": 468, "01": 33, "10": 34}
    unlike = {"01": 465, "10": 468, "00": 33, "11": 34}
    rows = {label: unlike if label == "02" else alike for label in ("00", "10", "11", "21", "22", "02")}
    path = tmp_path / "chained.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    found = report(qmono, path, "--inequality", "chained", "--design", "random")
    assert found["verdict"] == "violated"
    assert found["metrics"]["bell_value"]["value"] == pytest.approx(6 * 0.866, abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--inequality", "mermim"], ExitCode.USAGE, "did you mean 'mermin'"),
        (["--inequality", "mermin", "--qubits", "40"], ExitCode.USAGE, "a whole number from 3 to 8"),
        (["--inequality", "mermin", "--tilt", "1"], ExitCode.USAGE, "--tilt has no meaning"),
        (["--inequality", "mermin:4", "--qubits", "5"], ExitCode.USAGE, "given twice"),
        (["--qubits", "3"], ExitCode.USAGE, "takes no parameters"),
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
