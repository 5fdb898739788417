"""Reports on inequalities other than CHSH: verdicts, settings, what voids what, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from qmono.analysis.bell.inequality import analyse_inequality
from qmono.core.counts import CountsTable, ParityRows, Selection, SettingRows, pauli_directions
from qmono.core.provenance import Origin
from qmono.core.report import Check, Note, Report, Table
from qmono.errors import InputError, UsageError
from qmono.quantum.bell import INEQUALITIES, named_inequality
from qmono.quantum.bell.inequality import Inequality
from qmono.quantum.bell.optimal_directions import best_directions
from qmono.quantum.bell.plan import directions_for, inequality_plan
from qmono.quantum.born import simulate_counts
from qmono.quantum.states import State, named_state

QUBITS = [name for name in INEQUALITIES.names if name not in ("chsh", "cglmp")]
MERMIN = named_inequality("mermin")


def simulated(
    inequality: Inequality, visibility: float = 1.0, shots: int = 4000, seed: int = 7
) -> CountsTable:
    assert inequality.best is not None
    assert inequality.best.directions is not None
    plan = inequality_plan(inequality, inequality.best.directions, shots)
    dim = 2**inequality.parties
    rho = visibility * inequality.best.state.rho + (1 - visibility) * np.eye(dim) / dim
    return simulate_counts(rho, plan, np.random.default_rng(seed))


def check(report: Report, name: str) -> Check:
    return next(item for item in report.checks if item.name == name)


def notes(report: Report, title: str) -> str:
    found = [part for part in report.sections if isinstance(part, Note) and part.title == title]
    return " | ".join(line for part in found for line in part.lines)


@pytest.mark.parametrize("name", QUBITS)
def test_every_inequality_is_violated_by_its_own_state(name: str) -> None:
    inequality = named_inequality(name)
    report = analyse_inequality(simulated(inequality, 0.99), inequality)
    value = report.metric("bell_value")
    assert value is not None
    assert value.low is not None
    assert (report.verdict, report.trust, report.source) == ("violated", "ok", "simulated")
    assert value.low.value > inequality.local_bound
    assert value.low.guarantee == "exact"
    assert report.title.startswith(inequality.title)
    assert json.loads(json.dumps(report.to_json()))["payload"]["inequality"] == inequality.name
    assert Report.from_json(report.to_json()).metrics == report.metrics


@pytest.mark.parametrize("name", QUBITS)
def test_white_noise_is_not_violated(name: str) -> None:
    inequality = named_inequality(name)
    report = analyse_inequality(simulated(inequality, 0.3), inequality)
    assert report.verdict == "not-violated"
    assert notes(report, "flips if").startswith("the value is biased low by more than")


def test_few_shots_are_inconclusive() -> None:
    report = analyse_inequality(simulated(MERMIN, 0.55, shots=10), MERMIN)
    assert report.verdict == "inconclusive"
    assert "at most" in report.title


def test_svetlichny_says_what_a_violation_means() -> None:
    inequality = named_inequality("svetlichny")
    report = analyse_inequality(simulated(inequality), inequality)
    assert "bound 4 of any two groups" in report.title
    assert "no two groups can do it" in notes(report, "bounds")


def test_pauli_labels_are_the_inputs_of_mermin() -> None:
    """YYX first: the numbers follow the directions of the inequality, not their order in the file."""
    labels = ("YYX", "XXX", "YXY", "XYY")
    table = simulated(MERMIN)
    assert table.settings is not None
    by_inputs = {"000": "XXX", "011": "XYY", "101": "YXY", "110": "YYX"}
    found = zip(table.settings.labels, table.settings.counts, strict=True)
    counts = {by_inputs[label]: row for label, row in found}
    rows = SettingRows(labels, np.array([counts[label] for label in labels]), pauli_directions(labels))
    report = analyse_inequality(replace(table, settings=rows), MERMIN)
    assert report.verdict == "violated"
    assert report.metric("bell_value") == analyse_inequality(table, MERMIN).metric("bell_value")
    assert "by the directions of the inequality" in notes(report, "assumed")


def test_other_directions_are_numbered_as_they_appear() -> None:
    inequality = named_inequality("chained:3")
    table = simulated(inequality)
    assert table.settings is not None
    assert table.settings.directions is not None
    turn = np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]])
    rows = replace(table.settings, inputs=None, directions=table.settings.directions @ turn)
    report = analyse_inequality(replace(table, settings=rows), inequality)
    assert "by order of appearance" in notes(report, "assumed")


def test_settings_that_play_no_part_are_left_out_and_said() -> None:
    table = simulated(MERMIN)
    assert table.settings is not None
    rows = table.settings
    assert rows.inputs is not None
    assert rows.directions is not None
    more = replace(
        rows,
        labels=(*rows.labels, "111"),
        counts=np.vstack([rows.counts, np.full((1, 8), 7)]),
        inputs=np.vstack([rows.inputs, [[1, 1, 1]]]),
        directions=np.concatenate([rows.directions, rows.directions[:1]]),
        rounds=None,
    )
    report = analyse_inequality(replace(table, settings=more), MERMIN)
    assert "1 settings of the file have no part" in notes(report, "assumed")
    assert report.metric("bell_value") == analyse_inequality(table, MERMIN).metric("bell_value")


def test_an_undeclared_design_is_judged_as_fixed_blocks_and_said_loudly() -> None:
    table = replace(simulated(MERMIN, 0.9), design=None)
    report = analyse_inequality(table, MERMIN)
    assert "NOT DECLARED" in check(report, "design").message
    assert report.metrics == analyse_inequality(table, MERMIN, design="fixed-blocks").metrics
    assert check(analyse_inequality(table, MERMIN, design="random"), "settings").status == "pass"


def test_signalling_that_explains_the_value_is_untrusted() -> None:
    """Party a tells the others its input: every setting of Mermin is won, and b sees what a measures."""
    inequality = named_inequality("chained:3")
    counts = np.zeros((6, 4), dtype=np.int64)
    for index, (x, y) in enumerate(inequality.settings.tolist()):
        counts[index, 1 if (x, y) == (0, 2) else 0] = 1000
    rows = SettingRows(tuple(f"{x}{y}" for x, y in inequality.settings), counts, inputs=inequality.settings)
    report = analyse_inequality(CountsTable(2, settings=rows, design="fixed-blocks"), inequality)
    assert report.verdict == "untrusted-data"
    assert "could explain the value" in check(report, "no-signalling").message
    assert "bell_value" in check(report, "tsirelson").voids


def test_small_signalling_asks_for_caution() -> None:
    table = simulated(MERMIN, shots=100_000)
    assert table.settings is not None
    counts = table.settings.counts.copy()
    row = counts[0].reshape(2, 2, 2)
    row[1] += row[0] // 40
    row[0] -= row[0] // 40
    rows = replace(table.settings, counts=counts, rounds=None)
    report = analyse_inequality(replace(table, settings=rows), MERMIN)
    assert (report.verdict, report.trust) == ("violated", "caution")
    assert "too little to explain" in check(report, "no-signalling").message


def test_beyond_quantum_theory_is_untrusted() -> None:
    inequality = named_inequality("chained:4")
    counts = np.zeros((8, 4), dtype=np.int64)
    for index, row in enumerate(inequality.setting_coefficients):
        counts[index, row > 0] = 1000
    rows = SettingRows(tuple("abcdefgh"), counts, inputs=inequality.settings)
    report = analyse_inequality(CountsTable(2, settings=rows, design="random"), inequality)
    assert report.verdict == "untrusted-data"
    assert "beyond quantum theory" in check(report, "tsirelson").message


def test_drift_is_seen() -> None:
    table = simulated(MERMIN, 0.9)
    assert table.settings is not None
    assert table.settings.rounds is not None
    rounds = table.settings.rounds.copy()
    rounds[-1] = rounds[-1][:, ::-1]
    rounds[-1, 0] = np.full(8, rounds[-1, 0].sum() // 8)
    rows = replace(table.settings, rounds=rounds, counts=rounds.sum(axis=0))
    report = analyse_inequality(replace(table, settings=rows), MERMIN)
    assert check(report, "drift").status == "fail"


@pytest.mark.parametrize("values", ["averages", "corrected"])
def test_what_is_no_count_has_no_limits(values: Any) -> None:
    table = simulated(MERMIN)
    assert table.settings is not None
    rows = replace(table.settings, counts=table.settings.counts + 0.5, rounds=None)
    report = analyse_inequality(replace(table, settings=rows, values=values), MERMIN)
    value = report.metric("bell_value")
    assert value is not None
    assert (value.low, value.high) == (None, None)
    assert report.verdict == ("inconclusive" if values == "averages" else "untrusted-data")


def test_an_empty_setting_is_insufficient() -> None:
    table = simulated(MERMIN)
    assert table.settings is not None
    counts = table.settings.counts.copy()
    counts[2] = 0
    report = analyse_inequality(
        replace(table, settings=replace(table.settings, counts=counts, rounds=None)), MERMIN
    )
    p_value = report.metric("p_value")
    assert p_value is not None
    assert (report.verdict, p_value.value) == ("insufficient-data", 1.0)
    assert "a1 b0 c1" in report.title


def test_a_selection_is_said() -> None:
    table = replace(simulated(MERMIN), selection=Selection(16000, 50, "no click"))
    assert "16000 trials kept, 50 dropped" in notes(analyse_inequality(table, MERMIN), "assumed")


def test_many_settings_are_one_line() -> None:
    inequality = named_inequality("mermin:7")
    report = analyse_inequality(simulated(inequality, shots=50), inequality)
    assert "64 settings, mean scores +1.000 to +1.000" in notes(report, "settings")
    assert not any(isinstance(part, Table) for part in report.sections)
    assert len(report.payload["settings"]) == 64


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (CountsTable(2, parities=ParityRows(("XX",), np.array([[5, 5]]))), "complete settings"),
        (
            CountsTable(2, settings=SettingRows(("00",), np.ones((1, 4), int), inputs=np.array([[0, 0]]))),
            "3 parties with 2 outcomes; here are 2 qubits",
        ),
        (CountsTable(3, settings=SettingRows(("0",), np.ones((1, 8), int))), "neither inputs nor directions"),
        (
            CountsTable(
                3, settings=SettingRows(("002",), np.ones((1, 8), int), inputs=np.array([[0, 0, 2]]))
            ),
            "has the inputs 0 to 1 on qubit 2; found 2",
        ),
        (
            CountsTable(
                3,
                settings=SettingRows(
                    ("XXX", "YXX", "ZXX"), np.ones((3, 8), int), pauli_directions(("XXX", "YXX", "ZXX"))
                ),
            ),
            "2 directions on qubit 0; here are 3",
        ),
    ],
)
def test_tables_that_do_not_fit_are_refused(table: CountsTable, message: str) -> None:
    named = replace(table, origin=Origin("lab.json", "", "plain-json"))
    with pytest.raises(InputError, match=rf"lab\.json: .*{message}"):
        analyse_inequality(named, MERMIN)


def test_an_unknown_design_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown design 'rnadom'; did you mean 'random'"):
        analyse_inequality(simulated(MERMIN), MERMIN, design="rnadom")


def test_a_state_is_measured_along_directions_that_suit_it() -> None:
    """A W state reaches 3.046 of Mermin (Cabello, Phys. Rev. A 65 (2002) 032108), not along X and Y."""
    rng = np.random.default_rng(1)
    value, directions = best_directions(MERMIN.coefficients, named_state("w:3").rho, rng)
    assert value == pytest.approx(3.046, abs=1e-3)
    plan = inequality_plan(MERMIN, directions, 4000)
    report = analyse_inequality(simulate_counts(named_state("w:3").rho, plan, rng), MERMIN)
    assert report.verdict == "violated"
    known = directions_for(MERMIN, named_state("ghz:3"), rng)
    assert MERMIN.best is not None
    assert known is MERMIN.best.directions


def test_a_biseparable_state_reaches_two_root_two_of_mermin() -> None:
    """Bell pair times a qubit: below the quantum bound 4, above the local bound 2."""
    rho = np.kron(named_state("phi+").rho, named_state("product:+").rho)
    value, _ = best_directions(MERMIN.coefficients, rho, np.random.default_rng(1))
    assert value == pytest.approx(2 * np.sqrt(2), abs=1e-6)


def test_a_rotated_state_reaches_the_same() -> None:
    rng = np.random.default_rng(8)
    unitary = [np.linalg.qr(rng.normal(size=(2, 2)) + 1j * rng.normal(size=(2, 2)))[0] for _ in range(2)]
    psi = np.kron(*unitary) @ named_state("phi+").psi
    for name in ("elegant", "chained:3"):
        inequality = named_inequality(name)
        found, _ = best_directions(inequality.coefficients, State("turned", (2, 2), psi=psi).rho, rng)
        assert found == pytest.approx(inequality.quantum_bound, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "state", "message"),
    [
        ("mermin", "phi+", "needs a state of 3 qubits; 'phi\\+' has 2"),
        ("cglmp", "phi+", "needs 3 outcomes: saved counts only"),
    ],
)
def test_states_that_do_not_fit_are_refused(name: str, state: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        directions_for(named_inequality(name), named_state(state), np.random.default_rng(1))
