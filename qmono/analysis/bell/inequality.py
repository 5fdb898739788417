"""Counts of a test of any Bell inequality to a report: value with limits, p value, checks, verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from qmono.analysis.bell.certificates import ghz_certificates
from qmono.analysis.bell.declared import DESIGNS
from qmono.analysis.bell.inequality_checks import (
    LIMITS,
    check_numbers,
    design_check,
    find,
    statistical_checks,
)
from qmono.analysis.bell.inequality_inputs import PlayedCounts, played_counts
from qmono.analysis.bell.inequality_sections import estimate_title, mean_scores, sections, title
from qmono.analysis.bell.metrics import p_metrics
from qmono.analysis.bell.premises import calibration_check, values_check
from qmono.core.counts import CountsTable
from qmono.core.metric import Limit, Metric, exact, missing
from qmono.core.report import Check, Report, trust_of
from qmono.core.vocabulary import Design
from qmono.errors import UsageError, did_you_mean
from qmono.quantum.bell.evidence import Evidence, evidence_of
from qmono.quantum.bell.inequality import Inequality


def analyse_inequality(
    table: CountsTable, inequality: Inequality, *, design: str | None = None, level: float = 0.95
) -> Report:
    """The report of a table. `design` overrides what the table says; undeclared it is fixed blocks.

    Raises InputError if the table is no test of the inequality, UsageError for an unknown design.
    """
    if design is not None and design not in DESIGNS:
        raise UsageError(f"unknown design {design!r}{did_you_mean(design, DESIGNS)}")
    declared = next((kind for kind in DESIGNS if kind == design), table.design)
    played = played_counts(table, inequality)
    if played.empty_settings or table.values != "counts":
        return _estimate_report(table, inequality, played, level)
    by_design = {kind: evidence_of(played.counts, inequality, kind, level) for kind in DESIGNS}
    evidence = by_design[declared or "fixed-blocks"]
    findings = find(played, inequality, evidence)
    checks = (
        design_check(declared, table.design, evidence, by_design),
        *statistical_checks(findings, inequality, evidence, by_design["fixed-blocks"]),
        values_check(table),
        calibration_check(),
    )
    verdict = _verdict(evidence, checks)
    return Report(
        kind="bell-test",
        title=title(inequality, verdict, evidence),
        verdict=verdict,
        trust=trust_of(checks),
        source=table.source,
        metrics=(
            *_metrics(evidence),
            *ghz_certificates(inequality.name, evidence.low, evidence.level, checks),
        ),
        checks=checks,
        sections=sections(table, inequality, played, verdict, evidence),
        payload={
            **_data(inequality, played),
            **_statistics(evidence, by_design),
            "design_declared": declared,
            "checks": check_numbers(findings),
        },
    )


def _verdict(evidence: Evidence, checks: tuple[Check, ...]) -> str:
    if trust_of(checks) == "failed":
        return "untrusted-data"
    if evidence.is_violated:
        return "violated"
    return "not-violated" if evidence.high < evidence.bound else "inconclusive"


def _metrics(evidence: Evidence) -> tuple[Metric, ...]:
    method = "clopper-pearson on wins" if evidence.method == "game" else "chernoff on scores"
    wins = evidence.wins
    return (
        Metric(
            "bell_value",
            evidence.value,
            std_error=evidence.std_error,
            level=evidence.level,
            low=Limit(evidence.low, method, "exact"),
            high=Limit(evidence.high, method, "exact"),
        ),
        *p_metrics(evidence.log10_p, _p_method(evidence)),
        missing("wins", "scores of more than two sizes") if wins is None else exact("wins", float(wins)),
        exact("trials", float(evidence.trials)),
    )


def _p_method(evidence: Evidence) -> str:
    kind = "random settings" if evidence.design == "random" else "fixed blocks"
    return f"{'exact' if evidence.method == 'game' else 'upper bound'} for {kind}"


def _estimate_report(
    table: CountsTable, inequality: Inequality, played: PlayedCounts, level: float
) -> Report:
    """What can be said without limits: an empty setting, averages or corrected values."""
    empty = played.empty_settings
    value = None if empty else float(mean_scores(inequality, played).sum())
    why = f"no counts in setting {', '.join(empty)}" if empty else _refusal(table)
    checks = (_values_check(table), calibration_check())
    failed = trust_of(checks) == "failed"
    verdict = "insufficient-data" if empty else "untrusted-data" if failed else "inconclusive"
    # without trials nothing speaks against a local model, so p = 1; values that are no counts have no p
    p_values = (
        (exact("p_value", 1.0), exact("log10_p_value", 0.0))
        if empty and table.values == "counts"
        else (missing("p_value", why), missing("log10_p_value", why))
    )
    trials = (
        exact("trials", float(played.totals.sum())) if table.values == "counts" else missing("trials", why)
    )
    return Report(
        kind="bell-test",
        title=estimate_title(inequality, table, value, empty),
        verdict=verdict,
        trust=trust_of(checks),
        source=table.source,
        metrics=(
            Metric("bell_value", value, level=level, reason=why),
            *p_values,
            missing("wins", why),
            trials,
        ),
        checks=checks,
        sections=sections(table, inequality, played, verdict, None),
        payload=_data(inequality, played),
    )


def _values_check(table: CountsTable) -> Check:
    found = values_check(table)
    voids = LIMITS if found.voids else ()
    return Check(found.name, found.status, found.message, found.p_value, found.effect, voids)


def _refusal(table: CountsTable) -> str:
    if table.values == "corrected":
        return "corrected: not a Bell test"
    return "averages: shot noise unknown until --mean-of restores the counts"


def _data(inequality: Inequality, played: PlayedCounts) -> dict[str, Any]:
    """Bounds, settings and counts for programs, settings in the order of their inputs."""
    return {
        "inequality": inequality.name,
        "model": inequality.model,
        "local_bound": inequality.local_bound,
        "quantum_bound": inequality.quantum_bound,
        "no_signalling_bound": inequality.no_signalling_bound,
        "settings": [
            {
                "inputs": inputs,
                "counts": counts,
                "coefficients": coefficients,
                "mean_score": None if np.isnan(score) else float(score),
            }
            for inputs, counts, coefficients, score in zip(
                inequality.settings.tolist(),
                played.counts.tolist(),
                inequality.setting_coefficients.tolist(),
                mean_scores(inequality, played),
                strict=True,
            )
        ],
        "inputs_assumed": played.mapping,
    }


def _statistics(evidence: Evidence, by_design: Mapping[Design, Evidence]) -> dict[str, Any]:
    above = evidence.value - evidence.bound
    return {
        "design": evidence.design,
        "method": evidence.method,
        "by_design": {
            kind: {"log10_p_value": other.log10_p, "low": other.low, "high": other.high}
            for kind, other in by_design.items()
        },
        "standard_errors_above_bound": above / evidence.std_error if evidence.std_error else None,
    }
