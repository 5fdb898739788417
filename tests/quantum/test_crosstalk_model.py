"""Crosstalk that the data state: in the likelihood, for settings and projectors, with loss and without."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tomography_cases import SIX, noisy, pauli_table, random_state

from qmono.core.counts import CountsTable, ProjectorRows, ReadoutCalibration, SettingRows
from qmono.quantum.born import local_effects, probabilities
from qmono.quantum.plans import pauli_plan
from qmono.quantum.readout import joint_chances
from qmono.quantum.tomography.effects.counted_cells import cells_of
from qmono.quantum.tomography.effects.modes import expectations
from qmono.quantum.tomography.fit.mle import fit_likelihood
from qmono.quantum.tomography.likelihood import likelihood_of
from qmono.quantum.tomography.models.joint import fit_jointly
from qmono.quantum.tomography.models.model import MODELS

JOINT = np.array(
    [[0.90, 0.05, 0.04, 0.01], [0.02, 0.93, 0.01, 0.04], [0.06, 0.0, 0.90, 0.04], [0.0, 0.03, 0.05, 0.92]]
)
"""No product of the qubits' own matrices: row, the true outcome; column, what is read."""
LOSSY = joint_chances([np.array([[0.9, 0.1], [0.0, 0.8]])] * 2)
MIXED = np.eye(4, dtype=complex) / 4


def stated(matrix):
    return ReadoutCalibration((), np.zeros((0, 0), np.int64), crosstalk=matrix)


def settings_table(rho, matrix, flux=1e7, statistics="poisson", rng=None):
    plan = pauli_plan(2, 1)
    mean = flux * probabilities(rho, plan.directions) @ matrix
    counts = np.round(mean).astype(np.int64) if rng is None else rng.poisson(mean)
    rows = SettingRows(plan.labels, counts, plan.directions)
    return CountsTable(2, settings=rows, statistics=statistics, calibration=stated(matrix))


def projectors_table(rho, matrix, flux=1e7):
    """One detector a qubit behind each analyser: only outcome 00 is counted, whatever should have fired."""
    grid = np.stack(np.meshgrid(np.arange(6), np.arange(6), indexing="ij"), axis=-1).reshape(-1, 2)
    directions = SIX[grid]
    counts = np.round(flux * (probabilities(rho, directions) @ matrix)[:, 0]).astype(np.int64)
    labels = tuple(f"p{k}" for k in range(len(counts)))
    rows = ProjectorRows(labels, directions, counts, np.ones(len(counts)))
    return CountsTable(2, projectors=rows, statistics="poisson", calibration=stated(matrix))


def fitted(table, name="crosstalk"):
    return fit_jointly(MODELS.load(name)(table), MIXED)


@pytest.mark.parametrize("matrix", [JOINT, LOSSY])
@pytest.mark.parametrize("make", [settings_table, projectors_table])
def test_the_state_before_the_crosstalk_comes_back(make, matrix):
    rho = random_state(2, 4, np.random.default_rng(3))
    found = fitted(make(rho, matrix))
    assert np.abs(found.estimate.rho - rho).max() < 2e-3
    # One detector behind LOSSY sees 0.81 of what it should, and nothing else: one flux tells no difference.
    hidden = make is projectors_table and matrix is LOSSY
    assert (np.abs(found.plain.rho - rho).max() > 0.01) != hidden
    assert found.estimate.converged
    assert found.deviance < 1  # rounded counts of ten millions
    lost = 1 - matrix.sum(axis=1).min()
    assert found.parameters["largest loss"] == pytest.approx(lost, abs=1e-12)


def test_settings_with_totals_of_their_own_are_conditional():
    rho = noisy("psi+", 0.1)
    table = settings_table(rho, JOINT, statistics="multinomial")
    found = fitted(table)
    assert np.abs(found.estimate.rho - rho).max() < 1e-3
    assert found.model.cells == 27
    assert found.plain_deviance > 100 > 1 > found.deviance


def test_a_product_of_flips_is_the_readout_model():
    """Both routes have one likelihood: local effects behind flips, and cells behind their joint matrix."""
    rng, rho = np.random.default_rng(5), noisy("phi+", 0.1)
    flips = np.array([[[0.95, 0.05], [0.08, 0.92]], [[0.97, 0.03], [0.06, 0.94]]])
    table = settings_table(rho, joint_chances(flips), 3000.0, "multinomial", rng)
    other = random_state(2, 4, rng)
    by_cells = MODELS.load("crosstalk")(table).likelihood(np.zeros(0)).log_likelihood(other)
    assert by_cells == pytest.approx(likelihood_of(table, flips).log_likelihood(other), rel=1e-12)
    as_flips = replace(table, calibration=ReadoutCalibration((), np.zeros((0, 0), np.int64), confusion=flips))
    both = [fitted(as_flips, name).log_likelihood for name in ("crosstalk", "readout")]
    assert both[0] == pytest.approx(both[1], abs=0.02)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_effects_are_mixed_as_written_out(n):
    rng = np.random.default_rng(n)
    matrix = rng.dirichlet(np.ones(2**n + 1), 2**n)[:, :-1]
    rho = random_state(n, 2**n, rng)
    table = replace(pauli_table(rho, 50), statistics="poisson", calibration=stated(matrix))
    cells = cells_of(table)
    effects = cells.effects(cells.directions, cells.exposure, np.zeros(len(cells.counts)))
    expected = probabilities(rho, table.settings.directions) @ matrix
    np.testing.assert_allclose(effects.forward(expectations(rho)), expected.reshape(-1), atol=1e-12)


def test_other_photonic_models_work_behind_the_crosstalk():
    rho = noisy("psi+", 0.1)
    ratios = np.outer([1, 0.8], [1, 1.2]).reshape(-1)
    table = settings_table(rho, JOINT @ np.diag(ratios))
    table = replace(table, calibration=stated(JOINT))
    found = fitted(table, "efficiencies")
    assert list(found.parameters.values()) == pytest.approx([0.8, 1.2], abs=2e-3)
    assert np.abs(found.estimate.rho - rho).max() < 2e-3


@pytest.mark.parametrize("seed", range(4))
def test_free_crosstalk_that_is_equal_never_gains(seed):
    """Why it is no model: the state takes it over. If any noise could gain, some of these would show it."""
    rng = np.random.default_rng(seed)
    table = pauli_table(random_state(2, 1 + seed, rng), 30, seed)
    best = fit_likelihood(likelihood_of(table), MIXED, gap=1e-4)
    for e in (0.01, 0.05, 0.2):
        flips = np.array([[[1 - e, e], [e, 1 - e]]] * 2)
        behind = fit_likelihood(likelihood_of(table, flips), MIXED, gap=1e-4)
        assert behind.log_likelihood <= best.log_likelihood + best.likelihood_gap
    shrunk = (1 - 2 * 0.05) * np.array([1.0, 0, 0])
    np.testing.assert_allclose(
        np.einsum("tr,tk->rk", [[0.95, 0.05], [0.05, 0.95]], local_effects(np.array([1.0, 0, 0]))),
        local_effects(shrunk),
        atol=1e-15,
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"calibration": None}, "there is no crosstalk matrix"),
        ({"calibration": stated(LOSSY)}, "loses up to 0.36 of an outcome: that is modelled for Poisson"),
        ({"values": "averages"}, "need counts"),
    ],
)
def test_what_is_not_modelled_says_why(change, reason):
    table = replace(pauli_table(noisy("phi+"), 50), **{"calibration": stated(JOINT), **change})
    assert reason in MODELS.load("crosstalk")(table)


def test_four_qubits_and_other_rows_are_not_modelled():
    table = replace(pauli_table(noisy("ghz:4"), 5), calibration=stated(np.eye(16)))
    assert "up to 3 qubits" in MODELS.load("crosstalk")(table)
    rows = projectors_table(noisy("phi+"), JOINT)
    assert "Poisson counts only" in MODELS.load("crosstalk")(replace(rows, statistics="multinomial"))


def test_efficiencies_stay_with_detectors_that_a_reader_exchanged():
    """A basis -X read as X with its outcomes exchanged: the first detector then counts outcome 1."""
    rho, plan = noisy("psi+", 0.1), pauli_plan(2, 1)
    ratios = np.outer([1, 0.8], [1, 1.2])
    exchanged = [[row % 2, (row // 2) % 2] for row in range(9)]
    mean = 1e7 * probabilities(rho, plan.directions).reshape(9, 2, 2)
    for row, (a, b) in enumerate(exchanged):
        mean[row] *= ratios[:: 1 - 2 * a, :: 1 - 2 * b]
    rows = SettingRows(plan.labels, np.round(mean.reshape(9, 4)).astype(np.int64), plan.directions)
    table = CountsTable(2, settings=rows, statistics="poisson", metadata={"outcomes_exchanged": exchanged})
    assert list(fitted(table, "efficiencies").parameters.values()) == pytest.approx([0.8, 1.2], abs=2e-3)
    unknown = replace(table, metadata={"outcomes_exchanged": [None, *exchanged[1:]]})
    assert "which of them counted what is not known" in MODELS.load("efficiencies")(unknown)
    assert not isinstance(MODELS.load("background")(unknown), str)
