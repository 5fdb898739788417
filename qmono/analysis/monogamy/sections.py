"""What a monogamy report of separate pairs says to people: tables and notes, all from numbers that exist."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil, floor

from qmono.analysis.monogamy.bell.pairs import tests_table
from qmono.analysis.monogamy.decision import Decision
from qmono.analysis.monogamy.hubs import Hub
from qmono.analysis.monogamy.left_for_others import one_sided_sentences
from qmono.analysis.monogamy.links import Link
from qmono.analysis.monogamy.records import Pairs, doubts, file_name, pair_name
from qmono.analysis.readings import is_order_assumed
from qmono.core.metric import Limit
from qmono.core.report import Cell, Note, Section, Table
from qmono.quantum.monogamy import star
from qmono.quantum.monogamy.relation import Budget

SMALLEST_SHIFT = 1e-6


def pair_sections(
    decision: Decision, links: Sequence[Link], hubs: Sequence[Hub], pairs: Pairs
) -> list[Section]:
    """Every section, in the order of importance."""
    verdict, bound = decision.verdict, _bound(hubs)
    notes = [
        Note("verdict", _MEANINGS[verdict]),
        Note("decided by", tuple(found.sentence for found in decision.findings)),
        Note("method", _method(bound) if verdict != "not-applicable" else ()),
        Note("leaves", tuple(line for hub in bound for line in leaves(hub))),
        Note("extensions", one_sided_sentences(links)),
        Note("CKW", tuple(line for hub in bound for line in tangle_lines(hub))),
        Note("look at, in this order", doubts(pairs) if verdict == "violated" else ()),
        Note("flips if", tuple(line for hub in bound for line in flips_if(hub, verdict))),
        Note("not bound", tuple(hub.unbound for hub in hubs if hub.unbound)),
        Note("assumed", assumptions(bound, pairs)),
    ]
    tested = [link.chsh for link in links if link.chsh is not None]
    measured = [link for link in links if link.chsh is None]
    tables = [_pair_table(measured, bound)] if measured else []
    tables += [_budget_table(hubs)] if hubs else []
    tables += [tests_table(tested)] if tested else []
    return [*tables, *(note for note in notes if note.lines)]


_MEANINGS: Mapping[str, tuple[str, ...]] = {
    "violated": ("This is about the data or their labels, not about nature.",),
    "satisfied": (
        "no relation that was asked contradicts these pairs, even at the upper limits;",
        "that one joint state exists is not shown",
    ),
    "inconclusive": ("the limits leave room for both answers",),
    "not-applicable": ("monogamy does not bind these pairs",),
}


def _bound(hubs: Sequence[Hub]) -> list[Hub]:
    return [hub for hub in hubs if hub.unbound is None]


def _method(hubs: Sequence[Hub]) -> tuple[str, ...]:
    """Which rules were used on which limits, and what those limits guarantee."""
    level = hubs[0].links[0].fidelity.level
    asked = [found for hub in hubs for found in hub.judgements]
    lows = [metric.low for found in asked for metric in found.numbers]
    titles = ", ".join(dict.fromkeys(found.relation.title for found in asked))
    guarantees = sorted({limit.guarantee for limit in lows if limit is not None}, reverse=True)
    weakest = " or ".join(guarantees) or "none"
    upper = (
        "; upper ones of C indicative" if any(link.chsh is None for hub in hubs for link in hub.links) else ""
    )
    return (
        f"{titles}: at every shared qubit",
        f"limits {100 * level:g} % jointly, lower ones {weakest}{upper}",
        *(
            ()
            if all(hub.has_only_tests for hub in hubs)
            else ("Bell state of each pair picked from the data: paid for",)
        ),
    )


def _value(limit: Limit | None) -> float | None:
    return limit.value if limit else None


def _pair_table(links: Sequence[Link], hubs: Sequence[Hub]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for link in links:
        f, rest = link.fidelity, [hub.left_for(link) for hub in hubs if link in hub.links]
        beside = min(rest, default=None)
        rows.append((pair_name(link.pair), link.bell, f.value, _value(f.low), _value(f.high), beside))
    columns = ("pair", "Bell state", "measured F", "at least", "at most", "beside the others at most")
    return Table("pairs", columns, tuple(rows))


def _budget_table(hubs: Sequence[Hub]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (hub.qubit, found.relation.title, found.low.used, found.high.used, found.low.allowed)
        for hub in hubs
        for found in hub.judgements
    ]
    return Table("budget of a shared qubit", ("qubit", "rule", "at least", "at most", "allowed"), tuple(rows))


def leaves(hub: Hub) -> tuple[str, ...]:
    """What the better pairs leave for the worst: `0-1 at 0.863 or more leaves 0-2 at most 0.615`."""
    if any(link.fidelity.low is None for link in hub.links):
        return ()
    *better, worst = sorted(hub.links, key=lambda link: -(_value(link.fidelity.low) or 0.0))
    given = ", ".join(
        f"{pair_name(link.pair)} at {floor(1000 * (_value(link.fidelity.low) or 0.0)) / 1000:.3f} or more"
        for link in better
    )
    if not star.RELATION.evaluate([_value(link.fidelity.low) or 0.0 for link in better]).is_possible:
        return (f"{given}: impossible together",)
    verb = "leaves" if len(better) == 1 else "leave"
    return (f"{given} {verb} {pair_name(worst.pair)} at most {ceil(1000 * hub.left_for(worst)) / 1000:.3f}",)


def tangle_lines(hub: Hub) -> tuple[str, ...]:
    """What the tangle sum alone says of a hub, at the lower limits."""
    tangle_sum, fidelities = hub.judgement("ckw"), hub.judgement("star")
    if tangle_sum is None or fidelities is None:
        return ()
    tangles = [(_value(link.concurrence.low) or 0.0) ** 2 for link in hub.links]
    spelt = " + ".join(f"{tangle:.2f}" for tangle in tangles)
    if tangle_sum.is_broken:
        return (f"broken at qubit {hub.qubit}: tangles of at least {spelt} > 1",)
    word = "would not have noticed" if fidelities.is_broken else "is kept at the lower limits"
    return (f"{word}: tangles {spelt} <= 1",)


def flips_if(hub: Hub, verdict: str) -> tuple[str, ...]:
    """How large a common bias, or how many more shots, would change what the rules say of a hub."""
    if verdict == "inconclusive":
        return _more_shots(hub)
    side, sign, bias = ("low", -1.0, "high") if verdict == "violated" else ("high", 1.0, "low")
    lines = []
    for found in hub.judgements:
        known = [limit.value for metric in found.numbers if (limit := getattr(metric, side)) is not None]
        if len(known) == len(found.numbers) and found.evaluate(known).is_possible == (verdict == "satisfied"):
            shift = _edge(lambda x, known=known: [value + sign * x for value in known], found.evaluate)  # type: ignore[misc]
            name = found.relation.quantity.replace("_", " ")
            lines.append(f"every {name} at qubit {hub.qubit} is biased {bias} by more than {shift:.3f}")
    joiner = " and " if verdict == "violated" else " or "
    return (joiner.join(lines),) if lines else ()


def _more_shots(hub: Hub) -> tuple[str, ...]:
    """The factor in shots at which the star rule would decide if the measured fidelities stay."""
    star_rule = hub.judgement("star")
    fidelities = star_rule.numbers if star_rule is not None else ()
    if star_rule is None or any(f.value is None or f.low is None or f.high is None for f in fidelities):
        return ()
    values = [f.value or 0.0 for f in fidelities]
    is_over = not star_rule.evaluate(values).is_possible
    limits = [_value(f.low if is_over else f.high) or 0.0 for f in fidelities]
    if star_rule.evaluate(limits).is_possible != is_over:
        return ()
    kept = 1 - _edge(
        lambda x: [limit + x * (value - limit) for value, limit in zip(values, limits, strict=True)],
        star_rule.evaluate,
    )
    if kept < 1e-3:
        return (f"qubit {hub.qubit} is measured at the edge of the star rule: no number of shots decides",)
    return (f"the star rule at qubit {hub.qubit} would be decided by about {kept**-2:.1f} times the shots",)


def _edge(numbers_at: Callable[[float], list[float]], evaluate: Callable[[Sequence[float]], Budget]) -> float:
    """The x in [0, 1] at which a rule changes its mind about `numbers_at(x)`; to 1e-6."""
    start = evaluate(numbers_at(0.0)).is_possible
    low, high = 0.0, 1.0
    while high - low > SMALLEST_SHIFT:
        middle = (low + high) / 2
        low, high = (middle, high) if evaluate(numbers_at(middle)).is_possible == start else (low, middle)
    return high


def assumptions(hubs: Sequence[Hub], pairs: Pairs) -> tuple[str, ...]:
    """What the verdict takes for granted; where it is false, no rule applies."""
    if not hubs:
        return ()
    shared = ", ".join(str(hub.qubit) for hub in hubs)
    orders = tuple(
        f"{file_name(pair, table)}: outcome order not declared, read as qubit0-first"
        for pair, table in pairs.items()
        if is_order_assumed(table)
    )
    return (
        f"same physical qubit {shared}, a two-level system; same preparation; all shots kept",
        *orders,
    )
