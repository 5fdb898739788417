"""Photonic models: the parameters that made the counts come back, and real photon counts are explained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tomography_cases import SIX, noisy

from qmono.api import read_counts
from qmono.core.counts import CountsTable, ProjectorRows, SettingRows, pauli_directions
from qmono.quantum.born import probabilities
from qmono.quantum.plans import pauli_plan
from qmono.quantum.tomography.models.joint import fit_jointly
from qmono.quantum.tomography.models.model import MODELS

SAMPLES = Path(__file__).parents[2] / "sample_data"
MIXED = np.eye(4, dtype=complex) / 4
SINGLES = (40_000.0, 50_000.0, 30_000.0, 60_000.0)


def settings_table(mean, metadata=None):
    """Complete Pauli settings with these mean counts (9, 4), rounded: as good as no shot noise."""
    plan = pauli_plan(2, 1)
    rows = SettingRows(plan.labels, np.round(mean).astype(np.int64), plan.directions)
    return CountsTable(n_qubits=2, settings=rows, statistics="poisson", metadata=metadata or {})


def ideal_mean(rho, directions=None):
    return 1e7 * probabilities(rho, pauli_plan(2, 1).directions if directions is None else directions)


def fitted(table, name):
    return fit_jointly(MODELS.load(name)(table), MIXED)


def test_unequal_detectors_are_found():
    rho = noisy("psi+", 0.1)
    ratios = np.outer([1, 0.8], [1, 1.2]).reshape(-1)
    found = fitted(settings_table(ideal_mean(rho) * ratios), "efficiencies")
    assert list(found.parameters.values()) == pytest.approx([0.8, 1.2], abs=2e-3)
    assert np.abs(found.estimate.rho - rho).max() < 2e-3
    assert np.abs(found.plain.rho - rho).max() > 0.02
    assert found.estimate.converged


def test_accidentals_follow_the_singles():
    """A background in the pattern of the singles is told from the state's own noise."""
    rho = noisy("phi+", 0.05)
    singles = np.array(SINGLES).reshape(2, 2) * np.ones((9, 1, 1))
    singles[::2, 0, 0] *= 3
    pattern = np.einsum("sa,sb->sab", singles[:, 0], singles[:, 1]).reshape(9, 4)
    pattern = pattern / pattern.mean()
    metadata = {"singles": singles.reshape(9, 4).tolist(), "time": [1.0] * 9}
    found = fitted(settings_table(ideal_mean(rho) + 0.1 * 1e7 / 4 * pattern, metadata), "background")
    assert found.parameters["background per cell"] == pytest.approx(0.1, abs=2e-3)
    assert np.abs(found.estimate.rho - rho).max() < 2e-3


def test_axes_off_the_right_angle_explain_what_no_state_does():
    """At purity near 1 ideal axes would need negative eigenvalues."""
    rho, plan = noisy("psi-", 0.02), pauli_plan(2, 1)
    tilt = np.deg2rad(8.0)
    directions = plan.directions.copy()
    is_x = plan.directions[:, 0, 0] == 1
    directions[is_x, 0] = [np.cos(tilt), 0, np.sin(tilt)]
    found = fitted(settings_table(ideal_mean(rho, directions)), "analysers")
    assert found.plain_deviance > 1000
    assert found.deviance < 0.02 * found.plain_deviance
    assert fitted(settings_table(ideal_mean(rho)), "analysers").gain < 1.0


def test_ideal_data_gain_no_more_than_chance():
    """Twice the gain is about chi-square with as many degrees as parameters: here 2, so below 20."""
    rng = np.random.default_rng(3)
    table = settings_table(rng.poisson(ideal_mean(noisy("phi+", 0.2)) / 1e4))
    found = fitted(table, "efficiencies")
    assert -0.05 < found.gain < 10
    assert list(found.parameters.values()) == pytest.approx([1, 1], abs=0.2)


def test_projectors_have_an_efficiency_for_each_analyser_setting():
    rho = noisy("phi+", 0.1)
    grid = np.stack(np.meshgrid(np.arange(6), np.arange(6), indexing="ij"), axis=-1).reshape(-1, 2)
    p = probabilities(rho, SIX[grid])[:, 0]
    factor = np.where(grid[:, 0] == 2, 0.7, 1.0)
    counts = np.round(1e7 * p * factor).astype(np.int64)
    rows = ProjectorRows(tuple(f"p{k}" for k in range(36)), SIX[grid], counts, np.ones(36))
    found = fitted(CountsTable(n_qubits=2, projectors=rows, statistics="poisson"), "efficiencies")
    assert found.deviance < 1
    assert np.abs(found.estimate.rho - rho).max() < 2e-3
    assert found.plain_deviance > 1e4


KWIAT = ("kwiat_bell_psi/bell_psi_data.txt", None)
SPDC = ("twin_photons_spdc/counts.csv", 50)


@pytest.mark.parametrize(
    ("data", "model", "added", "deviance"),
    [
        # a Nelder-Mead or Powell search over the parameters around an independent set-up of the cells
        (KWIAT, "efficiencies", 2, 305.5),
        (KWIAT, "background", 1, 446.4),
        (KWIAT, "analysers", 6, 155.9),
        (KWIAT, "photonic", 9, 32.5),
        (SPDC, "efficiencies", 10, 716.5),
        (SPDC, "background", 1, 795.9),
    ],
)
def test_real_photon_counts(data, model, added, deviance):
    name, mean_of = data
    found = fitted(read_counts(SAMPLES / name, mean_of=mean_of), model)
    assert len(found.model.start) == added
    assert found.deviance == pytest.approx(deviance, abs=0.3)
    assert found.plain_deviance == pytest.approx(446.4 if data is KWIAT else 795.9, abs=0.1)


def test_what_does_not_fit_says_why():
    table = settings_table(ideal_mean(MIXED))
    model = MODELS.load("efficiencies")
    assert "Poisson" in model(replace(table, statistics="multinomial"))
    few = SettingRows(("XX", "ZZ"), np.full((2, 4), 50), pauli_directions(("XX", "ZZ")))
    assert "8 cells cannot tell 2 parameters" in model(replace(table, settings=few))
