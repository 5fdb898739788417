"""`qmono bell-test --plan` from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


def test_a_plan_for_people_and_for_programs(qmono: Run) -> None:
    shown = qmono("bell-test", "--plan", "--visibility", "0.85")
    assert shown.code == 0
    assert shown.out.startswith("PLAN  S = 2.404 expected at visibility 0.85\n")
    made = json.loads(qmono("bell-test", "--plan", "--visibility", "0.85", "-f", "json").out)
    assert made["S"] == pytest.approx(2.4042, abs=1e-4)
    assert [row["design"] for row in made["trials"]] == ["random", "fixed-blocks", "any stop"]
    assert str(made["trials"][0]["even_chance"]) in shown.out
    assert "2/3" in qmono("bell-test", "--plan", "--efficiency", "0.9").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--plan", "--visibility", "1.2"], "--visibility is a number above 0 and at most 1, got 1.2"),
        (["--plan", "--efficiency", "0.7"], "the best state of two qubits reaches 2.00181"),
        (["--plan", "--p-value", "2"], "--p-value lies between 0 and 1, got 2"),
        (["--plan", "-f", "junit"], "--plan writes console or json, not 'junit'"),
        (["--visibility", "0.9"], "--visibility has no meaning here: it belongs to --plan"),
    ],
)
def test_what_cannot_be_planned(arguments: list[str], message: str, qmono: Run) -> None:
    done = qmono("bell-test", *arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
