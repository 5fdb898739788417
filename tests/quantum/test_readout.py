"""Flip rates from calibration counts: their limits, what refuses them, whether they are each qubit's own."""

from __future__ import annotations

import numpy as np
import pytest
from readout_cases import ASYMMETRIC, calibration_of

from qmono.core.counts import ReadoutCalibration
from qmono.quantum.limits import clopper_pearson_high, clopper_pearson_low
from qmono.quantum.readout import confusion_matrices, flip_rates, independence


def test_rates_are_the_flips_of_each_qubit_with_the_others_summed_over():
    counts = np.array([[90, 6, 3, 1], [0, 20, 5, 75]])
    found = flip_rates(ReadoutCalibration(("00", "11"), counts))
    assert found.flips.tolist() == [[4, 20], [7, 5]]
    assert found.trials.tolist() == [[100, 100], [100, 100]]
    assert found.rates.tolist() == [[0.04, 0.2], [0.07, 0.05]]
    assert found.guarantee == "exact"


def test_every_prepared_state_counts_towards_its_bits():
    counts = np.array([[10, 0, 0, 0], [0, 8, 2, 0]])
    found = flip_rates(ReadoutCalibration(("00", "01"), counts))
    assert found == "the calibration never prepared qubit 0 in 1"


def test_a_readout_that_is_wrong_half_of_the_time_is_none():
    counts = np.array([[50, 0, 50, 0], [0, 0, 0, 100]])
    assert "qubit 0 prepared in 0 is read wrong 0.50" in flip_rates(ReadoutCalibration(("00", "11"), counts))


def test_confusion_rows_are_states_and_columns_are_readings():
    assert confusion_matrices(np.array([ASYMMETRIC]))[0].tolist() == [[0.98, 0.02], [0.08, 0.92]]


def test_stated_probabilities_have_no_box_and_no_guarantee():
    stated = ReadoutCalibration(
        (), np.zeros((0, 0), np.int64), confusion=np.array([[[0.98, 0.02], [0.08, 0.92]]])
    )
    found = flip_rates(stated)
    assert found.rates.tolist() == [[0.02, 0.08]]
    assert found.guarantee == "indicative"
    low, high = found.box(0.95)
    assert np.array_equal(low, high)


def test_the_box_splits_its_error_over_all_sides():
    found = flip_rates(ReadoutCalibration(("0", "1"), np.array([[98, 2], [8, 92]])))
    low, high = found.box(0.92)
    assert low[0, 1] == pytest.approx(clopper_pearson_low(8, 100, 0.98), rel=1e-12)
    assert high[0, 0] == pytest.approx(clopper_pearson_high(2, 100, 0.98), rel=1e-12)


def test_the_box_holds_the_rates_as_often_as_it_says():
    rates, rng = [ASYMMETRIC] * 2, np.random.default_rng(11)
    inside = 0
    for _ in range(400):
        low, high = flip_rates(calibration_of(rates, 300, rng)).box(0.9)
        inside += bool(np.all((low <= rates) & (rates <= high)))
    assert inside / 400 >= 0.9 - 3 * np.sqrt(0.09 / 400)


def test_independent_flips_pass_and_crosstalk_does_not():
    rng = np.random.default_rng(5)
    every = ("00", "01", "10", "11")
    assert independence(calibration_of([ASYMMETRIC] * 2, 5000, rng, every)).p_value > 1e-3
    calibration = calibration_of([ASYMMETRIC] * 2, 5000, rng, every)
    worse = calibration_of([(0.02, 0.14), ASYMMETRIC], 5000, rng, every)
    counts = calibration.counts.copy()
    counts[3] = worse.counts[3]  # qubit 0 in 1 flips more often where qubit 1 is in 1
    found = independence(ReadoutCalibration(every, counts))
    assert found.p_value < 1e-6
    assert found.where == "qubit 0 in 1"


def test_correlated_flips_are_noticed_in_a_single_state():
    counts = np.array([[9000, 400, 400, 200], [10, 90, 90, 9810]])
    found = independence(ReadoutCalibration(("00", "11"), counts))
    assert found.p_value < 1e-6
    assert found.where == "qubits 0 and 1 in 00"
