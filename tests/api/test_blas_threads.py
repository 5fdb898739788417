"""Linear algebra uses one thread where more would be in each other's way."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import qmono
from qmono.api.blas_threads import blas_threads_for
from qmono.quantum.born import simulate_counts
from qmono.quantum.plans import pauli_plan
from qmono.quantum.states import named_state


def threads() -> int:
    """Of all BLAS that are loaded; other packages may have brought one that stays at one thread."""
    return max(library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas")


@pytest.mark.parametrize(("n_qubits", "inside"), [(2, 2), (4, 2), (5, 1), (7, 1), (8, 2)])
def test_one_thread_for_five_to_seven_qubits(n_qubits, inside):
    with threadpool_limits(limits=2, user_api="blas"):
        if threads() != 2:
            pytest.skip("this build of BLAS has one thread")
        with blas_threads_for(n_qubits):
            assert threads() == inside
        assert threads() == 2


def test_an_analysis_runs_inside(monkeypatch):
    class SeenError(Exception):
        """Ends the analysis at its first fit."""

    def first_fit(*_: object) -> None:
        raise SeenError(threads())

    monkeypatch.setattr("qmono.analysis.tomography.report.fit_states", first_fit)
    counts = simulate_counts(named_state("ghz:5").rho, pauli_plan(5, 5), np.random.default_rng(1))
    with threadpool_limits(limits=2, user_api="blas"), pytest.raises(SeenError) as seen:
        qmono.tomography(counts)
    assert seen.value.args[0] == 1
