"""Residual limits of joint tomographies cover the true residual, for states whose one-tangle is known."""

from __future__ import annotations

import numpy as np
import pytest

from qmono.analysis.monogamy.reports import analyse_joint
from qmono.quantum.born import simulate_counts
from qmono.quantum.monogamy import ckw
from qmono.quantum.operations import projector
from qmono.quantum.plans import pauli_plan
from qmono.quantum.states import named_state, werner

RUNS = 20


def random_pure() -> np.ndarray:
    rng = np.random.default_rng(3)
    psi = rng.normal(size=8) + 1j * rng.normal(size=8)
    return projector(psi / np.linalg.norm(psi))


CASES = {
    "ghz": (named_state("ghz:3").rho, 1.0),
    "w": (named_state("w:3").rho, 0.0),
    "random pure": (random_pure(), ckw.residual(random_pure(), 0)),
    # the roof of a Werner pair beside a bystander is that of the pair, so nothing is left
    "werner and bystander": (np.kron(werner(0.8).rho, np.diag([1, 0])).astype(complex), 0.0),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("shots", [100, 1000])
def test_residual_limits_cover(name: str, shots: int) -> None:
    rho, truth = CASES[name]
    low_misses = high_misses = 0
    for seed in range(RUNS):
        table = simulate_counts(rho, pauli_plan(3, shots), np.random.default_rng(seed))
        residual = analyse_joint(table).metric("residual[0]")
        assert residual is not None
        low_misses += residual.low is not None and residual.low.value > truth + 1e-9
        high_misses += residual.high is not None and residual.high.value < truth - 1e-9
    allowed = 0.05 * RUNS + 3 * (0.05 * 0.95 * RUNS) ** 0.5
    assert low_misses <= allowed
    assert high_misses <= allowed


def test_limits_that_rest_on_the_fit_are_labelled_indicative() -> None:
    table = simulate_counts(named_state("ghz:3").rho, pauli_plan(3, 300), np.random.default_rng(1))
    residual = analyse_joint(table).metric("residual[0]")
    assert residual is not None
    assert residual.low.guarantee == "indicative"
