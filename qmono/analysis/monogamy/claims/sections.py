"""What a report of claims says to people: tables and notes."""

from __future__ import annotations

from collections.abc import Callable

from qmono.analysis.monogamy.claims.judged import Judged
from qmono.analysis.monogamy.records import LEAKAGE, Cause, Suggests, in_order
from qmono.core.claims import Claims
from qmono.core.report import Cell, Note, Section, Table

SHOWN = 20
REASONS_SHOWN = 5


def claims_sections(
    verdict: str, judged: Judged, lone: Judged, claims: Claims, level: float
) -> list[Section]:
    """Every section, in the order of importance. lone: qubits with one partner."""
    tables = [
        _table("shared qubits, the least headroom first", _SHARED, judged, _shared_row),
        _table("qubits with one partner, the least headroom first", _LONE, lone, _lone_row),
    ]
    notes = [
        Note("verdict", _meaning(verdict, judged, level)),
        Note("decided by", _decided_by(verdict, judged)),
        Note("look at, in this order", _causes(judged, claims) if verdict == "violated" else ()),
        Note("flips if", _flips_if(verdict, judged)),
        Note("not asked", _not_asked(judged, claims)),
        Note("assumed", _assumptions(claims)),
    ]
    return [*(section for found in tables for section in found), *(note for note in notes if note.lines)]


_LEFT = ("F left for another", "alike at most")
_SHARED = ("qubit", "links", "verdict", "headroom at most", "decided by", *_LEFT)
_LONE = ("qubit", "partner", "F at least", *_LEFT)


def _table(
    title: str, columns: tuple[str, ...], judged: Judged, row: Callable[[Judged, int], tuple[Cell, ...]]
) -> list[Section]:
    if not judged.hubs:
        return []
    rows = tuple(row(judged, hub) for hub in judged.listed[:SHOWN])
    hidden = len(judged.hubs) - len(rows)
    more = Note("not shown", (f"{hidden} more {title.partition(',')[0]} with more headroom",))
    return [Table(title, columns, rows), *([more] if hidden > 0 else [])]


def _shared_row(judged: Judged, hub: int) -> tuple[Cell, ...]:
    here = judged.hubs[hub]
    return (
        here.name,
        len(here.spokes),
        judged.verdict(hub),
        float(judged.least[hub]),
        judged.decided_by(hub).title,
        judged.left_for_another(hub),
        judged.alike[hub],
    )


def _lone_row(judged: Judged, hub: int) -> tuple[Cell, ...]:
    here = judged.hubs[hub]
    return (
        here.name,
        here.spokes[0],
        judged.partner_fidelity(hub),
        judged.left_for_another(hub),
        judged.alike[hub],
    )


def _meaning(verdict: str, judged: Judged, level: float) -> tuple[str, ...]:
    percent = f"{100 * level:g} %"
    titles = ", ".join(relation.title for relation in judged.relations)
    return {
        "violated": (
            "These claims are not marginals of one state of the declared qubits.",
            f"Hubs are named together at {percent}; this is about the claims, not about nature.",
        ),
        "satisfied": (
            f"No contradiction found by {titles};",
            "that one joint state exists is not shown.",
        ),
        "inconclusive": (
            f"A relation is broken, but the levels used add up to more error than {percent} allows",
            f"for a statement that may name any of {len(judged.hubs)} shared qubits.",
        ),
        "not-applicable": ("Monogamy does not bind these links.",),
    }[verdict]


def _decided_by(verdict: str, judged: Judged) -> tuple[str, ...]:
    """What is broken at the hubs with the least headroom, and what that means; or what is nearest to it."""
    if verdict == "not-applicable":
        return ()
    if verdict == "satisfied":
        hub = int(judged.order[0])
        name, least = judged.hubs[hub].name, float(judged.least[hub])
        return (f"{judged.decided_by(hub).title} at {name}, the nearest: {least:.3f} of what it has is left",)
    lines = []
    for hub in map(int, judged.order[:REASONS_SHOWN]):
        if judged.verdict(hub) == "satisfied":
            break
        relation = judged.decided_by(hub)
        share = f"{1 - float(judged.least[hub]):.3f} times what it has"
        lines.append(f"{relation.title} at {judged.hubs[hub].name}: at least {share}; {relation.meaning}")
    return tuple(lines)


def _causes(judged: Judged, claims: Claims) -> tuple[str, ...]:
    blamed = [judged.hubs[int(hub)] for hub in judged.order[:SHOWN] if judged.named[hub]]
    members = [claims.claims[index] for hub in blamed for index in hub.members]
    timeless = sum(claim.window is None for claim in members)
    unheralded = sum(claim.herald is None for claim in members)
    nominal = sum(claim.trials is None for claim in members)
    n = len(members)
    return in_order(
        [
            Cause(
                Suggests.IT if timeless else Suggests.OTHERWISE,
                f"time: {timeless} of {n} claims there give no window: do the pairs exist at once?",
            ),
            Cause(
                Suggests.IT if nominal else Suggests.OTHERWISE,
                f"claims: {nominal} of {n} are limits without counts, perhaps optimistic",
            ),
            Cause(Suggests.NOTHING, "identity: is each node.qubit one physical qubit?"),
            Cause(
                Suggests.NOTHING if unheralded else Suggests.OTHERWISE,
                f"selection: {unheralded} of {n} give no herald: were pairs chosen by a third party?",
            ),
            Cause(Suggests.NOTHING, "readout: no calibration is in a claim"),
            Cause(Suggests.NOTHING, LEAKAGE),
        ]
    )


def _flips_if(verdict: str, judged: Judged) -> tuple[str, ...]:
    if verdict == "not-applicable":
        return ()
    hub = int(judged.order[0])
    least, name = float(judged.least[hub]), judged.hubs[hub].name
    more_or_less = "more" if verdict == "satisfied" else "less"
    return (f"the claims at {name} use {abs(least):.3f} {more_or_less} of its budget",)


def _not_asked(judged: Judged, claims: Claims) -> tuple[str, ...]:
    """Relations refused at a hub because of its dimensions, and fidelities that say nothing there."""
    lines = []
    for hub in map(int, judged.partly_asked[:REASONS_SHOWN]):
        name, members = judged.hubs[hub].name, (claims.claims[index] for index in judged.hubs[hub].members)
        refused: dict[str, list[str]] = {}
        for title, reason in judged.not_asked(hub).items():
            refused.setdefault(reason, []).append(title)
        lines += [f"{name}: {', '.join(titles)}: {reason}" for reason, titles in refused.items()]
        d = judged.dims(hub)[0]
        if any(claim.quantity == "fidelity" and min(claim.dimensions) < d for claim in members):
            lines.append(f"{name}: fidelities with smaller partners use none of its budget of star fidelity")
    return tuple(lines)


def _assumptions(claims: Claims) -> tuple[str, ...]:
    timeless = sum(claim.window is None for claim in claims.claims)
    largest = max((d for claim in claims.claims for d in claim.dimensions), default=2)
    kind = "is one two-level system" if largest == 2 else "has the dimension given, 2 where none is"
    lines = [f"every node.qubit {kind}; given levels are those of one-sided limits"]
    if timeless:
        lines.append(f"{timeless} claims without a window exist together with all others at their qubits")
    if any(claim.trials is not None for claim in claims.claims):
        lines.append("passes are of equal shots in XX, YY, ZZ; wins of equal shots in the four CHSH settings")
    return tuple(lines)
