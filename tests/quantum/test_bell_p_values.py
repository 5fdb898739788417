"""p values and limits of S: published values, one statement for both, error rates that hold."""

from __future__ import annotations

from math import ceil, comb, log10, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from qmono.core.vocabulary import Design
from qmono.quantum.bell.chsh import SIGN_VERSIONS, sign_array
from qmono.quantum.bell.chsh_estimate import chsh_evidence, correlators
from qmono.quantum.bell.game import is_played_as_game, s_at_ceiling, win_ceiling, wins_of
from qmono.quantum.bell.p_values import (
    SMALLEST_LOG10,
    log10_p_above_quantum,
    log10_p_value,
    mean_low,
    s_high,
    s_low,
)
from qmono.quantum.limits import log10_binomial_tail

# cells ++ +- -+ -- of a0b0, a0b1, a1b0, a1b1: Gill, arXiv:2209.00702, appendices A, F, E, D and C
TABLES = {
    "delft": "23 3 4 23 | 33 11 5 30 | 22 10 6 24 | 4 20 21 6",
    "diqkd": "178 44 29 183 | 199 36 28 160 | 160 47 31 151 | 38 160 166 39",
    "innsbruck": "1683 418 361 1578 | 1100 269 156 1386 | 1728 313 351 1978 | 179 1636 1143 294",
    "vienna": "141439 73391 76224 875392736 | 146831 67941 326768 874976534 | "
    "158338 425067 58742 875239860 | 8392 576445 463985 874651457",
    "nist-variant": "6378 3282 3189 43897356 | 6794 2821 23243 43276943 | "
    "6486 21334 2843 43338281 | 106 27539 30040 42502788",
}
DESIGNS: tuple[Design, ...] = ("random", "fixed-blocks")
LEVEL = 0.95


def counts(name: str) -> NDArray[np.int64]:
    cells = [[int(cell) for cell in row.split()] for row in TABLES[name].split("|")]
    return np.array(cells, dtype=np.int64).reshape(2, 2, 2, 2)


def from_wins(won: NDArray[np.int64], totals: NDArray[np.int64], signs: str = "+++-") -> NDArray[np.int64]:
    """Counts with these wins: a wins as (+, +) or (+, -) as the sign asks."""
    table = np.zeros((2, 2, 2, 2), dtype=np.int64)
    sign = sign_array(signs)
    for x, y in np.ndindex(2, 2):
        table[x, y, 0, 0 if sign[x, y] > 0 else 1] = won[x, y]
        table[x, y, 0, 1 if sign[x, y] > 0 else 0] = totals[x, y] - won[x, y]
    return table


@pytest.mark.parametrize(
    ("name", "s_value", "std_error", "wins", "trials"),
    [
        ("delft", 2.4224998705, 0.2038, 196, 245),
        ("diqkd", 2.5778317246, 0.0754, 1357, 1649),
        ("innsbruck", 2.7276, 0.0244, 12232, 14573),
        ("nist-variant", 2.000092, None, None, 173149423),
    ],
)
def test_published_values_of_s(
    name: str, s_value: float, std_error: float | None, wins: int | None, trials: int
) -> None:
    evidence = chsh_evidence(counts(name), "+++-", "random", LEVEL)
    assert evidence.s_value == pytest.approx(s_value, abs=6e-5)
    assert evidence.totals.sum() == trials
    if std_error is not None:
        assert evidence.std_error == pytest.approx(std_error, abs=6e-5)
        assert evidence.wins.sum() == wins


@pytest.mark.parametrize(
    ("name", "design", "p_value"),
    [
        ("delft", "random", 0.03907767139),
        ("delft", "fixed-blocks", 0.41238406),
        ("diqkd", "random", 8.0429428628e-13),
        ("vienna", "random", 0.3766439),  # counting wins has no power with 75 % detection
        ("nist-variant", "fixed-blocks", 0.43922833),
    ],
)
def test_p_values_of_published_counts(name: str, design: Design, p_value: float) -> None:
    evidence = chsh_evidence(counts(name), "+++-", design, LEVEL)
    assert 10**evidence.log10_p == pytest.approx(p_value, rel=1e-7)


def test_the_trap_of_unequal_settings_judged_as_random() -> None:
    """The same counts, three thousand orders of magnitude apart: why the design is an input."""
    evidence = chsh_evidence(counts("nist-variant"), "+++-", "random", LEVEL)
    assert evidence.log10_p == pytest.approx(-3558, abs=1)


def test_eth_2023() -> None:
    """Storz et al. 2023: 796223 wins of 2^20, p < 10^-108."""
    wins = np.array([[796223, 0], [0, 0]])
    totals = np.array([[2**20 - 3, 1], [1, 1]])
    assert log10_p_value(wins, totals, "random") == pytest.approx(-108.5097, abs=1e-4)


@pytest.mark.parametrize(("name", "low"), [("delft", 2.0263136), ("diqkd", 2.4538751)])
def test_exact_lower_limits(name: str, low: float) -> None:
    assert chsh_evidence(counts(name), "+++-", "random", LEVEL).low == pytest.approx(low, abs=1e-7)


@pytest.mark.parametrize("design", DESIGNS)
def test_four_wins_of_four_prove_little(design: Design) -> None:
    table = from_wins(np.ones((2, 2), dtype=np.int64), np.ones((2, 2), dtype=np.int64))
    evidence = chsh_evidence(table, "+++-", design, LEVEL)
    assert evidence.s_value == 4
    assert 10**evidence.log10_p == pytest.approx(0.75**4, rel=1e-12)
    assert not evidence.is_violated


@pytest.mark.parametrize(("wins", "trials", "p_value"), [(3500, 4000, 5.0e-5), (3510, 4096, 0.279)])
def test_the_alarm_beyond_quantum_theory(wins: int, trials: int, p_value: float) -> None:
    won = np.full((2, 2), wins // 4) + np.array([[wins % 4, 0], [0, 0]])
    above = log10_p_above_quantum(won, np.full((2, 2), trials // 4), "fixed-blocks")
    assert 10**above == pytest.approx(p_value, rel=0.02)


cells = st.integers(1, 60)
tables = (
    st.lists(st.integers(0, 40), min_size=16, max_size=16)
    .map(lambda numbers: np.array(numbers, dtype=np.int64).reshape(2, 2, 2, 2))
    .filter(lambda table: bool(np.all(table.sum(axis=(2, 3)) > 0)))
)
strong = st.tuples(
    st.lists(st.integers(1, 400), min_size=4, max_size=4),
    st.lists(st.floats(0.6, 1.0), min_size=4, max_size=4),
    st.sampled_from(SIGN_VERSIONS),
).map(
    lambda drawn: from_wins(
        (np.array(drawn[0]) * np.array(drawn[1])).astype(np.int64).reshape(2, 2),
        np.array(drawn[0], dtype=np.int64).reshape(2, 2),
        drawn[2],
    )
)
signs = st.sampled_from([None, *SIGN_VERSIONS])


@settings(deadline=None, max_examples=400)
@given(tables | strong, signs, st.sampled_from(DESIGNS), st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_p_limit_and_verdict_are_one_statement(
    table: NDArray[np.int64], declared: str | None, design: Design, level: float
) -> None:
    evidence = chsh_evidence(table, declared, design, level)
    assert (evidence.log10_p <= log10(1 - level)) == (evidence.low > 2) == evidence.is_violated
    assert -4 <= evidence.low <= evidence.high <= 4


@settings(deadline=None, max_examples=300)
@given(tables | strong, st.sampled_from(SIGN_VERSIONS), st.sampled_from(DESIGNS), st.floats(0.001, 0.5))
def test_they_are_one_statement_before_any_rounding_is_settled(
    table: NDArray[np.int64], version: str, design: Design, alpha: float
) -> None:
    """The limit at an alpha a little above p lies above 2, a little below p below 2."""
    totals, won = table.sum(axis=(2, 3)), wins_of(table, sign_array(version))
    p = 10 ** log10_p_value(won, totals, design)
    low = s_low(won, totals, design, alpha)
    if alpha > p * (1 + 1e-9):
        assert low >= 2 - 1e-9
    if alpha < p * (1 - 1e-9):
        assert low <= 2 + 1e-9


@settings(deadline=None, max_examples=200)
@given(tables | strong, st.sampled_from(SIGN_VERSIONS))
def test_fixed_blocks_put_the_value_between_its_limits(table: NDArray[np.int64], version: str) -> None:
    evidence = chsh_evidence(table, version, "fixed-blocks", LEVEL)
    assert evidence.low <= evidence.s_value + 1e-9
    assert evidence.s_value <= evidence.high + 1e-9


@settings(deadline=None, max_examples=100)
@given(tables, st.sampled_from(DESIGNS))
def test_undeclared_signs_cost_a_factor_of_eight(table: NDArray[np.int64], design: Design) -> None:
    tried = [chsh_evidence(table, version, design, LEVEL).log10_p for version in SIGN_VERSIONS]
    assert chsh_evidence(table, None, design, LEVEL).log10_p == pytest.approx(min(0.0, min(tried) + log10(8)))


@settings(deadline=None, max_examples=100)
@given(st.lists(cells, min_size=4, max_size=4), st.floats(-4, 4), st.sampled_from(DESIGNS))
def test_ceiling_and_its_inverse(numbers: list[int], s_value: float, design: Design) -> None:
    totals = np.array(numbers).reshape(2, 2)
    ceiling = win_ceiling(totals, design, s_value)
    assert s_at_ceiling(totals, design, ceiling) == pytest.approx(s_value, abs=1e-9)
    assert win_ceiling(totals, "fixed-blocks", 2.0) == pytest.approx(1 - min(numbers) / sum(numbers))
    assert win_ceiling(totals, "random", 2.0) == 0.75


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 6), min_size=4, max_size=4), st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_hoeffding_bounds_the_true_tail_of_every_local_model(blocks: list[int], weights: list[float]) -> None:
    """P(wins >= k) by convolution, for four win probabilities with sum 3: never above the p value of k."""
    w = np.array(weights)
    w = w * 3 / w.sum() if w.sum() > 3 else w
    if w.max() > 1:
        w = np.minimum(w, 1)
    distribution = np.ones(1)
    for n, p in zip(blocks, w, strict=True):
        distribution = np.convolve(
            distribution, [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
        )
    totals = np.array(blocks, dtype=np.int64).reshape(2, 2)
    for k in range(1, sum(blocks) + 1):
        won = np.array([[k, 0], [0, 0]], dtype=np.int64)
        if is_played_as_game(totals, "fixed-blocks"):
            bound = 10 ** log10_p_value(won, totals, "fixed-blocks")
            assert distribution[k:].sum() <= bound * (1 + 1e-9) + 1e-12


def test_the_limit_of_a_mean_is_never_above_what_hoeffding_allows() -> None:
    assert mean_low(1, 10, 0.05) == 0.0
    assert mean_low(0, 10, 0.05) == 0.0
    assert mean_low(90, 100, 0.05) < 0.89
    assert mean_low(4, 4, 0.9) == 0.75


def test_losses_mirror_wins() -> None:
    won, totals = np.array([[8, 9], [7, 2]]), np.full((2, 2), 10)
    assert s_high(won, totals, "fixed-blocks", 0.05) == -s_low(totals - won, totals, "fixed-blocks", 0.05)


def test_very_unequal_blocks_are_judged_one_by_one() -> None:
    """Here no quantum state wins more often than a local model, yet the four correlators prove S > 2."""
    totals = np.array([[100000, 100000], [100000, 2000]])
    assert not is_played_as_game(totals, "fixed-blocks")
    assert is_played_as_game(totals, "random")
    won = np.rint(totals * (2 + sqrt(2)) / 4).astype(np.int64)
    evidence = chsh_evidence(from_wins(won, totals), "+++-", "fixed-blocks", LEVEL)
    assert 2.7 < evidence.low < evidence.s_value
    assert evidence.log10_p < -50
    # the game alone would say nothing
    assert (
        log10_binomial_tail(int(won.sum()), int(totals.sum()), win_ceiling(totals, "fixed-blocks", 2.0)) > -1
    )


def test_very_unequal_blocks_have_a_floor_of_resolution() -> None:
    totals = np.array([[10**7, 10**7], [10**7, 10**6]])
    assert log10_p_value(totals, totals, "fixed-blocks") == SMALLEST_LOG10


def test_correlators_of_an_empty_setting_are_unknown() -> None:
    table = counts("delft")
    table[0, 1] = 0
    found = correlators(table)
    assert np.isnan(found.values[0, 1])
    assert not np.isnan(found.values[1, 1])


# Error rates. A rate r estimated from N tables has the standard error sqrt(r (1 - r)/N).

TRIALS, TABLES_DRAWN = 240, 400


def upper(rate: float) -> float:
    return rate + 3.5 * sqrt(rate * (1 - rate) / TABLES_DRAWN)


def random_tables(correlator: NDArray[np.float64], seed: int) -> list[NDArray[np.int64]]:
    """Tables with settings drawn at random and uniform marginals."""
    rng = np.random.default_rng(seed)
    totals = rng.multinomial(TRIALS, [0.25] * 4, size=TABLES_DRAWN).reshape(-1, 2, 2)
    return [split(rng, correlator, total) for total in totals]


def block_tables(
    correlator: NDArray[np.float64], total: NDArray[np.int64], seed: int
) -> list[NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    return [split(rng, correlator, total) for _ in range(TABLES_DRAWN)]


def split(
    rng: np.random.Generator, correlator: NDArray[np.float64], totals: NDArray[np.int64]
) -> NDArray[np.int64]:
    equal = rng.binomial(totals, (1 + correlator) / 2)
    table = np.zeros((2, 2, 2, 2), dtype=np.int64)
    table[..., 0, 0] = rng.binomial(equal, 0.5)
    table[..., 1, 1] = equal - table[..., 0, 0]
    table[..., 0, 1] = rng.binomial(totals - equal, 0.5)
    table[..., 1, 0] = totals - equal - table[..., 0, 1]
    return table


def rate(tables: list[NDArray[np.int64]], signs: str | None, design: Design) -> float:
    return float(np.mean([chsh_evidence(table, signs, design, LEVEL).is_violated for table in tables]))


ALL_EQUAL = np.ones((2, 2))
"""Both parties always answer +: S = 2 in four of the eight versions, the loss on a setting of choice."""
SPREAD = 0.5 * sign_array("+++-").astype(float)
"""The even mixture of the strategies that saturate +++-: E = 1/2 everywhere, S = 2."""
SAME = np.full((2, 2), 60)
UNEQUAL = np.array([[80, 70], [50, 40]])
VERY_UNEQUAL = np.array([[400, 400], [400, 60]])


@pytest.mark.parametrize("model", [ALL_EQUAL, SPREAD], ids=["deterministic", "mixed"])
@pytest.mark.parametrize("declared", ["+++-", None])
def test_a_local_model_with_random_settings_fires_no_more_often_than_it_may(
    model: NDArray[np.float64], declared: str | None
) -> None:
    drawn = random_tables(model, 11)
    assert rate(drawn, declared, "random") <= upper(0.05)
    assert rate(drawn, declared, "fixed-blocks") <= upper(0.05)  # what an undeclared design is judged as


@pytest.mark.parametrize("declared", ["+++-", None])
@pytest.mark.parametrize("totals", [SAME, UNEQUAL, VERY_UNEQUAL], ids=["equal", "unequal", "very-unequal"])
def test_a_local_model_in_fixed_blocks_fires_no_more_often_than_it_may(
    declared: str | None, totals: NDArray[np.int64]
) -> None:
    for model in (SPREAD, 0.98 * ALL_EQUAL):
        assert rate(block_tables(model, totals, 12), declared, "fixed-blocks") <= upper(0.05)


def test_picking_the_signs_without_paying_fires_too_often() -> None:
    """Must fail: the best of eight versions at the level of one."""
    drawn = random_tables(ALL_EQUAL, 11)
    naive = [
        min(chsh_evidence(table, version, "random", LEVEL).log10_p for version in SIGN_VERSIONS)
        <= log10(0.05)
        for table in drawn
    ]
    assert np.mean(naive) > upper(0.05)
    assert np.mean(naive) > rate(drawn, None, "random") + 0.05


def test_judging_fixed_blocks_as_random_fires_always() -> None:
    """Must fail: a model that loses in the smallest block alone."""
    drawn = block_tables(ALL_EQUAL, VERY_UNEQUAL, 13)
    assert rate(drawn, "+++-", "random") == 1.0
    assert rate(drawn, "+++-", "fixed-blocks") == 0.0


@pytest.mark.parametrize(
    ("design", "totals"), [("random", None), ("fixed-blocks", SAME), ("fixed-blocks", VERY_UNEQUAL)]
)
def test_limits_cover_the_true_value(design: Design, totals: NDArray[np.int64] | None) -> None:
    model = sqrt(0.5) * sign_array("+++-")
    drawn = random_tables(model, 14) if totals is None else block_tables(model, totals, 14)
    evidence = [chsh_evidence(table, "+++-", design, LEVEL) for table in drawn]
    assert np.mean([item.low > 2 * sqrt(2) for item in evidence]) <= upper(0.05)
    assert np.mean([item.high < 2 * sqrt(2) for item in evidence]) <= upper(0.05)
    assert np.mean([item.is_violated for item in evidence]) > 0.9  # and they are of use


def test_shots_that_suffice() -> None:
    """At S = 2.8284 about 431 trials by Chernoff's bound, 15 % fewer exactly, give p < 1e-6."""
    won = ceil(431 * (2 + sqrt(2)) / 4)
    assert log10_binomial_tail(won, 431, 0.75) < -6
