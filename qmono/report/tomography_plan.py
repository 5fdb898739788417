"""A plan of a tomography as text."""

from __future__ import annotations

from typing import TextIO

from qmono.analysis.tomography.plan import CERTAINTY, Chance, Expected, TomographyPlan
from qmono.core.metric import metric_label
from qmono.report.layout import table, wrapped
from qmono.report.numbers import MISSING, lower_limit, number, percent, upper_limit

EXPECTED = ("", "true", "estimate", "at least", "at most", "half-width")
CHANCES = ("", "passes", "refuted", "from")


def render_plan(plan: TomographyPlan, out: TextIO, width: int) -> None:
    """Settings and shots, the limits to expect, the chances of the requirements."""
    noise = f" with {plan.noise}" if plan.noise else ""
    goal = f", target {plan.target}" if plan.target and plan.target != plan.state else ""
    head = (
        f"{plan.settings} settings of {plan.shots} shots, {plan.settings * plan.shots} in all; "
        f"true state {plan.state}{noise}{goal}"
    )
    lines = [*wrapped(head, width, "PLAN  "), ""]
    lines += table(EXPECTED, [_expected(item) for item in plan.expected], "<>>>>>", width)
    means = f"means of {plan.runs} simulated runs, limits at {percent(plan.level)} each"
    reasons = [f"{metric_label(e.metric)}: {e.reason}" for e in plan.expected if e.low is None and e.reason]
    lines += [line for text in (means, *reasons) for line in wrapped(text, width, "  ")]
    if plan.chances:
        lines += ["", *table(CHANCES, [_chance(item) for item in plan.chances], "<>><", width)]
    verdicts = ", ".join(f"{word} {count}" for word, count in plan.verdicts.items())
    lines += ["", *wrapped(f"verdicts of {plan.runs} runs: {verdicts}", width, "  ")]
    out.write("\n".join(lines) + "\n")


def _expected(item: Expected) -> tuple[str, ...]:
    numbers = (item.true, item.value, item.low, item.high)
    shown = [MISSING if value is None else number(value) for value in numbers]
    half = MISSING if item.half_width is None else number(item.half_width, 4)
    return (metric_label(item.metric), *shown, half)


def _chance(item: Chance) -> tuple[str, str, str, str]:
    if item.exact is not None:
        return item.requirement, number(item.exact.passes), number(item.exact.refuted), "exact"
    low, high = item.range
    span = f"{lower_limit(low, 2)} to {upper_limit(high, 2)}"
    origin = f"{item.passed} of {item.runs} runs: {span} ({percent(CERTAINTY)})"
    return item.requirement, number(item.passed / item.runs, 2), number(item.refuted / item.runs, 2), origin
