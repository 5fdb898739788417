"""Which failing requirements may be singled out among many: Holm's rule, by levels instead of p values."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Place = TypeVar("Place", bound=Hashable)


def confirmed_by_holm(
    candidates: Iterable[Place], judged: int, level: float, is_refuted: Callable[[Place, float], bool]
) -> frozenset[Place]:
    """The candidates that stay refuted among `judged` requirements, with error 1 - level for any wrong one.

    is_refuted(place, level): whether limits at that level refute a requirement, which must be monotone.
    Step down: with k confirmed, those refuted at level 1 - (1 - level)/(judged - k) are confirmed too.
    Holm, Scand. J. Stat. 6 (1979) 65; valid for any dependence.
    """
    left, confirmed = set(candidates), set[Place]()
    while left:
        share = 1 - (1 - level) / (judged - len(confirmed))
        found = {place for place in left if is_refuted(place, share)}
        if not found:
            break
        confirmed |= found
        left -= found
    return frozenset(confirmed)
