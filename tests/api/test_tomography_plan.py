"""A plan of a tomography says what the analysis of such data then says."""

from __future__ import annotations

import json

import numpy as np
import pytest

from qmono import api
from qmono.analysis.tomography.plan import runs_for
from qmono.errors import UsageError
from qmono.quantum.born import simulate_counts
from qmono.quantum.plans import pauli_plan
from qmono.quantum.states import named_state


def expected(plan, name):
    return next(item for item in plan.expected if item.metric == name)


def test_the_formula_agrees_with_the_runs_beside_it():
    """64 runs around a probability of about 0.8 and 0.5: shares within 4 standard errors."""
    require = ["fidelity >= 0.95", "fidelity >= 0.9544", "concurrence >= 0.85"]
    plan = api.tomography_plan("werner:0.95", target="phi+", require=require, seed=3)
    by_formula, near, concurrence = plan.chances
    for chance in (by_formula, near):
        share = chance.passed / chance.runs
        assert abs(chance.exact.passes - share) < 4 * np.sqrt(share * (1 - share) / 64)
        assert chance.range == (chance.exact.passes, chance.exact.passes)
    assert 0.3 < near.exact.passes < by_formula.exact.passes < 0.9
    assert concurrence.exact is None
    low, high = concurrence.range
    assert low < concurrence.passed / concurrence.runs <= high


def test_expected_limits_are_those_of_a_measurement():
    plan = api.tomography_plan("werner:0.9", target="phi+", shots=500, runs=16, seed=1)
    fidelity = expected(plan, "fidelity")
    assert fidelity.true == pytest.approx(0.925)
    table = simulate_counts(named_state("werner:0.9").rho, pauli_plan(2, 500), np.random.default_rng(9))
    metric = api.tomography(table, target="phi+").metric("fidelity")
    assert fidelity.half_width == pytest.approx((metric.high.value - metric.low.value) / 2, rel=0.15)
    assert fidelity.low < fidelity.true < fidelity.high
    assert expected(plan, "concurrence").true == pytest.approx(0.85)
    assert (plan.settings, plan.shots, plan.runs) == (9, 500, 16)
    assert sum(plan.verdicts.values()) == 16


def test_four_times_the_shots_halve_the_widths():
    few, many = (
        expected(api.tomography_plan("werner:0.9", target="phi+", shots=shots, runs=8, seed=1), "fidelity")
        for shots in (500, 2000)
    )
    assert few.half_width / many.half_width == pytest.approx(2, rel=0.1)


def test_a_plan_with_noise_runs_on_aer_and_does_not_know_the_truth():
    plan = api.tomography_plan(
        "phi+", shots=100, noise="readout=0.1", runs=8, require=["fidelity >= 0.95", "check:drift"], seed=1
    )
    fidelity = expected(plan, "fidelity")
    assert fidelity.true is None
    assert 0.6 < fidelity.value < 0.85
    assert [chance.passed for chance in plan.chances] == [0, 8]
    assert all(chance.exact is None for chance in plan.chances)


def test_the_same_seed_gives_the_same_plan():
    first, again, other = (
        api.tomography_plan("phi+", shots=20, runs=3, seed=seed).to_json() for seed in (1, 1, 2)
    )
    assert first == again != other
    json.dumps(first)


def test_large_registers_get_fewer_runs():
    assert (runs_for(3), runs_for(4)) == (64, 16)
    with pytest.raises(UsageError, match="at least one run, got 0"):
        api.tomography_plan("phi+", runs=0)
