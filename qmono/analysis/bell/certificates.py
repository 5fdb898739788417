"""Certificates at the lower limit of S: what the violation proves, as metrics with one limit each."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from qmono.core.metric import Guarantee, Limit, Metric, missing
from qmono.core.report import Check
from qmono.errors import UsageError
from qmono.quantum.bell.certificates import (
    bell_fidelity_at,
    concurrence_at,
    conditional_entropy_at,
    entanglement_of_formation_at,
    ghz_fidelity_at,
    guessing_probability_at,
    key_rate_at,
    min_entropy_at,
    negativity_at,
)

USUAL: dict[str, Callable[[float], float]] = {
    "concurrence": concurrence_at,
    "entanglement_of_formation": entanglement_of_formation_at,
    "negativity": negativity_at,
    "bell_fidelity": bell_fidelity_at,
}
"""Proven about the state."""

KINDS = ("usual", "all", "none")


def check_request(kind: str, qber: float | None) -> None:
    """UsageError for an unknown kind of certificates or an impossible error rate."""
    if kind not in KINDS:
        raise UsageError(f"--certificates is {', '.join(KINDS[:-1])} or {KINDS[-1]}, got {kind!r}")
    if qber is not None and not 0 <= qber <= 0.5:
        raise UsageError(f"--qber is an error rate between 0 and 0.5, got {qber:g}")


def certificates(s_low: float, level: float, kind: str, qber: float | None) -> tuple[Metric, ...]:
    """The metrics at the lower limit of S, which has that level."""
    if kind == "none":
        return ()
    found = [_low(name, function(s_low), level) for name, function in USUAL.items()]
    if kind == "all":
        guess = Limit(guessing_probability_at(s_low), "from S.low", "exact")
        found += [
            Metric("guessing_probability", None, level=level, high=guess, reason="high only"),
            _low("min_entropy", min_entropy_at(s_low), level),
            _low("conditional_entropy", conditional_entropy_at(s_low), level, "asymptotic"),
            _key_rate(s_low, level, qber),
        ]
    return tuple(found)


def proven_at(s_value: float, qber: float | None) -> dict[str, float | None]:
    """What S proves once it is a lower limit, by metric; the key rate only where the error rate is known."""
    return {
        **{name: function(s_value) for name, function in USUAL.items()},
        "guessing_probability": guessing_probability_at(s_value),
        "min_entropy": min_entropy_at(s_value),
        "conditional_entropy": conditional_entropy_at(s_value),
        "key_rate": None if qber is None else key_rate_at(s_value, qber),
    }


def ghz_certificates(
    inequality: str, low: float, level: float, checks: Iterable[Check]
) -> tuple[Metric, ...]:
    """What Mermin's inequality for three parties proves of the state; nothing for any other."""
    if inequality != "mermin:3":
        return ()
    if sees_signalling(checks):
        return (missing("ghz_fidelity", "one side sees the other's setting"),)
    limit = Limit(ghz_fidelity_at(low), "from bell_value.low", "exact")
    return (Metric("ghz_fidelity", None, level=level, low=limit, reason="low only"),)


def sees_signalling(checks: Iterable[Check]) -> bool:
    """Whether no-signalling failed, however little of the value it may explain."""
    return any(check.name == "no-signalling" and check.status == "fail" for check in checks)


def refused(kind: str, why: str) -> tuple[Metric, ...]:
    """The same names without numbers."""
    names = {"none": (), "usual": tuple(USUAL), "all": (*USUAL, *_OUTCOMES)}[kind]
    return tuple(missing(name, why) for name in names)


_OUTCOMES = ("guessing_probability", "min_entropy", "conditional_entropy", "key_rate")


def _low(name: str, value: float, level: float, guarantee: Guarantee = "exact") -> Metric:
    limit = Limit(value, "from S.low", guarantee)
    return Metric(name, None, level=level, low=limit, reason="low only")


def _key_rate(s_low: float, level: float, qber: float | None) -> Metric:
    if qber is None:
        return missing("key_rate", "needs the error rate of the key rounds: --qber Q")
    return _low("key_rate", key_rate_at(s_low, qber), level, "asymptotic")
