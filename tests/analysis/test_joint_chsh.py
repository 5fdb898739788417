"""Bell tests of all pairs inside one table: verdicts, levels, and what an excess is said to mean."""

from __future__ import annotations

from dataclasses import replace
from math import cos, sin, sqrt

import numpy as np
import pytest

from qmono.analysis.monogamy.bell.table import bell_table
from qmono.analysis.monogamy.reports import analyse_joint
from qmono.core.counts import CountsTable, Selection, SettingRows, angle_direction
from qmono.core.report import Note, Report, Table
from qmono.errors import InputError
from qmono.quantum.born import probabilities, simulate_counts
from qmono.quantum.paulis import pauli_string
from qmono.quantum.plans import Plan, pauli_plan
from qmono.quantum.states import State, ghz
from qmono.quantum.types import Matrix

INPUTS = np.array(list(np.ndindex(2, 2, 2)))
LABELS = tuple("".join(map(str, row)) for row in INPUTS)
FIRST = np.array([angle_direction(0), angle_direction(90)])
OTHER = np.array([angle_direction(45), angle_direction(-45)])
DIRECTIONS = np.stack([FIRST[INPUTS[:, 0]], OTHER[INPUTS[:, 1]], OTHER[INPUTS[:, 2]]], axis=1)


def plan(shots: int, rounds: int = 1) -> Plan:
    return Plan(LABELS, DIRECTIONS, shots, rounds, inputs=INPUTS, design="fixed-blocks")


def on_the_circle(angle: float) -> tuple[Matrix, float, float]:
    """A state with S_01 = 2 sqrt2 cos and S_02 = 2 sqrt2 sin of the angle, S^2 + S'^2 = 8.

    The eigenvector of cos B_01 + sin B_02 whose eigenvalue is 2 sqrt2 (Toner and Verstraete 2006).
    """
    z, x = pauli_string("Z"), pauli_string("X")
    bell = sqrt(2) * (np.kron(z, np.kron(z, np.eye(2))) + np.kron(x, np.kron(x, np.eye(2))))
    other = sqrt(2) * (np.kron(z, np.kron(np.eye(2), z)) + np.kron(x, np.kron(np.eye(2), x)))
    values, vectors = np.linalg.eigh(cos(angle) * bell + sin(angle) * other)
    assert values[-1] == pytest.approx(2 * sqrt(2))
    psi = vectors[:, -1]
    return np.outer(psi, psi.conj()), 2 * sqrt(2) * cos(angle), 2 * sqrt(2) * sin(angle)


def table_of(counts: np.ndarray, **fields: object) -> CountsTable:
    rows = SettingRows(LABELS, counts, inputs=INPUTS)
    return CountsTable(3, settings=rows, **{"design": "fixed-blocks", **fields})  # type: ignore[arg-type]


def cheating(shots: int, seed: int) -> CountsTable:
    """Qubits 1 and 2 are told the setting of qubit 0 and win CHSH nine times of ten: S = 3.2 twice."""
    rng = np.random.default_rng(seed)
    counts = np.zeros((8, 8), dtype=np.int64)
    for row, (x, y, z) in enumerate(INPUTS.tolist()):
        a = rng.integers(0, 2, shots)
        b = a ^ (x & y) ^ (rng.random(shots) < 0.1)
        c = a ^ (x & z) ^ (rng.random(shots) < 0.1)
        np.add.at(counts[row], 4 * a + 2 * b + c, 1)
    return table_of(counts)


def lines(report: Report, title: str) -> str:
    return " | ".join(
        line for s in report.sections if isinstance(s, Note) and s.title == title for line in s.lines
    )


def test_a_state_on_the_circle_uses_all_there_is() -> None:
    rho, first, second = on_the_circle(0.5)
    exact = simulate_counts(rho, plan(40_000), np.random.default_rng(1))
    report = analyse_joint(exact)
    for name, value in (("S[0,1]", first), ("S[0,2]", second)):
        metric = report.metric(name)
        assert metric is not None
        assert metric.low is not None
        assert metric.high is not None
        assert metric.low.value < value < metric.high.value
    headroom = report.metric("bell_headroom[0]")
    assert headroom is not None
    assert headroom.value == pytest.approx(0, abs=0.1)
    assert report.verdict == "inconclusive"
    assert report.metric("bell_headroom[1]") is not None


def test_a_leaking_pair_is_satisfied_and_named() -> None:
    rho = 0.9 * np.kron(
        State("", (2, 2), psi=np.array([1, 0, 0, 1], dtype=np.complex128) / sqrt(2)).rho, np.diag([1, 0])
    ) + 0.1 * (np.eye(8) / 8)
    report = analyse_joint(simulate_counts(rho, plan(1000, rounds=4), np.random.default_rng(2)))
    assert (report.verdict, report.trust) == ("satisfied", "ok")
    assert lines(report, "S > 2").startswith("shown of 0-1: 3 tested")
    assert "every other pair at qubit 0 at most 1." in lines(report, "leaves")
    assert "biased low by more than" in lines(report, "flips if")
    (tests,) = [s for s in report.sections if isinstance(s, Table) and s.title == "Bell tests"]
    assert [row[0] for row in tests.rows] == ["0-1", "0-2", "1-2"]
    assert [row[1] for row in tests.rows] == [8000] * 3


def test_qubits_that_are_told_a_setting_break_it_and_the_report_says_so() -> None:
    report = analyse_joint(cheating(400, 3))
    assert (report.verdict, report.trust) == ("violated", "failed")
    assert "no state measured in one way gives these counts" in report.title
    assert "not about nature" in lines(report, "verdict")
    assert lines(report, "look at, in this order").startswith(
        "cross-talk: outcomes depend on what is measured"
    )
    assert "takes no entanglement" in lines(report, "S > 2")
    headroom = report.metric("bell_headroom[0]")
    assert headroom is not None
    assert headroom.high is not None
    assert headroom.high.value < -8


def test_cross_talk_without_an_excess_is_the_alarm() -> None:
    """Qubit 1 repeats the setting of qubit 0; qubits 0 and 2 are noise."""
    rng = np.random.default_rng(4)
    counts = np.zeros((8, 8), dtype=np.int64)
    for row, (x, _, _) in enumerate(INPUTS.tolist()):
        bits = rng.integers(0, 2, size=(300, 2))
        np.add.at(counts[row], 4 * bits[:, 0] + 2 * x + bits[:, 1], 1)
    report = analyse_joint(table_of(counts))
    assert (report.verdict, report.trust) == ("inconclusive", "failed")
    assert "the failed check is the alarm" in report.title


def test_wrong_excesses_are_rare_at_the_edge() -> None:
    """States on the circle, all of the budget used: at most 5 % are called violated, and all limits hold."""
    runs, wrong, missed = 150, 0, 0
    for seed in range(runs):
        rho, first, second = on_the_circle((0.0, 0.3, np.pi / 4)[seed % 3])
        report = analyse_joint(simulate_counts(rho, plan(60), np.random.default_rng(seed)))
        wrong += report.verdict == "violated"
        found = [report.metric(name) for name in ("S[0,1]", "S[0,2]")]
        missed += any(
            metric is not None and metric.low is not None and metric.low.value > value
            for metric, value in zip(found, (first, second), strict=True)
        )
    allowed = 0.05 + 3 * sqrt(0.05 * 0.95 / runs)
    assert wrong / runs <= allowed
    assert missed / runs <= allowed


def test_limits_at_the_whole_error_for_every_pair_would_be_too_short() -> None:
    """Six pairs of noise, signs declared: at 5 % each, some lower limit fails in about a quarter."""
    inputs = np.array(list(np.ndindex(2, 2, 2, 2)))
    labels = tuple("".join(map(str, row)) for row in inputs)
    rng = np.random.default_rng(7)
    runs, together, each = 200, 0, 0
    for _ in range(runs):
        counts = rng.multinomial(40, np.full(16, 1 / 16), size=16)
        table = CountsTable(
            4, settings=SettingRows(labels, counts, inputs=inputs), design="random", signs="+++-"
        )
        together += any(m.low.value > 0 for m in analyse_joint(table).metrics if m.name[0] == "S" and m.low)
        alone = analyse_joint(table, level=1 - 6 * 0.05)  # a sixth of it is 5 %
        each += any(m.low.value > 0 for m in alone.metrics if m.name[0] == "S" and m.low)
    assert together / runs <= 0.05 + 3 * sqrt(0.05 * 0.95 / runs)
    assert each / runs > 0.12


def test_a_declared_version_may_be_violated_from_below() -> None:
    """S = -2.8 with the declared signs counts as 2.8, and is never called free of contradiction."""
    rho, first, _ = on_the_circle(0.0)
    counts = simulate_counts(rho, plan(2000), np.random.default_rng(8))
    assert counts.settings is not None
    flipped = replace(counts, signs="---+")
    metric = analyse_joint(flipped).metric("S[0,1]")
    assert metric is not None
    assert metric.value == pytest.approx(-first, abs=0.1)
    assert analyse_joint(flipped).verdict == "inconclusive"
    budget = analyse_joint(flipped).payload["hubs"]["0"]["bell_used"]
    assert budget["high"] > 8


def test_which_tables_are_bell_tests() -> None:
    assert bell_table(table_of(np.ones((8, 8), dtype=np.int64))) is not None
    three = simulate_counts(ghz(3).rho, pauli_plan(3, 10), np.random.default_rng(1))
    assert bell_table(three) is None
    assert analyse_joint(three).metric("residual[0]") is not None
    # two settings of a stabiliser measurement: every pair lacks two of its four
    two = CountsTable(
        3,
        settings=SettingRows(
            ("XXX", "ZZZ"),
            np.ones((2, 8), dtype=np.int64),
            directions=np.array([[[1.0, 0, 0]] * 3, [[0, 0, 1.0]] * 3]),
        ),
    )
    assert bell_table(two) is None
    letters = ("XXX", "XYY", "YXY", "YYX")
    mermin = pauli_plan(3, 10)
    rows = [mermin.labels.index(label) for label in letters]
    counts = np.stack([np.round(800 * probabilities(ghz(3).rho, mermin.directions[[r]])[0]) for r in rows])
    table = CountsTable(
        3, settings=SettingRows(letters, counts.astype(np.int64), directions=mermin.directions[rows])
    )
    report = analyse_joint(table)
    assert "qubit 0: X, Y; 1: X, Y; 2: X, Y" in lines(report, "assumed")
    assert "which neither state nor measurements depend on" in lines(report, "assumed")
    assert report.verdict == "satisfied"


def test_what_cannot_be_judged_is_said() -> None:
    one = np.ones((8, 8), dtype=np.int64)
    one[INPUTS[:, :2].sum(axis=1) == 2] = 0
    report = analyse_joint(table_of(one))
    assert lines(report, "not tested") == "0-1: no counts in its setting 11"
    missing = report.metric("S[0,1]")
    assert missing is not None
    assert missing.reason == "no counts in setting 11"
    nothing = analyse_joint(table_of(np.zeros((8, 8), dtype=np.int64)))
    assert nothing.verdict == "not-applicable"
    averages = analyse_joint(table_of(np.full((8, 8), 0.5), values="averages"))
    assert averages.verdict == "inconclusive"
    assert all(metric.value is None and metric.reason for metric in averages.metrics)
    with pytest.raises(InputError, match="the inputs 0 and 1 on every qubit; found 2"):
        analyse_joint(
            CountsTable(
                3,
                settings=SettingRows(("012",), np.ones((1, 8), dtype=np.int64), inputs=np.array([[0, 1, 2]])),
            )
        )


def test_settings_that_were_not_drawn_at_random_after_all() -> None:
    """Declared random with blocks of 900 and 100: the check takes the limits away."""
    rho, *_ = on_the_circle(0.0)
    counts = simulate_counts(rho, plan(1000), np.random.default_rng(9))
    assert counts.settings is not None
    thinned = counts.settings.counts.copy()
    thinned[:2] //= 10
    report = analyse_joint(
        replace(counts, settings=replace(counts.settings, counts=thinned), design="random")
    )
    (check,) = [item for item in report.checks if item.name == "settings"]
    assert check.status == "fail"
    assert report.verdict == "inconclusive"


def test_dropped_trials_are_named_as_what_is_assumed() -> None:
    one = np.ones((8, 8), dtype=np.int64)
    report = analyse_joint(table_of(one, selection=Selection(64, 9, "no click")))
    assert "fair sampling: 64 trials kept, 9 dropped before (no click)" in lines(report, "assumed")


def test_trials_left_out_are_counted_and_seeded() -> None:
    rho, *_ = on_the_circle(0.2)
    counts = simulate_counts(rho, plan(200), np.random.default_rng(10))
    assert counts.settings is not None
    unequal = counts.settings.counts.copy()
    unequal[0] *= 3
    unequal[5] *= 2
    table = replace(counts, settings=replace(counts.settings, counts=unequal))
    report = analyse_joint(table, rng=np.random.default_rng(1))
    assert "of 0-1 1600 of 2200 are left" in lines(report, "left out")
    again = analyse_joint(table, rng=np.random.default_rng(1))
    assert [m.value for m in again.metrics] == [m.value for m in report.metrics]
