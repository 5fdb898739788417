"""One shared qubit and the separately measured pairs that end on it, judged by both rules.

A rule is broken if even the lower limits use more than there is; nothing speaks against one state as
far as a rule can see if even the upper limits fit. A pair without a limit counts with the trivial one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qmono.analysis.monogamy.links import Link
from qmono.core.metric import Guarantee, Limit, Metric
from qmono.quantum.monogamy import Budget, bell, ckw, star

WEAKEST_FIRST: tuple[Guarantee, ...] = ("indicative", "asymptotic", "exact")


@dataclass(frozen=True)
class Hub:
    """A qubit with two pairs or more. unbound: why its pairs do not bind each other, if they do not."""

    qubit: int
    links: tuple[Link, ...]
    unbound: str | None = None

    def star_at_low(self) -> Budget:
        """The star rule at the lower limits of the fidelities."""
        return star.evaluate([_low(link.fidelity) for link in self.links])

    def star_at_high(self) -> Budget:
        """The star rule at the upper limits of the fidelities."""
        return star.evaluate([_high(link.fidelity) for link in self.links])

    def tangles_at_low(self) -> Budget:
        """The tangle sum at the lower limits of the concurrences."""
        return ckw.evaluate([_low(link.concurrence) for link in self.links])

    def tangles_at_high(self) -> Budget:
        """The tangle sum at the upper limits of the concurrences."""
        return ckw.evaluate([_high(link.concurrence) for link in self.links])

    def bell_at_low(self) -> Budget:
        """Bell monogamy at the lower limits of S; pairs without a CHSH test count as 0."""
        return bell.evaluate([_s(link, "low", 0.0) for link in self.links])

    def bell_at_high(self) -> Budget:
        """Bell monogamy at the upper limits of S."""
        return bell.evaluate([_s(link, "high", 0.0) for link in self.links])

    @property
    def is_violated(self) -> bool:
        """Whether a rule proves that no one state has these pairs."""
        budgets = (self.star_at_low(), self.tangles_at_low(), self.bell_at_low())
        return self.unbound is None and not all(budget.is_possible for budget in budgets)

    @property
    def is_free_of_contradiction(self) -> bool:
        """Whether both rules are kept even at the upper limits (1 where there is none)."""
        budgets = (self.star_at_high(), self.tangles_at_high(), self.bell_at_high())
        return self.unbound is None and all(budget.is_possible for budget in budgets)

    def left_for(self, link: Link) -> float:
        """The largest fidelity of one pair beside the lower limits of the others."""
        return star.largest_remaining([_low(other.fidelity) for other in self.links if other is not link])


def _s(link: Link, side: Literal["low", "high"], otherwise: float) -> float:
    limit = getattr(link.chsh.value, side) if link.chsh else None
    return max(0.0, limit.value) if limit else otherwise


def _low(metric: Metric) -> float:
    return min(1.0, max(0.0, metric.low.value)) if metric.low else 0.0


def _high(metric: Metric) -> float:
    return min(1.0, max(0.0, metric.high.value)) if metric.high else 1.0


def hub_metrics(hub: Hub, level: float) -> tuple[Metric, Metric]:
    """`tangle_sum[q]` and `budget_headroom[q]`; headroom is low where the fidelities are high."""
    fidelities = [link.fidelity for link in hub.links]
    concurrences = [link.concurrence for link in hub.links]
    tangle_sum = Metric(
        f"tangle_sum[{hub.qubit}]",
        sum(c**2 for c in known) if (known := _values(concurrences)) is not None else None,
        level=level,
        low=joint_limit(hub.tangles_at_low().used, [c.low for c in concurrences], "limits of concurrence"),
        high=joint_limit(hub.tangles_at_high().used, [c.high for c in concurrences], "limits of concurrence"),
        reason=_reasons(concurrences),
    )
    headroom = Metric(
        f"budget_headroom[{hub.qubit}]",
        star.evaluate([min(1.0, max(0.0, f)) for f in seen]).headroom
        if (seen := _values(fidelities)) is not None
        else None,
        level=level,
        low=joint_limit(hub.star_at_high().headroom, [f.high for f in fidelities], "limits of fidelity"),
        high=joint_limit(hub.star_at_low().headroom, [f.low for f in fidelities], "limits of fidelity"),
        reason=_reasons(fidelities),
    )
    return tangle_sum, headroom


def _values(metrics: Sequence[Metric]) -> list[float] | None:
    values = [metric.value for metric in metrics if metric.value is not None]
    return values if len(values) == len(metrics) else None


def joint_limit(value: float, limits: Sequence[Limit | None], method: str) -> Limit | None:
    """A limit made of the limits of all pairs: as good as the weakest of them, None if one is missing."""
    there = [limit for limit in limits if limit is not None]
    if len(there) < len(limits):
        return None
    weakest = min((limit.guarantee for limit in there), key=WEAKEST_FIRST.index)
    return Limit(value, f"{method}, jointly", weakest)


def _reasons(metrics: Sequence[Metric]) -> str | None:
    reasons = [f"{metric.name}: {metric.reason}" for metric in metrics if metric.reason]
    return "; ".join(reasons) or None
