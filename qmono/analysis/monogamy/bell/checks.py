"""Whether the counts of Bell tests of many pairs can come from one state that is measured in one way.

The statistical checks are judged together (Holm): fail below 1e-4, warn below 0.01.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qmono.analysis.bell.checks import FAIL_BELOW, WARN_BELOW
from qmono.analysis.monogamy.bell.table import BellTable
from qmono.analysis.monogamy.checks import calibration_check, values_check
from qmono.analysis.monogamy.records import Pair, pair_name
from qmono.core.report import Check, CheckStatus
from qmono.quantum.bell.drift import uniformity
from qmono.quantum.bell.pair_trials import by_context, context_shifts
from qmono.quantum.checks import Homogeneity, drift, marginals
from qmono.quantum.limits import holm

RESTS_ON_THEM = ("S", "bell_headroom")


@dataclass(frozen=True)
class Findings:
    """The numbers behind the checks; None where a check does not apply or has no data.

    alone: whether a qubit's outcomes depend on what is measured on the others; together: those of a pair, on
    what is measured on the rest. uniformity: the smallest p value of the pairs, times their number.
    """

    alone: Homogeneity | None
    together: Homogeneity | None
    drift: Homogeneity | None
    uniformity: float | None

    @property
    def worst(self) -> Homogeneity | None:
        """The clearer of the two signs of signalling, both paid for."""
        found = [part for part in (self.alone, self.together) if part is not None]
        if not found:
            return None
        worst = min(found, key=lambda part: part.p_value)
        return Homogeneity(min(1.0, len(found) * worst.p_value), worst.largest_shift, worst.where)

    @property
    def status(self) -> dict[str, CheckStatus]:
        """Of every check that has a p value, adjusted for their number."""
        raw = {
            "no-signalling": self.worst.p_value if self.worst else None,
            "settings": self.uniformity,
            "drift": self.drift.p_value if self.drift else None,
        }
        known = {name: p for name, p in raw.items() if p is not None}
        return dict(zip(known, map(_status, holm(list(known.values()))), strict=True))


def _status(p_value: float) -> CheckStatus:
    if p_value < FAIL_BELOW:
        return "fail"
    return "warn" if p_value < WARN_BELOW else "pass"


def find(found: BellTable, pairs: Sequence[Pair]) -> Findings:
    """All the numbers that the checks are made of."""
    contexts = {pair: by_context(found.counts, found.inputs, pair) for pair in pairs}
    shifts = {pair: context_shifts(table) for pair, table in contexts.items()}
    uniform = [uniformity(table.sum(axis=(0, 3, 4)))[1] for table in contexts.values()]
    return Findings(
        alone=marginals(found.rows),
        together=_clearest({pair: shift for pair, shift in shifts.items() if shift is not None}),
        drift=drift(found.rows),
        uniformity=min(1.0, len(uniform) * min(uniform)) if found.design == "random" else None,
    )


def _clearest(shifts: dict[Pair, Homogeneity]) -> Homogeneity | None:
    if not shifts:
        return None
    pair = min(shifts, key=lambda name: shifts[name].p_value)
    shift, setting = shifts[pair], shifts[pair].where
    where = f"qubits {pair_name(pair)} in their setting {setting}"
    return Homogeneity(min(1.0, len(shifts) * shift.p_value), shift.largest_shift, where)


def joint_chsh_checks(found: BellTable, pairs: Sequence[Pair]) -> tuple[Check, ...]:
    """Design, no-signalling, settings, drift, values and calibration."""
    tables = {"the counts": found.table}
    always = (values_check(tables), calibration_check(tables))
    if found.table.values != "counts" or not pairs:
        return (_design(found), *always)
    findings = find(found, pairs)
    status = findings.status
    return (
        _design(found),
        _signalling(findings.worst, status.get("no-signalling")),
        _settings(findings.uniformity, status.get("settings")),
        _drift(findings.drift, found, status.get("drift")),
        *always,
    )


def _design(found: BellTable) -> Check:
    words = {"random": "settings random in every trial", "fixed-blocks": "fixed blocks"}
    if found.table.design is None:
        return Check("design", "warn", "NOT DECLARED: judged as fixed blocks, which cannot over-claim")
    return Check("design", "pass", f"{words[found.design]}, as declared")


def _signalling(worst: Homogeneity | None, status: CheckStatus | None) -> Check:
    if worst is None or status is None:
        return Check("no-signalling", "no-data", "too few counts, or no setting occurs beside several others")
    effect = f"largest shift of a frequency {worst.largest_shift:.3f}, {worst.where}"
    if status == "pass":
        return Check("no-signalling", status, "none seen", worst.p_value, effect)
    message = "outcomes depend on what is measured on other qubits"
    voids = RESTS_ON_THEM[1:] if status == "fail" else ()
    return Check("no-signalling", status, message, worst.p_value, effect, voids)


def _settings(p_value: float | None, status: CheckStatus | None) -> Check:
    if p_value is None or status is None:
        return Check(
            "settings", "not-applicable", "only settings drawn at random have to be equally frequent"
        )
    message = "uniform, as far as totals tell"
    if status != "pass":
        message = "not equally frequent, as settings drawn at random are; were they fixed blocks?"
    return Check("settings", status, message, p_value, voids=RESTS_ON_THEM if status == "fail" else ())


def _drift(drifted: Homogeneity | None, found: BellTable, status: CheckStatus | None) -> Check:
    if drifted is None or status is None:
        return Check("drift", "no-data", "no rounds with enough counts in them")
    effect = f"largest change of a frequency {drifted.largest_shift:.3f}"
    message = "steady over the rounds"
    if status != "pass":
        message = f"outcomes change over the rounds, most at {drifted.where}"
    voids = RESTS_ON_THEM if status == "fail" and found.design != "random" else ()
    return Check("drift", status, message, drifted.p_value, effect, voids)
