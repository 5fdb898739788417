"""No-signalling, drift and uniform settings: reference values, exact tests, error rates."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmono.quantum.bell.drift import drift_of_wins, uniformity
from qmono.quantum.bell.signalling import familywise, fisher_exact, marginal_shifts, total_shift

# Gill, arXiv:2209.00702, appendices A and E; z scores computed independently from these tables
DELFT = "23 3 4 23 33 11 5 30 22 10 6 24 4 20 21 6"
INNSBRUCK = "1683 418 361 1578 1100 269 156 1386 1728 313 351 1978 179 1636 1143 294"


def table(text: str) -> np.ndarray:
    return np.array(text.split(), dtype=np.int64).reshape(2, 2, 2, 2)


@pytest.mark.parametrize(
    ("text", "z"),
    [(DELFT, (-0.7493, 0.4818, 0.6187, -0.1023)), (INNSBRUCK, (4.09, -7.87, 2.77, 1.98))],
)
def test_z_scores_of_published_counts(text: str, z: tuple[float, ...]) -> None:
    assert [shift.z for shift in marginal_shifts(table(text))] == pytest.approx(z, abs=0.005)


def test_innsbruck_signals() -> None:
    assert familywise(marginal_shifts(table(INNSBRUCK))) == pytest.approx(1.5e-14, rel=0.05)


def test_vienna_does_not_signal() -> None:
    vienna = table(
        "141439 73391 76224 875392736 146831 67941 326768 874976534 "
        "158338 425067 58742 875239860 8392 576445 463985 874651457"
    )
    z = [shift.z for shift in marginal_shifts(vienna)]
    assert z == pytest.approx([0.0265, -1.4375, 0.9589, 1.3580], abs=5e-4)


def test_shifts_are_named_for_who_sees_what() -> None:
    """Only A's outcome at x = 1 depends on y: from always + to always -."""
    counts = np.full((2, 2, 2, 2), 100)
    counts[1, 0] = [[200, 200], [0, 0]]
    counts[1, 1] = [[0, 0], [200, 200]]
    shifts = marginal_shifts(counts)
    assert [shift.name for shift in shifts] == ["A|x=0", "A|x=1", "B|y=0", "B|y=1"]
    assert [shift.shift for shift in shifts] == [0, 2, 0, 0]
    assert total_shift(shifts) == 2


@given(st.lists(st.integers(0, 12), min_size=4, max_size=4))
def test_fisher_by_counting(cells: list[int]) -> None:
    """All tables with the same margins that are at most as likely, in exact fractions."""
    a, b, c, d = cells
    row, column, total = a + b, a + c, a + b + c + d

    def likelihood(k: int) -> Fraction:
        return Fraction(comb(column, k) * comb(total - column, row - k), comb(total, row))

    support = range(max(0, row + column - total), min(row, column) + 1)
    expected = sum(likelihood(k) for k in support if likelihood(k) <= likelihood(a))
    assert fisher_exact(np.array([[a, b], [c, d]])) == pytest.approx(float(expected), rel=1e-6)


def test_fisher_of_the_lady_tasting_tea() -> None:
    """R: fisher.test(matrix(c(3, 1, 1, 3), 2))$p.value = 0.4857143."""
    assert fisher_exact(np.array([[3, 1], [1, 3]])) == pytest.approx(0.4857143, abs=1e-7)


def test_small_tables_are_judged_exactly_and_constant_outcomes_are_silent() -> None:
    ones = np.zeros((2, 2, 2, 2), dtype=np.int64)
    ones[..., 0, 0] = 5
    assert all(s.is_exact and s.p_value == 1 and s.z == 0 for s in marginal_shifts(ones))
    assert not any(s.is_exact for s in marginal_shifts(table(INNSBRUCK)))


def test_no_signalling_fires_no_more_often_than_it_may() -> None:
    rng = np.random.default_rng(5)
    counts = rng.multinomial(100, [0.4, 0.1, 0.2, 0.3], size=(2000, 2, 2)).reshape(-1, 2, 2, 2, 2)
    rate = np.mean([familywise(marginal_shifts(one)) < 0.05 for one in counts])
    assert rate <= 0.05 + 3.5 * np.sqrt(0.05 * 0.95 / 2000)


def test_drift_of_one_setting() -> None:
    """80 85 90 70 wins of 100: chi-square 14.358974359 with 3 degrees, p 0.0024551."""
    found = drift_of_wins(np.array([[80], [85], [90], [70]]), np.full((4, 1), 100))
    assert found is not None
    assert found.chi_square == pytest.approx(14.358974359)
    assert found.degrees == 3
    assert found.p_value == pytest.approx(0.0024551, abs=1e-7)
    assert found.largest == pytest.approx(2 * 0.1125)


def test_drift_compares_rounds_of_one_setting_only() -> None:
    """Settings that differ, each of them steady, are no drift; empty rounds do not count."""
    won, played = np.array([[90, 50], [90, 50], [0, 50]]), np.array([[100, 100], [100, 100], [0, 100]])
    found = drift_of_wins(won, played)
    assert found is not None
    assert (found.chi_square, found.degrees, found.p_value) == (0, 3, 1)


def test_rounds_too_small_for_a_chi_square_are_not_judged() -> None:
    assert drift_of_wins(np.array([[5], [7]]), np.array([[8], [8]])) is None
    assert drift_of_wins(np.array([[50]]), np.array([[80]])) is None


def test_drift_fires_no_more_often_than_it_may() -> None:
    rng = np.random.default_rng(6)
    won = rng.binomial(60, 0.85, size=(2000, 4, 4))
    played = np.full((4, 4), 60)
    found = [drift_of_wins(one, played) for one in won]
    rate = np.mean([item is not None and item.p_value < 0.05 for item in found])
    assert rate <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 2000)


def test_uniformity_of_published_totals() -> None:
    """Delft 53 79 62 51: chi-square 7.9796, p 0.0464; Innsbruck: p 2e-81."""
    chi_square, p_value = uniformity(table(DELFT).sum(axis=(2, 3)))
    assert (chi_square, p_value) == pytest.approx((7.9796, 0.0464), abs=1e-4)
    assert uniformity(table(INNSBRUCK).sum(axis=(2, 3)))[1] == pytest.approx(1.77e-81, rel=0.01)
