"""What a report says for each statistic, for correlations alone and for wins alone, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import qmono
from qmono.analysis.bell.chsh import analyse_bell_test
from qmono.core.counts import CountsTable, ParityRows, SettingRows
from qmono.core.metric import Metric
from qmono.core.report import Note, Report
from qmono.errors import InputError, UsageError
from qmono.quantum.bell.chsh_settings import chsh_plan
from qmono.quantum.born import simulate_counts
from qmono.quantum.states import named_state

SAMPLES = Path(__file__).parents[2] / "sample_data"


def read(name: str) -> CountsTable:
    return qmono.read_counts(SAMPLES / name)


def metric(report: Report, name: str) -> Metric:
    found = report.metric(name)
    assert found is not None
    return found


def status(report: Report, name: str) -> str:
    return next(check.status for check in report.checks if check.name == name)


def notes(report: Report) -> str:
    return " | ".join(line for part in report.sections if isinstance(part, Note) for line in part.lines)


def in_rounds(rounds: int = 4) -> CountsTable:
    plan = chsh_plan(named_state("phi+"), 400, rounds)
    return simulate_counts(named_state("phi+").rho, plan, np.random.default_rng(3))


def test_pooled_z_of_published_tables() -> None:
    """Two-proportion z of A|x=0, A|x=1, B|y=0, B|y=1, published tables recomputed elsewhere."""
    wanted = {
        "delft_2015/counts.json": (-0.7493, 0.4818, 0.6187, -0.1023),
        "nist_2015/counts.json": (0.3376, 0.7445, 1.5863, -0.3668),
        "vienna_2015/counts.json": (0.0265, -1.4375, 0.9589, 1.3580),
        "innsbruck_1998/counts.json": (4.09, -7.87, 2.77, 1.98),
    }
    for name, z in wanted.items():
        shifts = analyse_bell_test(read(name)).payload["checks"]["marginal_shifts"]
        places = 4 if name[0] != "i" else 2
        assert [shift["z"] for shift in shifts] == pytest.approx(z, abs=0.51 * 10**-places), name


def test_bets_judge_by_the_e_value() -> None:
    report = analyse_bell_test(read("munich_2022/diqkd.json"), statistic="betting")
    e, p, s = metric(report, "e_value").value, metric(report, "p_value").value, metric(report, "S")
    assert e is not None
    assert p == pytest.approx(1 / e)
    assert s.low is not None
    assert s.low.method == "bets on wins, any stop"
    assert report.verdict == "violated"
    delft = analyse_bell_test(read("delft_2015/counts.json"), statistic="betting")
    assert delft.verdict == "inconclusive"  # E = 3.27: looking early costs power
    assert metric(delft, "p_value").value == pytest.approx(1 / 3.273999660)


def test_undeclared_signs_share_the_bets() -> None:
    """The mean of eight e-values: at least an eighth of the one that was right."""
    full, plain = (
        metric(analyse_bell_test(read(f"delft_2015/{name}.json"), design="random"), "e_value").value
        for name in ("counts", "plain")
    )
    assert full is not None
    assert plain is not None
    assert full / 8 <= plain < full


def test_a_ratio_is_trained_on_the_first_round_or_on_another_file() -> None:
    table = in_rounds()
    report = analyse_bell_test(table, statistic="ratio")
    assert metric(report, "trials").value == 1200  # one round of four is used up
    assert report.verdict == "violated"
    other = analyse_bell_test(
        read("munich_2022/diqkd.json"), statistic="ratio", training=read("munich_2022/training.json")
    )
    assert metric(other, "trials").value == 1649
    assert metric(other, "p_value").value == pytest.approx(1.50e-11, rel=0.004)


def test_a_ratio_that_does_not_reject_leaves_only_the_trivial_limit() -> None:
    report = analyse_bell_test(
        read("delft_2015/counts.json"), statistic="ratio", training=read("innsbruck_1998/counts.json")
    )
    s = metric(report, "S")
    assert s.low is not None
    assert report.verdict == "inconclusive"
    assert s.low.value == -4


def test_vienna_counted_by_wins_points_to_clicks() -> None:
    report = analyse_bell_test(read("vienna_2015/counts.json"))
    assert report.verdict != "violated"
    assert "--statistic clicks has more" in notes(report)
    assert "--statistic clicks" not in notes(analyse_bell_test(read("delft_2015/counts.json")))


def test_clicks_that_show_nothing() -> None:
    table = read("nist_2015/counts.json")
    report = analyse_bell_test(table, statistic="clicks", rng_bias=0.2)
    value = metric(report, "bell_value")
    assert report.verdict == "inconclusive"
    assert (value.low, value.high) == (None, None)
    assert value.reason == "not shown to be above 0"


def test_signalling_that_could_make_clicks() -> None:
    counts = np.array([[900, 0, 0, 3100], [900, 0, 300, 2800], [900, 0, 0, 3100], [600, 0, 0, 3400]])
    rows = SettingRows(("00", "01", "10", "11"), counts, inputs=np.array([[0, 0], [0, 1], [1, 0], [1, 1]]))
    table = CountsTable(2, settings=rows, design="random", signs="+++-")
    report = analyse_bell_test(table, statistic="clicks")
    assert (status(report, "no-signalling"), report.verdict) == ("fail", "untrusted-data")


def test_correlations_of_pauli_pairs() -> None:
    """S of four correlators named by what was measured, mapped in the order of appearance."""
    labels = ("ZX", "ZZ", "XX", "XZ")
    table = CountsTable(2, parities=ParityRows(labels, np.array([[85, 15], [85, 15], [85, 15], [15, 85]])))
    report = analyse_bell_test(table, signs="+++-", design="fixed-blocks")
    assert metric(report, "S").value == pytest.approx(2.8)
    assert status(report, "no-signalling") == "no-data"
    assert "a0 = Z, a1 = X; b0 = X, b1 = Z" in notes(report)


def test_wins_alone() -> None:
    table = qmono.wins_table(196, 245)
    report = analyse_bell_test(table, design="random")
    assert metric(report, "S").value == pytest.approx(8 * 196 / 245 - 4)
    assert metric(report, "p_value").value == pytest.approx(0.03907767139, rel=1e-9)
    undeclared = analyse_bell_test(table)
    assert status(undeclared, "design") == "warn"
    assert metric(undeclared, "p_value").value > 0.03907767139  # type: ignore[operator]
    assert analyse_bell_test(qmono.wins_table(0, 0)).verdict == "insufficient-data"
    assert analyse_bell_test(qmono.wins_table(100, 1000)).verdict == "not-violated"
    assert analyse_bell_test(qmono.wins_table(3, 4)).verdict == "inconclusive"


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("delft_2015/counts.json", {"statistic": "win"}, "unknown statistic 'win'; did you mean 'wins'"),
        ("delft_2015/counts.json", {"rng_bias": -0.1}, "--rng-bias is a number from 0 up to 1, got -0.1"),
        ("delft_2015/counts.json", {"rng_bias": float("nan")}, "--rng-bias is a number"),
        ("delft_2015/plain.json", {"rng_bias": 0.1}, "--design random"),
        ("delft_2015/counts.json", {"statistic": "ratio"}, "--train FILE, or counts saved in rounds"),
        ("delft_2015/plain.json", {"statistic": "clicks"}, "say --design random"),
        ("delft_2015/plain.json", {"statistic": "clicks", "design": "random"}, "needs --signs"),
        ("delft_2016/psi_minus.json", {"statistic": "clicks"}, "here are correlations only"),
        ("eth_2023/wins.json", {"statistic": "ratio"}, "here are wins and trials only"),
    ],
)
def test_what_cannot_be_asked(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        analyse_bell_test(read(name), **options)


def test_training_without_a_ratio() -> None:
    table = read("delft_2015/counts.json")
    with pytest.raises(UsageError, match="only for --statistic ratio"):
        analyse_bell_test(table, training=table)
    with pytest.raises(UsageError, match="counts of all outcomes in all four settings"):
        analyse_bell_test(table, statistic="ratio", training=read("delft_2016/psi_minus.json"))


@pytest.mark.parametrize(("won", "trials"), [(5, 4), (-1, 4), (1, 2**60)])
def test_impossible_wins(won: int, trials: int) -> None:
    with pytest.raises(UsageError, match="cannot be"):
        qmono.wins_table(won, trials)


def test_correlations_are_no_tomography() -> None:
    with pytest.raises(InputError, match="names no Pauli string"):
        qmono.tomography(read("delft_2016/psi_minus.json"))
    with pytest.raises(InputError, match="names no Pauli string"):
        qmono.tomography(read("eth_2023/wins.json"))


def test_correlations_are_inspected_as_settings_of_a_bell_test(qmono: Any) -> None:
    done = qmono("inspect", SAMPLES / "delft_2016" / "psi_plus.json")
    assert done.code == 0
    assert "parities      4, from 15 to 21 each" in done.out
    assert "missing" not in done.out
    assert "missing" not in qmono("inspect", SAMPLES / "eth_2023" / "wins.json").out


def test_the_options_from_the_command_line(qmono: Any) -> None:
    done = qmono("bell-test", "--wins", "5")
    assert (done.code, done.err) == (2, "qmono: --wins W and --trials N go together\n")
    done = qmono("bell-test", "--wins", "5", "--trials", "6", "--state", "phi+")
    assert (done.code, done.err.count("\n")) == (2, 1)
    done = qmono("bell-test", "--rng-bias", "0.1")
    assert done.code == 2
    done = qmono("bell-test", SAMPLES / "eth_2023" / "wins.json", "--require", "log10_e_value >= 100", "-q")
    assert (done.code, done.out[:4]) == (0, "PASS")
    done = qmono("convert", SAMPLES / "delft_2016" / "psi_minus.json", "out.json")
    assert done.code == 2
    assert "no Pauli string" in done.err
