"""When nobody said which end of an outcome string is qubit 0: does any requested number depend on it?

Counts whose order is only assumed are analysed under both readings. A number depends on the order if the
two values differ by more than 3/sqrt(N), N all counts together: less than that is shot noise, because the
fit of a state that is symmetric but for noise is not exactly symmetric.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

from qmono.core.counts import CountsTable
from qmono.core.report import Report
from qmono.errors import UsageError

STATE_NUMBERS = ("fidelity", "concurrence", "tangle", "negativity", "purity", "S", "bell_value")
"""Base names of the numbers compared, besides those that requirements ask for."""


def is_order_assumed(table: CountsTable) -> bool:
    """Whether the outcome order of a table of several qubits was assumed rather than declared."""
    return (
        table.n_qubits > 1
        and table.settings is not None
        and table.origin is not None
        and not table.origin.declared
    )


def check_order_matters_not(
    table: CountsTable,
    report: Report,
    analyse: Callable[[CountsTable], Report],
    required: tuple[str, ...] = (),
) -> None:
    """Raise UsageError, showing both readings, if a requested number depends on an order nobody declared."""
    if not is_order_assumed(table):
        return
    other = analyse(table.with_outcomes_reversed())
    tolerance = 3 / sqrt(max(table.total, 1.0))
    differing = [name for name in _names(report, required) if _differs(report, other, name, tolerance)]
    if not differing and report.verdict == other.verdict:
        return
    shown = "; ".join(
        f"{order}: {', '.join([*(_shown(reading, name) for name in differing), reading.verdict])}"
        for order, reading in (("qubit0-first", report), ("qubit0-last", other))
    )
    source = table.origin.name if table.origin else "counts"
    raise UsageError(
        f"{source}: the numbers depend on the order of the outcome strings; say --bit-order. {shown}"
    )


def _names(report: Report, required: tuple[str, ...]) -> list[str]:
    mine = [metric.name for metric in report.metrics if metric.name.partition("[")[0] in STATE_NUMBERS]
    return list(dict.fromkeys([*required, *mine]))


def _differs(report: Report, other: Report, name: str, tolerance: float) -> bool:
    mine, theirs = report.metric(name), other.metric(name)
    if mine is None or theirs is None or mine.value is None or theirs.value is None:
        return False
    return abs(mine.value - theirs.value) > tolerance


def _shown(report: Report, name: str) -> str:
    metric = report.metric(name)
    return f"{name} {metric.value:.3f}" if metric and metric.value is not None else f"{name} --"
