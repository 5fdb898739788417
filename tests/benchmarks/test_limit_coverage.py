"""Limits that may gate hold their level: the experiment of benchmarks/limit_coverage.py holds them to it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from covering.cases import Case, cases, fidelity_of, states
from covering.experiment import Coverage, Key, coverage, run_block
from covering.table import short

from qmono.core.counts import CountsTable, SettingRows
from qmono.quantum.fidelity.direct import direct_fidelity
from qmono.quantum.fidelity.exact import fidelity_to
from qmono.quantum.plans import pauli_plan

CASES = {case.label: case for case in cases()}


def key(source: str, metric: str, side: str) -> Key:
    return Key(source, metric, side)


@pytest.mark.slow
@pytest.mark.parametrize("label", CASES)
def test_every_limit_that_may_gate_holds(label: str) -> None:
    found = run_block(CASES[label], 0.95, 77, 0, 200)
    assert not [(each, found.held(each)) for each in short(found)]
    assert key("rigorous", "fidelity_mle", "low") in found.gates


@pytest.mark.parametrize("name", ["Werner 0.90", "Bell", "GHZ"])
def test_what_is_true_of_flipped_counts_is_what_many_counts_give(name: str) -> None:
    case = CASES[f"{name}, 1000 shots, flips"]
    plan = pauli_plan(case.state.n_qubits, 1)
    rows = SettingRows(plan.labels, np.rint(case.read * 1e12).astype(np.int64), plan.directions)
    many = direct_fidelity(CountsTable(n_qubits=case.state.n_qubits, settings=rows), case.target)
    assert case.truth["fidelity"] == pytest.approx(many.value, abs=1e-9)
    assert case.truth["fidelity"] < case.truth["fidelity_readout_corrected"] - 0.01 or name == "Werner 0.30"


def test_the_fidelity_is_linear_in_the_probabilities() -> None:
    for name, state, target in states():
        case = Case(name, state, target, 100, flips=False)
        assert fidelity_of(case.read, target) == pytest.approx(fidelity_to(state.rho, target), abs=1e-12)


def test_results_do_not_depend_on_the_number_of_workers() -> None:
    def with_workers(workers: int) -> Coverage:
        with ThreadPoolExecutor(workers) as executor:
            return next(coverage([CASES["Werner 0.30, 100 shots"]], 5, executor, block=2))

    one, three = with_workers(1), with_workers(3)
    assert one.runs == three.runs == 5
    assert one.tallies == three.tallies


def test_limits_of_too_low_a_level_are_found_out() -> None:
    """Limits at 60 % judged as limits at 95 %."""
    found = run_block(CASES["Werner 0.90, 100 shots"], 0.6, 1, 0, 25)
    found.level = 0.95
    assert key("report", "fidelity", "low") in set(short(found))


def test_percentiles_of_a_bootstrap_never_reach_a_bell_state() -> None:
    """At F = 1 every resample lies inside, so the upper limit is always too low; the certified one holds."""
    found = run_block(CASES["Bell, 100 shots"], 0.95, 1, 0, 20)
    assert found.held(key("bootstrap", "fidelity", "high")) == 0
    assert found.held(key("report", "fidelity", "high")) == 1
