"""Whether the counts of a test of any Bell inequality can be trusted: one check each, with its effect.

The statistical checks are judged together (Holm): fail below 1e-4, warn below 0.01. A failure voids the
limits only where its effect could explain the distance of the value from the bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qmono.analysis.bell.checks import FAIL_BELOW, WARN_BELOW
from qmono.analysis.bell.inequality_inputs import PlayedCounts
from qmono.analysis.bell.words import p_text
from qmono.core.counts import SettingRows
from qmono.core.report import Check, CheckStatus
from qmono.core.vocabulary import Design
from qmono.quantum.bell.drift import uniformity
from qmono.quantum.bell.evidence import Evidence
from qmono.quantum.bell.inequality import Inequality
from qmono.quantum.bell.marginals import Signalling, signalling
from qmono.quantum.checks import Homogeneity, drift
from qmono.quantum.limits import holm

LIMITS = ("bell_value", "p_value", "log10_p_value")
"""The metrics whose guarantee a failed check takes away."""


@dataclass(frozen=True)
class Findings:
    """The numbers behind the checks; None where a check does not apply or has no data."""

    signalling: Signalling | None
    p_above_quantum: float | None
    drift: Homogeneity | None
    uniformity: tuple[float, float] | None

    @property
    def p_values(self) -> dict[str, float]:
        """The p value of every check that has one."""
        found: dict[str, float | None] = {
            "no-signalling": self.signalling.p_value if self.signalling else None,
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


def find(played: PlayedCounts, inequality: Inequality, evidence: Evidence) -> Findings:
    """All the numbers that the checks are made of."""
    counts = played.counts.astype(np.int64)
    rows = SettingRows(played.names, counts, rounds=played.rounds)
    return Findings(
        signalling=signalling(counts, inequality, evidence.scores.ranges),
        p_above_quantum=None if inequality.quantum_bound is None else 10.0**evidence.log10_p_above,
        drift=drift(rows),
        uniformity=uniformity(counts.sum(axis=1)) if evidence.design == "random" else None,
    )


def statistical_checks(
    findings: Findings, inequality: Inequality, evidence: Evidence, as_blocks: Evidence
) -> list[Check]:
    """No-signalling, Tsirelson, drift and settings."""
    status = {name: _status(p) for name, p in findings.adjusted.items()}
    return [
        _signalling(findings, evidence, status.get("no-signalling")),
        _tsirelson(findings, inequality, evidence, status.get("tsirelson")),
        _drift(findings.drift, evidence, status.get("drift")),
        _settings(findings, evidence, as_blocks, status.get("settings")),
    ]


def _status(p_value: float) -> CheckStatus:
    if p_value < FAIL_BELOW:
        return "fail"
    return "warn" if p_value < WARN_BELOW else "pass"


def _voids(status: CheckStatus | None, is_explained: bool) -> tuple[str, ...]:
    return LIMITS if status == "fail" and is_explained else ()


def _signalling(findings: Findings, evidence: Evidence, status: CheckStatus | None) -> Check:
    found = findings.signalling
    if found is None or status is None:
        return Check("no-signalling", "not-applicable", "no input occurs in two settings")
    is_explained = evidence.value <= evidence.bound + found.reach
    seen = f"largest shift {found.largest_shift:.3f} at {found.where}"
    message = f"none seen, {seen}"
    if status != "pass":
        fits = "the shifts could explain the value" if is_explained else "too little to explain the value"
        message = f"one party sees the others' settings ({seen}); {fits}"
    effect = None if status == "pass" else f"marginal shifts reach {found.reach:.3f} above the bound"
    return Check("no-signalling", status, message, found.p_value, effect, _voids(status, is_explained))


def _tsirelson(
    findings: Findings, inequality: Inequality, evidence: Evidence, status: CheckStatus | None
) -> Check:
    above = inequality.quantum_bound
    if above is None or status is None:
        return Check("tsirelson", "not-applicable", "the quantum bound of this inequality is not known")
    excess = evidence.value - above
    effect = f"{abs(excess):.3f} {'above' if excess > 0 else 'below'} the quantum bound {above:.6g}"
    message = {
        "pass": "within quantum theory",
        "warn": "the value is rather large for quantum theory",
        "fail": "beyond quantum theory: look for wiring, cross-talk or post-selection",
    }[status]
    voids = _voids(status, is_explained=True)
    return Check("tsirelson", status, message, findings.p_above_quantum, effect, voids)


def _drift(found: Homogeneity | None, evidence: Evidence, status: CheckStatus | None) -> Check:
    if found is None or status is None:
        return Check("drift", "no-data", "no rounds with enough counts in them")
    reach = 2 * found.largest_shift * float(evidence.scores.ranges.sum())
    is_explained = evidence.design != "random" and abs(evidence.value - evidence.bound) <= reach
    message = "steady over the rounds"
    if status != "pass":
        message = f"outcomes change over the rounds, most at {found.where}"
    if status == "fail" and evidence.design == "random":
        message += "; with random settings the p value holds all the same"
    effect = f"largest change of a frequency {found.largest_shift:.3f}"
    return Check("drift", status, message, found.p_value, effect, _voids(status, is_explained))


def _settings(
    findings: Findings, evidence: Evidence, as_blocks: Evidence, status: CheckStatus | None
) -> Check:
    if findings.uniformity is None or status is None:
        return Check(
            "settings", "not-applicable", "only settings drawn at random have to be equally frequent"
        )
    shares = evidence.scores.totals / evidence.trials
    is_explained = not (evidence.is_violated and as_blocks.is_violated)
    message = "uniform, as far as totals tell"
    if status != "pass":
        message = f"not equally frequent; p {p_text(as_blocks.log10_p)} for models that know the shares"
    effect = f"shares {shares.min():.4f} to {shares.max():.4f}"
    return Check("settings", status, message, findings.uniformity[1], effect, _voids(status, is_explained))


def design_check(
    declared: Design | None, filed: Design | None, used: Evidence, by_design: Mapping[Design, Evidence]
) -> Check:
    """Whether anybody said how the settings were chosen, and what hangs on it."""
    if declared is None:
        return Check(
            "design",
            "warn",
            f"NOT DECLARED: judged as fixed blocks, {_outcome(used)}; "
            f"if settings were random in every trial: {_outcome(by_design['random'])} (--design random)",
        )
    words = {"random": "settings random in every trial", "fixed-blocks": "fixed blocks"}
    message = f"{words[used.design]}, as declared"
    if filed is not None and filed != declared:
        message += f" (the file says {filed})"
    return Check("design", "pass", message)


def _outcome(evidence: Evidence) -> str:
    word = "violated" if evidence.is_violated else "not shown to be violated"
    return f"p {p_text(evidence.log10_p)}, {word}"


def check_numbers(findings: Findings) -> dict[str, object]:
    """The findings for programs."""
    raw, adjusted, seen = findings.p_values, findings.adjusted, findings.signalling
    return {
        "p_values": {name: {"p_value": raw[name], "holm": adjusted[name]} for name in raw},
        "largest_marginal_shift": seen and seen.largest_shift,
        "reach_of_marginal_shifts": seen and seen.reach,
        "settings_chi_square": findings.uniformity and findings.uniformity[0],
    }
