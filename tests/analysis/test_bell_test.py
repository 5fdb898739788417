"""The Bell-test report: published counts, verdicts, what voids what, what is refused and why."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmono.analysis.bell.chsh import analyse_bell_test
from qmono.analysis.bell.words import at_least, at_most, p_text
from qmono.core.counts import CountsTable, ParityRows, Selection, SettingRows, pauli_directions
from qmono.core.metric import Metric
from qmono.core.provenance import Origin
from qmono.core.report import Check, Note, Report, Table
from qmono.errors import InputError, UsageError
from qmono.gate.judge import judge
from qmono.gate.requirement import parse_requirement
from qmono.quantum.bell.chsh_settings import chsh_plan
from qmono.quantum.born import simulate_counts
from qmono.quantum.states import BELL_STATES, named_state

INPUTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
LABELS = ("00", "01", "10", "11")

# Gill, arXiv:2209.00702, appendices A and E
DELFT = "23 3 4 23 33 11 5 30 22 10 6 24 4 20 21 6"
INNSBRUCK = "1683 418 361 1578 1100 269 156 1386 1728 313 351 1978 179 1636 1143 294"


def table(cells: str | np.ndarray, **fields: Any) -> CountsTable:
    counts = np.array(cells.split(), dtype=np.int64) if isinstance(cells, str) else cells
    rows = SettingRows(LABELS, counts.reshape(4, 4), inputs=INPUTS)
    return CountsTable(2, settings=rows, **fields)


def simulated(state: str = "phi+", of: str | None = None, shots: int = 1024, seed: int = 7) -> CountsTable:
    plan = chsh_plan(named_state(of or state), shots)
    return simulate_counts(named_state(state).rho, plan, np.random.default_rng(seed))


def metric(report: Report, name: str) -> Metric:
    found = report.metric(name)
    assert found is not None
    return found


def check(report: Report, name: str) -> Check:
    return next(item for item in report.checks if item.name == name)


def note(report: Report, title: str) -> str:
    return " | ".join(
        line
        for part in report.sections
        if isinstance(part, Note) and part.title == title
        for line in part.lines
    )


def test_delft_2015_as_published() -> None:
    report = analyse_bell_test(table(DELFT), design="random", signs="+++-")
    s = metric(report, "S")
    assert s.low is not None
    assert (s.value, s.std_error, s.low.value) == pytest.approx((2.4225, 0.2038, 2.0263), abs=5e-5)
    assert s.low.guarantee == "exact"
    assert s.low.method == "clopper-pearson on wins"
    assert (metric(report, "wins").value, metric(report, "trials").value) == (196, 245)
    assert metric(report, "p_value").value == pytest.approx(0.0390777, abs=5e-8)
    assert (report.verdict, report.trust) == ("violated", "ok")
    assert report.title == "S = 2.422 +- 0.204, at least 2.026 (95 %); local bound 2"
    assert note(report, "flips if") == "S is biased high by more than 0.026"


def test_delft_2015_declared_as_fixed_blocks() -> None:
    report = analyse_bell_test(table(DELFT, design="random"), design="fixed-blocks", signs="+++-")
    assert metric(report, "p_value").value == pytest.approx(0.412, abs=5e-4)
    assert report.verdict == "inconclusive"
    assert "the file says random" in check(report, "design").message


def test_an_undeclared_design_is_judged_as_fixed_blocks_and_said_loudly() -> None:
    report = analyse_bell_test(table(DELFT), signs="+++-")
    fixed = analyse_bell_test(table(DELFT), signs="+++-", design="fixed-blocks")
    assert report.metrics == fixed.metrics
    assert report.verdict == "inconclusive"
    design = check(report, "design")
    assert design.status == "warn"
    assert "NOT DECLARED" in design.message
    assert "0.0391, violated" in design.message
    assert report.payload["by_design"]["random"]["log10_p_value"] == pytest.approx(
        np.log10(0.0390777), abs=1e-6
    )


def test_undeclared_signs_are_paid_for() -> None:
    report = analyse_bell_test(table(DELFT), design="random")
    assert report.payload["signs"] == "+++-"
    assert metric(report, "p_value").value == pytest.approx(8 * 0.0390777, abs=1e-6)
    assert report.verdict == "inconclusive"
    assert "p times 8, limits at 99.375 %" in note(report, "assumed")


def test_what_the_table_declares_counts_and_options_override_it() -> None:
    declared = table(DELFT, design="random", signs="+++-")
    assert analyse_bell_test(declared).verdict == "violated"
    assert analyse_bell_test(declared, signs="---+").payload["signs"] == "---+"


@pytest.mark.parametrize("state", [*BELL_STATES, "werner:psi-:0.9"])
def test_bell_states_violate_with_their_own_directions(state: str) -> None:
    report = analyse_bell_test(simulated(state))
    assert (report.verdict, report.trust, report.source) == ("violated", "ok", "simulated")
    assert {item.name: item.status for item in report.checks} == {
        "design": "pass",
        "signs": "pass",
        "no-signalling": "pass",
        "tsirelson": "pass",
        "drift": "pass",
        "settings": "not-applicable",
        "values": "pass",
        "calibration": "no-data",
    }


def test_too_much_noise_is_not_violated() -> None:
    report = analyse_bell_test(simulated("werner:0.6", of="phi+"))
    s = metric(report, "S")
    assert s.high is not None
    assert report.verdict == "not-violated"
    assert s.high.value < 2
    assert "at most" in report.title
    assert note(report, "flips if").startswith("S is biased low by more than")


def test_thirty_shots_of_a_noisy_pair_are_inconclusive() -> None:
    report = analyse_bell_test(simulated("werner:0.75", of="phi+", shots=30))
    assert report.verdict == "inconclusive"
    assert "trials are run (here 120)" in note(report, "flips if")


def test_the_settings_table_shows_angles_where_they_are_known() -> None:
    section = analyse_bell_test(simulated()).sections[0]
    assert isinstance(section, Table)
    assert section.columns == ("setting", "angle a", "angle b", "++", "+-", "-+", "--", "E")
    assert [row[:3] for row in section.rows] == [
        ("a0 b0", "0", "45"),
        ("a0 b1", "0", "-45"),
        ("a1 b0", "90", "45"),
        ("a1 b1", "90", "-45"),
    ]
    without = analyse_bell_test(table(DELFT)).sections[0]
    assert isinstance(without, Table)
    assert without.rows[0] == ("a0 b0", 23, 3, 4, 23, pytest.approx(39 / 53))


def test_the_concurrence_certificate() -> None:
    """Verstraete and Wolf 2002: C >= sqrt(S^2/4 - 1), at the lower limit of S."""
    report = analyse_bell_test(simulated())
    s, c = metric(report, "S"), metric(report, "concurrence")
    assert s.low is not None
    assert c.low is not None
    assert (c.value, c.high) == (None, None)
    assert c.reason
    assert c.low.value == pytest.approx(np.sqrt(s.low.value**2 / 4 - 1))
    weak = metric(analyse_bell_test(table(DELFT)), "concurrence")
    assert weak.low is not None
    assert weak.low.value == 0


@pytest.mark.parametrize("visibility", [0.72, 0.85, 1.0])
def test_the_concurrence_certificate_holds(visibility: float) -> None:
    for seed in range(20):
        state = f"werner:{visibility:g}"
        low = metric(analyse_bell_test(simulated(state, seed=seed), level=0.999), "concurrence").low
        assert low is not None
        assert low.value <= max(0.0, 1.5 * visibility - 0.5) + 1e-12


def test_innsbruck_signals_too_little_to_explain_s() -> None:
    report = analyse_bell_test(table(INNSBRUCK), design="fixed-blocks", signs="+++-")
    signalling = check(report, "no-signalling")
    assert signalling.p_value == pytest.approx(1.5e-14, rel=0.05)
    assert (signalling.status, signalling.voids) == ("fail", ())
    assert (report.verdict, report.trust) == ("violated", "caution")
    assert signalling.effect == "marginal shifts add up to 0.392"


def test_signalling_that_could_explain_s_voids_it() -> None:
    """A local model that is told the other's input in a third of the trials: marginals shift."""
    counts = np.array([[1000, 0, 0, 0], [1000, 0, 0, 0], [700, 0, 300, 0], [100, 600, 300, 0]])
    report = analyse_bell_test(table(counts), design="fixed-blocks", signs="+++-")
    assert check(report, "no-signalling").status == "fail"
    assert (report.verdict, report.trust) == ("untrusted-data", "failed")
    assert metric(report, "S").low is not None
    judged = judge(report, [parse_requirement("S >= 2", "bell-test")])
    assert judged.requirements[0].status in ("inconclusive", "fail")


def test_more_than_quantum_theory_allows_is_untrusted() -> None:
    counts = np.array([[480, 20, 20, 480]] * 3 + [[20, 480, 480, 20]])
    report = analyse_bell_test(table(counts), design="fixed-blocks", signs="+++-")
    assert check(report, "tsirelson").status == "fail"
    assert report.verdict == "untrusted-data"
    assert "at least" not in report.title


def drifting(changes: float) -> CountsTable:
    """Four rounds whose correlators differ by +-changes around 0.62; the sum is the same for all changes."""
    base = np.array([0.62, 0.62, 0.62, -0.62])
    rounds = []
    for sign in (1, 1, -1, -1):
        equal = np.rint(500 * (1 + base * (1 + sign * changes)) / 2).astype(int)
        rounds.append(np.stack([equal, 500 - equal, 500 - equal, equal], axis=1))
    stacked = np.array(rounds)
    rows = SettingRows(LABELS, stacked.sum(axis=0), inputs=INPUTS, rounds=stacked)
    return CountsTable(2, settings=rows, signs="+++-")


def test_drift_voids_fixed_blocks_where_it_could_explain_s_but_not_random_settings() -> None:
    assert analyse_bell_test(drifting(0.0), design="fixed-blocks").verdict == "violated"
    moved = drifting(0.5)
    fixed = analyse_bell_test(moved, design="fixed-blocks")
    assert (check(fixed, "drift").status, fixed.verdict) == ("fail", "untrusted-data")
    free = analyse_bell_test(moved, design="random")
    assert (check(free, "drift").status, free.verdict, free.trust) == ("fail", "violated", "caution")


def test_settings_that_are_not_uniform_void_a_random_design() -> None:
    """All wins but in the smallest block: a local model that knows the shares does that."""
    counts = np.array([[400, 0, 0, 400]] * 3 + [[200, 0, 0, 200]])
    report = analyse_bell_test(table(counts), design="random", signs="+++-")
    assert metric(report, "p_value").value < 1e-4  # type: ignore[operator]
    assert (check(report, "settings").status, report.verdict) == ("fail", "untrusted-data")
    fixed = analyse_bell_test(table(counts), design="fixed-blocks", signs="+++-")
    assert (metric(fixed, "p_value").value, check(fixed, "settings").status) == (1, "not-applicable")


def test_delft_settings_are_no_alarm_in_their_family() -> None:
    settings_check = check(analyse_bell_test(table(DELFT), design="random", signs="+++-"), "settings")
    assert (settings_check.status, settings_check.p_value) == ("pass", pytest.approx(0.0464, abs=1e-4))


@pytest.mark.parametrize("empty", ["one setting", "everything", "missing row"])
def test_insufficient_data(empty: str) -> None:
    counts = np.array(DELFT.split(), dtype=np.int64).reshape(4, 4)
    counts[1] = 0
    counts = np.zeros_like(counts) if empty == "everything" else counts
    given = table(counts, design="random", signs="+++-")
    if empty == "missing row":
        kept = [0, 2, 3]
        rows = SettingRows(tuple(LABELS[i] for i in kept), counts[kept], inputs=INPUTS[kept])
        given = CountsTable(2, settings=rows)
    report = analyse_bell_test(given)
    assert report.verdict == "insufficient-data"
    s, p = metric(report, "S"), metric(report, "p_value")
    assert s.value is None
    assert s.reason is not None
    assert "01" in s.reason
    assert p.value == 1
    json.dumps(report.to_json(), allow_nan=False)


def test_corrected_values_are_no_bell_test() -> None:
    counts = np.array(DELFT.split(), dtype=np.float64).reshape(4, 4)
    counts[3, 0] = -0.5
    report = analyse_bell_test(table(counts, values="corrected"), design="random", signs="+++-")
    s = metric(report, "S")
    assert s.value == pytest.approx(39 / 53 + 47 / 79 + 30 / 62 + 35.5 / 46.5)
    assert (s.low, s.high, s.std_error) == (None, None, None)
    assert s.reason == "corrected: not a Bell test"
    assert metric(report, "p_value").value is None
    assert (report.verdict, report.trust) == ("untrusted-data", "failed")
    assert check(report, "values").status == "fail"


def test_averages_have_no_shot_noise_to_go_by() -> None:
    counts = np.array(DELFT.split(), dtype=np.float64) / 50
    report = analyse_bell_test(table(counts, values="averages"), design="random", signs="+++-")
    assert metric(report, "S").value == pytest.approx(2.4225, abs=5e-5)
    assert metric(report, "S").low is None
    assert "--mean-of" in str(metric(report, "S").reason)
    assert report.verdict == "inconclusive"


def test_a_p_value_too_small_for_a_float_speaks_by_its_logarithm() -> None:
    report = analyse_bell_test(simulated(shots=40000))
    p, logarithm = metric(report, "p_value"), metric(report, "log10_p_value")
    assert p.value is None
    assert p.reason == "below 1e-300, see log10_p_value"
    assert logarithm.value is not None
    assert -10000 < logarithm.value < -300
    judged = judge(report, [parse_requirement("p_value <= 1e-6", "bell-test")])
    assert judged.requirements[0].status == "pass"


def test_requirements_are_judged_on_the_limits() -> None:
    report = analyse_bell_test(table(DELFT), design="random", signs="+++-")
    wanted = {"S > 2": "pass", "S >= 2.1": "inconclusive", "S >= 2.8": "fail", "p_value <= 0.05": "pass",
              "p_value <= 0.01": "fail", "concurrence >= 0.1": "pass", "concurrence >= 0.5": "inconclusive",
              "trials >= 200": "pass", "verdict == violated": "pass",
              "check:no-signalling": "pass"}  # fmt: skip
    judged = judge(report, [parse_requirement(text, "bell-test") for text in wanted])
    assert [result.status for result in judged.requirements] == list(wanted.values())


def pauli_table(labels: tuple[str, ...], state: str = "phi+") -> CountsTable:
    rng = np.random.default_rng(3)
    counts = rng.multinomial(100, [0.25] * 4, size=len(labels))
    return CountsTable(2, settings=SettingRows(labels, counts, pauli_directions(labels)),
                       origin=Origin("counts.json", "", "plain-json"))  # fmt: skip


def test_directions_become_inputs_in_order_of_appearance() -> None:
    """Qubit 0 in Z, X and qubit 1 in X, Z, rows in another order than the inputs."""
    given = pauli_table(("ZX", "XX", "ZZ", "XZ"))
    report = analyse_bell_test(given)
    assert given.settings is not None
    assert "a0 = Z, a1 = X; b0 = X, b1 = Z" in note(report, "assumed")
    assert list(report.payload["counts"]["10"].values()) == given.settings.counts[1].tolist()
    assert list(report.payload["counts"]["01"].values()) == given.settings.counts[2].tolist()


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (("XX", "XY", "YX"), r"counts.json: no rows for a1 b1 \(a0 = X, a1 = Y; b0 = X, b1 = Y\)"),
        (("XX", "YY", "ZZ"), "exactly two directions on each qubit; qubit 0 has 3: X, Y, Z"),
        (("XX", "XY"), "qubit 0 has 1: X"),
    ],
)
def test_directions_that_are_no_chsh_test(labels: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        analyse_bell_test(pauli_table(labels))


def test_tables_that_are_no_chsh_test() -> None:
    three = CountsTable(3, settings=SettingRows(("000",), np.ones((1, 8), dtype=np.int64)))
    with pytest.raises(InputError, match="here are 3 qubits"):
        analyse_bell_test(three)
    with pytest.raises(InputError, match="single effects"):
        analyse_bell_test(CountsTable(2, parities=ParityRows(("XI",), np.array([[3, 4]]))))
    rows = SettingRows(("02",), np.ones((1, 4), dtype=np.int64), inputs=np.array([[0, 2]]))
    with pytest.raises(InputError, match="inputs 0 and 1; found 2"):
        analyse_bell_test(CountsTable(2, settings=rows))
    with pytest.raises(InputError, match="neither inputs nor directions"):
        analyse_bell_test(CountsTable(2, settings=SettingRows(("a",), np.ones((1, 4), dtype=np.int64))))


def test_an_input_with_two_directions_is_refused() -> None:
    given = simulated()
    assert given.settings is not None
    assert given.settings.directions is not None
    moved = given.settings.directions.copy()
    moved[1, 0] = [0, 1, 0]
    with pytest.raises(InputError, match="qubit 0 has several directions for its input 0"):
        analyse_bell_test(replace(given, settings=replace(given.settings, directions=moved)))


@pytest.mark.parametrize(("option", "value"), [("signs", "++++"), ("design", "rando")])
def test_unknown_options(option: str, value: str) -> None:
    with pytest.raises(UsageError, match=value.replace("+", r"\+")):
        analyse_bell_test(table(DELFT), **{option: value})  # type: ignore[arg-type]


def test_wrong_signs_in_a_file_are_the_files_fault() -> None:
    with pytest.raises(InputError, match="signs: '\\+\\+\\+\\+' is no version of CHSH"):
        analyse_bell_test(table(DELFT, signs="++++"))
    assert analyse_bell_test(table(DELFT, signs="++++"), signs="+++-").payload["signs"] == "+++-"


def test_rows_of_one_setting_are_added_up() -> None:
    counts = np.array(DELFT.split(), dtype=np.int64).reshape(4, 4)
    twice = SettingRows(LABELS * 2, np.concatenate([counts, counts]), inputs=np.concatenate([INPUTS, INPUTS]))
    report = analyse_bell_test(CountsTable(2, settings=twice))
    assert metric(report, "trials").value == 490
    assert metric(report, "S").value == pytest.approx(2.4225, abs=5e-5)


def test_dropped_trials_are_named() -> None:
    report = analyse_bell_test(table(DELFT, selection=Selection(245, 17, "no click")))
    assert "245 trials kept, 17 dropped before (no click)" in note(report, "assumed")


counts_of_any_kind = st.lists(st.integers(0, 60), min_size=16, max_size=16)


@settings(deadline=None, max_examples=150)
@given(
    counts_of_any_kind,
    st.sampled_from([None, "random", "fixed-blocks"]),
    st.sampled_from([None, "+++-", "-+++"]),
    st.sampled_from([0.9, 0.95, 0.999]),
)
def test_every_report_is_consistent_and_json(
    cells: list[int], design: str | None, signs: str | None, level: float
) -> None:
    report = analyse_bell_test(table(np.array(cells)), design=design, signs=signs, level=level)
    assert (
        Report.from_json(json.loads(json.dumps(report.to_json(), allow_nan=False))).verdict == report.verdict
    )
    s, logarithm = metric(report, "S"), metric(report, "log10_p_value")
    if s.value is None:
        assert report.verdict == "insufficient-data"
        return
    assert s.low is not None
    assert s.high is not None
    assert logarithm.value is not None
    rejected = logarithm.value <= np.log10(1 - level)
    assert rejected == (s.low.value > 2)
    if report.verdict != "untrusted-data":
        assert (report.verdict == "violated") == rejected
        assert (report.verdict == "not-violated") == (s.high.value < 2)


def test_bits_that_keep_their_places() -> None:
    """|01>-like data: A always +, B always -: reading the bits backwards exchanges the marginals."""
    counts = np.zeros((4, 4), dtype=np.int64)
    counts[:, 1] = 50
    read = analyse_bell_test(table(counts)).payload["counts"]["00"]
    assert read == {"00": 0, "01": 50, "10": 0, "11": 0}
    mirrored = analyse_bell_test(table(counts).with_outcomes_reversed()).payload["counts"]["00"]
    assert mirrored == {"00": 0, "01": 0, "10": 50, "11": 0}


@pytest.mark.parametrize(
    ("limit", "low", "high"),
    [
        (2.0263136, "2.026", "2.027"),
        (2.00004, "2.00004", "2.001"),
        (1.99996, "1.999", "1.99996"),
        (2.0, "2.000", "2.000"),
    ],
)
def test_limits_in_words_stay_on_their_side_of_two(limit: float, low: str, high: str) -> None:
    assert (at_least(limit), at_most(limit)) == (low, high)


@pytest.mark.parametrize(
    ("p", "words"), [(0.03907767, "0.0391"), (1.0, "1"), (0.31640625, "0.317"), (1e-54, "10^-54.0")]
)
def test_p_values_in_words_are_rounded_up(p: float, words: str) -> None:
    assert p_text(np.log10(p)) == words
