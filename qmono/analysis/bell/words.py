"""How a Bell report writes its numbers in sentences: limits never more favourable than they are."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import ceil, floor

from qmono.core.vocabulary import Values
from qmono.quantum.bell.chsh import LOCAL_BOUND

_DECIMALS = 3
_MOST_DECIMALS = 15


def at_least(limit: float, bound: float = LOCAL_BOUND) -> str:
    """A lower limit rounded down, with as many decimals as show on which side of the bound it is."""
    return _beside_bound(limit, bound, ROUND_FLOOR)


def at_most(limit: float, bound: float = LOCAL_BOUND) -> str:
    """An upper limit rounded up, likewise."""
    return _beside_bound(limit, bound, ROUND_CEILING)


def _beside_bound(limit: float, bound: float, rounding: str) -> str:
    exact = Decimal(repr(float(limit)))
    for decimals in range(_DECIMALS, _MOST_DECIMALS):
        shown = exact.quantize(Decimal(1).scaleb(-decimals), rounding)
        if shown.compare(Decimal(bound)) == exact.compare(Decimal(bound)):
            return str(shown)
    return str(exact)


def p_text(log10_p: float) -> str:
    """A p value rounded up: `"0.0391"`, or `"10^-53.9"` below 0.001."""
    if log10_p < -3:
        return f"10^{ceil(log10_p * 10) / 10:.1f}"
    decimals = 2 - floor(log10_p)
    return f"{min(ceil(10**log10_p * 10**decimals - 1e-9) / 10**decimals, 1.0):.3g}"


def percent(level: float) -> str:
    """`"95 %"`."""
    return f"{100 * level:.6g} %"


def values_text(values: Values) -> str:
    """What numbers that are no counts are called."""
    return "corrected values" if values == "corrected" else values
