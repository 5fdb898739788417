"""Counts of a CHSH test to a report: S with limits, a p value valid for the design, checks, verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any, get_args

import numpy as np

from qmono.analysis.bell_checks import (
    Findings,
    calibration_check,
    check_numbers,
    design_check,
    find,
    statistical_checks,
    values_check,
)
from qmono.analysis.bell_inputs import BellCounts, bell_counts
from qmono.analysis.bell_sections import estimate_title, sections, title
from qmono.core.counts import CountsTable
from qmono.core.metric import Limit, Metric, exact, missing
from qmono.core.report import Check, Report, trust_of
from qmono.core.vocabulary import Design
from qmono.errors import InputError, UsageError, did_you_mean
from qmono.quantum.bell.chsh import LOCAL_BOUND, SIGN_VERSIONS, sign_array
from qmono.quantum.bell.chsh_estimate import ChshEvidence, Correlators, chsh_evidence, correlators
from qmono.quantum.bell.game import is_played_as_game

SMALLEST_LOG10_P = -300.0
"""Below this a p value is null and its logarithm speaks."""

DESIGNS: tuple[Design, ...] = get_args(Design)


@dataclass(frozen=True)
class Declared:
    """What the user or the file said; None where nobody did."""

    signs: str | None
    design: Design | None


def analyse_bell_test(
    table: CountsTable, *, signs: str | None = None, design: str | None = None, level: float = 0.95
) -> Report:
    """The CHSH report of a table. `signs` and `design` override what the table says of itself.

    An undeclared design is judged as fixed blocks, which cannot over-claim; undeclared signs are paid for.
    Raises InputError if the table is no CHSH test, UsageError for unknown signs or designs.
    """
    declared = _declared(table, signs, design)
    bell = bell_counts(table)
    if bell.empty_settings or table.values != "counts":
        return _estimate_report(table, bell, declared, level)
    counts = bell.counts.astype(np.int64)
    by_design: Mapping[Design, ChshEvidence] = {
        kind: chsh_evidence(counts, declared.signs, kind, level) for kind in DESIGNS
    }
    evidence = by_design[declared.design or "fixed-blocks"]
    findings = find(bell, evidence)
    checks = (
        design_check(declared.design, table.design, evidence, by_design),
        *statistical_checks(findings, evidence, by_design),
        values_check(table),
        calibration_check(),
    )
    verdict = _verdict(evidence, checks)
    found = correlators(counts)
    return Report(
        kind="bell-test",
        title=title(verdict, evidence),
        verdict=verdict,
        trust=trust_of(checks),
        source=table.source,
        metrics=_metrics(evidence),
        checks=checks,
        sections=sections(table, bell, found, verdict, evidence),
        payload={**_data(bell, found, declared), **_statistics(evidence, by_design, findings)},
    )


def _declared(table: CountsTable, signs: str | None, design: str | None) -> Declared:
    if design is not None and design not in DESIGNS:
        raise UsageError(f"unknown design {design!r}{did_you_mean(design, DESIGNS)}")
    if signs is not None:
        sign_array(signs)
    elif table.signs is not None and table.signs not in SIGN_VERSIONS:
        source = table.origin.name if table.origin else ""
        raise InputError(f"{table.signs!r} is no version of CHSH", source=source, place="signs")
    chosen = table.signs if signs is None else signs
    return Declared(chosen, next((kind for kind in DESIGNS if kind == design), table.design))


def _verdict(evidence: ChshEvidence, checks: tuple[Check, ...]) -> str:
    if trust_of(checks) == "failed":
        return "untrusted-data"
    if evidence.is_violated:
        return "violated"
    return "not-violated" if evidence.high < LOCAL_BOUND else "inconclusive"


def _metrics(evidence: ChshEvidence) -> tuple[Metric, ...]:
    level = evidence.level
    method = _limits_method(evidence)
    return (
        Metric(
            "S",
            evidence.s_value,
            std_error=evidence.std_error,
            level=level,
            low=Limit(evidence.low, method, "exact"),
            high=Limit(evidence.high, method, "exact"),
        ),
        *_p_values(evidence),
        exact("wins", float(evidence.wins.sum())),
        exact("trials", float(evidence.totals.sum())),
        Metric(
            "concurrence",
            None,
            level=level,
            low=Limit(_concurrence_low(evidence.low), "lower limit of S", "exact"),
            reason="low only",
        ),
    )


def _limits_method(evidence: ChshEvidence) -> str:
    if not is_played_as_game(evidence.totals, evidence.design):
        return "four clopper-pearson limits added"
    return "clopper-pearson on wins"


def _p_values(evidence: ChshEvidence) -> tuple[Metric, Metric]:
    """The p value and its logarithm; both bound, so that requirements can be judged on them."""
    method = "exact for random settings" if evidence.design == "random" else "exact for fixed blocks"
    logarithm = Limit(evidence.log10_p, method, "exact")
    log_metric = Metric("log10_p_value", evidence.log10_p, low=logarithm, high=logarithm)
    if evidence.log10_p < SMALLEST_LOG10_P:
        above = Limit(10.0**SMALLEST_LOG10_P, method, "exact")
        return Metric("p_value", None, high=above, reason="below 1e-300, see log10_p_value"), log_metric
    p = Limit(10.0**evidence.log10_p, method, "exact")
    return Metric("p_value", p.value, low=p, high=p), log_metric


def _concurrence_low(s_low: float) -> float:
    """C >= sqrt(S^2/4 - 1) for two qubits: Verstraete and Wolf, Phys. Rev. Lett. 89 (2002) 170401."""
    return min(sqrt(max(s_low, LOCAL_BOUND) ** 2 / 4 - 1), 1.0)


def _estimate_report(table: CountsTable, bell: BellCounts, declared: Declared, level: float) -> Report:
    """What can be said without limits: an empty setting, averages or corrected values."""
    found = correlators(bell.counts)
    empty = bell.empty_settings
    signs = declared.signs or max(SIGN_VERSIONS, key=found.s_value)
    s_value = None if empty else found.s_value(signs)
    why = f"no counts in setting {', '.join(empty)}" if empty else _refusal(table)
    checks = (values_check(table), calibration_check())
    verdict = "insufficient-data" if empty else _verdict_of_values(checks)
    # without trials nothing speaks against a local model, so p = 1; values that are no counts have no p
    p_values = (
        (exact("p_value", 1.0), exact("log10_p_value", 0.0))
        if empty and table.values == "counts"
        else (missing("p_value", why), missing("log10_p_value", why))
    )
    return Report(
        kind="bell-test",
        title=estimate_title(table, s_value, empty),
        verdict=verdict,
        trust=trust_of(checks),
        source=table.source,
        metrics=(
            Metric("S", s_value, level=level, reason=why),
            *p_values,
            *_trials(table, bell, why),
            missing("concurrence", why),
        ),
        checks=checks,
        sections=sections(table, bell, found, verdict, None),
        payload={**_data(bell, found, declared), "signs": declared.signs if empty else signs},
    )


def _refusal(table: CountsTable) -> str:
    if table.values == "corrected":
        return "corrected: not a Bell test"
    return "averages: shot noise unknown until --mean-of restores the counts"


def _verdict_of_values(checks: tuple[Check, ...]) -> str:
    return "untrusted-data" if trust_of(checks) == "failed" else "inconclusive"


def _trials(table: CountsTable, bell: BellCounts, why: str) -> tuple[Metric, Metric]:
    if table.values != "counts":
        return missing("wins", why), missing("trials", why)
    return missing("wins", why), exact("trials", float(bell.totals.sum()))


def _data(bell: BellCounts, found: Correlators, declared: Declared) -> dict[str, Any]:
    """Counts and correlators for programs, keyed by inputs xy and outcomes ab."""
    settings = [(x, y) for x in (0, 1) for y in (0, 1)]
    return {
        "inequality": "chsh",
        "local_bound": LOCAL_BOUND,
        "signs_declared": declared.signs,
        "design_declared": declared.design,
        "counts": {
            f"{x}{y}": {f"{a}{b}": bell.counts[x, y, a, b].item() for a, b in settings} for x, y in settings
        },
        "correlators": {f"{x}{y}": _number(found.values[x, y]) for x, y in settings},
        "directions": None if bell.directions is None else bell.directions.tolist(),
        "inputs_assumed": bell.mapping,
    }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _statistics(
    evidence: ChshEvidence, by_design: Mapping[Design, ChshEvidence], findings: Findings
) -> dict[str, Any]:
    return {
        "signs": evidence.signs,
        "sign_versions_tried": evidence.versions,
        "design": evidence.design,
        "correlator_std_errors": [float(error) for error in np.sqrt(_variances(evidence)).reshape(-1)],
        "wins": evidence.wins.tolist(),
        "totals": evidence.totals.tolist(),
        "by_design": {
            kind: {"log10_p_value": other.log10_p, "S_low": other.low, "S_high": other.high}
            for kind, other in by_design.items()
        },
        "checks": check_numbers(findings),
        "standard_errors_above_2": _naive(evidence),
    }


def _variances(evidence: ChshEvidence) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(1 - E^2)/n = 4 w (1 - w)/n of every setting."""
    w = evidence.wins / evidence.totals
    variances: np.ndarray[Any, np.dtype[np.float64]] = 4 * w * (1 - w) / evidence.totals
    return variances


def _naive(evidence: ChshEvidence) -> float | None:
    return (evidence.s_value - LOCAL_BOUND) / evidence.std_error if evidence.std_error else None
