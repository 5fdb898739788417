"""The change of a number between two reports, with limits that both reports' limits prove."""

from __future__ import annotations

from qmono.core.metric import Guarantee, Limit, Metric

_STRONGEST_FIRST: tuple[Guarantee, ...] = ("exact", "asymptotic", "indicative")


def difference(before: Metric, after: Metric, name: str) -> Metric:
    """after - before, under that name.

    low = after.low - before.high and high = after.high - before.low; each holds unless one of its two limits
    fails, so at level 1 - (1 - before.level) - (1 - after.level), whether the data are independent or not.
    """
    level = before.level + after.level - 1
    if before.value is None or after.value is None:
        side, absent = ("first", before) if before.value is None else ("second", after)
        why = f"the {side} report has none: {absent.reason or 'no reason given'}"
        return Metric(name, None, reason=why)
    value = after.value - before.value
    if level <= 0:
        return Metric(name, value, reason="two limits of such low levels prove nothing together")
    low, high = _limit(after.low, before.high), _limit(after.high, before.low)
    reason = None if low and high else "a limit of one of the reports is missing"
    errors = [error for error in (before.std_error, after.std_error) if error is not None]
    std_error = float((errors[0] ** 2 + errors[1] ** 2) ** 0.5) if len(errors) == 2 else None
    return Metric(name, value, std_error, level, low, high, reason=reason)


def _limit(after: Limit | None, before: Limit | None) -> Limit | None:
    if after is None or before is None:
        return None
    weakest = max(after.guarantee, before.guarantee, key=_STRONGEST_FIRST.index)
    return Limit(after.value - before.value, "both reports", weakest)
