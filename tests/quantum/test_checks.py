"""Homogeneity, drift and marginals: known values, level, and changes that must be noticed."""

from __future__ import annotations

import numpy as np
import pytest

from qmono.core.counts import SettingRows, pauli_directions
from qmono.quantum.born import simulate_counts
from qmono.quantum.checks import drift, homogeneity, marginals
from qmono.quantum.plans import pauli_plan
from qmono.quantum.states import named_state, werner


def test_homogeneity_is_pearsons_test():
    from scipy.stats import chi2_contingency

    counts = np.array([[30, 50, 20], [40, 35, 25], [20, 60, 20]])
    expected = chi2_contingency(counts, correction=False)
    statistic, degrees, shift = homogeneity(counts)
    assert (statistic, degrees) == (pytest.approx(expected.statistic), expected.dof)
    assert shift == pytest.approx(145 / 300 - 35 / 100)


def test_rare_outcomes_are_merged_and_empty_rows_left_out():
    statistic, degrees, _ = homogeneity(np.array([[50, 49, 1, 0], [50, 50, 0, 0], [0, 0, 0, 0]]))
    assert degrees == 2
    assert statistic < 2
    assert homogeneity(np.array([[10, 0], [12, 0]])) == (0.0, 0, 0.0)


@pytest.mark.parametrize("check", [drift, marginals])
def test_level_on_good_data(check):
    """300 tables: at most 5 % + 3 sigma of the p values below 0.05."""
    rng = np.random.default_rng(8)
    tables = [simulate_counts(werner(0.98).rho, pauli_plan(2, 200), rng) for _ in range(300)]
    rejected = sum(check(table.settings).p_value < 0.05 for table in tables)
    assert rejected <= 15 + 3 * np.sqrt(300 * 0.05 * 0.95)


def test_drift_is_noticed():
    rng = np.random.default_rng(9)
    first, second = (simulate_counts(werner(v).rho, pauli_plan(2, 500, 2), rng) for v in (0.95, 0.6))
    rounds = np.concatenate([first.settings.rounds, second.settings.rounds])
    rows = SettingRows(first.settings.labels, rounds.sum(axis=0), first.settings.directions, rounds=rounds)
    found = drift(rows)
    assert found.p_value < 1e-6
    assert found.largest_shift > 0.05


def test_signalling_is_noticed_and_says_where():
    labels = ("XX", "XY", "YX", "YY")
    counts = np.array([[50, 50, 50, 50], [80, 80, 20, 20], [50, 50, 50, 50], [50, 50, 50, 50]])
    found = marginals(SettingRows(labels, counts, pauli_directions(labels)))
    assert found.p_value < 1e-6
    assert found.where == "qubit 0, X"
    assert found.largest_shift == pytest.approx(0.15)


def test_nothing_to_compare():
    labels = ("XX", "YY", "ZZ")
    rows = SettingRows(labels, np.full((3, 4), 25), pauli_directions(labels))
    assert marginals(rows) is None
    assert drift(rows) is None
    three = simulate_counts(named_state("ghz:3").rho, pauli_plan(3, 50), np.random.default_rng(1))
    assert marginals(three.settings).p_value > 1e-4


def test_settings_of_any_name_can_be_named() -> None:
    """Labels need not have a letter for every qubit: such settings are named as a whole."""
    directions = pauli_directions(("ZZ", "ZX", "XZ", "XX"))
    counts = np.array([[50, 0, 0, 50], [50, 0, 0, 50], [50, 0, 0, 50], [0, 90, 10, 0]])
    found = marginals(SettingRows(("s", "t", "u", "v"), counts, directions))
    assert found is not None
    assert found.where in ("qubit 0, as in u", "qubit 1, as in t")
