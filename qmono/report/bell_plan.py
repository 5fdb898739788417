"""A plan of a Bell test as text."""

from __future__ import annotations

from typing import TextIO

from qmono.analysis.bell.plan import SURE, BellPlan
from qmono.core.metric import METRIC_NAMES
from qmono.report.layout import table, wrapped
from qmono.report.numbers import USUAL_DECIMALS, lower_limit, number, upper_limit

_DESIGNS = {
    "random": "settings drawn in every trial",
    "fixed-blocks": "fixed blocks of equal size",
    "any stop": "either, looked at all the time (--until violated)",
}


def render_plan(plan: BellPlan, out: TextIO, width: int) -> None:
    """S to expect and the trials that each design needs."""
    seen = "" if plan.efficiency == 1 else f", efficiency {plan.efficiency:g} with no click counted as -1"
    head = f"S = {number(plan.s_value)} expected at visibility {plan.visibility:g}{seen}"
    lines = wrapped(head, width, "PLAN  ")
    rows = [
        (_DESIGNS[row.design], f"{row.even_chance}", f"{row.sure}", f"{row.sure // 4}") for row in plan.needed
    ]
    header = (f"trials for p < {plan.p_value:g}", "even chance", f"{100 * SURE:g} % sure", "per setting")
    lines += ["", *table(header, rows, "<>>>", width)]
    lines += ["", *_proofs(plan, width)]
    if plan.efficiency < 1:
        best = f"the best state of two qubits at efficiency {plan.efficiency:g} reaches S = {plan.best_s:.6f}"
        lines += ["", *wrapped(f"{best}; every state needs more than 2/3, phi+ more than 0.828", width, "  ")]
    out.write("\n".join(lines) + "\n")


def _proofs(plan: BellPlan, width: int) -> list[str]:
    """The certificates that S gives where it is a lower limit, which it comes near to with many trials."""
    rows = [
        (METRIC_NAMES[name].label, *_bound(name, value))
        for name, value in plan.proves.items()
        if value is not None
    ]
    head = f"S of at least {number(plan.s_value)} proves"
    return table((head, "", ""), rows, "<<>", width)


def _bound(name: str, value: float) -> tuple[str, str]:
    if name == "guessing_probability":
        return "at most", upper_limit(value, USUAL_DECIMALS)
    if name == "key_rate" and value <= 0:
        return "", "none"
    return "at least", lower_limit(value, USUAL_DECIMALS)
