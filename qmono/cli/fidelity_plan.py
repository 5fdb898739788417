"""`qmono fidelity --plan`: what each protocol would cost, for people or as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from qmono.errors import UsageError

if TYPE_CHECKING:
    from qmono.quantum.fidelity.choice import Candidate, Goal
    from qmono.quantum.states import State

DEFAULT_HALF_WIDTH = 0.02


def write_plan(
    target: State,
    half_width: float | None,
    expected: float,
    level: float,
    format: str,  # noqa: A002
) -> None:
    """The comparison on standard output, the one that `auto` takes marked."""
    from qmono.api import fidelity_plan
    from qmono.quantum.fidelity.choice import Goal, best

    if format not in ("console", "json"):
        raise UsageError(f"--plan is written as console or json, not as {format!r}")
    goal = Goal(half_width or DEFAULT_HALF_WIDTH, expected, level)
    candidates = fidelity_plan(target, half_width=goal.half_width, expected=expected, level=level)
    able = [item for item in candidates if item.scheme is not None]
    chosen = best(able).protocol.name if able else None
    if format == "json":
        typer.echo(json.dumps(_document(target, goal, candidates, chosen), indent=2))
    else:
        typer.echo("\n".join(_lines(target, goal, candidates, chosen)))


def _lines(target: State, goal: Goal, candidates: tuple[Candidate, ...], chosen: str | None) -> list[str]:
    from qmono.report.layout import table, wrapped

    head = (
        f"shots until both limits on the fidelity to {target.name} are within {goal.half_width:g} of their "
        f"middle, each at {100 * goal.level:g} %, if it is {goal.expected:g}"
    )
    rows = [_cells(item, chosen) for item in candidates if item.scheme is not None]
    lines = [*wrapped(head, 80, ""), ""]
    lines += table(("protocol", "settings", "gives", "shots", "assumes"), rows, "<><><", 80)
    refused = _refusals(candidates)
    lines += ["", *(f"  {text}" for text in refused)] if refused else []
    if chosen is not None:
        lines += ["", f"  --protocol auto takes {chosen}; all limits are exact"]
    return lines


def _cells(item: Candidate, chosen: str | None) -> tuple[str, str, str, str, str]:
    scheme = item.scheme
    if scheme is None:
        raise ValueError(f"{item.protocol.name} was refused and has no row")
    name = f"{item.protocol.name} *" if item.protocol.name == chosen else item.protocol.name
    settings = f"{scheme.n_settings}" if scheme.lottery is None else f"of {scheme.n_settings}"
    shots = str(item.shots) if item.shots is not None else "never"
    return name, settings, "value" if scheme.is_value else "limits", shots, item.protocol.assumes


def _refusals(candidates: tuple[Candidate, ...]) -> list[str]:
    return [f"{item.protocol.name}: {item.reason}" for item in candidates if item.reason]


def _document(
    target: State, goal: Goal, candidates: tuple[Candidate, ...], chosen: str | None
) -> dict[str, object]:
    return {
        "target": target.name,
        "half_width": goal.half_width,
        "expected": goal.expected,
        "level": goal.level,
        "chosen": chosen,
        "protocols": [
            {
                "name": item.protocol.name,
                "settings": item.scheme.n_settings if item.scheme else None,
                "drawn": item.scheme.lottery is not None if item.scheme else None,
                "gives": ("value" if item.scheme.is_value else "limits") if item.scheme else None,
                "guarantee": "exact" if item.scheme else None,
                "shots": item.shots,
                "assumes": item.protocol.assumes,
                "reference": item.protocol.reference,
                "reason": item.reason,
            }
            for item in candidates
        ],
    }
