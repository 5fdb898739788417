"""The four Bell states as candidates: direct fidelities whose limits pay for choosing among them."""

from __future__ import annotations

from collections.abc import Mapping

from qmono.analysis.shot_fidelity import shot_fidelity
from qmono.core.counts import CountsTable
from qmono.quantum.fidelity.direct import DirectFidelity
from qmono.quantum.states import BELL_STATES, bell

FAVOURITE_SHARE = 0.75
"""Share of the error given to a Bell state that was declared as the target beforehand."""


def bell_fidelities_at(table: CountsTable, errors: Mapping[str, float]) -> dict[str, DirectFidelity]:
    """Direct fidelity to each Bell state named in `errors`, limits at level 1 - error.

    Whichever is chosen afterwards, its limits hold at level 1 - sum of the errors.
    """
    return {name: shot_fidelity(table, bell(name), 1 - error) for name, error in errors.items()}


def equal_errors(error: float) -> dict[str, float]:
    """The error split equally over the four Bell states."""
    return dict.fromkeys(BELL_STATES, error / len(BELL_STATES))


def shared_errors(error: float, declared: str | None) -> tuple[dict[str, float], float]:
    """How the error of a lower limit is shared: per Bell state, and for the likelihood region.

    Half for the four Bell states, half for the region. A Bell state declared beforehand gets
    FAVOURITE_SHARE instead, and the others and the region share the rest.
    """
    if declared is None or declared not in BELL_STATES:
        return equal_errors(error / 2), error / 2
    rest = (1 - FAVOURITE_SHARE) * error / 2
    others = dict.fromkeys(BELL_STATES, rest / (len(BELL_STATES) - 1))
    return {**others, declared: FAVOURITE_SHARE * error}, rest


def best_of(candidates: Mapping[str, DirectFidelity]) -> DirectFidelity | None:
    """The candidate with the highest value, or None if no value could be given."""
    valued = [found for found in candidates.values() if found.value is not None]
    return max(valued, key=lambda found: found.value or 0.0, default=None)


def best_low(candidates: Mapping[str, DirectFidelity]) -> DirectFidelity | None:
    """The candidate with the highest lower limit, or None if there is no limit."""
    limited = [found for found in candidates.values() if found.low is not None]
    return max(limited, key=lambda found: found.low or 0.0, default=None)
