"""How numbers are written for people: never more favourable than they are.

A lower limit is rounded down, an upper limit and a p value up. The numbers of a metric share their decimals.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from math import floor, isfinite, log10
from typing import Literal

Rounding = Literal["down", "up", "near"]

MISSING = "--"
USUAL_DECIMALS = 3
_MOST_DECIMALS = 9
_MODES = {"down": ROUND_FLOOR, "up": ROUND_CEILING, "near": ROUND_HALF_EVEN}


def number(value: float, decimals: int = USUAL_DECIMALS, rounding: Rounding = "near") -> str:
    """`"0.934"`; in powers of ten where fixed decimals would show nothing (`"3.1e-7"`) or too much."""
    if value == 0 or not isfinite(value):
        return "0" if value == 0 else str(value)
    if abs(value) >= 1e9 or abs(value) < 0.5 * 10.0**-decimals:
        return _scientific(value, rounding)
    text = str(_exact(value).quantize(Decimal(1).scaleb(-decimals), _MODES[rounding]))
    return text if float(text) else _scientific(value, rounding)


def estimate(value: float, std_error: float | None = None, decimals: int | None = None) -> str:
    """A value with its standard error: `"0.934(6)"`, or `"2.797 +- 0.045"` if the error has more digits."""
    places = decimals_for(value, std_error) if decimals is None else decimals
    if not std_error:
        return number(value, places)
    digits = int(_exact(std_error).scaleb(places).quantize(Decimal(1), ROUND_HALF_EVEN))
    shown = f"{value:.{places}f}"
    return f"{shown}({digits})" if 0 < digits < 10 and places else f"{shown} +- {number(std_error, places)}"


def lower_limit(value: float, decimals: int = USUAL_DECIMALS) -> str:
    """A lower limit, rounded down."""
    return number(value, decimals, "down")


def upper_limit(value: float, decimals: int = USUAL_DECIMALS) -> str:
    """An upper limit, rounded up."""
    return number(value, decimals, "up")


def decimals_for(value: float, spread: float | None = None) -> int:
    """Decimals that show the first digit of `spread`: three as a rule, more if small, fewer if large."""
    if spread and isfinite(spread) and spread >= 10.0**-_MOST_DECIMALS:
        exponent = floor(log10(spread))
        return max(-exponent, min(USUAL_DECIMALS, 2 - exponent), 0)
    return USUAL_DECIMALS if abs(value) < 1000 else 1


def limit_beside(limit: float, threshold: float, rounding: Rounding, decimals: int = USUAL_DECIMALS) -> str:
    """A limit with enough decimals to stand on that side of the threshold where it really is.

    What rounding takes away is at most half the distance to the threshold.
    """
    for places in range(decimals, 18):
        shown = number(limit, places, rounding)
        distance = _exact(limit) - _exact(threshold)
        if 2 * abs(Decimal(shown) - _exact(limit)) <= abs(distance):
            return shown
    return repr(float(limit))


def decimals_of(shown: str) -> int:
    """How many decimals a written number has."""
    return max(-int(Decimal(shown).as_tuple().exponent), 0)


def margin(value: float, decimals: int, rounding: Rounding) -> str:
    """The distance to a threshold; the noise of the last binary digits is not shown."""
    return number(round(value, 12), decimals, rounding)


def p_value(value: float) -> str:
    """Three digits, rounded up: `"0.0391"`; below 0.001 a power of ten: `"10^-53.9"`."""
    if value <= 0 or value >= 1:
        return "0" if value <= 0 else "1"
    if value < 0.001:
        return power_of_ten(log10(value))
    exact = _exact(value)
    return str(exact.quantize(Decimal(1).scaleb(exact.adjusted() - 2), ROUND_CEILING))


def e_value(value: float) -> str:
    """Three digits, rounded down: `"3.27"`; from 1000 on and below 0.001 a power of ten."""
    if value <= 0:
        return "0"
    if not 0.001 <= value < 1000:
        return power_of_ten(log10(value), "down")
    exact = _exact(value)
    return f"{exact.quantize(Decimal(1).scaleb(min(exact.adjusted() - 2, 0)), ROUND_FLOOR)}"


def power_of_ten(exponent: float, rounding: Rounding = "up") -> str:
    """`"10^-53.9"`, the exponent rounded up."""
    return f"10^{number(exponent, 1, rounding)}"


def percent(level: float) -> str:
    """A confidence level: `"95 %"`, `"97.5 %"`."""
    return f"{100 * level:.6g} %"


def _exact(value: float) -> Decimal:
    return Decimal(repr(float(value)))


def _scientific(value: float, rounding: Rounding) -> str:
    exact = _exact(value)
    return f"{exact.quantize(Decimal(1).scaleb(exact.adjusted() - 1), _MODES[rounding]):.1e}"
