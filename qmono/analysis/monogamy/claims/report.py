"""A network of claimed links: does any physical qubit promise more than it has?

Every hub is judged at the error 1 - level, with the limits that `network` describes. The verdict names hubs
with Holm's correction over all of them: `violated` if one is named. `satisfied` says that no relation is
broken by the claims as they stand, which does not show that one joint state exists. Where one is broken but
the levels of the claims add up to more error than is allowed, the verdict is `inconclusive`. Qubits with one
partner contradict nothing; the report says what is left for others there too.
"""

from __future__ import annotations

from qmono.analysis.monogamy.claims.hubs import ends_of
from qmono.analysis.monogamy.claims.judged import Judged, judge_hubs
from qmono.analysis.monogamy.claims.payload import claims_payload
from qmono.analysis.monogamy.claims.sections import claims_sections
from qmono.core.claims import Claims
from qmono.core.metric import Limit, Metric, exact, missing
from qmono.core.report import Check, Report, trust_of


def report_on_claims(claims: Claims, level: float) -> Report:
    """The report of a claims file; level: of the verdict on each hub, and of the hubs named together."""
    ends = ends_of(claims.claims)
    judged = judge_hubs(claims, [hub for hub in ends if len(hub.spokes) > 1], 1 - level)
    lone = judge_hubs(claims, [hub for hub in ends if len(hub.spokes) == 1], 1 - level)
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
        sections=tuple(claims_sections(verdict, judged, lone, claims, level)),
        payload=claims_payload(judged, lone, claims, level),
    )


def _verdict(judged: Judged) -> str:
    if not judged.hubs:
        return "not-applicable"
    if judged.named.any():
        return "violated"
    return "inconclusive" if judged.open.any() else "satisfied"


def _title(verdict: str, judged: Judged) -> str:
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


def _metrics(judged: Judged, level: float) -> tuple[Metric, ...]:
    """The least headroom of all hubs, at limits that hold for all hubs together."""
    name = "budget_headroom"
    if not judged.hubs:
        return (missing(name, "no two claims share a physical qubit in one window"),)
    shared, least = exact("shared_qubits", float(len(judged.hubs))), judged.joint_headroom()
    if least is None:
        reason = "the levels of the claims leave no confidence for a statement on all qubits"
        return (shared, missing(name, reason))
    high = Limit(least, "claims at every shared qubit, jointly", "exact")
    return (shared, Metric(name, None, level=level, high=high, reason="claims bound it from one side only"))
