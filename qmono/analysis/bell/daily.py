"""What a laboratory looks at every day: correlators, marginals, visibilities, error rates.

For people and programs beside the verdict; every limit holds at the level, one at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Any

import numpy as np
from scipy.special import ndtri

from qmono.analysis.bell.inputs import BellCounts, angle_text, bell_counts
from qmono.core.counts import CountsTable, FloatArray, IntArray
from qmono.core.report import Note, Report, Section, Table
from qmono.quantum.bell.chsh import QUANTUM_BOUND, sign_array
from qmono.quantum.bell.chsh_corrected import corrected_s
from qmono.quantum.bell.chsh_settings import chsh_directions, chsh_maximum
from qmono.quantum.bell.inequality import behaviour_of
from qmono.quantum.limits import clopper_pearson_high, clopper_pearson_low
from qmono.quantum.states import State

AXES = {"HV": (0.0, 0.0, 1.0), "DA": (1.0, 0.0, 0.0), "RL": (0.0, 1.0, 0.0)}
"""Z, X and Y by the names that they have for polarised photons."""
_SAME_AXIS = 1e-6


@dataclass(frozen=True)
class Quantity:
    """A number with one-sided limits, `exact` for any number of counts or `asymptotic`."""

    name: str
    value: float
    low: float
    high: float
    guarantee: str = "exact"
    std_error: float | None = None


def with_daily(report: Report, table: CountsTable, level: float, state: State | None = None) -> Report:
    """A CHSH report with the daily quantities added; one that has no limits is given back as it is."""
    s_metric = report.metric("S")
    if s_metric is None or s_metric.low is None or s_metric.high is None or table.settings is None:
        return report
    bell = bell_counts(table)
    signs = report.payload["signs"]
    quantities = [
        Quantity(
            "visibility, S/(2 sqrt2)",
            (s_metric.value or 0.0) / QUANTUM_BOUND,
            s_metric.low.value / QUANTUM_BOUND,
            s_metric.high.value / QUANTUM_BOUND,
        ),
        *_corrected(bell, signs, level),
        *_correlators(bell, level),
        *_marginals(bell, level),
        *_along_one_axis(bell, level),
    ]
    # limits shown are rounded outwards
    rows = tuple(
        (q.name, q.value, floor(q.low * 1000) / 1000, ceil(q.high * 1000) / 1000, q.guarantee)
        for q in quantities
    )
    sections: list[Section] = [Table("daily", ("quantity", "value", "at least", "at most", "limits"), rows)]
    daily: dict[str, Any] = {"quantities": [vars(quantity) for quantity in quantities]}
    if state is not None:
        lines, daily["state"] = _allowed_by(state, bell, signs)
        sections.append(Note("state", lines))
    return replace(report, sections=(*report.sections, *sections), payload={**report.payload, "daily": daily})


def _mean(name: str, plus: int, trials: int, level: float) -> Quantity:
    """The mean of outcomes +-1, of which `plus` were +1."""
    low, high = clopper_pearson_low(plus, trials, level), clopper_pearson_high(plus, trials, level)
    return Quantity(name, 2 * plus / trials - 1, 2 * low - 1, 2 * high - 1)


def _corrected(bell: BellCounts, signs: str, level: float) -> list[Quantity]:
    found = corrected_s(_integers(bell), signs)
    if found is None:
        return []
    width = float(ndtri(level)) * found.std_error
    name = "S if nothing signals"
    return [
        Quantity(name, found.value, found.value - width, found.value + width, "asymptotic", found.std_error)
    ]


def _correlators(bell: BellCounts, level: float) -> list[Quantity]:
    counts = _integers(bell)
    equal = counts[..., 0, 0] + counts[..., 1, 1]
    return [
        _mean(f"E a{x} b{y}", int(equal[x, y]), int(counts[x, y].sum()), level) for x, y in np.ndindex(2, 2)
    ]


def _marginals(bell: BellCounts, level: float) -> list[Quantity]:
    """Means of each party alone, over both inputs of the other."""
    counts = _integers(bell)
    alone = {"a": counts.sum(axis=(1, 3)), "b": counts.sum(axis=(0, 2))}
    return [
        _mean(f"<{party}{x}>", int(own[x, 0]), int(own[x].sum()), level)
        for party, own in alone.items()
        for x in (0, 1)
    ]


def _along_one_axis(bell: BellCounts, level: float) -> list[Quantity]:
    """Visibility |E| and error rate of the settings that measure both qubits along Z, X or Y.

    The error rate counts the rarer of equal and different outcomes. Which is rarer is seen in the data, so
    that its limits take half the error each.
    """
    if bell.directions is None:
        return []
    counts, found = _integers(bell), []
    for (x, y), (name, axis) in ((xy, item) for xy in np.ndindex(2, 2) for item in AXES.items()):
        both = bell.directions[0, x], bell.directions[1, y]
        if not all(np.abs(np.cross(direction, axis)).max() < _SAME_AXIS for direction in both):
            continue
        trials = int(counts[x, y].sum())
        equal = int(counts[x, y, 0, 0] + counts[x, y, 1, 1])
        errors, strict = min(equal, trials - equal), (1 + level) / 2
        low, high = clopper_pearson_low(errors, trials, strict), clopper_pearson_high(errors, trials, strict)
        rate = errors / trials
        found.append(Quantity(f"visibility {name}", 1 - 2 * rate, max(1 - 2 * high, 0.0), 1 - 2 * low))
        found.append(Quantity(f"QBER {name}", rate, low, min(high, 0.5)))
    return found


def _allowed_by(state: State, bell: BellCounts, signs: str) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The Horodecki maximum of a state, where it is reached, and what the measured directions give."""
    best, largest = chsh_directions(state), chsh_maximum(state.rho)
    lines = [f"{state.name} allows S up to {largest:.4f} (Horodecki), with signs +++- at {_angles(best)}"]
    numbers: dict[str, Any] = {"name": state.name, "largest_S": largest, "best_directions": best.tolist()}
    if bell.directions is not None:
        behaviour = behaviour_of(state.rho, bell.directions)
        equal = behaviour[0, 0] + behaviour[1, 1]
        here = float((sign_array(signs) * (2 * equal - 1)).sum())
        lines.append(f"at the angles measured it gives S = {here:.4f} with signs {signs}")
        numbers["S_as_measured"] = here
    return tuple(lines), numbers


def _angles(directions: FloatArray) -> str:
    named = [", ".join(angle_text(vector) for vector in party) for party in directions]
    return f"a {named[0]}; b {named[1]}"


def _integers(bell: BellCounts) -> IntArray:
    return bell.counts.astype(np.int64)
