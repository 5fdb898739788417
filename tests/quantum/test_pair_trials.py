"""The CHSH test of a pair inside a test of many: which trials count, and that pooling them would not do."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmono.errors import UsageError
from qmono.quantum.bell.chsh_estimate import chsh_evidence, correlators
from qmono.quantum.bell.pair_trials import by_context, context_shifts, equal_shares, pair_trials
from qmono.quantum.types import Integers

INPUTS = np.array(list(product((0, 1), repeat=3)))
EVEN: dict[tuple[int, ...], int] = dict.fromkeys(product((0, 1), repeat=3), 100)
MOSTLY: dict[tuple[int, ...], int] = {
    (x, y, z): 180 if z == {(0, 0): 0, (1, 1): 1}.get((x, y), 0) else 20
    for x, y, z in product((0, 1), repeat=3)
}
"""Setting 00 mostly beside z = 0, setting 11 mostly beside z = 1."""


def of_two_local_models(shots: dict[tuple[int, ...], int], rng: np.random.Generator) -> Integers:
    """Qubits 0 and 1 follow one local model where qubit 2 is set to 0, another where it is set to 1.

    Equal outcomes always, S = 2; and outcomes x + r, 1 + y + r with a shared random r, S = 2 as well:
    it loses in setting 00 only, the first in 11 only. The outcomes of single qubits are even in both.
    """
    counts = np.zeros((8, 8), dtype=np.int64)
    for row, (x, y, z) in enumerate(INPUTS.tolist()):
        for r, c in rng.integers(0, 2, size=(shots[x, y, z], 2)).tolist():
            a, b = (r, r) if z == 0 else ((x + r) % 2, (1 + y + r) % 2)
            counts[row, 4 * a + 2 * b + c] += 1
    return counts


def naive_p(counts: Integers) -> float:
    """log10 p of S <= 2 from all trials added up."""
    pooled = by_context(counts, INPUTS, (0, 1)).sum(axis=0)
    return chsh_evidence(pooled, "+++-", "fixed-blocks", 0.95).log10_p


def test_both_models_are_local_and_only_the_pair_shows_the_context() -> None:
    counts = of_two_local_models(EVEN, np.random.default_rng(1))
    for context in by_context(counts, INPUTS, (0, 1)):
        assert correlators(context).s_value("+++-") == 2
    shifted = context_shifts(by_context(counts, INPUTS, (0, 1)))
    assert shifted is not None
    assert shifted.p_value < 1e-30
    alone = context_shifts(by_context(counts, INPUTS, (0, 2)))
    assert alone is not None
    assert alone.p_value > 1e-3


def test_unequal_blocks_added_up_violate_chsh_and_equal_shares_do_not() -> None:
    """Pooled S is near 3.6 at p below 10^-40, of two models with S = 2: Simpson's paradox."""
    counts = of_two_local_models(MOSTLY, np.random.default_rng(2))
    assert naive_p(counts) < -40
    found = pair_trials(counts, INPUTS, (0, 1), "fixed-blocks", np.random.default_rng(3))
    assert found.has_contexts
    assert chsh_evidence(found.counts, "+++-", "fixed-blocks", 0.95).log10_p > -2
    assert correlators(found.counts).s_value("+++-") == pytest.approx(2, abs=1e-12)
    # every context has one share in all four settings: 20 against 20 of 180 and 20
    assert found.kept == 4 * 40
    assert found.trials == counts.sum() == 800


def test_equal_blocks_lose_nothing() -> None:
    counts = of_two_local_models(EVEN, np.random.default_rng(4))
    found = pair_trials(counts, INPUTS, (0, 1), "fixed-blocks", np.random.default_rng(3))
    assert np.array_equal(found.counts, by_context(counts, INPUTS, (0, 1)).sum(axis=0))
    assert found.kept == found.trials == 800


def test_random_settings_are_added_up_as_they_fell() -> None:
    counts = of_two_local_models(MOSTLY, np.random.default_rng(2))
    found = pair_trials(counts, INPUTS, (0, 1), "random", np.random.default_rng(3))
    assert found.kept == found.trials == counts.sum()


def test_settings_without_a_common_context_are_kept_and_marked() -> None:
    """Those of Mermin's inequality: the third input is the parity of the others."""
    mermin = INPUTS[INPUTS.sum(axis=1) % 2 == 0]
    counts = np.full((4, 8), 5, dtype=np.int64)
    found = pair_trials(counts, mermin, (0, 2), "fixed-blocks", np.random.default_rng(3))
    assert not found.has_contexts
    assert found.kept == 160
    assert found.empty_settings == ()


def test_contexts_that_lack_a_setting_are_left_out() -> None:
    counts = of_two_local_models(EVEN | {(1, 1, 1): 0}, np.random.default_rng(6))
    found = pair_trials(counts, INPUTS, (0, 1), "fixed-blocks", np.random.default_rng(3))
    assert np.array_equal(found.counts, by_context(counts, INPUTS, (0, 1))[0])


def test_the_pair_is_read_with_the_smaller_qubit_first() -> None:
    """|0> |1> |0> in every setting."""
    counts = np.zeros((8, 8), dtype=np.int64)
    counts[:, 0b010] = 7
    table = by_context(counts, INPUTS, (1, 0))
    assert table[0, 0, 0].tolist() == [[0, 7], [0, 0]]
    assert by_context(counts, INPUTS, (1, 2))[1, 0, 1].tolist() == [[0, 0], [7, 0]]


@given(st.lists(st.integers(1, 500), min_size=12, max_size=12))
def test_shares_of_a_context_are_the_same_in_all_settings(totals: list[int]) -> None:
    blocks = np.array(totals).reshape(3, 2, 2)
    kept = equal_shares(blocks)
    assert np.all(kept <= blocks)
    shares = kept / kept.sum(axis=0)
    assert np.allclose(shares, shares[:, :1, :1], atol=1e-15)
    # at least the smallest block of each context is kept
    assert np.all(kept.sum(axis=0) >= blocks.min(axis=(1, 2)).sum())


def test_one_context_keeps_all() -> None:
    blocks = np.array([[[10, 12], [11, 30]]])
    assert np.array_equal(equal_shares(blocks), blocks)


def test_huge_unequal_blocks_are_refused_and_huge_equal_ones_are_not() -> None:
    counts = np.full((8, 8), 10**11, dtype=np.int64)
    assert pair_trials(counts, INPUTS, (0, 1), "fixed-blocks", np.random.default_rng(0)).kept == 64 * 10**11
    counts[0] += 1
    with pytest.raises(UsageError, match=r"unequal blocks are thinned up to 1e\+09 trials"):
        pair_trials(counts, INPUTS, (0, 1), "fixed-blocks", np.random.default_rng(0))
