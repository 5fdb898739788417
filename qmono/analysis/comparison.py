"""Two reports of one kind compared: what changed from the first to the second, with limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from qmono.core.metric import COMPARED, Limit, Metric, missing
from qmono.core.report import Cell, Check, Note, Report, Table, trust_of
from qmono.core.vocabulary import Source
from qmono.errors import UsageError
from qmono.gate.difference import difference
from qmono.quantum.fidelity.two_states import (
    largest_distance,
    largest_overlap,
    smallest_overlap,
    state_overlap,
    trace_distance,
)
from qmono.quantum.states import named_state
from qmono.quantum.types import Matrix

_BY_FIDELITY = "fidelities to the target"
_DECIDING = ("fidelity", "S", "bell_value")
"""The verdict rests on the first of these that both reports have, chosen before the data are seen."""


def compare_reports(first: Report, second: Report) -> Report:
    """The report of kind "comparison". Its `fidelity_difference` is second minus first, and so on.

    Limits of a difference hold at the joint level of both limits, those of distance and overlap, which need
    four, at 1 - 2 (1 - joint level). What a failed check voids in either report is void here. Raises
    UsageError for reports of two kinds.
    """
    if first.kind != second.kind:
        raise UsageError(f"a {first.kind} and a {second.kind} report have nothing to compare")
    pairs = _pairs(first, second)
    if not pairs:
        raise UsageError(f"two {first.kind} reports have no common number whose change means something")
    changes = [difference(a, b, compared_name(a.name)) for a, b in pairs]
    metrics = (*changes, *_states(first, second))
    checks = (_same_target(first, second, metrics), *_inherited(first, second), _calibration(first, second))
    deciding = next(
        (change for name in _DECIDING for change in changes if change.name == compared_name(name)), None
    )
    report = Report(
        kind="comparison",
        title=_title(deciding),
        verdict="not-distinguished",
        trust=trust_of(checks),
        source=_source(first, second),
        metrics=metrics,
        checks=checks,
        sections=(
            Table("first and second", ("metric", "first", "second"), tuple(_row(a, b) for a, b in pairs)),
            Note("assumed", ("what each report assumes; no independence of the two",)),
        ),
        payload={"kind": first.kind, "target": None, "first": first.to_json(), "second": second.to_json()},
    )
    return replace(report, verdict="different") if _is_proven(report, deciding) else report


def compared_name(name: str) -> str:
    """`"concurrence[0,1]"` -> `"concurrence_difference[0,1]"`."""
    base, bracket, index = name.partition("[")
    return f"{base}_difference{bracket}{index}"


def _pairs(first: Report, second: Report) -> list[tuple[Metric, Metric]]:
    return [
        (metric, other)
        for metric in first.metrics
        if metric.name.partition("[")[0] in COMPARED and (other := second.metric(metric.name)) is not None
    ]


def _row(a: Metric, b: Metric) -> tuple[Cell, ...]:
    return (a.name, a.value, b.value)


def _is_proven(report: Report, deciding: Metric | None) -> bool:
    """Whether a limit that nothing voids excludes "no change"."""
    if deciding is None or report.voided_by(deciding.name):
        return False
    up = deciding.low is not None and deciding.low.guarantee != "indicative" and deciding.low.value > 0
    down = deciding.high is not None and deciding.high.guarantee != "indicative" and deciding.high.value < 0
    return up or down


def _title(deciding: Metric | None) -> str:
    if deciding is None or deciding.value is None:
        return "no common number that could decide"
    name = deciding.name.replace("_difference", "")
    if deciding.low is None or deciding.high is None:
        return f"{name} changes by {deciding.value:+.3f}, without limits"
    between = f"at least {_down(deciding.low.value)}, at most {_down(-deciding.high.value, -1)}"
    return f"{name} changes by {deciding.value:+.3f}, {between} ({100 * deciding.level:.6g} %)"


def _down(value: float, sign: int = 1) -> str:
    """Three decimals, rounded away from what is claimed."""
    return f"{sign * np.floor(value * 1000) / 1000:+.3f}"


def _source(first: Report, second: Report) -> Source:
    order: tuple[Source, ...] = ("simulated", "file", "hardware")
    return min(first.source, second.source, key=order.index)


def _target(report: Report) -> str | None:
    found = report.payload.get("target")
    return found if isinstance(found, str) else None


def _same_target(first: Report, second: Report, metrics: tuple[Metric, ...]) -> Check:
    targets = _target(first), _target(second)
    if targets == (None, None):
        return Check("same-target", "not-applicable", "neither report has a target")
    if targets[0] == targets[1]:
        return Check("same-target", "pass", f"both to {targets[0]}")
    voids = tuple(
        metric.name for metric in metrics if metric.name.startswith(("fidelity", "trace", "state_o"))
    )
    message = f"the first has target {targets[0]}, the second {targets[1]}: two different fidelities"
    return Check("same-target", "fail", message, voids=voids)


def _inherited(first: Report, second: Report) -> list[Check]:
    """A failed check of a report voids the differences of what it voids there, unless accepted there."""
    checks = []
    for name, report in (("first", first), ("second", second)):
        failed = [
            check for check in report.checks if check.status == "fail" and check.name not in report.accepted
        ]
        voids = dict.fromkeys(compared_name(void) for check in failed for void in check.voids)
        if "fidelity_difference" in voids:
            voids |= dict.fromkeys(("trace_distance", "state_overlap"))
        if failed:
            told = ", ".join(check.name for check in failed)
            checks.append(Check(name, "fail", f"failed in the {name} report: {told}", voids=tuple(voids)))
        else:
            checks.append(Check(name, "pass", f"no check failed in the {name} report"))
    return checks


def _calibration(first: Report, second: Report) -> Check:
    without = [
        name
        for name, report in (("first", first), ("second", second))
        if not any(check.name == "calibration" and check.status == "pass" for check in report.checks)
    ]
    if without:
        message = f"no systematic error is in the limits of the {' and the '.join(without)} report"
        return Check("calibration", "no-data", message)
    return Check("calibration", "pass", "both reports speak of their calibration")


def _states(first: Report, second: Report) -> list[Metric]:
    """Trace distance and overlap of two measured states."""
    rho, sigma = _matrix(first.payload), _matrix(second.payload)
    if rho is None or sigma is None or rho.shape != sigma.shape:
        return []
    a, b = first.metric("fidelity"), second.metric("fidelity")
    values = {"trace_distance": trace_distance(rho, sigma), "state_overlap": state_overlap(rho, sigma)}
    if a is None or b is None or not _is_common_pure(first, second) or None in (a.low, a.high, b.low, b.high):
        reason = "limits need fidelities to one pure target"
        return [replace(missing(name, reason), value=value) for name, value in values.items()]
    level = 2 * (a.level + b.level - 1) - 1
    if level <= 0:
        reason = "four limits of such low levels prove nothing together"
        return [replace(missing(name, reason), value=value) for name, value in values.items()]
    low, high = _geometry(a, b)
    return [
        Metric(name, value, level=level, low=low[name], high=high[name]) for name, value in values.items()
    ]


def _geometry(a: Metric, b: Metric) -> tuple[dict[str, Limit], dict[str, Limit]]:
    """Lower and upper limits of distance and overlap, from the four limits of two fidelities."""
    if a.low is None or a.high is None or b.low is None or b.high is None:
        raise ValueError("four limits are needed")
    order = ("exact", "asymptotic", "indicative")
    weakest = max((limit.guarantee for limit in (a.low, a.high, b.low, b.high)), key=order.index)
    shift = max(b.low.value - a.high.value, a.low.value - b.high.value, 0.0)
    lower, upper = (a, b) if a.high.value < b.low.value else (b, a)
    apart = (lower.high.value, upper.low.value) if lower.high and upper.low else (1.0, 0.0)

    def limit(value: float) -> Limit:
        return Limit(float(value), _BY_FIDELITY, weakest)

    low = {
        "trace_distance": limit(shift),
        "state_overlap": limit(smallest_overlap(a.low.value, b.low.value)),
    }
    high = {
        "trace_distance": limit(largest_distance(a.low.value, b.low.value)),
        "state_overlap": limit(largest_overlap(*apart)),
    }
    return low, high


def _is_common_pure(first: Report, second: Report) -> bool:
    name = _target(first)
    if name is None or name != _target(second):
        return False
    try:
        return named_state(name).is_pure
    except UsageError:  # a target from a file: its report does not say whether it is pure
        return False


def _matrix(payload: Mapping[str, Any]) -> Matrix | None:
    entries = payload.get("density_matrix")
    if entries is None:
        return None
    pairs = np.asarray(entries, dtype=np.float64)
    matrix: Matrix = pairs[..., 0] + 1j * pairs[..., 1]
    return matrix
