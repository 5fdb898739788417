"""Linear inversion and projected least squares, and what every estimator in the catalogue owes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tomography_cases import (
    direction_rows,
    exact_table,
    noisy,
    parity_rows,
    pauli_table,
    projector_rows,
    random_state,
)

from qmono.core.counts import CountsTable, ParityRows
from qmono.errors import UsageError
from qmono.quantum.paulis import pauli_string, pauli_vector
from qmono.quantum.states import named_state
from qmono.quantum.tomography import ESTIMATORS
from qmono.quantum.tomography.fit.linear_inversion import estimate_linear, linear_pauli_vector
from qmono.quantum.tomography.fit.pls import estimate_pls
from qmono.quantum.tomography.fit.projection import nearest_state, project_to_simplex

PHYSICAL = [name for name in ESTIMATORS.names if name != "linear"]


@pytest.mark.parametrize("name", ESTIMATORS.names)
def test_exact_data_give_the_exact_state(name):
    rho = random_state(2, 2, np.random.default_rng(1))
    estimate = ESTIMATORS.load(name)(exact_table(rho, 10**7))
    assert estimate.estimator == name
    assert np.abs(estimate.rho - rho).max() < 2e-4


@pytest.mark.parametrize("name", PHYSICAL)
def test_estimates_are_physical(name):
    for seed in range(5):
        rho = ESTIMATORS.load(name)(pauli_table(named_state("ghz:3").rho, 20, seed)).rho
        assert np.linalg.eigvalsh(rho)[0] > -1e-12
        assert np.trace(rho).real == pytest.approx(1)


@pytest.mark.parametrize("name", ESTIMATORS.names)
def test_error_shrinks_with_the_shots(name):
    truth, estimate = noisy("w:3"), ESTIMATORS.load(name)

    def error(shots):
        runs = [estimate(pauli_table(truth, shots, seed)).rho - truth for seed in range(6)]
        return np.sqrt(np.mean([np.linalg.norm(run) ** 2 for run in runs]))

    assert error(6400) < 0.3 * error(100)


@given(arrays(np.float64, 6, elements=st.floats(-3, 3)))
def test_simplex_projection_is_the_nearest_probability_vector(values):
    ordered = np.sort(values)
    p = project_to_simplex(ordered)
    assert p.min() >= 0
    assert p.sum() == pytest.approx(1)
    for rival in (*np.eye(6), np.full(6, 1 / 6)):
        assert (ordered - p) @ (rival - p) <= 1e-9


def test_nearest_state_of_a_known_matrix():
    """PRL 108, 070502, figure 1: (3/5, 1/2, 7/20, 1/10, -11/20) becomes (9/20, 7/20, 1/5, 0, 0)."""
    projected = project_to_simplex(np.array([-11 / 20, 1 / 10, 7 / 20, 1 / 2, 3 / 5]))
    np.testing.assert_allclose(projected, [0, 0, 1 / 5, 7 / 20, 9 / 20], atol=1e-15)


def test_simplex_projection_of_large_values_keeps_its_sum():
    p = project_to_simplex(np.array([1.0, 2.0, 3.0]) / 7 + 1e9)
    assert p.sum() == pytest.approx(1, abs=1e-15)


def test_nearest_state_keeps_states():
    rho = random_state(3, 4, np.random.default_rng(2))
    np.testing.assert_allclose(nearest_state(rho), rho, atol=1e-13)


def test_pauli_expectations_are_pooled_over_all_settings_that_measure_them():
    table = pauli_table(noisy("phi+"), 500, seed=3)
    counts = dict(zip(table.settings.labels, table.settings.counts, strict=True))
    signs = np.array([1, 1, -1, -1])
    pooled = np.mean([signs @ counts["Z" + letter] / 500 for letter in "XYZ"])
    assert linear_pauli_vector(table).reshape(4, 4)[3, 0] == pytest.approx(pooled)


@pytest.mark.parametrize("kind", ["directions", "projectors", "equal projectors", "mixture"])
def test_linear_inversion_of_other_rows_is_consistent(kind):
    rng = np.random.default_rng(4)
    rho = random_state(2, 2, rng)
    parts = {
        "directions": {"settings": direction_rows(rho, 20, 20000, rng)},
        "projectors": {"projectors": projector_rows(rho, rng, flux=20000.0)},
        "equal projectors": {"projectors": projector_rows(rho, rng, flux=20000.0, equal=True)},
        "mixture": {
            "settings": direction_rows(rho, 8, 20000, rng),
            "projectors": projector_rows(rho, rng, flux=20000.0),
            "parities": parity_rows(rho, 20000, rng),
        },
    }[kind]
    linear = estimate_linear(CountsTable(n_qubits=2, **parts)).rho
    assert np.abs(linear - rho).max() < 0.04


def test_what_was_not_measured_is_zero():
    rng = np.random.default_rng(5)
    table = CountsTable(n_qubits=2, parities=parity_rows(noisy("phi+"), 1000, rng, ["ZZ"]))
    x = linear_pauli_vector(table).reshape(4, 4)
    assert np.count_nonzero(x) == 2


def test_corrected_values_are_fitted_by_projection():
    """Expectations beyond 1 are what readout correction makes; the nearest state is still one."""
    labels = ("XX", "YY", "ZZ")
    values = np.array([1.02, -1.02, 1.02])
    rows = ParityRows(labels, np.stack([1 + values, 1 - values], axis=1) * 500)
    estimate = estimate_pls(CountsTable(n_qubits=2, parities=rows, values="corrected"))
    np.testing.assert_allclose(estimate.rho, named_state("phi+").rho, atol=1e-12)


def test_linear_inversion_reproduces_the_parities():
    rng = np.random.default_rng(6)
    rows = parity_rows(noisy("psi-"), 100, rng)
    linear = estimate_linear(CountsTable(n_qubits=2, parities=rows)).rho
    for label, (plus, minus) in zip(rows.labels, rows.counts, strict=True):
        expected = (plus - minus) / (plus + minus)
        assert np.trace(pauli_string(label) @ linear).real == pytest.approx(expected)
    assert pauli_vector(linear)[0, 0] == pytest.approx(1)


def test_unknown_estimators_get_a_suggestion():
    with pytest.raises(UsageError, match="did you mean 'mle'"):
        ESTIMATORS["mel"]
