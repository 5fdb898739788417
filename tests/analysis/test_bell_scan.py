"""Scans: S against angle with limits that hold together, the fit, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qmono.analysis.bell.scan import analyse_scan
from qmono.core.counts import CountsTable, SettingRows
from qmono.core.report import Check, Note, Report, Series
from qmono.errors import ExitCode, InputError, UsageError
from qmono.quantum.bell.scan import cosine_fit, scan_plan, turned_by
from qmono.quantum.born import simulate_counts
from qmono.quantum.states import BELL_STATES, named_state


def scan(
    state: str = "werner:0.9", of: str = "phi+", steps: int = 12, shots: int = 1000, seed: int = 7
) -> CountsTable:
    plan = scan_plan(named_state(of), steps, shots)
    return simulate_counts(named_state(state).rho, plan, np.random.default_rng(seed))


def points(report: Report) -> list[dict[str, float]]:
    found: list[dict[str, float]] = report.payload["scan"]
    return found


def check(report: Report, name: str) -> Check:
    return next(item for item in report.checks if item.name == name)


def changed(table: CountsTable, **fields: Any) -> CountsTable:
    assert table.settings is not None
    return replace(table, settings=replace(table.settings, rounds=None, **fields))


@pytest.mark.parametrize("name", BELL_STATES)
def test_every_bell_state_is_a_cosine(name: str) -> None:
    report = analyse_scan(scan(name, name, shots=4000))
    for point in points(report):
        ideal = 2 * sqrt(2) * np.cos(np.deg2rad(point["degrees"]))
        assert point["low"] - 1e-9 <= ideal <= point["high"] + 1e-9
    assert [point["degrees"] for point in points(report)] == pytest.approx(np.arange(12) * 30.0, abs=1e-5)
    assert (report.verdict, report.trust, report.source) == ("violated", "ok", "simulated")


def test_the_limits_pay_for_the_number_of_angles() -> None:
    """Each of 12 at 1 - 0.05/12: all of them hold in at least 95 % of 200 scans, less 3 sigma."""
    rng = np.random.default_rng(5)
    plan = scan_plan(named_state("phi+"), 12, 200)
    rho = named_state("werner:0.7").rho
    held = 0
    for _ in range(200):
        found = points(analyse_scan(simulate_counts(rho, plan, rng)))
        ideal = [0.7 * 2 * sqrt(2) * np.cos(np.deg2rad(point["degrees"])) for point in found]
        held += all(point["low"] <= value for point, value in zip(found, ideal, strict=True))
    assert held >= 200 * (0.95 - 3 * sqrt(0.05 * 0.95 / 200))


def test_a_misaligned_side_shows_as_an_offset() -> None:
    """Bob's frame turned by 20 degrees about Y, which the plan does not know."""
    angle = np.deg2rad(20)
    turn = np.array([[np.cos(angle / 2), -np.sin(angle / 2)], [np.sin(angle / 2), np.cos(angle / 2)]])
    psi = np.kron(np.eye(2), turn) @ named_state("phi+").psi
    plan = scan_plan(named_state("phi+"), 12, 4000)
    report = analyse_scan(simulate_counts(np.outer(psi, psi.conj()), plan, np.random.default_rng(2)))
    found = points(report)
    fit = cosine_fit(np.array([p["degrees"] for p in found]), np.array([p["S"] for p in found]))
    assert fit.amplitude == pytest.approx(2 * sqrt(2), abs=0.05)
    assert abs(fit.offset) == pytest.approx(20, abs=1)
    line = next(part.lines[0] for part in report.sections if isinstance(part, Note) and part.title == "fit")
    assert "cos(angle" in line
    assert any(isinstance(part, Series) for part in report.sections)


def test_noise_is_not_violated_at_any_angle() -> None:
    report = analyse_scan(scan("werner:0.5", shots=4000))
    assert report.verdict == "not-violated"
    assert "at most" in report.title


def test_a_design_that_nobody_declared_is_said() -> None:
    report = analyse_scan(replace(scan(), design=None))
    assert "NOT DECLARED" in check(report, "design").message
    assert check(analyse_scan(scan(), design="random"), "design").status == "pass"


def test_files_without_directions_have_equal_steps_and_any_order_of_rows() -> None:
    table = scan()
    assert table.settings is not None
    assert table.settings.inputs is not None
    order = np.random.default_rng(1).permutation(len(table.settings.labels))
    mixed = changed(
        table,
        labels=tuple(table.settings.labels[index] for index in order),
        counts=table.settings.counts[order],
        inputs=table.settings.inputs[order],
        directions=None,
    )
    assert points(analyse_scan(mixed)) == points(analyse_scan(table))


def test_beyond_quantum_theory_is_untrusted() -> None:
    table = scan("phi+", steps=4)
    assert table.settings is not None
    counts = table.settings.counts.copy()
    for row, label in enumerate(table.settings.labels):
        if label in ("00", "01", "10", "11"):
            counts[row] = [0, 500, 500, 0] if label == "11" else [500, 0, 0, 500]
    report = analyse_scan(changed(table, counts=counts))
    assert report.verdict == "untrusted-data"
    assert "S" in check(report, "tsirelson").voids


def test_drift_is_seen() -> None:
    table = scan()
    assert table.settings is not None
    assert table.settings.rounds is not None
    rounds = table.settings.rounds.copy()
    rounds[-1] = rounds[-1][:, ::-1]
    rounds[-1, :8] = rounds[-1, :8].sum(axis=1, keepdims=True) // 4
    rows = replace(table.settings, rounds=rounds, counts=rounds.sum(axis=0))
    assert check(analyse_scan(replace(table, settings=rows)), "drift").status == "fail"


def test_what_is_no_scan_is_refused() -> None:
    table = scan(steps=4)
    assert table.settings is not None
    counts = table.settings.counts.copy()
    counts[3] = 0
    odd = np.array([[x, y] for x in (0, 1) for y in range(7)])
    rows = SettingRows(tuple(f"{x}{y}" for x, y in odd), np.ones((14, 4), dtype=np.int64), inputs=odd)
    for wrong, message in (
        (changed(table, counts=counts), "no counts in setting a0 b3"),
        (changed(table, inputs=None), "named inputs"),
        (CountsTable(2, settings=rows), "two for each of 4 angles"),
    ):
        with pytest.raises(InputError, match=message):
            analyse_scan(wrong)
    with pytest.raises(UsageError, match="--scan takes 4 to 360 angles, got 3"):
        scan_plan(named_state("phi+"), 3, 100)
    with pytest.raises(UsageError, match="unknown design"):
        analyse_scan(table, design="blocks")


def test_angles_are_those_of_the_directions() -> None:
    plan = scan_plan(named_state("psi-"), 9, 10)
    assert turned_by(plan.directions[:18, 1]) == pytest.approx(np.arange(9) * 40.0, abs=1e-5)
    assert plan.labels[10] == "0,10"


def test_the_command_measures_and_judges_again(qmono: Callable[..., Any], tmp_path: Path) -> None:
    kept = tmp_path / "scan.json"
    live = qmono(
        "bell-test", "--scan", 6, "--shots", 400, "--seed", 3, "--save-counts", kept, "--min", "S=2.5"
    )
    assert (live.code, "S against angle" in live.out) == (ExitCode.OK, True)
    again = qmono("bell-test", kept, "--scan", 6, "--quiet")
    assert again.out.splitlines()[0].startswith("VIOLATED  S = ")
    wrong = qmono("bell-test", kept, "--scan", 8)
    assert (wrong.code, "the counts are a scan of 6 angles" in wrong.err) == (ExitCode.USAGE, True)
