"""Daily quantities of a CHSH test: published values, known states, coverage, and when there are none."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from qmono.analysis.bell.chsh import analyse_bell_test
from qmono.analysis.bell.daily import with_daily
from qmono.core.counts import CountsTable, SettingRows, pauli_directions
from qmono.core.report import Note, Report
from qmono.quantum.bell.chsh_corrected import corrected_s
from qmono.quantum.bell.chsh_settings import chsh_plan
from qmono.quantum.born import simulate_counts
from qmono.quantum.states import named_state

INPUTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
# Gill, arXiv:2209.00702, appendices A, C, D; cells ++ +- -+ -- of a0b0, a0b1, a1b0, a1b1
DELFT = "23 3 4 23 33 11 5 30 22 10 6 24 4 20 21 6"
NIST = "6378 3289 3147 44336240 6794 2825 23230 44311018 6486 21358 2818 44302570 106 27562 30000 44274530"
VIENNA = (
    "141439 73391 76224 875392736 146831 67941 326768 874976534 158338 425067 58742 875239860 "
    "8392 576445 463985 874651457"
)


def cells(text: str) -> np.ndarray:
    return np.array(text.split(), dtype=np.int64).reshape(2, 2, 2, 2)


def daily(table: CountsTable, state: str | None = None, level: float = 0.95) -> Report:
    report = analyse_bell_test(table, design="random", signs="+++-", level=level)
    return with_daily(report, table, level, None if state is None else named_state(state))


def quantities(report: Report) -> dict[str, dict[str, float]]:
    return {item["name"]: item for item in report.payload["daily"]["quantities"]}


def table(text: str) -> CountsTable:
    return CountsTable(
        2, settings=SettingRows(("00", "01", "10", "11"), cells(text).reshape(4, 4), inputs=INPUTS)
    )


@pytest.mark.parametrize(
    ("text", "value", "z"), [(DELFT, 2.4627, 2.2917), (NIST, None, 7.22), (VIENNA, None, 17.52)]
)
def test_the_corrected_s_as_published(text: str, value: float | None, z: float) -> None:
    """Gill 2022: Delft 2.4627 (0.2019); NIST 7.22 and Vienna 17.52 standard errors above 2."""
    found = corrected_s(cells(text), "+++-")
    assert found is not None
    assert (found.value - 2) / found.std_error == pytest.approx(z, abs=6e-3)
    if value is not None:
        assert (found.value, found.std_error) == pytest.approx((value, 0.2019), abs=5e-5)


def test_delft_2015_in_detail() -> None:
    found = quantities(daily(table(DELFT)))
    assert found["E a0 b0"]["value"] == pytest.approx(39 / 53)
    assert found["E a1 b1"]["value"] == pytest.approx(-31 / 51)
    assert found["<a0>"]["value"] == pytest.approx(2 * 70 / 132 - 1)
    assert found["<b1>"]["value"] == pytest.approx(2 * 63 / 130 - 1)
    assert found["visibility, S/(2 sqrt2)"]["value"] == pytest.approx(2.4224998705 / (2 * sqrt(2)))
    assert found["S if nothing signals"]["guarantee"] == "asymptotic"
    assert not any(name.startswith(("QBER", "visibility HV")) for name in found)
    assert all(item["low"] <= item["value"] <= item["high"] for item in found.values())


def test_the_correction_narrows_and_does_not_shift() -> None:
    """2000 experiments on Werner states with an offset: unbiased, and as wide as it says."""
    rng = np.random.default_rng(11)
    state = named_state("werner:0.9")
    plan = chsh_plan(named_state("phi+"), 500)
    p = simulate_counts(state.rho, chsh_plan(named_state("phi+"), 10**9), rng).settings
    assert p is not None
    shares = p.counts / p.counts.sum(axis=1, keepdims=True)
    assert plan.shots == 500
    values, errors = [], []
    for _ in range(2000):
        found = corrected_s(rng.multinomial(500, shares).reshape(2, 2, 2, 2), "+++-")
        assert found is not None
        values.append(found.value)
        errors.append(found.std_error)
    true = 0.9 * 2 * sqrt(2)
    assert np.mean(values) == pytest.approx(true, abs=4 * np.std(values) / sqrt(2000))
    assert np.std(values) == pytest.approx(np.mean(errors), rel=4 / sqrt(2 * 2000))


def test_visibilities_and_error_rates_of_settings_along_one_axis() -> None:
    """phi- measured along Z and X: alike in HV, unlike in DA, errors of a visibility of 0.92."""
    labels = ("ZZ", "ZX", "XZ", "XX")
    counts = np.array([[480, 20, 20, 480], [250, 250, 250, 250], [250, 250, 250, 250], [25, 475, 475, 25]])
    made = CountsTable(2, settings=SettingRows(labels, counts, pauli_directions(labels)))
    report = with_daily(analyse_bell_test(made, signs="+++-"), made, 0.95)
    found = quantities(report)
    assert found["QBER HV"]["value"] == pytest.approx(0.04)
    assert found["visibility HV"]["value"] == pytest.approx(0.92)
    assert found["QBER DA"]["value"] == pytest.approx(0.05)
    assert "QBER RL" not in found
    assert found["QBER HV"]["low"] < 0.04 < found["QBER HV"]["high"] < 0.06


def test_what_a_state_allows() -> None:
    state = named_state("werner:psi-:0.9")
    plan = chsh_plan(named_state("psi-"), 1000)
    made = simulate_counts(state.rho, plan, np.random.default_rng(3))
    found = daily(made, "werner:psi-:0.9")
    numbers = found.payload["daily"]["state"]
    assert numbers["largest_S"] == pytest.approx(0.9 * 2 * sqrt(2), abs=1e-12)
    assert numbers["S_as_measured"] == pytest.approx(0.9 * 2 * sqrt(2), abs=1e-12)
    lines = next(part.lines for part in found.sections if isinstance(part, Note) and part.title == "state")
    assert lines[0] == (
        "werner:psi-:0.9 allows S up to 2.5456 (Horodecki), with signs +++- at a 0, 90; b -135, 135"
    )


def test_no_daily_quantities_without_limits() -> None:
    empty = table("23 3 4 23 0 0 0 0 22 10 6 24 4 20 21 6")
    report = analyse_bell_test(empty, signs="+++-")
    assert with_daily(report, empty, 0.95) is report


def test_outcomes_that_never_vary_have_no_covariance() -> None:
    assert corrected_s(np.tile(np.array([[10, 0], [0, 0]]), (2, 2, 1, 1)), "+++-") is None
