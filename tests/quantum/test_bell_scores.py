"""Limits and p values of any inequality: known closed forms, and coverage where it is hardest."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import rel_entr
from scipy.stats import binom

from qmono.core.vocabulary import Design
from qmono.quantum.bell import named_inequality, score_game, score_tails
from qmono.quantum.bell.evidence import evidence_of
from qmono.quantum.bell.inequality import Inequality, deterministic_strategies
from qmono.quantum.bell.p_values import log10_p_value, s_high, s_low
from qmono.quantum.bell.scores import scores_of

BOTH: tuple[Design, Design] = ("fixed-blocks", "random")
CHSH = named_inequality("chsh")
DELFT = np.array([[23, 3, 4, 23], [33, 11, 5, 30], [22, 10, 6, 24], [4, 20, 21, 6]], dtype=np.int64)


def settings_of(inequality: Inequality, behaviour: np.ndarray) -> np.ndarray:
    """P (m, outcomes) of the settings that are played."""
    table = behaviour.reshape(-1, *inequality.inputs)[(slice(None), *inequality.settings.T)].T
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def best(inequality: Inequality, visibility: float = 1.0) -> np.ndarray:
    assert inequality.best is not None
    p = settings_of(inequality, inequality.best.behaviour())
    return visibility * p + (1 - visibility) / p.shape[1]


def worst_local(inequality: Inequality) -> np.ndarray:
    """The mean of all deterministic strategies of two parties that reach the bound."""
    one, two = (
        deterministic_strategies(d, m) for d, m in zip(inequality.outcomes, inequality.inputs, strict=True)
    )
    values = np.einsum("abxy,iax,jby->ij", inequality.coefficients, one, two)
    chosen = np.argwhere(values > inequality.local_bound - 1e-9)
    mean = np.mean([np.einsum("ax,by->abxy", one[i], two[j]) for i, j in chosen], axis=0)
    return settings_of(inequality, mean)


def test_delft_2015_as_published() -> None:
    """Gill, arXiv:2209.00702: the general road gives S, wins and p value of the table."""
    found = evidence_of(DELFT, CHSH, "random", 0.95)
    assert (found.wins, found.trials, found.method) == (196, 245, "game")
    assert found.value == pytest.approx(2.4224998705, abs=1e-9)
    assert found.std_error == pytest.approx(0.2038, abs=5e-5)
    assert 10**found.log10_p == pytest.approx(0.03907767139, rel=1e-9)


@pytest.mark.parametrize("design", BOTH)
def test_chsh_as_any_inequality_is_chsh(design: Design) -> None:
    """The general road and the one of CHSH meet, with blocks that are not quite equal."""
    counts = np.random.default_rng(6).multinomial([250, 240, 245, 252], best(CHSH, 0.8))
    found = evidence_of(counts, CHSH, design, 0.95)
    equal = counts[:, 0] + counts[:, 3]
    totals = counts.sum(axis=1)
    wins = np.where([True, True, True, False], equal, totals - equal).reshape(2, 2)
    totals = totals.reshape(2, 2)
    assert found.log10_p == pytest.approx(log10_p_value(wins, totals, design), abs=1e-12)
    assert found.low == pytest.approx(s_low(wins, totals, design, 0.05), abs=1e-12)
    assert found.high == pytest.approx(s_high(wins, totals, design, 0.05), abs=1e-12)


@pytest.mark.parametrize("design", BOTH)
def test_the_tails_of_a_game_are_those_of_chernoff(design: Design) -> None:
    """exp(-n KL(k/n || ceiling)), within the square root of a polynomial of the binomial tail."""
    inequality = named_inequality("mermin", qubits=4)
    counts = np.random.default_rng(1).multinomial(500, best(inequality, 0.6))
    scores = scores_of(counts, inequality.setting_coefficients)
    won, n = scores.sums.sum(), scores.totals.sum()
    kl = float(rel_entr(won / n, 0.75) + rel_entr(1 - won / n, 0.25))
    tail = score_tails.log10_p(scores, design, inequality.local_bound)
    assert tail == pytest.approx(-n * kl / log(10), rel=2e-3)
    assert tail >= -n * kl / log(10) - 1e-9
    assert score_game.log10_p(scores, design, inequality.local_bound) == pytest.approx(
        binom.logsf(won - 1, n, 0.75) / log(10), abs=1e-6
    )


@pytest.mark.parametrize("design", BOTH)
@pytest.mark.parametrize("name", ["tilted:1", "i3322", "cglmp", "eberhard", "mermin:3"])
def test_the_limit_is_where_the_p_value_is_alpha(name: str, design: Design) -> None:
    inequality = named_inequality(name)
    counts = np.random.default_rng(2).multinomial(2000, best(inequality, 0.97))
    scores = scores_of(counts, inequality.setting_coefficients)
    for alpha in (0.05, 1e-6):
        low = score_tails.value_low(scores, design, alpha)
        assert score_tails.log10_p(scores, design, low) == pytest.approx(np.log10(alpha), abs=2e-3)
        assert low < scores.value


@pytest.mark.parametrize("name", ["tilted:1", "i3322", "cglmp", "eberhard"])
def test_perfect_states_violate(name: str) -> None:
    inequality = named_inequality(name)
    counts = np.random.default_rng(3).multinomial(20_000, best(inequality))
    found = evidence_of(counts, inequality, "fixed-blocks", 0.95)
    assert found.is_violated
    assert found.low <= found.value <= found.high
    assert found.low < (0.25 if name == "i3322" else inequality.quantum_bound or 0) < found.high
    assert found.log10_p_above > -2


@pytest.mark.parametrize("design", BOTH)
@pytest.mark.parametrize("name", ["tilted:1", "i3322", "cglmp", "eberhard", "chained:3"])
def test_the_worst_local_models_are_not_called_violations(name: str, design: Design) -> None:
    """400 experiments at the bound: false alarms at 5 % stay below 5 % plus 3 sigma."""
    inequality = named_inequality(name)
    p = worst_local(inequality)
    rng = np.random.default_rng(4)
    alarms = 0
    m = len(p)
    for _ in range(400):
        totals = np.full(m, 50) if design == "fixed-blocks" else rng.multinomial(50 * m, np.full(m, 1 / m))
        found = evidence_of(rng.multinomial(totals, p), inequality, design, 0.95)
        assert (found.log10_p <= np.log10(0.05)) == found.is_violated
        alarms += found.is_violated
    assert alarms <= 400 * 0.05 + 3 * sqrt(400 * 0.05 * 0.95)


def test_unequal_blocks_are_no_game() -> None:
    """One block of a hundredth: winning all the others proves nothing, and the tails see that."""
    inequality = named_inequality("chained:3")
    totals = np.array([1000, 1000, 1000, 1000, 1000, 10])
    p = best(inequality)
    counts = np.random.default_rng(5).multinomial(totals, p)
    found = evidence_of(counts, inequality, "fixed-blocks", 0.95)
    assert found.method == "tails"
    local = np.array([[0.5, 0, 0, 0.5]] * 6) * totals[:, None]
    assert not evidence_of(local.astype(np.int64), inequality, "fixed-blocks", 0.95).is_violated
    slightly = evidence_of(np.vstack([counts[:5], counts[:1]]), inequality, "fixed-blocks", 0.95)
    assert slightly.method == "game"


def test_a_local_model_that_knows_the_blocks_is_no_violation() -> None:
    """It loses in the smallest block only: the plain binomial with 5/6 would be fooled."""
    inequality = named_inequality("chained:3")
    totals = np.array([1000, 1000, 1000, 1000, 1000, 700])
    counts = np.zeros((6, 4), dtype=np.int64)
    counts[:, 0] = totals
    index = [list(row) for row in inequality.settings.tolist()].index([0, 2])
    assert inequality.setting_coefficients[index][0] == -1
    counts[index], counts[5] = counts[5].copy(), counts[index].copy()
    won = int(counts.sum() - 700)
    assert binom.sf(won - 1, counts.sum(), 5 / 6) < 1e-6
    assert not evidence_of(counts, inequality, "fixed-blocks", 0.95).is_violated


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.sampled_from(["i3322", "tilted:0.5", "cglmp", "mermin:3"]))
def test_limits_enclose_and_turn_with_the_sign(seed: int, name: str) -> None:
    inequality = named_inequality(name)
    rng = np.random.default_rng(seed)
    width = inequality.setting_coefficients.shape[1]
    # settings as often as chance draws them: where they are not, value and limits estimate different things
    m = len(inequality.settings)
    totals = rng.multinomial(60 * m, np.full(m, 1 / m))
    counts = rng.multinomial(totals, rng.dirichlet(np.full(width, 4.0), size=m))
    for design in BOTH:
        found = evidence_of(counts, inequality, design, 0.9)
        tight = evidence_of(counts, inequality, design, 0.6)
        assert found.low <= found.value <= found.high
        assert found.low <= tight.low + 1e-9
        assert tight.high <= found.high + 1e-9


def test_more_trials_bring_the_limit_to_the_value() -> None:
    inequality = named_inequality("cglmp")
    p = best(inequality, 0.95)
    gaps = []
    for shots in (10**3, 10**5, 10**7):
        found = evidence_of(np.rint(p * shots).astype(np.int64), inequality, "fixed-blocks", 0.95)
        gaps.append(found.value - found.low)
    assert gaps[0] / gaps[1] == pytest.approx(10, rel=0.1)
    assert gaps[1] / gaps[2] == pytest.approx(10, rel=0.1)


def test_a_trillion_trials_are_no_trouble() -> None:
    inequality = named_inequality("i3322")
    counts = np.rint(best(inequality) * 10**12).astype(np.int64)
    found = evidence_of(counts, inequality, "random", 0.95)
    assert found.value == pytest.approx(0.25, abs=1e-9)
    assert 0.2499 < found.low < found.value
    assert found.log10_p < -1e6
    assert exp(found.log10_p) == 0.0
