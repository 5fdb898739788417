"""How numbers are written: safe direction, enough digits, no surprises."""

from __future__ import annotations

from decimal import Decimal
from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmono.report.numbers import (
    decimals_of,
    estimate,
    limit_beside,
    lower_limit,
    margin,
    number,
    p_value,
    percent,
    power_of_ten,
    upper_limit,
)

FINITE = st.floats(allow_nan=False, allow_infinity=False)
DECIMALS = st.integers(0, 9)


@given(FINITE, DECIMALS)
def test_a_lower_limit_is_never_rounded_up(value: float, decimals: int) -> None:
    assert Decimal(lower_limit(value, decimals)) <= Decimal(repr(value))


@given(FINITE, DECIMALS)
def test_an_upper_limit_is_never_rounded_down(value: float, decimals: int) -> None:
    assert Decimal(upper_limit(value, decimals)) >= Decimal(repr(value))


@given(st.floats(-1e8, 1e8), DECIMALS)
def test_a_number_is_off_by_half_a_digit_at_most(value: float, decimals: int) -> None:
    shown = Decimal(number(value, decimals))
    assert 2 * abs(shown - Decimal(repr(value))) <= Decimal(1).scaleb(-decimals)
    assert (shown == 0) == (value == 0)


@given(st.floats(1e-300, 1.0))
def test_a_p_value_is_never_rounded_down(value: float) -> None:
    shown = p_value(value)
    if shown.startswith("10^"):
        assert float(shown.removeprefix("10^")) >= log10(value)
    else:
        assert Decimal(shown) >= Decimal(repr(value))


@given(st.floats(-3, 3), st.floats(-3, 3), st.sampled_from(["down", "up"]))
def test_a_limit_stays_on_its_side_of_the_threshold(limit: float, threshold: float, rounding: str) -> None:
    shown = float(limit_beside(limit, threshold, rounding))  # type: ignore[arg-type]
    assert (shown > threshold, shown < threshold) == (limit > threshold, limit < threshold)
    assert shown <= limit if rounding == "down" else shown >= limit


@pytest.mark.parametrize(
    ("value", "std_error", "shown"),
    [
        (0.934082, 0.0062, "0.934(6)"),
        (2.797363, 0.044631, "2.797 +- 0.045"),
        (2.4225, 0.2038, "2.422 +- 0.204"),
        (0.99971, 0.00041, "0.9997(4)"),
        (0.93, 0.00999, "0.930 +- 0.010"),
        (3480.0, 22.8, "3480.0 +- 22.8"),
        (0.25, None, "0.250"),
        (-10234.567, None, "-10234.6"),
        (3.1e-7, None, "3.1e-7"),
        (0.0, None, "0"),
        (6.02e23, None, "6.0e+23"),
    ],
)
def test_estimates(value: float, std_error: float | None, shown: str) -> None:
    assert estimate(value, std_error) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0390777, "0.0391"),
        (0.4, "0.400"),
        (1.0, "1"),
        (1.2e-54, "10^-53.9"),
        (0.0009, "10^-3.0"),
        (0.0, "0"),
    ],
)
def test_p_values(value: float, shown: str) -> None:
    assert p_value(value) == shown


@pytest.mark.parametrize(
    ("limit", "threshold", "rounding", "shown"),
    [
        (0.924177, 0.9, "down", "0.924"),
        (0.8996, 0.9, "up", "0.8996"),
        (0.90004, 0.9, "down", "0.90004"),
        (0.9, 0.9, "down", "0.900"),
        (0.924177, 0.9241771, "down", "0.924177"),
    ],
)
def test_limits_beside_a_threshold(limit: float, threshold: float, rounding: str, shown: str) -> None:
    assert limit_beside(limit, threshold, rounding) == shown  # type: ignore[arg-type]


def test_small_words() -> None:
    assert (percent(0.95), percent(0.975), percent(1 - 0.05 / 3)) == ("95 %", "97.5 %", "98.3333 %")
    assert power_of_ten(-312.47) == "10^-312.4"
    assert margin(0.95 - 0.9, 3, "down") == "0.050"
    assert [decimals_of(text) for text in ("0.924", "12", "3.1e-7", "6.0e+23")] == [3, 0, 8, 0]
