"""Likelihood regions: proven limits, and whether they hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tomography_cases import (
    direction_rows,
    fidelity,
    noisy,
    parity_rows,
    pauli_table,
    projector_rows,
    random_state,
)

from qmono.core.counts import CountsTable
from qmono.quantum.measures.concurrence import concurrence, concurrence_witness
from qmono.quantum.measures.negativity import negativity, negativity_witness
from qmono.quantum.states import named_state
from qmono.quantum.tomography.fit.mle import estimate_mle
from qmono.quantum.tomography.likelihood import likelihood_of
from qmono.quantum.tomography.regions.region import (
    likelihood_region,
    maximum_over_region,
    minimum_over_region,
    profile_limits,
    region_threshold,
)
from qmono.quantum.tomography.regions.region_maximum import maximise_over_region, numerical_gradient
from qmono.quantum.tomography.regions.region_search import COARSE

BELL = named_state("phi+").rho


def value(observable, rho):
    return np.vdot(observable, rho).real


def test_threshold_is_half_the_chi_square_quantile():
    """qchisq(0.95, 15)/2 in R: 24.99579/2."""
    assert region_threshold(4, 0.95) == pytest.approx(24.99579 / 2, abs=1e-5)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_state_of_the_region_is_beyond_the_limits(seed):
    """States found at random inside the region, by every kind of row, never lie outside the proven limits."""
    rng = np.random.default_rng(seed)
    truth = random_state(2, int(rng.integers(1, 5)), rng)
    tables = (
        pauli_table(truth, 300, seed % 1000),
        CountsTable(n_qubits=2, projectors=projector_rows(truth, rng), statistics="poisson"),
        CountsTable(n_qubits=2, parities=parity_rows(truth, 300, rng)),
    )
    half = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
    observable = half + half.conj().T
    for table in tables:
        likelihood, estimate = likelihood_of(table), estimate_mle(table)
        low = minimum_over_region(likelihood, observable, estimate, 0.9)
        high = maximum_over_region(likelihood, observable, estimate, 0.9)
        floor = estimate.log_likelihood - region_threshold(4, 0.9)
        for _ in range(20):
            other = random_state(2, int(rng.integers(1, 5)), rng)
            for share in 2.0 ** -np.arange(1, 9):
                rho = (1 - share) * estimate.rho + share * other
                if likelihood.log_likelihood(rho) >= floor:
                    assert low.limit <= value(observable, rho) <= high.limit
                    break


@pytest.mark.parametrize("noise", [0.0, 0.02, 0.1, 0.5])
def test_the_proven_limit_is_tight(noise):
    table = pauli_table(noisy("phi+", noise), 1000, seed=7)
    likelihood, estimate = likelihood_of(table), estimate_mle(table)
    low = minimum_over_region(likelihood, BELL, estimate, 0.95)
    drop = estimate.log_likelihood - likelihood.log_likelihood(low.rho)
    assert drop <= region_threshold(4, 0.95) + 1e-6
    assert low.limit <= low.attained <= low.limit + 2e-3
    assert low.limit < value(BELL, estimate.rho)
    assert low.guarantee == "asymptotic"


def test_the_limit_agrees_between_projectors_of_equal_and_of_whitened_flux():
    rng = np.random.default_rng(3)
    rows = projector_rows(noisy("phi+"), rng, equal=True)
    almost = type(rows)(rows.labels, rows.directions, rows.counts, rows.exposure * (1 + 1e-9 * np.arange(36)))
    limits = []
    for block in (rows, almost):
        table = CountsTable(n_qubits=2, projectors=block, statistics="poisson")
        limits.append(minimum_over_region(table, BELL, estimate_mle(table), 0.95).limit)
    assert limits[0] == pytest.approx(limits[1], abs=1e-3)


@pytest.mark.parametrize(
    ("name", "noise"), [("phi+", 0.0), ("phi+", 0.1), ("psi-", 0.4), ("product:00", 0.02)]
)
def test_the_region_minimum_covers_the_truth(name, noise):
    """At least 36 of 40 at level 0.9; the region is conservative, so a failure here is no bad luck."""
    truth = noisy(name, noise)
    covered = 0
    for seed in range(40):
        table = pauli_table(truth, 200, seed)
        estimate = estimate_mle(table)
        witness = concurrence_witness(estimate.rho)
        low = minimum_over_region(table, witness, estimate, 0.9)
        covered += low.limit <= value(witness, truth)
    assert covered >= 36


def test_the_plug_in_value_does_not_cover():
    """The must-fail twin: the witness at the estimate itself overshoots the truth in many runs."""
    truth = noisy("product:00", 0.02)
    above = 0
    for seed in range(40):
        estimate = estimate_mle(pauli_table(truth, 200, seed))
        above += concurrence(estimate.rho) > concurrence(truth)
    assert above > 10


def test_a_bell_state_needs_no_search_from_above():
    """Nothing lies above fidelity 1: the limit is the largest eigenvalue, at once and exactly."""
    table = pauli_table(noisy("phi+", 0.0), 1000, seed=7)
    estimate = estimate_mle(table)
    high = maximum_over_region(table, BELL, estimate, 0.95)
    assert high.limit == pytest.approx(1.0, abs=1e-12)
    assert high.attained == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(("noise", "shots"), [(0.0, 1000), (0.03, 10**6), (0.2, 100), (0.7, 1000)])
def test_a_coarse_limit_lies_outside_a_fine_one_and_near_it(noise, shots):
    table = pauli_table(noisy("phi+", noise), shots, seed=3)
    region = likelihood_region(table, estimate_mle(table), 0.95)
    fine, coarse = region.minimum(BELL), region.minimum(BELL, COARSE)
    assert fine.limit <= coarse.attained
    assert coarse.limit <= fine.attained
    distance = value(BELL, region.centre) - fine.limit
    assert fine.attained - fine.limit <= 0.05 * distance + 2e-6
    assert coarse.attained - coarse.limit <= 0.2 * distance + 2e-6


def test_the_way_towards_a_state_ends_on_the_border():
    table = pauli_table(noisy("phi+", 0.1), 1000, seed=3)
    region = likelihood_region(table, estimate_mle(table), 0.95)
    border = region.towards(np.eye(4) / 4)
    assert region.likelihood.log_likelihood(border) == pytest.approx(region.floor, abs=0.05)
    assert region.likelihood.log_likelihood(border) >= region.floor
    np.testing.assert_allclose(region.towards(region.centre), region.centre, atol=1e-12)


def test_profile_limits_lie_inside_the_region_limits():
    table = pauli_table(noisy("phi+"), 500, seed=2)
    estimate = estimate_mle(table)
    low, high = profile_limits(table, BELL, estimate, 0.95)
    assert minimum_over_region(table, BELL, estimate, 0.95).limit < low.limit
    assert low.limit < fidelity(estimate.rho, "phi+") < high.limit
    assert high.limit < maximum_over_region(table, BELL, estimate, 0.95).limit
    assert low.guarantee == high.guarantee == "indicative"


def test_profile_width_is_that_of_the_binomial_for_a_single_parity():
    """One binomial: the signed root of the deviance, here 1.645 standard errors within 3 %."""
    rng = np.random.default_rng(0)
    table = CountsTable(n_qubits=1, parities=parity_rows(noisy("product:0", 0.4), 10000, rng, ["Z"]))
    estimate = estimate_mle(table)
    observable = np.diag([1.0, -1.0]).astype(complex)
    low, high = profile_limits(table, observable, estimate, 0.95)
    z = value(observable, estimate.rho)
    error = 1.6449 * np.sqrt((1 - z**2) / 10000)
    assert z - low.limit == pytest.approx(error, rel=0.03)
    assert high.limit - z == pytest.approx(error, rel=0.03)


def test_what_is_not_measured_has_no_limit_inside_its_spectrum():
    rng = np.random.default_rng(1)
    table = CountsTable(n_qubits=1, parities=parity_rows(noisy("product:0", 0.99), 1000, rng, ["Z"]))
    x = np.array([[0, 1], [1, 0]], dtype=complex)
    low = minimum_over_region(table, x, estimate_mle(table), 0.95)
    assert low.limit == pytest.approx(-1.0, abs=1e-2)


def test_a_mixture_without_a_proof_gets_the_trivial_limit():
    rng = np.random.default_rng(2)
    truth = noisy("phi+")
    table = CountsTable(
        n_qubits=2, settings=direction_rows(truth, 9, 100, rng), projectors=projector_rows(truth, rng)
    )
    low = minimum_over_region(table, BELL, estimate_mle(table), 0.95)
    assert low.limit == pytest.approx(0.0, abs=1e-12)


def test_multistart_maximum_of_the_concurrence():
    table = pauli_table(noisy("phi+"), 500, seed=5)
    estimate = estimate_mle(table)
    high = maximise_over_region(table, concurrence, estimate, 0.95)
    witness = concurrence_witness(estimate.rho)
    assert high.limit >= max(
        concurrence(estimate.rho), maximum_over_region(table, witness, estimate, 0.95).attained
    )
    assert high.limit == concurrence(high.rho)
    assert high.guarantee == "indicative"
    drop = estimate.log_likelihood - likelihood_of(table).log_likelihood(high.rho)
    assert drop <= region_threshold(4, 0.95) + 1e-6


def test_a_separable_estimate_does_not_cap_the_concurrence_at_zero():
    """Werner states just inside the separable ones: the region reaches entangled states."""
    table = pauli_table(noisy("psi-", 0.70), 300, seed=0)
    estimate = estimate_mle(table)
    assert concurrence(estimate.rho) == 0.0
    assert maximise_over_region(table, concurrence, estimate, 0.95).limit > 0.02


def test_numerical_gradient_of_a_linear_function_is_its_observable():
    rho = noisy("phi+", 0.2)
    gradient = numerical_gradient(lambda state: value(BELL, state), rho)
    traceless = BELL - np.eye(4) / 4
    np.testing.assert_allclose(gradient, traceless, atol=1e-8)


def test_no_counts_leave_everything_possible():
    empty = CountsTable(n_qubits=2, parities=parity_rows(noisy("phi+"), 0, np.random.default_rng(0), ["XX"]))
    low = minimum_over_region(empty, BELL, estimate_mle(empty), 0.95)
    assert low.limit == pytest.approx(0.0, abs=1e-12)


def test_the_negativity_witness_is_a_lower_bound_and_tight_at_its_reference():
    rng = np.random.default_rng(12)
    for dims, side in (((2, 2), (0,)), ((2, 2, 2), (0,)), ((2, 2, 2), (0, 2))):
        n = len(dims)
        for rank in (1, 2, 2**n):
            reference = random_state(n, rank, rng)
            witness = negativity_witness(reference, dims, side)
            exact = negativity(reference, dims, side)
            assert np.trace(witness @ reference).real == pytest.approx(exact, abs=1e-12)
            for _ in range(20):
                other = random_state(n, int(rng.integers(1, 2**n)), rng)
                assert np.trace(witness @ other).real <= negativity(other, dims, side) + 1e-12
