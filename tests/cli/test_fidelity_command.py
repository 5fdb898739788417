"""`qmono fidelity` as a user starts it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_a_live_run_saved_and_analysed_again_is_the_same_report(qmono: Run, tmp_path: Path) -> None:
    for protocol in ("auto", "verification", "stabilizer-bound"):
        saved = tmp_path / f"{protocol}.json"
        options = ["--state", "ghz:3", "--noise", "depolarizing=0.05", "--seed", "3", "--shots", "200"]
        live = qmono("fidelity", *options, "--protocol", protocol, "--save-counts", saved, "-f", "json")
        again = qmono("fidelity", saved, "--target", "ghz:3", "-f", "json")
        assert (live.code, again.code) == (0, 0)
        first, second = json.loads(live.out), json.loads(again.out)
        assert first["metrics"] == second["metrics"]
        assert first["payload"] == second["payload"]
        assert first["verdict"] == "certified"


def test_the_same_seed_gives_the_same_bytes(qmono: Run) -> None:
    options = ["fidelity", "--state", "w:3", "--seed", "5", "--shots", "300"]
    assert qmono(*options).out == qmono(*options).out


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--min", "fidelity=0.8"], 0),
        (["--min", "fidelity=0.999"], 99),
        (["--min", "fidelity=0.93"], 98),
        (["--require", "verdict == certified"], 0),
        (["--min", "purity=0.9"], 2),
        (["--require", "check:nonsense"], 2),
    ],
)
def test_requirements_are_judged_on_the_limits(qmono: Run, options: list[str], code: int) -> None:
    done = qmono("fidelity", "--noise", "depolarizing=0.1", "--seed", "1", "--shots", "500", *options)
    assert done.code == code


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--protocol", "nonsense"], "unknown fidelity protocol"),
        (["--protocol", "three-settings", "--state", "w:3"], "no Bell state"),
        (["--target", "werner:0.9"], "no protocol measures"),
        (["--target", "ghz:3"], "has 2 qubits"),
        (["--target", "best-bell"], "named before the data"),
        (["--shots", "0"], "--shots must be at least 1"),
        (["--half-width", "0"], "--half-width must lie between"),
        (["--half-width", "0.01", "--shots", "9"], "--shots has no meaning"),
        (["--half-width", "0.0001", "--protocol", "stabilizer-bound"], "no number of shots"),
        (["--expect", "1.5"], "--expect must be a fidelity"),
        (["--bit-order", "qiskit"], "--bit-order has no meaning"),
        (["--plan", "-f", "junit"], "--plan is written as"),
    ],
)
def test_misuse_is_one_line(qmono: Run, options: list[str], words: str) -> None:
    done = qmono("fidelity", *options)
    assert done.code == 2
    assert words in done.err
    assert done.err.count("\n") == 1


def test_saved_counts_need_a_target_and_take_no_plan(qmono: Run, samples: Path) -> None:
    counts = samples / "simulated" / "bell.json"
    assert "--target says which state" in qmono("fidelity", counts).err
    assert (
        "--plan has no meaning"
        in qmono("fidelity", counts, "--target", "phi+", "--half-width", "0.1", "--plan").err
    )
    done = qmono("fidelity", counts, "--target", "w:3")
    assert (done.code, "dimensions" in done.err) == (2, True)


def test_a_target_that_the_settings_do_not_reach_is_a_number_without_value(qmono: Run, samples: Path) -> None:
    counts = samples / "delft_2015" / "counts.json"
    done = qmono("fidelity", counts, "--target", "psi-", "-f", "json", "--min", "fidelity=0.5")
    assert done.code == 5
    metric = json.loads(done.out)["metrics"]["fidelity"]
    assert metric["value"] is None
    assert metric["reason"]


def test_the_plan_names_what_auto_takes(qmono: Run) -> None:
    shown = qmono("fidelity", "--target", "ghz:4", "--plan")
    assert shown.code == 0
    assert "--protocol auto takes ghz-parity" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80
    document = json.loads(qmono("fidelity", "--target", "w:3", "--plan", "-f", "json").out)
    assert document["chosen"] == "direct"
    reasons = {item["name"]: item["reason"] for item in document["protocols"] if item["shots"] is None}
    assert all(reasons.values())


def test_twenty_noisy_qubits_to_two_percent(qmono: Run) -> None:
    done = qmono(
        "fidelity",
        "--state",
        "ghz:20",
        "--noise",
        "depolarizing=0.002",
        "--half-width",
        "0.02",
        "--seed",
        "2",
        "-f",
        "json",
    )
    metric = json.loads(done.out)["metrics"]["fidelity"]
    assert done.code == 0
    assert metric["high"] - metric["low"] < 2 * 0.025
