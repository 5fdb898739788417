"""The fidelity before readout: right in expectation, and limits that hold with a calibration of few shots."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from readout_cases import ASYMMETRIC, calibrated_table, read_probabilities

from qmono.core.counts import CountsTable, SettingRows
from qmono.quantum.fidelity.direct import direct_fidelity
from qmono.quantum.fidelity.exact import fidelity_to
from qmono.quantum.fidelity.readout_corrected import readout_corrected_fidelity
from qmono.quantum.readout import FlipRates, flip_rates
from qmono.quantum.states import named_state


def known_rates(rates):
    nothing = np.zeros((len(rates), 2), np.int64)
    return FlipRates(nothing, nothing, np.asarray(rates, dtype=float))


def noisy_state(name, visibility):
    target = named_state(name)
    d = len(target.rho)
    return target, visibility * target.rho + (1 - visibility) * np.eye(d) / d


@pytest.mark.parametrize("name", ["phi+", "psi-", "ghz:3", "cluster:4"])
def test_large_counts_give_back_the_fidelity_before_readout(name):
    target, rho = noisy_state(name, 0.9)
    rng = np.random.default_rng(4)
    rates = rng.uniform(0.0, 0.15, (target.n_qubits, 2))
    plan, p = read_probabilities(rho, rates)
    counts = np.round(p * 10**9).astype(np.int64)
    table = CountsTable(target.n_qubits, settings=SettingRows(plan.labels, counts, plan.directions))
    found = readout_corrected_fidelity(table, target, known_rates(rates))
    true = fidelity_to(rho, target)
    assert found.value == pytest.approx(true, abs=1e-6)
    assert true - 1e-3 < found.low < true < found.high < true + 1e-3
    assert found.guarantee == "indicative"


def test_without_flips_it_is_the_direct_fidelity():
    target, rho = noisy_state("ghz:3", 0.85)
    table = calibrated_table(rho, [(0.0, 0.0)] * 3, 500, 100, np.random.default_rng(8))
    found, direct = readout_corrected_fidelity(table, target, known_rates([(0.0, 0.0)] * 3)), None
    direct = direct_fidelity(table, target)
    assert found.value == pytest.approx(direct.value, abs=1e-12)
    assert found.std_error == pytest.approx(direct.std_error, rel=1e-9)
    assert direct.low - 0.005 < found.low <= direct.low


def test_the_corner_of_the_box_is_the_worst_point_of_the_box():
    """Random rates inside the box never give a lower limit than the box does."""
    target, rho = noisy_state("phi+", 0.9)
    rng = np.random.default_rng(15)
    table = calibrated_table(rho, [ASYMMETRIC] * 2, 1000, 1000, rng)
    rates = flip_rates(table.calibration)
    found = readout_corrected_fidelity(table, target, rates)
    low, high = rates.box(1 - 0.05 * 0.45)
    for _ in range(100):
        inside = known_rates(rng.uniform(low, high))
        assert readout_corrected_fidelity(table, target, inside).value > found.low


def coverage(visibility, shots, runs, seed, calibration_shots=1000):
    """How often the limits hold: with the calibration's noise, and with its matrix taken as exact."""
    target, rho = noisy_state("phi+", visibility)
    true, held = fidelity_to(rho, target), np.zeros(3)
    for run in range(runs):
        rng = np.random.default_rng([seed, run])
        table = calibrated_table(rho, [ASYMMETRIC] * 2, shots, calibration_shots, rng)
        rates = flip_rates(table.calibration)
        found = readout_corrected_fidelity(table, target, rates)
        plugged = readout_corrected_fidelity(table, target, replace(rates, trials=0 * rates.trials))
        held += [found.low <= true, true <= found.high, plugged.low <= true]
    return held / runs


def test_limits_hold_where_the_matrix_taken_as_exact_does_not():
    """8 % asymmetric errors, 200 calibration shots, many data: the calibration's noise is what matters."""
    low, high, plugged = coverage(0.9, 10_000, 150, 21, calibration_shots=200)
    assert min(low, high) >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / 150)
    assert plugged < 0.85


@pytest.mark.slow
@pytest.mark.parametrize("visibility", [0.9, 1.0])
@pytest.mark.parametrize("shots", [100, 1000])
def test_coverage_with_a_thousand_calibration_shots(visibility, shots):
    low, high, _ = coverage(visibility, shots, 2000, 22)
    assert min(low, high) >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / 2000)


def test_what_cannot_be_given_says_why():
    target, rho = noisy_state("phi+", 0.9)
    table = calibrated_table(rho, [ASYMMETRIC] * 2, 100, 100, np.random.default_rng(1))
    rates = flip_rates(table.calibration)
    few = replace(
        table,
        settings=SettingRows(("XX",), table.settings.counts[:1], table.settings.directions[:1]),
    )
    assert "not measured" in readout_corrected_fidelity(few, target, rates).reason
    averages = replace(table, values="averages")
    assert "no shot noise" in readout_corrected_fidelity(averages, target, rates).reason
    w3, rho3 = noisy_state("w:3", 0.9)
    three = calibrated_table(rho3, [ASYMMETRIC] * 3, 100, 100, np.random.default_rng(1))
    found = readout_corrected_fidelity(three, w3, flip_rates(three.calibration))
    assert "no stabiliser state" in found.reason
