"""Bets, clicks and trained ratios: recomputed values of published data, and what makes them valid."""

from __future__ import annotations

from itertools import product
from math import log10

import numpy as np
import pytest
from scipy.integrate import quad

from qmono.quantum.bell.betting import (
    QUANTUM_WINS,
    log10_bet,
    log10_e_value,
    log10_mean,
    log10_mixture,
    s_high_anytime,
    s_low_anytime,
)
from qmono.quantum.bell.clicks import clicks, is_mostly_silent
from qmono.quantum.bell.game import win_ceiling, wins_of
from qmono.quantum.bell.p_values import log10_p_value
from qmono.quantum.bell.ratio_test import (
    local_vertices,
    log10_ratio,
    no_signalling_vertices,
    trained_ratio,
)
from qmono.quantum.limits import log10_binomial_probability, log10_binomial_tail
from qmono.quantum.types import Integers, Real

SIGNS = np.array([[1, 1], [1, -1]])
EVEN = np.full((2, 2), 0.25)


def spread(number: int) -> Integers:
    """A number over four cells, as equal as possible."""
    return (number // 4 + (np.arange(4) < number % 4)).astype(np.int64).reshape(2, 2)


def table(cells: str) -> Integers:
    return np.array(cells.split(), dtype=np.int64).reshape(2, 2, 2, 2)


def test_bets_on_delft_and_diqkd() -> None:
    """Recomputed elsewhere: bet q = 0.8 5.559544212, mixtures 3.273999660 and 2.0229714e10."""
    assert 10 ** log10_bet(196, 245, 0.75, 0.8) == pytest.approx(5.559544212, rel=1e-9)
    assert 10 ** log10_mixture(196, 245, 0.75) == pytest.approx(3.273999660, rel=1e-9)
    assert 10 ** log10_mixture(1357, 1649, 0.75) == pytest.approx(2.0229714e10, rel=5e-8)


@pytest.mark.parametrize(("won", "trials"), [(0, 7), (7, 7), (3, 9), (30, 40), (36, 40), (330, 400)])
def test_the_mixture_is_the_mean_of_its_bets(won: int, trials: int) -> None:
    mean, _ = quad(
        lambda q: 10 ** log10_bet(won, trials, 0.75, q), 0.75, QUANTUM_WINS, epsabs=0, epsrel=1e-12
    )
    assert 10 ** log10_mixture(won, trials, 0.75) == pytest.approx(mean / (QUANTUM_WINS - 0.75), rel=1e-9)


@pytest.mark.parametrize("trials", [1, 2, 5, 12])
def test_no_local_model_gains_on_average(trials: int) -> None:
    """The mean of E over all outcomes of trials won with probability 3/4 is 1."""
    mean = sum(
        10 ** (log10_mixture(k, trials, 0.75) + log10_binomial_probability(k, trials, 0.75))
        for k in range(trials + 1)
    )
    assert mean == pytest.approx(1, rel=1e-12)


def test_no_model_gains_in_blocks_either() -> None:
    """Independent trials in unequal blocks: every deterministic strategy, and any winning probabilities."""
    totals = np.array([[3, 4], [4, 5]])
    rng = np.random.default_rng(2)
    models = [*rng.dirichlet(np.ones(4), size=6) * 3, np.array([0, 1, 1, 1]), np.array([0.75] * 4)]
    for w in (np.minimum(model, 1).reshape(2, 2) for model in models):
        law = np.array([1.0])
        for probability, trials in zip(w.flat, totals.flat, strict=True):
            for _ in range(trials):
                law = np.convolve(law, [1 - probability, probability])
        es = [10 ** log10_e_value(spread(k), totals, "fixed-blocks") for k in range(totals.sum() + 1)]
        assert float(law @ np.array(es)) <= 1 + 1e-9


def test_all_trials_but_the_smallest_block_won_is_no_gain() -> None:
    totals = np.array([[100, 100], [100, 10]])
    wins = np.array([[100, 100], [100, 0]])
    assert log10_e_value(wins, totals, "fixed-blocks") < 0
    assert log10_e_value(totals, totals, "fixed-blocks") > 1


@pytest.mark.parametrize(("won", "trials"), [(196, 245), (1357, 1649), (796223, 2**20)])
def test_limits_at_any_stop_and_the_e_value_are_one_statement(won: int, trials: int) -> None:
    wins, totals = spread(won), spread(trials)
    e = log10_e_value(wins, totals, "random")
    for alpha in (10 ** -(e + 1e-6), 10 ** -(e - 1e-6)):
        refuted = e >= -log10(alpha)
        assert (s_low_anytime(wins, totals, "random", min(alpha, 1.0)) > 2) == refuted
    low, high = (f(wins, totals, "random", 0.05) for f in (s_low_anytime, s_high_anytime))
    assert low < 8 * won / trials - 4 < high
    assert log10_e_value(wins, totals, "random", low) == pytest.approx(-log10(0.05), abs=1e-6)


def test_a_trillion_trials_lose_no_digits() -> None:
    """Against the saddle point with integer deviances: 40 standard deviations above three quarters."""
    trials = 10**12
    won = 3 * trials // 4 + 40 * 433013
    n, k, p = (np.longdouble(v) for v in (trials, won, 0.75))
    exact = -k * np.log(k / (n * p)) - (n - k) * np.log((n - k) / (n * (1 - p)))
    exact -= 0.5 * np.log(2 * np.pi * k * (n - k) / n)
    assert log10_binomial_probability(won, trials, 0.75) == pytest.approx(float(exact) / np.log(10), abs=2e-5)
    assert log10_binomial_tail(won, trials, 0.75) == pytest.approx(-349.44, abs=0.01)
    assert log10_mixture(won, trials, 0.75) == pytest.approx(342.46, abs=0.01)


def test_the_mean_of_many_versions() -> None:
    assert log10_mean([0.0, -400.0]) == pytest.approx(log10(0.5))
    assert log10_mean([500.0, 500.0]) == 500


@pytest.mark.parametrize("bias", [0.0, 1e-3, 0.05])
def test_biased_bits_raise_the_ceiling_to_that_of_the_best_local_model(bias: float) -> None:
    """1 - (1 - eps)^2/4, from all strategies and all corners of the bias."""
    best = 0.0
    for tilt_a, tilt_b in product((1 + bias, 1 - bias), repeat=2):
        pi = np.outer([tilt_a, 2 - tilt_a], [tilt_b, 2 - tilt_b]) / 4
        for vertex in local_vertices():
            wins = np.where(
                SIGNS > 0, vertex[..., 0, 0] + vertex[..., 1, 1], vertex[..., 0, 1] + vertex[..., 1, 0]
            )
            best = max(best, float((pi * wins).sum()))
    ceiling = win_ceiling(np.ones((2, 2), dtype=np.int64), "random", 2.0, bias)
    assert ceiling == pytest.approx(best, rel=1e-14)
    assert ceiling == pytest.approx(1 - (1 - bias) ** 2 / 4, rel=1e-14)


def test_bits_that_are_known_prove_nothing() -> None:
    wins = totals = np.full((2, 2), 1000)
    assert log10_p_value(wins, totals, "random", rng_bias=0.999999) > -0.01


def test_clicks_see_what_wins_do_not() -> None:
    """Shalm et al. 2015: 6378 of 12127, p = 5.9e-9, and 2.3e-7 with a bias of 0.003."""
    nist = table(
        "6378 3289 3147 44336240 6794 2825 23230 44311018 6486 21358 2818 44302570 106 27562 30000 44274530"
    )
    found = clicks(nist, "+++-", 0.95)
    assert (found.successes, found.successes + found.failures) == (6378, 12127)
    assert 10**found.log10_p == pytest.approx(5.852491458e-9, rel=1e-9)
    assert 10 ** clicks(nist, "+++-", 0.95, 0.003).log10_p == pytest.approx(2.286854716e-7, rel=1e-9)
    assert is_mostly_silent(nist)
    assert log10_p_value(wins_of(nist, SIGNS), nist.sum(axis=(2, 3)), "random") > log10(0.05)


@pytest.mark.parametrize("signs", ["+++-", "++-+", "+-++", "-+++"])
def test_no_local_strategy_gains_by_clicks(signs: str) -> None:
    """Every deterministic strategy has at least as many failures as successes, wherever the minus sign is."""
    for vertex in local_vertices():
        found = clicks((vertex * 1000).astype(np.int64), signs, 0.95)
        assert found.successes <= found.failures
        assert found.value <= 0


def test_the_place_of_the_minus_sign_renames_inputs() -> None:
    rng = np.random.default_rng(5)
    counts = rng.integers(1, 100, size=(2, 2, 2, 2))
    usual = clicks(counts, "+++-", 0.95)
    assert clicks(counts[::-1], "+-++", 0.95) == usual
    assert clicks(counts[:, ::-1], "++-+", 0.95) == usual
    assert clicks(counts[::-1, ::-1], "-+++", 0.95) == usual


def test_vertices_are_behaviours_without_signalling() -> None:
    vertices = no_signalling_vertices()
    assert np.unique(vertices.reshape(24, -1), axis=0).shape == (24, 16)
    np.testing.assert_array_equal(vertices.sum(axis=(3, 4)), 1)
    alice, bob = vertices.sum(axis=4), vertices.sum(axis=3)
    np.testing.assert_array_equal(alice[:, :, 0], alice[:, :, 1])
    np.testing.assert_array_equal(bob[:, 0], bob[:, 1])


def random_counts(seed: int) -> Integers:
    rng = np.random.default_rng(seed)
    return rng.multinomial(200, rng.dirichlet(np.ones(4)), size=4).reshape(2, 2, 2, 2).astype(np.int64)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("bias", [0.0, 0.02])
def test_no_local_strategy_gains_by_a_trained_ratio(seed: int, bias: float) -> None:
    weights = np.array([[0.1, 0.3], [0.4, 0.2]]) if seed % 2 else EVEN
    ratio = trained_ratio(random_counts(seed), weights, bias)
    for tilt_a, tilt_b in product((1 + bias, 1 - bias), repeat=2):
        pi: Real = weights * np.outer([tilt_a, 2 - tilt_a], [tilt_b, 2 - tilt_b])
        means = np.einsum("kxyab,xyab,xy->k", local_vertices(), ratio, pi)
        assert means.max() <= 1 + 1e-12


def test_a_ratio_trained_on_the_first_munich_run() -> None:
    """Recomputed elsewhere: p = 1.50e-11 for the key-distribution run, trained on 150 earlier events."""
    training = table("16 4 3 13 11 4 2 17 19 4 3 16 4 22 10 2")
    judged = table("178 44 29 183 199 36 28 160 160 47 31 151 38 160 166 39")
    assert 10 ** -log10_ratio(judged, trained_ratio(training, EVEN)) == pytest.approx(1.50e-11, rel=0.004)


def test_an_outcome_never_seen_in_training_does_not_ruin_the_ratio() -> None:
    counts = np.zeros((2, 2, 2, 2), dtype=np.int64)
    counts[..., 0, 0] = counts[..., 1, 1] = 50
    counts[1, 1] = [[0, 50], [50, 0]]
    ratio = trained_ratio(counts, EVEN)
    assert np.all(ratio > 0)
    assert log10_ratio(counts, ratio) > 10
