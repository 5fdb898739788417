"""Whether the counts of a CHSH test can be trusted: one check each, with the size of its effect.

The statistical checks are judged together (Holm): fail below 1e-4, warn below 0.01. A failure voids the
limits only where its effect could explain the distance of S from 2; else it asks for caution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum

import numpy as np

from qmono.analysis.bell.inputs import BellCounts
from qmono.analysis.bell.premises import LIMITS
from qmono.analysis.bell.words import p_text
from qmono.core.report import Check, CheckStatus
from qmono.core.vocabulary import Design
from qmono.quantum.bell.chsh import LOCAL_BOUND, QUANTUM_BOUND, sign_array
from qmono.quantum.bell.chsh_estimate import ChshEvidence
from qmono.quantum.bell.drift import Drift, drift_of_wins, uniformity
from qmono.quantum.bell.game import wins_of
from qmono.quantum.bell.p_values import log10_p_above_quantum
from qmono.quantum.bell.signalling import (
    MarginalShift,
    familywise,
    marginal_shifts,
    total_shift,
    wald,
)
from qmono.quantum.limits import holm
from qmono.quantum.types import Integers

FAIL_BELOW = 1e-4
WARN_BELOW = 0.01


@dataclass(frozen=True)
class Findings:
    """The numbers behind the checks; None where a check does not apply or has no data."""

    shifts: tuple[MarginalShift, ...]
    wald: tuple[float, float] | None
    p_above_quantum: float
    drift: Drift | None
    uniformity: tuple[float, float] | None

    @property
    def total_shift(self) -> float:
        """How far above 2 the shifts of the marginals could carry a local model."""
        return total_shift(self.shifts)

    @property
    def p_values(self) -> dict[str, float]:
        """The p value of every check that has one."""
        found: dict[str, float | None] = {
            "no-signalling": familywise(self.shifts) if self.shifts else None,
            "tsirelson": self.p_above_quantum,
            "drift": self.drift.p_value if self.drift else None,
            "settings": self.uniformity[1] if self.uniformity else None,
        }
        return {name: p for name, p in found.items() if p is not None}

    @property
    def adjusted(self) -> dict[str, float]:
        """The same, adjusted for their number by Holm's method."""
        raw = self.p_values
        return dict(zip(raw, holm(list(raw.values())), strict=True))


def find(bell: BellCounts, evidence: ChshEvidence) -> Findings:
    """All the numbers that the checks are made of."""
    above = log10_p_above_quantum(evidence.wins, evidence.totals, evidence.design, evidence.rng_bias)
    counts = bell.counts.astype(np.int64)
    return Findings(
        shifts=marginal_shifts(counts) if bell.has_outcomes else (),
        wald=wald(counts) if bell.has_outcomes else None,
        p_above_quantum=min(1.0, evidence.versions * 10.0**above),
        drift=_drift(bell, evidence.signs),
        uniformity=uniformity(evidence.totals, evidence.rng_bias) if evidence.design == "random" else None,
    )


def _drift(bell: BellCounts, signs: str) -> Drift | None:
    if bell.rounds is None:
        return None
    rounds = bell.rounds.astype(np.int64)
    won = np.stack([wins_of(part, sign_array(signs)) for part in rounds])
    return drift_of_wins(won.reshape(len(rounds), 4), rounds.sum(axis=(3, 4)).reshape(len(rounds), 4))


def statistical_checks(
    findings: Findings, evidence: ChshEvidence, as_other: Mapping[Design, ChshEvidence]
) -> list[Check]:
    """No-signalling, Tsirelson, drift and settings."""
    status = {name: _status(p) for name, p in findings.adjusted.items()}
    return [
        _signalling(findings, evidence, status.get("no-signalling")),
        _tsirelson(findings.p_above_quantum, evidence, status["tsirelson"]),
        _drift_check(findings.drift, evidence, status.get("drift")),
        _settings(findings.uniformity, evidence, as_other["fixed-blocks"], status.get("settings")),
    ]


def _status(p_value: float) -> CheckStatus:
    if p_value < FAIL_BELOW:
        return "fail"
    return "warn" if p_value < WARN_BELOW else "pass"


def _voids(status: CheckStatus | None, is_explained: bool) -> tuple[str, ...]:
    return LIMITS if status == "fail" and is_explained else ()


def _signalling(findings: Findings, evidence: ChshEvidence, status: CheckStatus | None) -> Check:
    if status is None:
        return Check("no-signalling", "no-data", "the counts do not hold the outcomes of single parties")
    largest = max(findings.shifts, key=lambda shift: abs(shift.z))
    total = findings.total_shift
    is_explained = abs(evidence.s_value) <= LOCAL_BOUND + total
    seen = f"max |z| {abs(largest.z):.1f} at {largest.name}"
    effect = f"marginal shifts add up to {total:.3f}"
    if status == "pass":
        message = f"none seen, {seen}"
    elif is_explained:
        message = f"one side sees the other's setting ({seen}); the shifts could explain S"
    else:
        message = f"one side sees the other's setting ({seen}); too little to explain S"
    p_value = findings.p_values["no-signalling"]
    return Check("no-signalling", status, message, p_value, effect, _voids(status, is_explained))


def no_signalling_check(counts: Integers, value: float, voids: tuple[str, ...]) -> Check:
    """The same for J = (S - 2)/4, whose local models gain a quarter of the shifts; judged alone."""
    shifts = marginal_shifts(counts)
    p_value, total = familywise(shifts), total_shift(shifts) / 4
    largest = max(shifts, key=lambda shift: abs(shift.z))
    status, seen = _status(p_value), f"max |z| {abs(largest.z):.1f} at {largest.name}"
    is_explained = value <= total and status == "fail"
    message = f"none seen, {seen}" if status == "pass" else f"one side sees the other's setting ({seen})"
    if status == "fail":
        message += "; the shifts could explain J" if is_explained else "; too little to explain J"
    effect = f"marginal shifts could move J by {total:.1e}"
    return Check("no-signalling", status, message, p_value, effect, voids if is_explained else ())


def settings_check(totals: Integers, rng_bias: float) -> Check:
    """Whether settings were equally frequent; a p value for clicks asks only how far each bit may be off."""
    p_value = uniformity(totals, rng_bias)[1]
    shares = totals / totals.sum()
    effect = f"shares {shares.min():.4f} to {shares.max():.4f}"
    status = _status(p_value)
    message = "uniform, as far as totals tell"
    if status != "pass":
        status, message = "warn", "not equally frequent: --rng-bias says how far the bits may be off"
    return Check("settings", status, message, p_value, effect)


def tsirelson_of_wins(evidence: ChshEvidence) -> Check:
    """Whether wins alone are more than quantum theory allows; judged alone."""
    above = log10_p_above_quantum(evidence.wins, evidence.totals, evidence.design, evidence.rng_bias)
    return _tsirelson(10.0**above, evidence, _status(10.0**above))


def _tsirelson(p_value: float, evidence: ChshEvidence, status: CheckStatus) -> Check:
    excess = evidence.s_value - QUANTUM_BOUND
    where = f"S {abs(excess):.3f} {'above' if excess > 0 else 'below'} 2 sqrt2"
    message = {
        "pass": "within quantum theory",
        "warn": "S is rather large for quantum theory",
        "fail": "beyond quantum theory: look for wiring, cross-talk or post-selection",
    }[status]
    return Check("tsirelson", status, message, p_value, where, _voids(status, is_explained=True))


def _drift_check(drift: Drift | None, evidence: ChshEvidence, status: CheckStatus | None) -> Check:
    if drift is None or status is None:
        return Check("drift", "no-data", "no rounds with enough counts in them")
    effect = f"changes of E add up to {drift.largest:.3f}"
    is_explained = evidence.design != "random" and abs(evidence.s_value - LOCAL_BOUND) <= drift.largest
    message = "steady over the rounds" if status == "pass" else "correlators change over the rounds"
    if status == "fail" and evidence.design == "random":
        message += "; with random settings the p value holds all the same"
    return Check("drift", status, message, drift.p_value, effect, _voids(status, is_explained))


def _settings(
    found: tuple[float, float] | None,
    evidence: ChshEvidence,
    as_blocks: ChshEvidence,
    status: CheckStatus | None,
) -> Check:
    if found is None or status is None:
        return Check(
            "settings", "not-applicable", "only settings drawn at random have to be equally frequent"
        )
    shares = evidence.totals / evidence.totals.sum()
    effect = f"shares {shares.min():.4f} to {shares.max():.4f}"
    is_explained = not (evidence.is_violated and as_blocks.is_violated)
    message = "uniform, as far as totals tell"
    if status != "pass":
        message = f"not equally frequent; p {p_text(as_blocks.log10_p)} for models that know the shares"
    return Check("settings", status, message, found[1], effect, _voids(status, is_explained))


def check_numbers(findings: Findings) -> dict[str, object]:
    """The findings for programs."""
    raw, adjusted = findings.p_values, findings.adjusted
    return {
        "p_values": {name: {"p_value": raw[name], "holm": adjusted[name]} for name in raw},
        **_signalling_numbers(findings.shifts, findings.wald),
        "total_marginal_shift": fsum(abs(shift.shift) for shift in findings.shifts),
        "drift": findings.drift
        and {
            "chi_square": findings.drift.chi_square,
            "degrees": findings.drift.degrees,
            "largest_changes_added": findings.drift.largest,
        },
        "settings_chi_square": findings.uniformity and findings.uniformity[0],
    }


def numbers_of_counts(counts: Integers, rng_bias: float) -> dict[str, object]:
    """Those that need no version of the inequality: marginals and how often settings were played."""
    chi_square, p_value = uniformity(counts.sum(axis=(2, 3)), rng_bias)
    return {
        **_signalling_numbers(marginal_shifts(counts), wald(counts)),
        "settings_chi_square": chi_square,
        "settings_p_value": p_value,
    }


def _signalling_numbers(
    shifts: tuple[MarginalShift, ...], together: tuple[float, float] | None
) -> dict[str, object]:
    return {
        "marginal_shifts": [_shift_json(shift) for shift in shifts],
        "wald": together and {"chi_square": together[0], "p_value": together[1]},
    }


def _shift_json(shift: MarginalShift) -> dict[str, object]:
    method = "fisher" if shift.is_exact else "normal"
    return {
        "name": shift.name,
        "shift": shift.shift,
        "z": shift.z,
        "p_value": shift.p_value,
        "method": method,
    }
