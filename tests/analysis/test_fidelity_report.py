"""Fidelity reports: verdicts, checks, and what voids them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qmono.analysis.fidelity.report import analyse_fidelity, verdict_of
from qmono.core.counts import CountsTable, ParityRows, SettingRows, pauli_directions
from qmono.errors import UsageError
from qmono.quantum.states import named_state


def bell_table(passes: int, shots: int = 1000, rounds: np.ndarray | None = None) -> CountsTable:
    """XX, YY, ZZ with the same passes each, for phi+."""
    good, bad = passes // 2, (shots - passes) // 2
    even, odd = [good, bad, bad, good], [bad, good, good, bad]
    labels = ("XX", "YY", "ZZ")
    rows = SettingRows(labels, np.array([even, odd, even]), pauli_directions(labels), rounds=rounds)
    return CountsTable(n_qubits=2, settings=rows)


@pytest.mark.parametrize(
    ("passes", "verdict"), [(950, "certified"), (500, "not-certified"), (668, "inconclusive")]
)
def test_verdicts_of_a_pair(passes: int, verdict: str) -> None:
    """F = (3p - 1)/2 is above, below or about the 1/2 of separable states."""
    report = analyse_fidelity([bell_table(passes)], target=named_state("phi+"))
    assert report.verdict == verdict
    assert report.metric("fidelity").value == pytest.approx((3 * passes / 1000 - 1) / 2)


@pytest.mark.parametrize(
    ("low", "high", "bound", "verdict"),
    [
        (0.5, 0.6, 0.5, "inconclusive"),
        (0.5001, 0.6, 0.5, "certified"),
        (0.1, 0.5, 0.5, "not-certified"),
        (0.9, 1.0, None, "inconclusive"),
        (0.9, 1.0, 1.0, "not-certified"),
    ],
)
def test_certified_means_above_the_bound(low: float, high: float, bound: float | None, verdict: str) -> None:
    assert verdict_of(low, high, bound) == verdict


def test_a_run_that_stopped_by_looking_gets_anytime_limits() -> None:
    table = bell_table(950)
    fixed = analyse_fidelity([table], target=named_state("phi+")).metric("fidelity")
    stopped = replace(table, metadata={"stopping": {"rule": "until decided", "max_shots": 9000}})
    report = analyse_fidelity([stopped], target=named_state("phi+"))
    found = report.metric("fidelity")
    assert found.low.method == "confidence sequence"
    assert found.low.value < fixed.low.value < fixed.high.value < found.high.value
    (note,) = (section for section in report.sections if section.title == "stopping")
    assert note.lines[0] == "3000 shots used, 6000 of at most 9000 saved"


def test_runs_are_pooled() -> None:
    tables = [bell_table(950), bell_table(930), bell_table(940)]
    report = analyse_fidelity(tables, target=named_state("phi+"), anytime=True)
    assert report.metric("fidelity").value == pytest.approx((3 * 0.94 - 1) / 2)
    assert report.payload["runs"] == 3


def test_drift_asks_for_caution_whether_settings_are_blocks_or_drawn() -> None:
    counts = bell_table(950).settings.counts
    drifting = np.stack([counts * 0 + np.array([250, 0, 0, 250]), counts - np.array([250, 0, 0, 250])])
    report = analyse_fidelity([bell_table(950, rounds=np.abs(drifting))], target=named_state("phi+"))
    assert {check.name: check.status for check in report.checks}["drift"] == "fail"
    assert report.trust == "caution"
    drawn = CountsTable(
        n_qubits=2,
        parities=ParityRows(("XX", "ZZ"), np.array([[90, 10], [80, 20]])),
        design="random",
        metadata={"protocol": "direct", "target": "phi+", "passes_by_round": [[98, 100], [72, 100]]},
    )
    report = analyse_fidelity([drawn], target=named_state("phi+"))
    assert {check.name: check.status for check in report.checks}["drift"] == "fail"


def test_nonsense_in_the_metadata_is_no_drift() -> None:
    for recorded in ("abc", [[1, 2], [3]], [[0.5, 1.0]]):
        table = replace(bell_table(950), metadata={"passes_by_round": recorded})
        report = analyse_fidelity([table], target=named_state("phi+"))
        assert "drift" not in {check.name for check in report.checks}


def test_corrected_values_and_averages_prove_nothing() -> None:
    table = bell_table(950)
    for values in ("averages", "corrected"):
        rows = replace(table.settings, counts=table.settings.counts / 1000)
        report = analyse_fidelity([replace(table, settings=rows, values=values)], target=named_state("phi+"))
        assert report.verdict == "inconclusive"
        assert report.metric("fidelity").low is None


def test_a_target_of_other_size_is_refused() -> None:
    with pytest.raises(UsageError, match="dimensions"):
        analyse_fidelity([bell_table(950)], target=named_state("ghz:3"))
