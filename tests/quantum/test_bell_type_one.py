"""Local models that do their worst: what is offered for a design keeps its error rate, naive numbers do not.

Every bound is the nominal rate plus four standard deviations of the simulation.
"""

from __future__ import annotations

from math import log10, sqrt

import numpy as np
import pytest

from qmono.quantum.bell.betting import log10_mixture
from qmono.quantum.bell.chsh_estimate import chsh_evidence, correlators
from qmono.quantum.bell.p_values import log10_p_value
from qmono.quantum.bell.power import DESIGNS, assigned_s, eberhard_s, trials_needed
from qmono.quantum.limits import log10_binomial_tail
from qmono.quantum.types import Integers

LEVEL, ALPHA = 0.95, 0.05
WORST = log10(ALPHA)


def at_most_nominal(fired: float, runs: int) -> bool:
    return fired <= ALPHA + 4 * sqrt(ALPHA * (1 - ALPHA) / runs)


def with_memory(runs: int, trials: int, seed: int) -> Integers:
    """Counts (runs, 2, 2, 2, 2) of a local model that loses in the setting it has seen most often.

    There a lost trial moves the correlator least, so S comes out above 2 on average; signs +++-.
    """
    rng = np.random.default_rng(seed)
    counts = np.zeros((runs, 4, 2, 2), dtype=np.int64)
    each = np.arange(runs)
    for _ in range(trials):
        lost = np.argmax(counts.sum(axis=(2, 3)), axis=1)
        setting = rng.integers(0, 4, runs)
        won = setting != lost
        a = rng.integers(0, 2, runs)
        unequal = (setting == 3) == won
        np.add.at(counts, (each, setting, a, np.where(unequal, 1 - a, a)), 1)
    return counts.reshape(runs, 2, 2, 2, 2)


def test_memory_against_settings_drawn_at_random() -> None:
    runs, trials = 1500, 200
    counts = with_memory(runs, trials, seed=1)
    wins = counts[:, :, :, 0, 0] + counts[:, :, :, 1, 1]
    wins[:, 1, 1] = counts[:, 1, 1, 0, 1] + counts[:, 1, 1, 1, 0]
    totals = counts.sum(axis=(3, 4))
    fired = np.mean([log10_p_value(w, n, "random") <= WORST for w, n in zip(wins, totals, strict=True)])
    assert at_most_nominal(float(fired), runs)
    found = [correlators(part) for part in counts]
    s = np.array([each.s_value("+++-") for each in found])
    assert np.mean(s) > 2 + 3 * np.std(s) / sqrt(runs)  # S itself is biased by memory, its win count is not
    errors = np.array([each.s_std_error for each in found])
    assert np.mean((s > 2) & (s - 2 >= 1.645 * errors)) > 0.2  # what standard errors call 5 %


def test_knowledge_of_the_order_against_unequal_blocks() -> None:
    """All trials won but those of the smallest block, which a model does that knows the list of settings."""
    rng = np.random.default_rng(2)
    fooled = 0
    for _ in range(200):
        totals = rng.multinomial(2000, [0.28, 0.26, 0.25, 0.21]).reshape(2, 2)
        wins = np.where(totals == totals.min(), 0, totals)
        assert log10_p_value(wins, totals, "fixed-blocks") > WORST
        fooled += log10_p_value(wins, totals, "random") <= WORST
    assert fooled > 150


def test_forty_looks() -> None:
    """A local model that wins three quarters; looked at after every fiftieth trial."""
    runs, looks = 3000, 40
    rng = np.random.default_rng(3)
    won = np.cumsum(rng.binomial(50, 0.75, size=(runs, looks)), axis=1)
    trials = 50 * np.arange(1, looks + 1)
    bets, tails = np.zeros(runs, dtype=bool), np.zeros(runs, dtype=bool)
    for column, n in enumerate(trials.tolist()):
        seen = won[:, column].tolist()
        by_wins = {k: (log10_mixture(k, n, 0.75), log10_binomial_tail(k, n, 0.75)) for k in set(seen)}
        e, p = np.array([by_wins[k] for k in seen]).T
        bets |= e >= -WORST
        tails |= p <= WORST
    assert at_most_nominal(float(bets.mean()), runs)
    assert tails.mean() > 0.15  # what looking does to a p value for a fixed number of trials


@pytest.mark.parametrize("bias", [0.01, 0.05])
def test_biased_bits_within_their_bound(bias: float) -> None:
    """Bits that follow the model's wish as far as they may, the rarest setting lost."""
    runs, trials = 1500, 6000
    rng = np.random.default_rng(4)
    sides = np.array([1 + bias, 1 - bias]) / 2
    totals = rng.multinomial(trials, np.outer(sides, sides).reshape(4), size=runs).reshape(runs, 2, 2)
    wins = totals.copy()
    wins[:, 1, 1] = 0
    pairs = list(zip(wins, totals, strict=True))
    fired = np.mean([log10_p_value(w, n, "random", rng_bias=bias) <= WORST for w, n in pairs])
    assert at_most_nominal(float(fired), runs)
    if bias == 0.05:
        assert np.mean([log10_p_value(w, n, "random") <= WORST for w, n in pairs]) > 0.5


def test_a_sign_picked_after_looking() -> None:
    """Always + on both sides: four versions have S = 2, and one of them looks good by chance."""
    runs, trials = 400, 400
    rng = np.random.default_rng(5)
    paid = unpaid = bets = 0
    for totals in rng.multinomial(trials, [0.25] * 4, size=runs):
        counts = np.zeros((4, 2, 2), dtype=np.int64)
        counts[:, 0, 0] = totals
        found = chsh_evidence(counts.reshape(2, 2, 2, 2), None, "random", LEVEL)
        paid += found.log10_p <= WORST
        unpaid += found.log10_p - log10(8) <= WORST
        bets += found.log10_e >= -WORST
    assert at_most_nominal(paid / runs, runs)
    assert at_most_nominal(bets / runs, runs)
    assert unpaid / runs > 0.12


@pytest.mark.slow
def test_memory_with_many_runs() -> None:
    runs = 20_000
    counts = with_memory(runs, 400, seed=6)
    wins = counts[:, :, :, 0, 0] + counts[:, :, :, 1, 1]
    wins[:, 1, 1] = counts[:, 1, 1, 0, 1] + counts[:, 1, 1, 1, 0]
    totals = counts.sum(axis=(3, 4))
    fired = np.mean([log10_p_value(w, n, "random") <= WORST for w, n in zip(wins, totals, strict=True)])
    assert at_most_nominal(float(fired), runs)


# S and the trials that Chernoff's bound asks for at p = 1e-6
CHERNOFF = [(2.0747, 58921), (2.1, 32783), (2.2, 8099), (2.4, 1974), (2.6, 853), (2.7, 617), (2.8284, 431)]


@pytest.mark.parametrize(("s", "most"), CHERNOFF)
@pytest.mark.parametrize("design", ["random", "fixed-blocks"])
def test_trials_needed_are_fewer_than_chernoff_s(s: float, most: int, design: str) -> None:
    found = trials_needed(s, 1e-6, DESIGNS[design])
    assert 0.75 * most < found <= most
    assert trials_needed(s, 1e-6, DESIGNS["any stop"]) < 1.3 * most


@pytest.mark.parametrize("s", [2.2, 2.6])
@pytest.mark.parametrize("design", ["random", "any stop"])
def test_the_power_is_what_was_planned(s: float, design: str) -> None:
    trials = trials_needed(s, 1e-6, DESIGNS[design], power=0.9)
    won = np.random.default_rng(7).binomial(trials, (s + 4) / 8, size=2000)
    reached = np.mean([DESIGNS[design](int(k), trials) <= -6 for k in won])
    assert reached == pytest.approx(0.9, abs=4 * sqrt(0.09 / 2000) + 0.01)


# Eberhard's J at an efficiency on both sides, without background
EBERHARD = [(1, 0.2071067812), (0.95, 0.1424364437), (0.90, 0.0899077567), (0.85, 0.0496901614),
            (0.80, 0.0219099698), (0.75, 0.0061509462), (0.70, 4.53562501e-4), (0.67, 4.95e-7)]  # fmt: skip


@pytest.mark.parametrize(("efficiency", "j"), EBERHARD)
def test_the_largest_value_at_an_efficiency(efficiency: float, j: float) -> None:
    assert (eberhard_s(efficiency) - 2) / 4 == pytest.approx(j, abs=max(6e-11, j * 1e-3 if j < 1e-5 else 0))


@pytest.mark.parametrize(
    ("efficiency", "s"), [(1, 2.8284), (0.9, 2.3110), (2 * sqrt(2) - 2, 2.0), (0.7, 1.5659)]
)
def test_a_bell_state_with_clicks_missing(efficiency: float, s: float) -> None:
    assert assigned_s(efficiency) == pytest.approx(s, abs=6e-5)
    assert eberhard_s(efficiency) >= assigned_s(efficiency) - 1e-9


def test_below_two_thirds_nothing_helps() -> None:
    assert eberhard_s(2 / 3) == pytest.approx(2, abs=1e-9)
    assert eberhard_s(0.5) == pytest.approx(2, abs=1e-9)
