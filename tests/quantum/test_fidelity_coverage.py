"""Limits of every protocol hold their level: the experiment of benchmarks/fidelity_coverage.py."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from qmono.quantum.fidelity.choice import Goal, choose
from qmono.quantum.fidelity.tally import fidelity_limits
from qmono.quantum.states import named_state


@pytest.fixture(scope="module")
def experiment() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "fidelity_coverage.py"
    spec = importlib.util.spec_from_file_location("fidelity_coverage", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def check(module: ModuleType, runs: int) -> None:
    rows = module.experiment(runs, seed=41)
    assert len(rows) == 19
    sigma = np.sqrt(module.LEVEL * (1 - module.LEVEL) / runs)
    for row in rows:
        assert min(row.low, row.high) > module.LEVEL - 4.5 * sigma, row
        assert not row.formula_ratio > 1.2, row


def test_limits_hold_and_shots_are_those_of_the_formula(experiment: ModuleType) -> None:
    check(experiment, 400)


@pytest.mark.slow
def test_limits_hold_in_many_runs(experiment: ModuleType) -> None:
    check(experiment, 20_000)


def test_the_experiment_sees_limits_that_do_not_hold(experiment: ModuleType) -> None:
    """Limits at 80 % called 95 % are found out."""
    scheme = choose(named_state("cluster:4"), "all-stabilizers", Goal())
    rho = experiment.noisy(scheme.target, 0.1)
    fidelity = np.vdot(scheme.target.psi, rho @ scheme.target.psi).real
    tallies = experiment.tallies(scheme, 100 * scheme.block, rho, 400, np.random.default_rng(1))
    held = np.mean([fidelity_limits(tally, 0.8).low <= fidelity for tally in tallies])
    assert held < 0.95 - 4.5 * np.sqrt(0.95 * 0.05 / 400)


@pytest.mark.parametrize(
    ("shots", "half_width"), [(1000, 0.0174), (3000, 0.0099), (5000, 0.0076), (10_000, 0.0054)]
)
def test_half_widths_of_bell_fidelities_at_ninety_five_percent(shots: int, half_width: float) -> None:
    """Clopper-Pearson, two-sided 95 % at F = 0.95, computed independently to four digits."""
    scheme = choose(named_state("phi+"), "three-settings", Goal())
    assert scheme.half_width(shots, 0.95, 0.975) == pytest.approx(half_width, abs=1.5e-4)
