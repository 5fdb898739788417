"""Goodness of fit: right degrees, a bracket that holds, and misfits that are found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import chdtrc
from tomography_cases import noisy, parity_rows, pauli_table, projector_rows, random_state

from qmono.core.counts import CountsTable, ParityRows, SettingRows
from qmono.quantum.states import named_state
from qmono.quantum.tomography.diagnosis.goodness_of_fit import goodness_of_fit, poisson_deviance_moments
from qmono.quantum.tomography.fit.mle import estimate_mle


def fit(table):
    return goodness_of_fit(table, estimate_mle(table))


def test_two_qubits_have_between_12_and_27_degrees():
    table = pauli_table(noisy("phi+", 0.3), 1000)
    result = fit(table)
    assert (result.degrees_low, result.degrees_high) == (12, 27)
    assert result.p_low == pytest.approx(chdtrc(12, result.statistic), abs=0.01)
    assert result.p_high == pytest.approx(chdtrc(27, result.statistic), abs=0.01)


def test_deviance_is_twice_the_distance_to_the_saturated_model():
    table = pauli_table(noisy("phi+", 0.3), 300, seed=5)
    estimate = estimate_mle(table)
    counts = table.settings.counts
    seen = counts[counts > 0]
    saturated = seen @ np.log(seen / 300)
    statistic = goodness_of_fit(table, estimate).statistic
    assert statistic == pytest.approx(2 * (saturated - estimate.log_likelihood), rel=1e-9)


def test_p_value_is_uniform_inside_and_the_bracket_holds_on_the_boundary():
    """Inside the physical states 12 degrees are exact; on the boundary the truth lies in the bracket."""
    runs = 120
    inside = [fit(pauli_table(noisy("phi+", 0.5), 1000, seed)).p_low for seed in range(runs)]
    assert abs(np.mean(inside) - 0.5) < 4 / np.sqrt(12 * runs)
    boundary = [fit(pauli_table(noisy("phi+", 0.0), 1000, seed)) for seed in range(runs)]
    assert np.mean([result.p_low for result in boundary]) < 0.5
    assert np.mean([result.p_high for result in boundary]) > 0.5
    assert np.mean([result.p_high < 0.05 for result in boundary]) <= 0.05


def test_settings_of_two_different_states_do_not_fit():
    one, other = pauli_table(noisy("product:00"), 1000, 1), pauli_table(noisy("product:11"), 1000, 2)
    counts = one.settings.counts.copy()
    mixed = [one.settings.labels.index(label) for label in ("ZX", "XZ")]
    counts[mixed] = other.settings.counts[mixed]
    rows = SettingRows(one.settings.labels, counts, one.settings.directions)
    result = fit(CountsTable(n_qubits=2, settings=rows))
    assert result.p_high < 1e-10
    assert result.dispersion > 10
    assert result.residuals[0].deviance > 100


def test_the_worst_row_is_the_spoiled_one():
    table = pauli_table(noisy("phi+", 0.4), 1000, 3)
    counts = table.settings.counts.copy()
    row = table.settings.labels.index("XY")
    counts[row] = counts[row][::-1][[1, 0, 2, 3]]
    counts[row, 0] += 150
    rows = SettingRows(table.settings.labels, counts, table.settings.directions)
    assert fit(CountsTable(n_qubits=2, settings=rows)).residuals[0].label == "XY"


def test_moments_of_the_poisson_deviance_match_simulation():
    rng = np.random.default_rng(0)
    for mu in (0.05, 0.7, 3.0, 40.0):
        c = rng.poisson(mu, 200_000)
        deviance = 2 * (np.where(c > 0, c * np.log(np.maximum(c, 1) / mu), 0.0) - c + mu)
        mean, variance = poisson_deviance_moments(np.array([mu]))
        assert mean[0] == pytest.approx(deviance.mean(), abs=5 * deviance.std() / np.sqrt(len(c)) + 1e-3)
        assert variance[0] == pytest.approx(deviance.var(), rel=0.05)


def test_few_counts_per_cell_are_not_called_a_misfit():
    """At about one count per cell the plain chi-square would reject a right model every time."""
    results = [fit(pauli_table(noisy("ghz:4", 1.0), 24, seed)) for seed in range(8)]
    naive = [chdtrc(result.degrees_low, result.statistic) for result in results]
    assert max(naive) < 0.01
    assert min(result.p_high for result in results) > 0.01


def test_too_few_counts_give_a_reason_and_no_p_value():
    result = fit(pauli_table(noisy("ghz:4", 0.0), 3))
    assert result.p_low is None
    assert result.p_high is None
    assert "too few counts" in result.reason


def test_averages_and_corrected_values_have_no_shot_noise_to_test():
    table = pauli_table(noisy("phi+"), 100)
    estimate = estimate_mle(table)
    averages = CountsTable(n_qubits=2, settings=table.settings, values="averages")
    assert "no shot noise" in goodness_of_fit(averages, estimate).reason


def test_as_many_cells_as_parameters_leave_nothing_to_test():
    rng = np.random.default_rng(3)
    rho = random_state(2, 4, rng)
    minimal = CountsTable(n_qubits=2, projectors=projector_rows(rho, rng, rows=16), statistics="poisson")
    assert "nothing is left to test" in fit(minimal).reason
    parities = CountsTable(n_qubits=2, parities=parity_rows(rho, 1000, rng))
    assert fit(parities).p_high is None


def test_projectors_share_one_total():
    rng = np.random.default_rng(4)
    rows = projector_rows(noisy("phi+", 0.4), rng, equal=True)
    result = fit(CountsTable(n_qubits=2, projectors=rows, statistics="poisson"))
    assert (result.degrees_low, result.degrees_high) == (20, 35)
    assert result.p_low > 0.001
    assert result.residuals[0].label.startswith("p")


def test_an_impossible_observation_is_an_infinite_deviance():
    table = CountsTable(n_qubits=1, parities=ParityRows(("Z",), np.array([[5, 5]])))
    pure = CountsTable(n_qubits=1, parities=ParityRows(("Z",), np.array([[10, 0]])))
    estimate = estimate_mle(pure)
    wrong = type(estimate)(named_state("product:0").rho, "exact")
    assert goodness_of_fit(table, wrong).statistic == np.inf
