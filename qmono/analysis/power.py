r"""The probability that a requirement passes, for true values around its threshold, before any shot is spent.

Where limits are Clopper-Pearson's of K successes in N trials, x = a + b K/N, with equal success probability
p in all trials, the probability is exact: a requirement passes for all K from some K1 on (or up to some K1),
and K ~ Binomial(N, p), p = (x - a)/b. Fidelity of a Bell state from equal shots in XX, YY, ZZ: a = -1/2,
b = 3/2. S from wins: a = -4, b = 8. White noise makes p equal in all settings. For other limits counts are
drawn from the target mixed with white noise, v |t><t| + (1 - v) I/d, and the limits of each are judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, log10, sqrt

import numpy as np
from scipy.special import bdtr, bdtrc

from qmono.analysis.shot_fidelity import shot_fidelity
from qmono.core.counts import CountsTable
from qmono.core.metric import Metric
from qmono.core.report import Report
from qmono.gate.requirement import MetricRequirement
from qmono.quantum.fidelity.direct import DirectFidelity
from qmono.quantum.limits import clopper_pearson_high, clopper_pearson_low
from qmono.quantum.states import State
from qmono.quantum.tomography.diagnosis.resampling import redrawn
from qmono.quantum.types import Matrix

DRAWS = 64
"""Tables drawn for each true value where there is no formula: standard error at most 1/16."""
_STEPS, _FEW_STEPS = (-4, -2, 0, 2, 3, 4, 6), (-2, 0, 2, 4)
"""True values looked at, in steps of about half a half-width from the threshold; fewer if they are drawn."""
_SAME = 1e-9


@dataclass(frozen=True)
class Power:
    """For one true value the probabilities that a requirement passes and is refuted; draws: 0 if exact."""

    value: float
    passes: float
    refuted: float
    draws: int = 0


@dataclass(frozen=True)
class _Binomial:
    """Limits a + b CP(K, N) at a level, for K successes in N trials."""

    trials: int
    offset: float
    scale: float
    level: float

    def low(self, successes: int) -> float:
        return self.offset + self.scale * clopper_pearson_low(successes, self.trials, self.level)

    def high(self, successes: int) -> float:
        return self.offset + self.scale * clopper_pearson_high(successes, self.trials, self.level)

    def is_that_of(self, metric: Metric, successes: int) -> bool:
        """Whether these really are the limits of a metric."""
        if metric.low is None or metric.high is None:
            return False
        pairs = ((metric.low.value, self.low(successes)), (metric.high.value, self.high(successes)))
        return all(abs(found - mine) < _SAME for found, mine in pairs)


def power(
    ideal: Report,
    table: CountsTable,
    target: State | None,
    requirement: MetricRequirement,
    rng: np.random.Generator,
) -> tuple[Power, ...]:
    """Probabilities for a few true values around the threshold; empty where limits are not understood.

    ideal: the report of `table`, counts of the ideal state; it says how its limits come about.
    """
    metric = ideal.metric(requirement.metric)
    if metric is None or metric.low is None or metric.high is None:
        return ()
    if requirement.metric == "S":
        return _of_wins(ideal, metric, requirement)
    if requirement.metric == "fidelity" and target is not None and target.psi is not None:
        return _of_fidelity(metric, table, target, requirement, rng)
    return ()


def _of_wins(ideal: Report, metric: Metric, requirement: MetricRequirement) -> tuple[Power, ...]:
    wins, trials = ideal.metric("wins"), ideal.metric("trials")
    if wins is None or trials is None or wins.value is None or trials.value is None:
        return ()
    limits = _Binomial(int(trials.value), -4.0, 8.0, metric.level)
    if not limits.is_that_of(metric, int(wins.value)):
        return ()
    return _exact(limits, requirement, 0.0, sqrt(8))


def _of_fidelity(
    metric: Metric,
    table: CountsTable,
    target: State,
    requirement: MetricRequirement,
    rng: np.random.Generator,
) -> tuple[Power, ...]:
    direct = shot_fidelity(table, target, metric.level)
    if direct.low is None or direct.high is None or metric.low is None or metric.high is None:
        return ()
    if abs(direct.low - metric.low.value) > _SAME or abs(direct.high - metric.high.value) > _SAME:
        return ()
    least = 1 / 2**target.n_qubits
    pooled = _pooled(metric, direct, target)
    if pooled is not None:
        return _exact(pooled, requirement, least, 1.0)
    if table.settings is None or table.settings.directions is None:
        return ()

    def limits_at(fidelity: float) -> tuple[float, float]:
        found = shot_fidelity(redrawn(table, noisy(target, fidelity), rng), target, metric.level)
        return found.low or 0.0, 1.0 if found.high is None else found.high

    low, high = limits_at(requirement.threshold)
    values = _around(requirement.threshold, (high - low) / 2, (least, 1.0), _FEW_STEPS)
    return tuple(_drawn(value, limits_at, requirement) for value in values)


def power_at(
    metric: Metric, table: CountsTable, target: State, requirement: MetricRequirement, fidelity: float
) -> Power | None:
    """The exact probabilities at one true fidelity, white noise beside the target; None without a formula.

    metric: `fidelity` of any counts in the settings and shots of `table`.
    """
    pooled = _pooled(metric, shot_fidelity(table, target, metric.level), target)
    return None if pooled is None else _exact_at(pooled, requirement, fidelity)


def _pooled(metric: Metric, direct: DirectFidelity, target: State) -> _Binomial | None:
    """The limits of equal strata of a Bell state or a single qubit: F = (1 - S)/d + S (2/d) p."""
    if direct.method != "clopper-pearson":
        return None
    least, strata = 1 / 2**target.n_qubits, len(direct.trials)
    offset, scale = (1 - strata) * least, 2 * strata * least
    pooled = _Binomial(int(sum(direct.trials)), offset, scale, metric.level)
    return pooled if pooled.is_that_of(metric, int(sum(direct.passes))) else None


def _exact(limits: _Binomial, requirement: MetricRequirement, least: float, most: float) -> tuple[Power, ...]:
    n = limits.trials
    p = (requirement.threshold - limits.offset) / limits.scale
    if not 0 < p < 1:
        return ()
    half = 1.645 * limits.scale * sqrt(p * (1 - p) / n)
    values = _around(requirement.threshold, half, (least, most), _STEPS)
    return tuple(_exact_at(limits, requirement, value) for value in values)


def _exact_at(limits: _Binomial, requirement: MetricRequirement, value: float) -> Power:
    n, p = limits.trials, (value - limits.offset) / limits.scale
    at = (limits.low, limits.high) if requirement.wants_more else (limits.high, limits.low)
    proving, refuting = at
    return Power(
        value,
        _share(n, p, lambda k: requirement.holds_for(proving(k))),
        _share(n, p, lambda k: not requirement.holds_for(refuting(k))),
    )


def _share(trials: int, p: float, is_in: Callable[[int], bool]) -> float:
    """P(K in the set), K ~ Binomial(trials, p), for a set of all K up to, or from, some number on."""
    if is_in(0) == is_in(trials):
        return float(is_in(0))
    low, high, starts_in = 0, trials, is_in(0)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_in(middle) == starts_in else (low, middle)
    below = bdtr(low, trials, min(max(p, 0.0), 1.0))
    return float(below if starts_in else bdtrc(low, trials, min(max(p, 0.0), 1.0)))


def _around(
    threshold: float, half: float, ends: tuple[float, float], steps: tuple[int, ...]
) -> Sequence[float]:
    """True values a step apart, the step about half a width and with one digit."""
    step = half / 2 if half > 0 else 0.01
    digit = 10.0 ** floor(log10(step))
    rounded = max(round(step / digit), 1) * digit
    values = dict.fromkeys(min(max(threshold + k * rounded, ends[0]), ends[1]) for k in steps)
    return [round(value, 12) for value in values]


def _drawn(
    value: float, limits_at: Callable[[float], tuple[float, float]], requirement: MetricRequirement
) -> Power:
    passes = refuted = 0
    for _ in range(DRAWS):
        low, high = limits_at(value)
        proving, refuting = (low, high) if requirement.wants_more else (high, low)
        passes += requirement.holds_for(proving)
        refuted += not requirement.holds_for(refuting)
    return Power(value, passes / DRAWS, refuted / DRAWS, DRAWS)


def noisy(target: State, fidelity: float) -> Matrix:
    """A pure target mixed with white noise down (or up) to a fidelity: v |t><t| + (1 - v) I/d."""
    d = 2**target.n_qubits
    visibility = (fidelity - 1 / d) / (1 - 1 / d)
    mixed: Matrix = visibility * target.rho + (1 - visibility) * np.eye(d) / d
    return mixed
