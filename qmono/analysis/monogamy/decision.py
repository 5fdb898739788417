"""The verdict on separate pairs, and which relations of the table decided it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qmono.analysis.monogamy.hubs import Hub, Judgement
from qmono.analysis.monogamy.one_state import OneState
from qmono.quantum.monogamy import one_state as likelihood


@dataclass(frozen=True)
class Finding:
    """A relation that decided, by name; the qubit at which (None: all pairs together), and why, in words."""

    relation: str
    qubit: int | None
    sentence: str


@dataclass(frozen=True)
class Decision:
    """The verdict; findings: what broke, what is open, or all that is kept, in the order of the table."""

    verdict: str
    findings: tuple[Finding, ...] = ()


def decide(hubs: Sequence[Hub], one_state: OneState) -> Decision:
    """`violated` by one broken relation, `satisfied` by all that were asked, `not-applicable` without any."""
    bound = [hub for hub in hubs if hub.unbound is None]
    if not bound:
        return Decision("not-applicable")
    asked = [(hub, found) for hub in bound for found in hub.judgements]
    broken = [_broken(hub, found) for hub, found in asked if found.is_broken]
    if one_state.is_refuted:
        broken.append(_of_likelihood(f"an e value of {one_state.evidence()}: {likelihood.RELATION.meaning}"))
    if broken:
        return Decision("violated", tuple(broken))
    open_ones = [_open(hub, found) for hub, found in asked if not found.is_kept]
    if one_state.is_doubtful:
        open_ones.append(_of_likelihood("one state explains all files badly, which proves nothing"))
    if open_ones:
        return Decision("inconclusive", tuple(open_ones))
    kept = [_kept(hub, found) for hub, found in asked]
    if one_state.was_asked:
        kept.append(_of_likelihood("one state explains all files"))
    return Decision("satisfied", tuple(kept))


def _of_likelihood(words: str) -> Finding:
    relation = likelihood.RELATION
    return Finding(relation.name, None, f"{relation.title}: {words}")


def _broken(hub: Hub, found: Judgement) -> Finding:
    used, allowed = found.low.used, found.low.allowed
    words = f"at least {used:.3f} of {allowed:g}: {found.relation.meaning}"
    return _at(hub, found, words)


def _open(hub: Hub, found: Judgement) -> Finding:
    low, high = found.low.used, found.high.used
    return _at(hub, found, f"between {low:.3f} and {high:.3f} of {found.low.allowed:g}")


def _kept(hub: Hub, found: Judgement) -> Finding:
    return _at(hub, found, f"at most {found.high.used:.3f} of {found.low.allowed:g}")


def _at(hub: Hub, found: Judgement, words: str) -> Finding:
    return Finding(found.relation.name, hub.qubit, f"{found.relation.title} at qubit {hub.qubit}: {words}")
