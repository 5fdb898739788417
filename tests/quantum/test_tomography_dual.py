"""The sharper certificate: valid for every q, second order, with and without tilt, on every kind of row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tomography_cases import every_kind, noisy, pauli_table, random_state

from qmono.quantum.states import named_state
from qmono.quantum.tomography.fit.ascent import ascend
from qmono.quantum.tomography.fit.dual import sharper_references
from qmono.quantum.tomography.fit.mle import interior
from qmono.quantum.tomography.likelihood import likelihood_of
from qmono.quantum.types import Matrix


def bound(likelihood, q, tilt=None):
    """ln z <= z - 1, applied to any positive q: no density matrix lies above it."""
    tilt = np.zeros((likelihood.dimension,) * 2) if tilt is None else tilt
    top = np.linalg.eigvalsh(likelihood.score(likelihood.counts / q) - tilt)[-1]
    return float(likelihood.counts @ np.log(q)) - likelihood.total + float(top)


def value(likelihood, sigma, tilt=None):
    return likelihood.value(sigma) - (0.0 if tilt is None else np.vdot(tilt, sigma).real)


def climbed(likelihood, iterations, tilt=None):
    start = interior(likelihood, np.eye(likelihood.dimension) / likelihood.dimension)
    return ascend(likelihood, start, gap=0.0, max_iterations=iterations, tilt=tilt)


def references(likelihood, ascent, tilt=None):
    per_count = None if tilt is None else tilt / likelihood.total
    return list(sharper_references(likelihood, ascent.sigma, ascent.p, per_count))


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rank=st.integers(1, 4), tilted=st.booleans())
def test_no_reference_proves_less_than_the_maximum(seed, rank, tilted):
    rng = np.random.default_rng(seed)
    for kind, table in every_kind(random_state(2, rank, rng), rng):
        likelihood = likelihood_of(table)
        tilt = 30 * (random_state(2, 4, rng) - random_state(2, 4, rng)) if tilted else None
        best = climbed(likelihood, 300, tilt)
        for iterations in (3, 20):
            for q, _ in references(likelihood, climbed(likelihood, iterations, tilt), tilt):
                assert q.min() > 0
                assert bound(likelihood, q, tilt) >= value(likelihood, best.sigma, tilt) - 1e-6, kind


@pytest.mark.parametrize(("name", "noise"), [("phi+", 0.1), ("ghz:3", 0.1), ("w:3", 0.3), ("phi+", 1.0)])
def test_the_excess_is_about_what_is_really_missing(name, noise):
    """Second order: the first-order excess of the same state is more than ten times larger."""
    likelihood = likelihood_of(pauli_table(noisy(name, noise), 1000, seed=5))
    best = climbed(likelihood, 3000)
    early = climbed(likelihood, 25)
    top = value(likelihood, best.sigma)
    missing = top - value(likelihood, early.sigma)
    sharp = min(bound(likelihood, q) for q, _ in references(likelihood, early)) - top
    plain = bound(likelihood, early.p) - top
    assert sharp <= 5 * missing + 1e-6
    assert plain > 10 * sharp


def test_what_will_stay_is_known_early():
    likelihood = likelihood_of(pauli_table(noisy("ghz:3"), 1000, seed=5))
    early = climbed(likelihood, 15)
    looks = references(likelihood, early)
    excess = bound(likelihood, looks[-1][0]) - value(likelihood, early.sigma)
    assert likelihood.total * looks[0][1] == pytest.approx(excess, rel=0.2)


def test_squared_scores_are_the_squares_of_the_pauli_coefficients():
    rng = np.random.default_rng(3)
    for kind, table in every_kind(random_state(2, 2, rng), rng):
        likelihood = likelihood_of(table)
        weights = rng.uniform(size=likelihood.counts.size)
        expected = np.zeros(16)
        for index, weight in enumerate(weights):
            unit = np.zeros(weights.size)
            unit[index] = 1.0
            expected += weight * likelihood.squared_score(unit)
            if likelihood.whitening is None:
                effect: Matrix = likelihood.score(unit)
                coefficients = np.array([np.vdot(p, effect).real / 4 for p in pauli_strings()])
                np.testing.assert_allclose(likelihood.squared_score(unit), coefficients**2, atol=1e-12)
        np.testing.assert_allclose(likelihood.squared_score(weights), expected, atol=1e-12, err_msg=kind)


def pauli_strings():
    from qmono.quantum.paulis import LETTERS, pauli_string

    return [pauli_string(a + b) for a in LETTERS for b in LETTERS]


def test_a_fit_needs_few_iterations_beyond_what_it_really_misses():
    """With the plain certificate alone this took more than 100 iterations (36 reach the gap itself)."""
    likelihood = likelihood_of(pauli_table(noisy("ghz:4"), 1000, seed=7))
    start = interior(likelihood, named_state("ghz:4").rho)
    assert ascend(likelihood, start, gap=0.01, max_iterations=80).gap <= 0.01
