"""Separately measured pairs: can they be marginals of one state?

Levels. The error 1 - level is shared equally by all P pairs given, and within a pair as `links`
says; low and high limits each have the whole of it. So with probability `level` every lower limit holds
at once, and `violated` (the lower limits alone break a rule at some shared qubit) is wrong at most with
probability 1 - level, however many rules and qubits were looked at. The same holds for the upper limits
and the claim that no rule is broken, as far as they are proven: those of the concurrence are indicative.
With `rigorous` the rules have half of the error and the split-likelihood e value the other half, and regions
come from split shots as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from qmono.analysis.monogamy.checks import pair_checks, source_of
from qmono.analysis.monogamy.decision import Decision, decide
from qmono.analysis.monogamy.hubs import Hub, hub_metrics
from qmono.analysis.monogamy.left_for_others import extendibility, third_party_metric
from qmono.analysis.monogamy.links import Link, measure_link
from qmono.analysis.monogamy.one_state import OneState, judge_one_state
from qmono.analysis.monogamy.records import Pair, Pairs, why_not_bound
from qmono.analysis.monogamy.sections import pair_sections
from qmono.analysis.pair_limits import RegionOf
from qmono.core.metric import Metric, missing
from qmono.core.progress import Progress, no_progress
from qmono.core.report import Note, Report, trust_of
from qmono.errors import InputError, UsageError
from qmono.quantum.measures.measure import pair_index
from qmono.quantum.tomography.regions.region import likelihood_region
from qmono.quantum.tomography.regions.split_likelihood import split_region


def report_on_pairs(
    pairs: Pairs,
    level: float,
    *,
    rng: np.random.Generator | None = None,
    rigorous: bool = False,
    progress: Progress = no_progress,
) -> Report:
    """The report; see `qmono.analysis.monogamy.reports.analyse_pairs`."""
    named = _checked(pairs)
    of_the_rules = (1 - level) / 2 if rigorous else 1 - level
    error = of_the_rules / len(named)
    region_of: RegionOf = (
        partial(split_region, rng=rng) if rigorous and rng is not None else likelihood_region
    )
    links = [
        measure_link(pair, table, error=error, level=level, files=len(named), region_of=region_of)
        for pair, table in named.items()
    ]
    hubs = _hubs(links, named)
    binding = {link.pair: named[link.pair] for link in _bound_links(hubs)}
    one_state = judge_one_state(binding, level, rng=rng, rigorous=rigorous, progress=progress)
    checks = pair_checks(links, named)
    decision = decide(hubs, one_state)
    verdict = decision.verdict
    return Report(
        kind="monogamy",
        title=_title(decision, hubs, one_state, len(named)),
        verdict=verdict,
        trust=trust_of(checks),
        source=source_of(list(named.values())),
        metrics=(
            *_link_metrics(links),
            *(metric for hub in hubs for metric in hub_metrics(hub, level)),
            *_left_for_others(links, hubs, level),
            *one_state.metrics(),
        ),
        checks=checks,
        sections=(*pair_sections(decision, links, hubs, named), Note("one state", (one_state.sentence(),))),
        payload=_payload(decision, links, hubs, level),
    )


def _checked(pairs: Pairs) -> dict[Pair, Any]:
    """The pairs by name with the smaller qubit first in the name; the tables keep their own order."""
    if not pairs:
        raise UsageError("monogamy of pairs needs at least one pair: --pair I,J=FILE")
    seen: dict[Pair, Pair] = {}
    for pair, table in pairs.items():
        first, second = pair
        if first == second or min(pair) < 0:
            raise UsageError(f"a pair is two different qubits, counted from 0; got {first},{second}")
        ordered = (min(pair), max(pair))
        if ordered in seen:
            raise UsageError(f"pair {first},{second} is given twice; --pool adds up files of one state")
        seen[ordered] = pair
        if table.n_qubits != 2:
            source = table.origin.name if table.origin else ""
            raise InputError(
                f"pair {first},{second} needs counts of two qubits, found {table.n_qubits}", source=source
            )
    return dict(pairs)


def _hubs(links: Sequence[Link], pairs: Pairs) -> list[Hub]:
    """Every qubit on which two pairs or more end."""
    hubs = []
    for qubit in sorted({qubit for pair in pairs for qubit in pair}):
        here = {pair: table for pair, table in pairs.items() if qubit in pair}
        if len(here) > 1:
            ends = tuple(link for link in links if link.pair in here)
            hubs.append(Hub(qubit, ends, why_not_bound(qubit, here)))
    return hubs


def _title(decision: Decision, hubs: Sequence[Hub], one_state: OneState, files: int) -> str:
    verdict = decision.verdict
    if verdict == "not-applicable":
        return next((hub.unbound for hub in hubs if hub.unbound), "no two pairs share a qubit")
    if verdict == "violated":
        return _broken(hubs, files)
    if verdict == "satisfied":
        return f"no contradiction found between {files} pairs by any relation that was asked"
    limitless = [link.fidelity for link in _bound_links(hubs) if link.fidelity.low is None]
    if limitless:
        return f"{limitless[0].name} has no limits ({limitless[0].reason})"
    if one_state.is_doubtful:
        return "one state explains these files badly, which no rule proves; --rigorous may"
    return "one state may or may not give these pairs: the limits leave room for both"


def _broken(hubs: Sequence[Hub], files: int) -> str:
    bound = (hub for hub in hubs if hub.unbound is None)
    broken = next((hub for hub in bound if any(found.is_broken for found in hub.judgements)), None)
    if broken is None:
        return f"no single state can give these {files} files: their likelihood excludes it"
    qubits = " ".join(str(q) for q in sorted({q for link in broken.links for q in link.pair}))
    which = "both files" if len(broken.links) == 2 else f"all {len(broken.links)} files"
    return f"no single state of qubits {qubits} can give {which}"


def _bound_links(hubs: Sequence[Hub]) -> list[Link]:
    return [link for hub in hubs if hub.unbound is None for link in hub.links]


def _link_metrics(links: Sequence[Link]) -> list[Metric]:
    return [
        *(link.chsh.value for link in links if link.chsh is not None),
        *(link.fidelity for link in links),
        *(link.concurrence for link in links),
        *(link.tangle for link in links),
        *(link.coherent for link in links),
        *(extendibility(link) for link in links),
    ]


def _left_for_others(links: Sequence[Link], hubs: Sequence[Hub], level: float) -> list[Metric]:
    """`third_party_fidelity[q]` of every qubit, given all the pairs that end on it."""
    unbound = {hub.qubit: hub.unbound for hub in hubs if hub.unbound is not None}
    return [
        missing(f"third_party_fidelity[{qubit}]", unbound[qubit])
        if qubit in unbound
        else third_party_metric(qubit, [link for link in links if qubit in link.pair], level)
        for qubit in sorted({qubit for link in links for qubit in link.pair})
    ]


def _payload(
    decision: Decision, links: Sequence[Link], hubs: Sequence[Hub], level: float
) -> Mapping[str, Any]:
    return {
        "joint_level": level,
        "decided_by": [{"relation": found.relation, "qubit": found.qubit} for found in decision.findings],
        "pairs": {pair_index(link.pair): _pair_payload(link) for link in links},
        "hubs": {str(hub.qubit): _hub_payload(hub) for hub in hubs},
    }


def _pair_payload(link: Link) -> Mapping[str, Any]:
    return {"bell_state": link.bell, "not_extendible_to": link.copies.excluded}


def _hub_payload(hub: Hub) -> Mapping[str, Any]:
    return {
        "pairs": [list(link.pair) for link in hub.links],
        "bound": hub.unbound is None,
        "relations": {
            found.relation.name: {
                "used_at_least": found.low.used,
                "used_at_most": found.high.used,
                "allowed": found.low.allowed,
            }
            for found in hub.judgements
        },
        "fidelity_left_for": {pair_index(link.pair): hub.left_for(link) for link in hub.links},
    }
