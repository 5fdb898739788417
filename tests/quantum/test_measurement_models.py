"""Models of the measurement in the likelihood: right probabilities, a maximum, the state before readout."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from readout_cases import ASYMMETRIC, calibrated_table, calibration_of, joint_confusion, read_probabilities
from tomography_cases import direction_rows, noisy, random_state

from qmono.core.counts import CountsTable, SettingRows
from qmono.quantum.born import probabilities
from qmono.quantum.operations import projector
from qmono.quantum.readout import confusion_matrices
from qmono.quantum.states import named_state
from qmono.quantum.tomography.likelihood import likelihood_of
from qmono.quantum.tomography.models.joint import fit_jointly
from qmono.quantum.tomography.models.readout_model import readout_model

MIXED = np.eye(4, dtype=complex) / 4


@pytest.mark.parametrize(("n", "rows"), [(1, 4), (2, 9), (3, 5), (2, 60)])
def test_flips_inside_the_likelihood_are_those_of_the_joint_confusion(n, rows):
    """Both ways the effects are held, against the 2**n x 2**n matrix on the ideal probabilities."""
    rng = np.random.default_rng(n)
    rho, rates = random_state(n, 2, rng), rng.uniform(0, 0.2, (n, 2))
    settings = direction_rows(rho, rows, 300, rng)
    table = CountsTable(n_qubits=n, settings=settings)
    read = probabilities(rho, settings.directions) @ joint_confusion(rates)
    expected = float((settings.counts * np.log(read)).sum())
    found = likelihood_of(table, confusion_matrices(rates)).log_likelihood(rho)
    assert found == pytest.approx(expected, rel=1e-12)


def test_exact_frequencies_give_the_state_before_readout():
    rho, rates = noisy("psi+", 0.1), np.array([[0.01, 0.06], [0.03, 0.09]])
    plan, p = read_probabilities(rho, rates)
    counts = np.round(p * 10**7).astype(np.int64)
    rows = SettingRows(plan.labels, counts, plan.directions)
    calibration = calibration_of(rates, 10**7, np.random.default_rng(3))
    model = readout_model(CountsTable(n_qubits=2, settings=rows, calibration=calibration))
    found = fit_jointly(model, MIXED)
    assert np.abs(found.estimate.rho - rho).max() < 1e-3
    assert list(found.parameters.values()) == pytest.approx(rates.reshape(-1), abs=1e-3)
    assert np.abs(found.plain.rho - rho).max() > 0.02


def test_the_joint_fit_is_a_maximum_over_state_and_rates():
    """No random neighbour, in state or in rates, has a joint likelihood larger than the gap allows."""
    rng = np.random.default_rng(9)
    table = calibrated_table(noisy("phi+", 0.1), [ASYMMETRIC] * 2, 300, 500, rng)
    model = readout_model(table)
    found = fit_jointly(model, MIXED)
    assert found.estimate.converged
    assert found.remaining < 0.01
    u = np.log(list(found.parameters.values()))
    u = u - np.log1p(-np.exp(u))
    best = model.likelihood(u).log_likelihood(found.estimate.rho) + model.known(u)
    assert best == pytest.approx(found.log_likelihood, abs=1e-6)
    for _ in range(100):
        moved = u + rng.normal(scale=0.05, size=u.shape)
        weight = rng.uniform(0, 0.02)
        rho = (1 - weight) * found.estimate.rho + weight * random_state(2, 1, rng)
        assert model.likelihood(moved).log_likelihood(rho) + model.known(moved) < best + 0.02


def test_both_the_data_and_the_calibration_move_the_rates():
    """|00> read as something else shows flips of 0: few calibration shots are overruled by many data."""
    rng = np.random.default_rng(2)
    table = calibrated_table(projector(named_state("product:00").psi), [(0.05, 0.05)] * 2, 20_000, 50, rng)
    found = fit_jointly(readout_model(table), MIXED)
    assert found.parameters["flip 0 of qubit 0"] == pytest.approx(0.05, abs=0.01)


def test_stated_probabilities_are_used_as_they_are():
    rho = noisy("phi+", 0.1)
    table = calibrated_table(rho, [ASYMMETRIC] * 2, 100_000, 10, np.random.default_rng(6))
    stated = replace(
        table.calibration,
        prepared=(),
        counts=np.zeros((0, 0), np.int64),
        confusion=confusion_matrices(np.array([ASYMMETRIC] * 2)),
    )
    found = fit_jointly(readout_model(replace(table, calibration=stated)), MIXED)
    assert np.abs(found.estimate.rho - rho).max() < 0.01
    assert found.model.start.size == 0
    assert list(found.parameters.values()) == pytest.approx([*ASYMMETRIC, *ASYMMETRIC])


def test_a_model_that_does_not_fit_the_data_says_why():
    table = calibrated_table(MIXED, [ASYMMETRIC] * 2, 100, 100, np.random.default_rng(1))
    assert "no readout calibration" in readout_model(replace(table, calibration=None))
    assert "averages" in readout_model(replace(table, values="averages"))
