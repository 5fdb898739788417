"""One shared qubit and the separately measured pairs that end on it, judged by every relation of the table.

A relation is broken if even the lower limits use more than there is; it is kept if even the upper limits fit.
A pair without a limit counts with the trivial one. A relation is asked where two pairs or more have its
number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

from qmono.analysis.monogamy.links import Link
from qmono.core.claims import highest
from qmono.core.metric import Limit, Metric, weakest
from qmono.quantum.monogamy import star
from qmono.quantum.monogamy.relation import Budget, BudgetRelation, budget_relations


@dataclass(frozen=True)
class Judgement:
    """A relation at a hub: the numbers of its pairs, and the budget at their lower and upper limits."""

    relation: BudgetRelation
    numbers: tuple[Metric, ...]

    @cached_property
    def low(self) -> Budget:
        """The budget at the lower limits, 0 where there is none."""
        return self._at([metric.low for metric in self.numbers], 0.0)

    @cached_property
    def high(self) -> Budget:
        """The budget at the upper limits, the largest possible value where there is none."""
        return self._at([metric.high for metric in self.numbers], highest(self.relation.quantity))

    def evaluate(self, values: Sequence[float]) -> Budget:
        """The budget of other numbers of the same pairs."""
        # other limits are cut where no state is; an S beyond quantum theory is a contradiction of its own
        top = inf if self.relation.quantity == "S" else highest(self.relation.quantity)
        return self.relation.evaluate([min(top, max(0.0, value)) for value in values])

    def _at(self, limits: Sequence[Limit | None], otherwise: float) -> Budget:
        return self.evaluate([otherwise if limit is None else limit.value for limit in limits])

    @property
    def is_broken(self) -> bool:
        """Whether the lower limits prove that no one state has these pairs."""
        return not self.low.is_possible

    @property
    def is_kept(self) -> bool:
        """Whether nothing is contradicted even at the upper limits."""
        return self.high.is_possible


@dataclass(frozen=True)
class Hub:
    """A qubit with two pairs or more. unbound: why its pairs do not bind each other, if they do not."""

    qubit: int
    links: tuple[Link, ...]
    unbound: str | None = None

    @cached_property
    def judgements(self) -> tuple[Judgement, ...]:
        """Every relation between numbers that two pairs or more here have."""
        found = []
        for relation in budget_relations():
            if self.has_only_tests and relation.quantity != "S":
                continue  # what S says of other numbers is weaker than what it says itself
            numbers = [link.number(relation.quantity) for link in self.links]
            known = tuple(metric for metric in numbers if metric is not None)
            if len(known) > 1:
                found.append(Judgement(relation, known))
        return tuple(found)

    @property
    def has_only_tests(self) -> bool:
        """Whether every pair was measured by a CHSH test."""
        return all(link.chsh is not None for link in self.links)

    def judgement(self, name: str) -> Judgement | None:
        """That of the relation of a name, None if it was not asked."""
        return next((found for found in self.judgements if found.relation.name == name), None)

    def left_for(self, link: Link) -> float:
        """The largest fidelity of one pair beside the lower limits of the others."""
        lows = [other.fidelity.low for other in self.links if other is not link]
        return star.largest_remaining([0.0 if low is None else min(1.0, max(0.0, low.value)) for low in lows])


def hub_metrics(hub: Hub, level: float) -> tuple[Metric, ...]:
    """`tangle_sum[q]`, `budget_headroom[q]`, of CHSH tests `bell_headroom[q]`.

    Headroom is low where fidelities and S are high.
    """
    found: list[Metric] = []
    tangles, fidelities, tests = hub.judgement("ckw"), hub.judgement("star"), hub.judgement("bell")
    if tests is not None:
        found.append(bell_headroom_metric(hub.qubit, tests, level))
    if tangles is not None:
        found.append(_tangle_sum(hub.qubit, tangles, level))
    if fidelities is not None:
        found.append(headroom_metric(hub.qubit, fidelities, level))
    return tuple(found)


def _tangle_sum(qubit: int, tangles: Judgement, level: float) -> Metric:
    numbers = tangles.numbers
    known = _values(numbers)
    return Metric(
        f"tangle_sum[{qubit}]",
        None if known is None else sum(c**2 for c in known),
        level=level,
        low=joint_limit(tangles.low.used, [c.low for c in numbers], "limits of concurrence"),
        high=joint_limit(tangles.high.used, [c.high for c in numbers], "limits of concurrence"),
        reason=_reasons(numbers),
    )


def headroom_metric(qubit: int, fidelities: Judgement, level: float) -> Metric:
    """`budget_headroom[q]` of the star rule."""
    numbers = fidelities.numbers
    known = _values(numbers)
    return Metric(
        f"budget_headroom[{qubit}]",
        None if known is None else fidelities.evaluate(known).headroom,
        level=level,
        low=joint_limit(fidelities.high.headroom, [f.high for f in numbers], "limits of fidelity"),
        high=joint_limit(fidelities.low.headroom, [f.low for f in numbers], "limits of fidelity"),
        reason=_reasons(numbers),
    )


def bell_headroom_metric(qubit: int, tests: Judgement, level: float) -> Metric:
    """`bell_headroom[q]`: 8 - S^2 - S'^2 of the two largest |S|."""
    known = _values(tests.numbers)
    return Metric(
        f"bell_headroom[{qubit}]",
        None if known is None else tests.evaluate(known).headroom,
        level=level,
        low=joint_limit(tests.high.headroom, [s.high for s in tests.numbers], "limits of S"),
        high=joint_limit(tests.low.headroom, [s.low for s in tests.numbers], "limits of S"),
    )


def _values(metrics: Sequence[Metric]) -> list[float] | None:
    values = [metric.value for metric in metrics if metric.value is not None]
    return values if len(values) == len(metrics) else None


def joint_limit(value: float, limits: Sequence[Limit | None], method: str) -> Limit | None:
    """A limit made of the limits of all pairs: as good as the weakest of them, None if one is missing."""
    there = [limit for limit in limits if limit is not None]
    if len(there) < len(limits):
        return None
    return Limit(value, f"{method}, jointly", weakest(there).guarantee)


def _reasons(metrics: Sequence[Metric]) -> str | None:
    reasons = [f"{metric.name}: {metric.reason}" for metric in metrics if metric.reason]
    return "; ".join(reasons) or None
