"""Maximum likelihood: the maximum is the maximum, and the certificate is never below it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tomography_cases import (
    direction_rows,
    every_kind,
    exact_table,
    fidelity,
    noisy,
    parity_rows,
    pauli_table,
    projector_rows,
    random_state,
)

from qmono.core.counts import CountsTable, ParityRows, SettingRows, pauli_directions
from qmono.quantum.measures.concurrence import concurrence
from qmono.quantum.states import named_state
from qmono.quantum.tomography.fit.ascent import ascend
from qmono.quantum.tomography.fit.mle import estimate_mle, interior
from qmono.quantum.tomography.likelihood import likelihood_of


def is_state(rho):
    return np.linalg.eigvalsh(rho)[0] > -1e-12 and abs(np.trace(rho) - 1) < 1e-9


def r_rho_r(table, iterations):
    """Hradil's fixed point rho <- R rho R, slow and independent: multinomial settings only."""
    likelihood = likelihood_of(table)
    rho = np.eye(likelihood.dimension, dtype=complex) / likelihood.dimension
    for _ in range(iterations):
        operator = likelihood.score(likelihood.counts / likelihood.probabilities(rho))
        rho = operator @ rho @ operator
        rho /= rho.trace().real
    return likelihood.log_likelihood(rho)


@pytest.mark.parametrize("noise", [0.05, 0.5])
def test_maximum_agrees_with_a_slow_independent_optimiser(noise):
    table = pauli_table(noisy("phi+", noise), 200, seed=4)
    estimate = estimate_mle(table)
    slow = r_rho_r(table, 4000)
    assert estimate.converged
    assert slow - 1e-6 <= estimate.log_likelihood + estimate.likelihood_gap
    assert estimate.log_likelihood == pytest.approx(slow, abs=0.01)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rank=st.integers(1, 4))
def test_certificate_is_never_below_a_better_fit(seed, rank):
    rng = np.random.default_rng(seed)
    truth = random_state(2, rank, rng)
    for kind, table in every_kind(truth, rng):
        likelihood = likelihood_of(table)
        best = ascend(likelihood, interior(likelihood, truth), gap=1e-4, max_iterations=3000)
        for stop in (1, 3, 10):
            early = ascend(likelihood, interior(likelihood, truth), gap=0.0, max_iterations=stop)
            bound = likelihood.value(early.sigma) + early.gap
            assert bound >= likelihood.value(best.sigma) - 1e-9, (kind, stop)
        assert likelihood.value(best.sigma) + best.gap >= likelihood.log_likelihood(truth), kind


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_bound_of_a_mixture_that_is_not_concave_holds(seed):
    rng = np.random.default_rng(seed)
    truth = random_state(2, 2, rng)
    table = CountsTable(
        n_qubits=2,
        settings=direction_rows(truth, 6, 100, rng),
        projectors=projector_rows(truth, rng, rows=20, flux=100.0),
        statistics="poisson",
    )
    likelihood, estimate = likelihood_of(table), estimate_mle(table)
    upper = estimate.log_likelihood + estimate.likelihood_gap
    rivals = [truth, *(0.9 * truth + 0.1 * random_state(2, 4, rng) for _ in range(5))]
    assert all(likelihood.log_likelihood(rival) <= upper for rival in rivals)
    assert estimate.log_likelihood >= likelihood.log_likelihood(truth)
    assert estimate.converged == (estimate.likelihood_gap <= 0.01)


@pytest.mark.parametrize("name", ["phi+", "psi-", "product:0r", "ghz:3", "w:3", "cluster:4", "dicke:4,2"])
def test_exact_data_give_the_exact_state(name):
    estimate = estimate_mle(exact_table(named_state(name).rho))
    assert estimate.converged
    assert fidelity(estimate.rho, name) == pytest.approx(1.0, abs=1e-5)


def test_exact_data_of_mixed_states_give_the_exact_state():
    rho = random_state(2, 3, np.random.default_rng(8))
    np.testing.assert_allclose(estimate_mle(exact_table(rho)).rho, rho, atol=1e-4)


@pytest.mark.parametrize("shots", [1, 2, 10, 1000, 10**9])
@pytest.mark.parametrize("name", ["phi+", "product:0+", "w:3"])
def test_rank_one_data_of_any_size_converge(name, shots):
    estimate = estimate_mle(pauli_table(named_state(name).rho, shots, seed=1))
    assert estimate.converged
    assert estimate.likelihood_gap <= 0.01
    assert is_state(estimate.rho)


def test_noisy_data_of_any_size_converge_or_say_so():
    for shots in (1, 10, 1000, 10**6, 10**9):
        estimate = estimate_mle(pauli_table(noisy("ghz:3"), shots, seed=2))
        assert is_state(estimate.rho)
        assert estimate.converged == (estimate.likelihood_gap <= 0.01)
        assert estimate.converged


def test_asking_for_more_than_rounding_allows_is_answered_honestly():
    estimate = estimate_mle(pauli_table(noisy("phi+"), 10**9), gap=1e-12, max_iterations=200)
    assert not estimate.converged
    assert estimate.likelihood_gap > 1e-12


def test_too_few_iterations_are_answered_honestly():
    estimate = estimate_mle(pauli_table(noisy("ghz:4"), 1000), max_iterations=4)
    assert not estimate.converged
    assert estimate.likelihood_gap > 0.01


@pytest.mark.parametrize("labels", [("ZZ",), ("XX", "ZZ"), ("XX", "YY", "ZZ"), ("XY", "ZZ", "YX", "XZ")])
def test_subsets_of_settings_converge(labels):
    full = pauli_table(noisy("phi+"), 300).settings
    rows = [full.labels.index(label) for label in labels]
    part = SettingRows(labels, full.counts[rows], pauli_directions(labels))
    estimate = estimate_mle(CountsTable(n_qubits=2, settings=part))
    assert estimate.converged
    assert is_state(estimate.rho)


def test_a_single_projector_or_parity_does_not_crash():
    rng = np.random.default_rng(0)
    rho = noisy("phi+")
    one = CountsTable(n_qubits=2, projectors=projector_rows(rho, rng, rows=1), statistics="poisson")
    other = CountsTable(n_qubits=2, parities=parity_rows(rho, 10, rng, ["XX"]))
    for table in (one, other):
        estimate = estimate_mle(table)
        assert estimate.converged
        assert is_state(estimate.rho)


def test_no_counts_at_all_give_the_maximally_mixed_state():
    empty = CountsTable(n_qubits=2, parities=ParityRows(("XX",), np.zeros((1, 2), dtype=np.int64)))
    np.testing.assert_allclose(estimate_mle(empty).rho, np.eye(4) / 4)


def test_empty_settings_beside_others_change_nothing():
    table = pauli_table(noisy("phi+"), 100)
    rows = table.settings
    padded = SettingRows(
        (*rows.labels, "ZZ"),
        np.concatenate([rows.counts, np.zeros((1, 4), dtype=np.int64)]),
        np.concatenate([rows.directions, pauli_directions(("ZZ",))]),
    )
    same = estimate_mle(CountsTable(n_qubits=2, settings=padded))
    np.testing.assert_allclose(same.rho, estimate_mle(table).rho, atol=1e-12)


def test_all_kinds_of_rows_find_the_same_state():
    rng = np.random.default_rng(12)
    truth = random_state(2, 2, rng)
    for kind, table in every_kind(truth, rng):
        assert np.abs(estimate_mle(table).rho - truth).max() < 0.08, kind


def test_qubits_are_not_exchanged():
    truth = 0.95 * named_state("product:01").rho + 0.05 * named_state("product:+r").rho
    estimate = estimate_mle(pauli_table(truth, 5000))
    np.testing.assert_allclose(estimate.rho, truth, atol=0.03)


def test_photonic_psi_state_of_the_urbana_group():
    """Kwiat lab, Quantum-Tomography, ExampleFiles/bell_psi_data.txt, accidentals not subtracted.

    Poisson MLE computed independently: F(psi+) 0.797, purity 0.738, concurrence 0.708.
    """
    labels = ("ZZ", "ZX", "ZY", "XZ", "XX", "XY", "YZ", "YX", "YY")
    counts = np.array(
        [
            [460, 3281, 2493, 505],
            [2205, 1171, 944, 2229],
            [1263, 2196, 1761, 1349],
            [1891, 1826, 1313, 1735],
            [2944, 456, 335, 2647],
            [1548, 2156, 1584, 1440],
            [787, 2873, 2146, 871],
            [1930, 1623, 1259, 1915],
            [2977, 431, 271, 3028],
        ]
    )
    rows = SettingRows(labels, counts, pauli_directions(labels))
    estimate = estimate_mle(CountsTable(n_qubits=2, settings=rows, statistics="poisson"))
    assert fidelity(estimate.rho, "psi+") == pytest.approx(0.797, abs=0.005)
    assert np.trace(estimate.rho @ estimate.rho).real == pytest.approx(0.738, abs=0.005)
    assert concurrence(estimate.rho) == pytest.approx(0.708, abs=0.005)


def test_progress_is_told_and_ends_at_the_end():
    told = []
    estimate_mle(pauli_table(noisy("ghz:3"), 1000), progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (100, 100)
