"""Before a tomography: which limits to expect, and how likely requirements pass, from simulated runs.

Every run is drawn from the true state and analysed as if it had been measured, so the limits are those that
the analysis will give, whatever they come from. Shares of runs have a Monte-Carlo error, written as limits;
where the limits of a fidelity are binomial the probabilities are exact (`power`) and need no runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from qmono.analysis.power import Power
from qmono.core.report import Report
from qmono.quantum.limits import clopper_pearson_high, clopper_pearson_low

RUNS, RUNS_OF_MANY, MANY_QUBITS = 64, 16, 4
"""Simulated runs; and fewer from so many qubits on, where each takes long."""
ALWAYS = ("fidelity", "concurrence")
CERTAINTY = 0.95
"""Level of the limits of a share of runs."""


@dataclass(frozen=True)
class Expected:
    """Means over the runs; None what no run gives. half_width: half the distance of both limits."""

    metric: str
    true: float | None
    value: float | None
    low: float | None
    high: float | None
    half_width: float | None
    reason: str | None = None


@dataclass(frozen=True)
class Chance:
    """In how many runs a requirement passed, or was refuted; exact: by formula, where there is one."""

    requirement: str
    passed: int
    refuted: int
    runs: int
    exact: Power | None = None

    @property
    def range(self) -> tuple[float, float]:
        """Limits of the probability to pass, each at CERTAINTY."""
        if self.exact is not None:
            return self.exact.passes, self.exact.passes
        low = clopper_pearson_low(self.passed, self.runs, CERTAINTY)
        return low, clopper_pearson_high(self.passed, self.runs, CERTAINTY)


@dataclass(frozen=True)
class TomographyPlan:
    """What a measurement of `settings` with `shots` each will tell about a state.

    verdicts: in how many of the runs each was given.
    """

    state: str
    target: str | None
    noise: str | None
    n_qubits: int
    settings: int
    shots: int
    level: float
    runs: int
    expected: tuple[Expected, ...]
    verdicts: Mapping[str, int] = field(default_factory=dict)
    chances: tuple[Chance, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "state": self.state,
            "target": self.target,
            "noise": self.noise,
            "qubits": self.n_qubits,
            "settings": self.settings,
            "shots_per_setting": self.shots,
            "shots": self.settings * self.shots,
            "level": self.level,
            "runs": self.runs,
            "expected": {
                item.metric: {
                    "true": item.true,
                    "value": item.value,
                    "low": item.low,
                    "high": item.high,
                    "half_width": item.half_width,
                    "reason": item.reason,
                }
                for item in self.expected
            },
            "verdicts": dict(self.verdicts),
            "requirements": [_chance(item) for item in self.chances],
        }


def _chance(item: Chance) -> dict[str, Any]:
    low, high = item.range
    exact = item.exact
    return {
        "expression": item.requirement,
        "passes": exact.passes if exact else item.passed / item.runs,
        "refuted": exact.refuted if exact else item.refuted / item.runs,
        "passes_low": low,
        "passes_high": high,
        "runs_passed": item.passed,
        "runs_refuted": item.refuted,
        "exact": exact is not None,
    }


def runs_for(n_qubits: int) -> int:
    """How many runs are simulated unless somebody says."""
    return RUNS_OF_MANY if n_qubits >= MANY_QUBITS else RUNS


def expected_of(reports: Sequence[Report], names: Sequence[str], true: Mapping[str, float]) -> list[Expected]:
    """Means of value and limits of metrics that the reports have, those of ALWAYS first."""
    return [
        _expected(reports, name, true.get(name))
        for name in dict.fromkeys([*ALWAYS, *names])
        if reports[0].metric(name) is not None
    ]


def _expected(reports: Sequence[Report], name: str, true: float | None) -> Expected:
    found = [metric for report in reports if (metric := report.metric(name)) is not None]
    values = [metric.value for metric in found if metric.value is not None]
    lows = [metric.low.value for metric in found if metric.low is not None]
    highs = [metric.high.value for metric in found if metric.high is not None]
    both = [(m.high.value - m.low.value) / 2 for m in found if m.low is not None and m.high is not None]
    value, low, high, half = (fmean(part) if part else None for part in (values, lows, highs, both))
    return Expected(name, true, value, low, high, half, found[0].reason)


def chances_of(reports: Sequence[Report], exact: Mapping[str, Power]) -> tuple[Chance, ...]:
    """How often each requirement of the reports passed; exact: by expression, where a formula holds."""
    found = []
    for results in zip(*(report.requirements for report in reports), strict=True):
        count, expression = Counter(result.status for result in results), results[0].expression
        found.append(Chance(expression, count["pass"], count["fail"], len(reports), exact.get(expression)))
    return tuple(found)


def verdicts_of(reports: Sequence[Report]) -> dict[str, int]:
    """How often each verdict was given, the most frequent first."""
    return dict(Counter(report.verdict for report in reports).most_common())
