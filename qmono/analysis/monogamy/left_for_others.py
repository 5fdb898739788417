"""What a report says of others: who can share a pair alike, and what a qubit leaves for a third party."""

from __future__ import annotations

from collections.abc import Sequence

from qmono.analysis.monogamy.links import Link
from qmono.analysis.monogamy.records import pair_name
from qmono.analysis.monogamy.sharing import left_for_another
from qmono.core.metric import Limit, Metric
from qmono.quantum.measures.measure import pair_index


def extendibility(link: Link) -> Metric:
    """`extendibility[i,j]`: how many parties, the partner among them, can hold the same share."""
    copies = link.copies
    high = None
    if copies.excluded is not None and copies.limit is not None:
        method = f"{copies.relation} on {copies.limit.method}"
        high = Limit(float(copies.excluded - 1), method, copies.limit.guarantee)
    reason = "bounded, not estimated" if high is not None else "nothing excludes that many hold a copy"
    index = pair_index((min(link.pair), max(link.pair)))
    low = Limit(1.0, "the partner", "exact")
    level = link.concurrence.level
    return Metric(f"extendibility[{index}]", None, level=level, low=low, high=high, reason=reason)


def copies_sentences(link: Link) -> tuple[str, ...]:
    """What is excluded of copies of a pair on its own, and by which relation, for people."""
    copies, k = link.copies, link.copies.excluded
    if k is None or copies.limit is None:
        said = "not excluded: any number of parties may hold a copy of either qubit's share"
        return (said, *one_sided_sentences([link]))
    said = f"no {k} parties can hold the same share of either qubit: not {k}-extendible"
    proof = f"{copies.relation}, {copies.limit.method}: {copies.limit.guarantee}"
    return (f"{said} ({proof})", *one_sided_sentences([link]))


def one_sided_sentences(links: Sequence[Link]) -> tuple[str, ...]:
    """Of which qubits nobody else can hold a copy, where a copy of the partner's is not excluded."""
    return tuple(
        f"{pair_name(link.pair)}: nobody else can hold a copy of qubit {link.pair[link.copies.unique]} "
        f"(symmetric extension, {link.copies.region.method}: {link.copies.region.guarantee})"
        for link in links
        if link.copies.unique is not None and link.copies.region is not None
    )


def third_party_metric(qubit: int, links: Sequence[Link], level: float) -> Metric:
    """`third_party_fidelity[q]`: what all the pairs at a qubit leave for one more party."""
    fidelities = [link.fidelity.low for link in links]
    concurrences = [link.concurrence.low for link in links]
    high: Limit | None = left_for_another(fidelities, concurrences)
    reason = "a bound on what others can have"
    if not any(link.has_limits for link in links):
        high, reason = None, "the pairs have no limits"
    elif high is not None and high.value <= 0:
        high, reason = None, "the pairs alone use more than there is"
    return Metric(
        f"third_party_fidelity[{qubit}]",
        None,
        level=level,
        high=high,
        reason=reason,
    )
