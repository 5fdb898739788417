"""The split-likelihood region: whether it holds the truth, and what it costs."""

from __future__ import annotations

import numpy as np
import pytest
from tomography_cases import noisy, parity_rows, pauli_table, projector_rows

from qmono.core.counts import CountsTable
from qmono.quantum.states import named_state
from qmono.quantum.tomography.fit.mle import estimate_mle
from qmono.quantum.tomography.likelihood import likelihood_of
from qmono.quantum.tomography.regions.region import likelihood_region
from qmono.quantum.tomography.regions.split_likelihood import fold_number, split_region

BELL = named_state("phi+").rho


def region_of(table, level, seed=0):
    return split_region(table, estimate_mle(table), level, rng=np.random.default_rng(seed))


def test_folds_grow_with_the_parameters():
    assert fold_number(2, 0.05) == 2
    assert fold_number(4, 0.05) == 3
    assert fold_number(64, 0.05) == 5


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.7])
@pytest.mark.parametrize("shots", [5, 300])
def test_the_region_holds_the_truth_at_any_number_of_shots(noise, shots):
    """At level 0.5 at least 9 of 20 (a binomial of 1/2 has less with 25 %; the region is far larger)."""
    truth, held = noisy("phi+", noise), 0
    for seed in range(20):
        region = region_of(pauli_table(truth, shots, seed), 0.5, seed)
        held += likelihood_of_truth(region, truth) >= region.floor
    assert held >= 9


def likelihood_of_truth(region, truth):
    return region.likelihood.log_likelihood(truth)


def test_the_maximum_itself_would_not_hold_it():
    """The must-fail twin: nothing given up below the maximum."""
    truth = noisy("phi+", 0.1)
    tables = [pauli_table(truth, 300, seed) for seed in range(10)]
    assert not any(
        likelihood_of(table).log_likelihood(truth) >= estimate_mle(table).log_likelihood for table in tables
    )


def test_it_costs_less_than_twice_the_width_of_the_asymptotic_region():
    """28 nats against 12.5 at 15 parameters and level 0.95 should be a width of 1.5; at the boundary less."""
    table = pauli_table(noisy("phi+", 0.1), 1000, seed=3)
    estimate = estimate_mle(table)
    value = np.vdot(BELL, estimate.rho).real
    widths = [
        value - region.minimum(BELL).limit
        for region in (region_of(table, 0.95), likelihood_region(table, estimate, 0.95))
    ]
    assert widths[1] < widths[0] < 2 * widths[1]


def test_the_seed_decides_the_split():
    table = pauli_table(noisy("phi+", 0.1), 100, seed=3)
    assert region_of(table, 0.95, 1).floor == region_of(table, 0.95, 1).floor
    assert region_of(table, 0.95, 1).floor != region_of(table, 0.95, 2).floor


def test_every_kind_of_row():
    """Projectors hold; parities of compatible strings may be of the same shots, which is said."""
    rng = np.random.default_rng(3)
    truth = noisy("phi+", 0.1)
    projectors = CountsTable(n_qubits=2, projectors=projector_rows(truth, rng), statistics="poisson")
    parities = CountsTable(n_qubits=2, parities=parity_rows(truth, 300, rng))
    apart = CountsTable(n_qubits=2, parities=parity_rows(truth, 300, rng, ["XX", "ZX", "YX"]))
    for table, guarantee in ((projectors, "exact"), (parities, "indicative"), (apart, "exact")):
        region = region_of(table, 0.95)
        assert region.guarantee == guarantee
        assert likelihood_of_truth(region, truth) >= region.floor


def test_a_single_shot_leaves_everything_possible():
    table = pauli_table(noisy("phi+", 0.1), 1, seed=0)
    assert region_of(table, 0.95).minimum(BELL).limit < 0.3
