"""A network of claimed links: does any physical qubit promise more than it has?

Every hub is judged at the error 1 - level, with the limits that `network` describes. The verdict names hubs
with Holm's correction over all of them: `violated` if one is named. `satisfied` says that no rule is broken
by the claims as they stand, which does not show that one joint state exists. Where a rule is broken but the
levels of the claims add up to more error than is allowed, the verdict is `inconclusive`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qmono.analysis.monogamy.claims_hubs import ClaimedHub, hubs_of, network_of
from qmono.core.claims import Claims
from qmono.core.metric import Limit, Metric, exact, missing
from qmono.core.report import Check, Note, Report, Section, Table, trust_of
from qmono.quantum.monogamy.network import (
    RULES,
    Flags,
    HubLimits,
    Network,
    broken_by_holm,
    headroom,
    limits_at,
)
from qmono.quantum.monogamy.relation import ROUNDING
from qmono.quantum.monogamy.star import largest_remaining
from qmono.quantum.types import Integers, Real

SHOWN = 20
LISTED = 1000


@dataclass(frozen=True)
class _Judged:
    """The network, and per hub: limits and headroom at the error of one hub, and the verdict."""

    hubs: Sequence[ClaimedHub]
    network: Network
    limits: HubLimits
    left: Real
    named: Flags
    open: Flags
    error: float

    @property
    def order(self) -> Integers:
        """Hubs by headroom, the least first; those named before all others."""
        found: Integers = np.lexsort((self.left.min(axis=0), ~self.named))
        return found

    def verdict(self, hub: int) -> str:
        """What is said of one hub."""
        if self.named[hub]:
            return "violated"
        return "inconclusive" if self.open[hub] else "satisfied"

    def rule(self, hub: int) -> str:
        """The rule that leaves the least."""
        return RULES[int(np.argmin(self.left[:, hub]))]

    def room(self, hub: int) -> float:
        """The largest fidelity that one more party can have with this qubit."""
        return largest_remaining(list(self.limits.fidelity[self.network.spoke_hub == hub]))


def report_on_claims(claims: Claims, level: float) -> Report:
    """The report of a claims file; level: of the verdict on each hub, and of the hubs named together."""
    hubs = hubs_of(claims.claims)
    network = network_of(claims, hubs)
    error = 1 - level
    limits = limits_at(network, error)
    left = headroom(network, limits)
    named = broken_by_holm(network, error)
    at_face_value: Flags = (left.min(axis=0, initial=np.inf) < -ROUNDING) & ~named
    judged = _Judged(hubs, network, limits, left, named, at_face_value, error)
    verdict = _verdict(judged)
    checks = (Check("calibration", "no-data", "claims carry no calibration: no systematic error is in them"),)
    return Report(
        kind="monogamy",
        title=_title(verdict, judged),
        verdict=verdict,
        trust=trust_of(checks),
        source="file",
        metrics=_metrics(judged, level),
        checks=checks,
        sections=tuple(_sections(verdict, judged, claims, level)),
        payload=_payload(judged, claims, level),
    )


def _verdict(judged: _Judged) -> str:
    if not judged.hubs:
        return "not-applicable"
    if judged.named.any():
        return "violated"
    return "inconclusive" if judged.open.any() else "satisfied"


def _title(verdict: str, judged: _Judged) -> str:
    if verdict == "not-applicable":
        return "no two claims share a physical qubit in one window"
    if verdict == "violated":
        worst = [judged.hubs[hub].name for hub in judged.order[:3] if judged.named[hub]]
        count = int(judged.named.sum())
        more = f" and {count - len(worst)} more" if count > len(worst) else ""
        return f"no state can keep what is claimed at {', '.join(worst)}{more}"
    if verdict == "satisfied":
        return f"no contradiction found at {len(judged.hubs)} shared qubits"
    worst_hub = int(judged.order[0])
    return f"{judged.hubs[worst_hub].name} claims too much, but not with enough confidence to say so"


def _metrics(judged: _Judged, level: float) -> tuple[Metric, ...]:
    """The least headroom of all hubs, at limits that hold for all hubs together."""
    name = "budget_headroom"
    if not judged.hubs:
        return (missing(name, "no two claims share a physical qubit in one window"),)
    limits = limits_at(judged.network, judged.error / len(judged.hubs))
    proven = headroom(judged.network, limits).min(axis=0)[~limits.overspent]
    shared = exact("shared_qubits", float(len(judged.hubs)))
    if proven.size == 0:
        reason = "the levels of the claims leave no confidence for a statement on all qubits"
        return (shared, missing(name, reason))
    high = Limit(float(proven.min()), "claims at every shared qubit, jointly", "exact")
    return (shared, Metric(name, None, level=level, high=high, reason="claims bound it from one side only"))


def _sections(verdict: str, judged: _Judged, claims: Claims, level: float) -> list[Section]:
    sections: list[Section] = []
    if judged.hubs:
        rows = tuple(_row(judged, int(hub)) for hub in judged.order[:SHOWN])
        columns = ("qubit", "links", "verdict", "headroom at most", "decided by", "F left for another")
        sections.append(Table("shared qubits, the least headroom first", columns, rows))
        hidden = len(judged.hubs) - len(rows)
        if hidden > 0:
            sections.append(Note("not shown", (f"{hidden} more shared qubits with more headroom",)))
    notes = [
        Note("verdict", _meaning(verdict, level)),
        Note("look at, in this order", _causes(judged, claims) if verdict == "violated" else ()),
        Note("flips if", _flips_if(verdict, judged)),
        Note("assumed", _assumptions(claims)),
    ]
    return [*sections, *(note for note in notes if note.lines)]


def _row(judged: _Judged, hub: int) -> tuple[str | float | None, ...]:
    here = judged.hubs[hub]
    least = float(judged.left[:, hub].min())
    return (
        here.name,
        float(len(here.spokes)),
        judged.verdict(hub),
        least,
        judged.rule(hub),
        judged.room(hub),
    )


def _meaning(verdict: str, level: float) -> tuple[str, ...]:
    percent = f"{100 * level:g} %"
    return {
        "violated": (
            "These claims are not marginals of one state of the declared qubits.",
            f"Hubs are named together at {percent}; this is about the claims, not about nature.",
        ),
        "satisfied": (
            "No contradiction found by the star rule, the tangle sum and Bell monogamy;",
            "that one joint state exists is not shown.",
        ),
        "inconclusive": (
            f"A rule is broken, but the levels used add up to more error than {percent} allows.",
        ),
        "not-applicable": ("Monogamy does not bind these links.",),
    }[verdict]


def _causes(judged: _Judged, claims: Claims) -> tuple[str, ...]:
    blamed = [judged.hubs[int(hub)] for hub in judged.order[:SHOWN] if judged.named[hub]]
    members = [claims.claims[index] for hub in blamed for index in hub.members]
    timeless = sum(claim.window is None for claim in members)
    unheralded = sum(claim.herald is None for claim in members)
    nominal = sum(claim.trials is None for claim in members)
    return (
        f"time: {timeless} of {len(members)} claims there give no window: do the pairs exist at once?",
        "identity: is each node.qubit one physical qubit?",
        f"selection: {unheralded} of {len(members)} give no herald: were pairs chosen by a third party?",
        f"claims: {nominal} of {len(members)} are limits without counts, perhaps optimistic",
        "readout: no calibration is in a claim",
        "leakage: a qubit with a third level in use looks alike, and the tangle sum fails for it",
    )


def _flips_if(verdict: str, judged: _Judged) -> tuple[str, ...]:
    if verdict == "not-applicable":
        return ()
    hub = int(judged.order[0])
    least = float(judged.left[:, hub].min())
    if verdict == "satisfied":
        return (f"the claims at {judged.hubs[hub].name} use {least:.3f} more of its budget",)
    return (f"the claims at {judged.hubs[hub].name} use {-least:.3f} less of its budget",)


def _assumptions(claims: Claims) -> tuple[str, ...]:
    timeless = sum(claim.window is None for claim in claims.claims)
    lines = ["every node.qubit is one two-level system; given levels are those of one-sided limits"]
    if timeless:
        lines.append(f"{timeless} claims without a window exist together with all others at their qubits")
    if any(claim.trials is not None for claim in claims.claims):
        lines.append("passes are of equal shots in XX, YY, ZZ; wins of equal shots in the four CHSH settings")
    return tuple(lines)


def _payload(judged: _Judged, claims: Claims, level: float) -> dict[str, object]:
    listed = [int(hub) for hub in judged.order[:LISTED]]
    return {
        "level": level,
        "claims": len(claims.claims),
        "shared_qubits": len(judged.hubs),
        "violated": [judged.hubs[int(hub)].name for hub in judged.order if judged.named[hub]],
        "hubs": [
            {
                "qubit": judged.hubs[hub].qubit,
                "window": judged.hubs[hub].window,
                "herald": judged.hubs[hub].herald,
                "claims": [claims.claims[index].id for index in judged.hubs[hub].members],
                "verdict": judged.verdict(hub),
                "headroom_at_most": dict(zip(RULES, judged.left[:, hub].tolist(), strict=True)),
            }
            for hub in listed
        ],
    }
