"""Whether requirements are decided already, by limits that hold at every look."""

from __future__ import annotations

from collections.abc import Sequence

from qmono.analysis.fidelity.report import verdict_of
from qmono.errors import UsageError
from qmono.gate.requirement import CheckRequirement, MetricRequirement, Requirement
from qmono.quantum.fidelity.tally import Tally, fidelity_limits


def check_decidable(requirements: Sequence[Requirement]) -> None:
    """UsageError if there is nothing that shots could decide, or something that looks do not judge."""
    judged = [item for item in requirements if not isinstance(item, CheckRequirement)]
    if not judged:
        raise UsageError("--until decided needs a requirement to decide, such as --min fidelity=0.95")
    for item in judged:
        if isinstance(item, MetricRequirement) and item.metric != "fidelity":
            raise UsageError(f"--until decided looks at fidelity and the verdict, not at {item.metric}")


def is_decided(requirements: Sequence[Requirement], tally: Tally, level: float, bound: float | None) -> bool:
    """Whether every requirement on the fidelity or the verdict would pass or fail now.

    bound: what separable states reach, see `separable_bound`. Checks are not waited for.
    """
    limits = fidelity_limits(tally, level, anytime=True)
    return all(_is_decided(item, limits.low, limits.high, bound) for item in requirements)


def _is_decided(requirement: Requirement, low: float, high: float, bound: float | None) -> bool:
    if isinstance(requirement, CheckRequirement):
        return True
    if not isinstance(requirement, MetricRequirement):
        return verdict_of(low, high, bound) != "inconclusive"
    proving, refuting = (low, high) if requirement.wants_more else (high, low)
    return requirement.holds_for(proving) or not requirement.holds_for(refuting)
