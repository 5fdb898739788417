"""Runs that are stopped by looking at them: when the bets have decided, and what that saved."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qmono.analysis.bell.inputs import bell_counts
from qmono.core.counts import CountsTable
from qmono.core.report import Note
from qmono.errors import UsageError
from qmono.quantum.bell.chsh import LOCAL_BOUND
from qmono.quantum.bell.chsh_estimate import ChshEvidence, chsh_evidence

UNTIL = ("violated", "decided")
LARGEST = "max_shots"
"""The metadata of a table whose run could have been stopped by looking: trials it was allowed."""

FOLLOWED = "followed"
"""The metadata of a table read from a growing file: why it was not followed any further."""


def stop_when(until: str, level: float) -> Callable[[CountsTable], bool]:
    """A rule for the counts so far, see `has_decided`; UsageError for a word that is none."""
    check_until(until)
    return lambda table: has_decided(evidence_so_far(table, level), until)


def check_until(until: str) -> None:
    """UsageError for a word that is none of UNTIL."""
    if until not in UNTIL:
        raise UsageError(f"--until is {' or '.join(UNTIL)}, got {until!r}")


def has_decided(found: ChshEvidence | None, until: str) -> bool:
    """Whether bets have shown S > 2 or, for `decided`, S < 2."""
    if found is None:
        return False
    return found.is_violated or (until == "decided" and found.high < LOCAL_BOUND)


def evidence_so_far(table: CountsTable, level: float, signs: str | None = None) -> ChshEvidence | None:
    """What bets say of the counts so far; None while a setting is empty."""
    bell = bell_counts(table)
    if bell.empty_settings:
        return None
    counts = bell.counts.astype(np.int64)
    declared = signs or table.signs
    return chsh_evidence(counts, declared, table.design or "fixed-blocks", level, statistic="betting")


def is_stopped_by_looking(table: CountsTable) -> bool:
    """Whether only evidence that holds at any stop may be made of a table."""
    return LARGEST in table.metadata or FOLLOWED in table.metadata


def savings(table: CountsTable) -> Note | None:
    """How many trials of those allowed were needed."""
    if why := table.metadata.get(FOLLOWED):
        return Note("stopped", (f"after {int(table.total)} trials: {why}",))
    allowed = table.metadata.get(LARGEST)
    if not isinstance(allowed, int):
        return None
    played = int(table.total)
    if played >= allowed:
        return Note("stopped", (f"all {allowed} trials allowed were played",))
    share = 100 * (1 - played / allowed)
    return Note("stopped", (f"after {played} of {allowed} trials allowed: {share:.1f} % saved",))
