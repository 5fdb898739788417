"""Counts of a few of the qubits."""

from __future__ import annotations

import numpy as np
import pytest
from tomography_cases import noisy, parity_rows, pauli_table, projector_rows, random_state

from qmono.core.counts import CountsTable, ReadoutCalibration, SettingRows, pauli_directions
from qmono.errors import UsageError
from qmono.quantum.born import simulate_counts
from qmono.quantum.operations import partial_trace
from qmono.quantum.plans import pauli_plan
from qmono.quantum.states import named_state
from qmono.quantum.tomography.fit.mle import estimate_mle
from qmono.quantum.tomography.marginals import marginal_table


def test_pairs_of_a_ghz_state_are_classically_correlated():
    table = marginal_table(pauli_table(named_state("ghz:3").rho, 20000), (0, 2))
    assert table.n_qubits == 2
    assert sorted(table.settings.labels) == sorted(pauli_plan(2, 1).labels)
    assert set(table.settings.totals) == {60000}
    expected = np.diag([0.5, 0, 0, 0.5])
    np.testing.assert_allclose(estimate_mle(table).rho, expected, atol=0.02)


@pytest.mark.parametrize("keep", [(0, 1), (2, 0), (1,), (2, 1, 0)])
def test_the_fit_of_marginal_counts_is_the_reduced_state(keep):
    rho = random_state(3, 3, np.random.default_rng(1))
    estimate = estimate_mle(marginal_table(pauli_table(rho, 5000), keep))
    np.testing.assert_allclose(estimate.rho, partial_trace(rho, (2, 2, 2), keep), atol=0.03)


def test_keeping_everything_changes_nothing():
    table = pauli_table(noisy("phi+"), 10)
    assert marginal_table(table, (0, 1)) is table


def test_rounds_and_order_of_outcomes_are_kept():
    directions = pauli_directions(("XZY", "XXY"))
    rounds = np.arange(32).reshape(2, 2, 8)
    rows = SettingRows(("XZY", "XXY"), rounds.sum(axis=0), directions, None, rounds)
    table = marginal_table(CountsTable(n_qubits=3, settings=rows), (2, 0))
    assert table.settings.labels == ("YX",)
    np.testing.assert_array_equal(table.settings.rounds.sum(axis=0), table.settings.counts)
    cell = rounds.sum(axis=0).sum(axis=0).reshape(2, 2, 2)
    assert table.settings.counts[0, 0b10] == cell[0, :, 1].sum()


def test_parities_of_other_qubits_are_left_out():
    rng = np.random.default_rng(2)
    rows = parity_rows(named_state("ghz:3").rho, 50, rng, ["ZZI", "IZZ", "ZIZ", "XXX"])
    table = marginal_table(CountsTable(n_qubits=3, parities=rows), (2, 0))
    assert table.parities.labels == ("ZZ",)
    np.testing.assert_array_equal(table.parities.counts[0], rows.counts[2])
    with pytest.raises(UsageError, match="no row"):
        marginal_table(CountsTable(n_qubits=3, parities=parity_rows(noisy("w:3"), 5, rng, ["XXX"])), (0, 1))


def test_calibration_is_pooled_too():
    prepared = ("00", "01", "10", "11")
    calibration = ReadoutCalibration(prepared, np.diag([90, 91, 92, 93]) + 1, "2026-01-01T00:00:00Z")
    table = simulate_counts(noisy("phi+"), pauli_plan(2, 8), np.random.default_rng(0))
    table = CountsTable(n_qubits=2, settings=table.settings, calibration=calibration)
    kept = marginal_table(table, (1,)).calibration
    assert kept.prepared == ("0", "1")
    np.testing.assert_array_equal(kept.counts, [[186, 4], [4, 188]])


@pytest.mark.parametrize("keep", [(0, 3), (1, 1), ()])
def test_qubits_that_are_not_there_are_refused(keep):
    with pytest.raises(UsageError, match="cannot keep qubits"):
        marginal_table(pauli_table(noisy("ghz:3"), 1), keep)


def test_projectors_have_no_marginals():
    rows = projector_rows(noisy("ghz:3"), np.random.default_rng(0), rows=4)
    with pytest.raises(UsageError, match="no marginal counts"):
        marginal_table(CountsTable(n_qubits=3, projectors=rows), (0, 1))
