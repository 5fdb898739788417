"""`qmono tomography --plan` from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


def test_a_plan_for_people_and_for_programs(qmono: Run) -> None:
    asked = ("tomography", "--plan", "--state", "werner:0.95", "--target", "phi+", "--shots", "300")
    asked += ("--min", "fidelity=0.9", "--min", "purity=0.5")
    shown = qmono(*asked)
    assert shown.code == 0
    assert shown.out.startswith("PLAN  9 settings of 300 shots, 2700 in all; true state werner:0.95")
    assert "means of 64 simulated runs, limits at 95 % each" in shown.out
    made = json.loads(qmono(*asked, "-f", "json").out)
    assert made["expected"]["fidelity"]["true"] == pytest.approx(0.9625)
    assert f"{made['expected']['concurrence']['half_width']:.4f}" in shown.out
    fidelity, purity = made["requirements"]
    assert fidelity["exact"]
    assert fidelity["passes"] > 0.99
    assert (purity["passes"], purity["exact"]) == (0, False)
    assert 0.04 < purity["passes_high"] < 0.05
    assert "0 of 64 runs: 0 to 0.05 (95 %)" in shown.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--plan", "counts.json"], "--plan is for counts that are not measured yet"),
        (["--plan", "-f", "junit"], "--plan writes console or json, not 'junit'"),
        (["--plan", "--save-counts", "x.json"], "--save-counts has no meaning here: --plan measures nothing"),
        (["--plan", "--bit-order", "qiskit"], "--bit-order has no meaning here: --plan measures nothing"),
        (["--plan", "--shots", "0"], "--shots must be at least 1, got 0"),
        (["--plan", "--min", "fidelty=0.9"], "fidelty"),
        (["--gof", "never"], "--gof takes bracket, auto, bootstrap, got 'never'"),
        (["--bootstrap", "5"], "--bootstrap needs at least 100 resamples at this level, got 5"),
    ],
)
def test_what_cannot_be_planned(arguments: list[str], message: str, qmono: Run) -> None:
    done = qmono("tomography", *arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
