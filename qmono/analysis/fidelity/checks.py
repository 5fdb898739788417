"""The checks of a fidelity report: how settings were chosen, whether rounds agree, what is not covered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import chdtrc

from qmono.analysis.fidelity.readout import readout_check
from qmono.core.counts import CountsTable
from qmono.core.report import Check
from qmono.quantum.checks import Homogeneity, drift, homogeneity
from qmono.quantum.fidelity.direct import NO_GUARANTEE, NO_SHOT_NOISE
from qmono.quantum.fidelity.evidence import TARGET_OUTCOME, Evidence

FAIL_BELOW = 1e-4
WARN_BELOW = 1e-2


def make_checks(tables: Sequence[CountsTable], found: Evidence | str, *, anytime: bool) -> tuple[Check, ...]:
    """Every check that applies."""
    checks = [_values(tables), _design(found, anytime), _drift(tables[-1]), readout_check(tables)]
    return tuple(check for check in checks if check is not None)


def _values(tables: Sequence[CountsTable]) -> Check | None:
    kinds = {table.values for table in tables}
    if "corrected" in kinds:
        return Check("values", "fail", NO_GUARANTEE, voids=("fidelity",))
    if "averages" in kinds:
        return Check("values", "warn", NO_SHOT_NOISE, voids=("fidelity",))
    return None


def _design(found: Evidence | str, anytime: bool) -> Check | None:
    if isinstance(found, str) or found.protocol == TARGET_OUTCOME:
        return None
    looks = "; limits hold at every look" if anytime else ""
    if found.tally is not None and found.tally.scheme.lottery is not None:
        return Check("design", "pass", f"settings drawn at random for every shot, passes pooled{looks}")
    if found.tally is not None and found.tally.is_balanced:
        return Check("design", "pass", f"complete blocks of settings, passes pooled{looks}")
    return Check("design", "pass", "shots are not shared out in blocks: settings kept apart")


def _passes_by_round(table: CountsTable) -> Homogeneity | None:
    """Whether the passes of drawn settings have one rate in all rounds; None where they were not recorded."""
    recorded = table.metadata.get("passes_by_round")
    if not isinstance(recorded, list) or not recorded or not all(map(_is_count_of, recorded)):
        return None
    passes, shots = np.array(recorded).T
    statistic, degrees, shift = homogeneity(np.column_stack([passes, shots - passes]))
    return Homogeneity(float(chdtrc(degrees, statistic)), shift, "passes") if degrees else None


def _is_count_of(pair: object) -> bool:
    """Whether this is [passes, shots]: metadata of a file may hold anything."""
    if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(item, int) for item in pair):
        return False
    return bool(0 <= pair[0] <= pair[1])


def _drift(table: CountsTable) -> Check | None:
    """The limits bound the mean of a run; a drift says that this mean is not any moment's fidelity."""
    if table.values != "counts":
        return None
    rounds = _passes_by_round(table)
    if rounds is None and table.settings is not None:
        rounds = drift(table.settings)
    if rounds is None:
        return None
    effect = f"largest shift {rounds.largest_shift:.3f}, {rounds.where}"
    if rounds.p_value >= WARN_BELOW:
        return Check("drift", "pass", "the rounds agree", rounds.p_value, effect)
    message = "the counts change from round to round: the limits are about the mean of the run"
    status = "fail" if rounds.p_value < FAIL_BELOW else "warn"
    return Check("drift", status, message, rounds.p_value, effect)  # type: ignore[arg-type]
