"""Counts of a CHSH test to a report: S with limits, a p value valid for the design, checks, verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from qmono.analysis.bell.certificates import certificates as proven
from qmono.analysis.bell.certificates import refused, sees_signalling
from qmono.analysis.bell.checks import Findings, check_numbers, find, statistical_checks
from qmono.analysis.bell.clicks import clicks_report
from qmono.analysis.bell.declared import DESIGNS, Declared, declared
from qmono.analysis.bell.inputs import BellCounts, bell_counts
from qmono.analysis.bell.metrics import metrics
from qmono.analysis.bell.premises import (
    calibration_check,
    design_check,
    detection_checks,
    signs_check,
    values_check,
)
from qmono.analysis.bell.ratio import judged_ratio, split_for_training
from qmono.analysis.bell.sections import estimate_title, sections, title
from qmono.analysis.bell.wins import is_wins_only, wins_report
from qmono.core.counts import CountsTable, IntArray
from qmono.core.metric import Metric, exact, missing
from qmono.core.report import Check, Report, trust_of
from qmono.core.vocabulary import Design
from qmono.errors import UsageError
from qmono.quantum.bell.chsh import LOCAL_BOUND, SIGN_VERSIONS
from qmono.quantum.bell.chsh_estimate import ChshEvidence, Correlators, chsh_evidence, correlators


def analyse_bell_test(
    table: CountsTable,
    *,
    signs: str | None = None,
    design: str | None = None,
    level: float = 0.95,
    rng_bias: float = 0.0,
    statistic: str | None = None,
    training: CountsTable | None = None,
    certificates: str = "usual",
    qber: float | None = None,
) -> Report:
    """The CHSH report of a table. `signs` and `design` override what the table says of itself.

    An undeclared design is judged as fixed blocks, which cannot over-claim; undeclared signs are paid for.
    rng_bias: eps, each party's setting has a probability in [(1-eps)/2, (1+eps)/2]. statistic: what the p
    value is made of; a ratio is trained on `training`, or on the first round of the table. certificates:
    usual, all or none; qber: the error rate of key rounds, for the key rate.
    Raises InputError if the table is no CHSH test, UsageError for unknown or contradictory options.
    """
    said = declared(
        table,
        signs=signs,
        design=design,
        rng_bias=rng_bias,
        statistic=statistic,
        certificates=certificates,
        qber=qber,
    )
    if training is not None and said.statistic != "ratio":
        raise UsageError("training counts have a meaning only for --statistic ratio")
    if is_wins_only(table):
        return wins_report(table, said, level)
    bell = bell_counts(table)
    if bell.empty_settings or table.values != "counts":
        return _estimate_report(table, bell, said, level)
    if said.statistic == "clicks":
        return clicks_report(table, bell, said, level)
    trained = None
    if said.statistic == "ratio":
        trained, bell = split_for_training(bell, training)
    return _evidence_report(table, bell, said, level, trained)


def _evidence_report(
    table: CountsTable, bell: BellCounts, said: Declared, level: float, trained: IntArray | None
) -> Report:
    counts = bell.counts.astype(np.int64)
    by_design: Mapping[Design, ChshEvidence] = {
        kind: chsh_evidence(
            counts,
            said.signs,
            kind,
            level,
            rng_bias=said.bias_of(kind),
            statistic=said.statistic,
            log10_ratio=None if trained is None else judged_ratio(counts, trained, said, kind),
        )
        for kind in DESIGNS
    }
    evidence = by_design[said.design or "fixed-blocks"]
    findings = find(bell, evidence)
    checks = (
        design_check(said.design, table.design, evidence, by_design),
        signs_check(evidence, _of_any_version(counts, said, evidence, level)),
        *statistical_checks(findings, evidence, by_design),
        *detection_checks(table),
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
        metrics=(*metrics(evidence), *_certificates(evidence, said, checks)),
        checks=checks,
        sections=sections(table, bell, found, verdict, evidence),
        payload={**_data(bell, found, said), **_statistics(evidence, by_design, findings)},
    )


def _of_any_version(counts: IntArray, said: Declared, judged: ChshEvidence, level: float) -> ChshEvidence:
    """What wins say of the best version, all eight paid for; for a hint only."""
    if said.signs is None:
        return judged
    return chsh_evidence(counts, None, judged.design, level, rng_bias=judged.rng_bias)


def _certificates(evidence: ChshEvidence, said: Declared, checks: tuple[Check, ...]) -> tuple[Metric, ...]:
    """They rest on the other side's setting having no influence, however small."""
    if sees_signalling(checks):
        return refused(said.certificates, "one side sees the other's setting")
    return proven(evidence.low, evidence.level, said.certificates, said.qber)


def _verdict(evidence: ChshEvidence, checks: tuple[Check, ...]) -> str:
    if trust_of(checks) == "failed":
        return "untrusted-data"
    if evidence.is_violated:
        return "violated"
    return "not-violated" if evidence.high < LOCAL_BOUND else "inconclusive"


def _estimate_report(table: CountsTable, bell: BellCounts, said: Declared, level: float) -> Report:
    """What can be said without limits: an empty setting, averages or corrected values."""
    found = correlators(bell.counts)
    empty = bell.empty_settings
    signs = said.signs or max(SIGN_VERSIONS, key=found.s_value)
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
            *refused(said.certificates, why),
        ),
        checks=checks,
        sections=sections(table, bell, found, verdict, None),
        payload={**_data(bell, found, said), "signs": said.signs if empty else signs},
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
        "rng_bias": evidence.rng_bias,
        "statistic": evidence.statistic,
        "correlator_std_errors": [float(error) for error in np.sqrt(_variances(evidence)).reshape(-1)],
        "wins": evidence.wins.tolist(),
        "totals": evidence.totals.tolist(),
        "by_design": {
            kind: {"log10_p_value": other.log10_p, "S_low": other.low, "S_high": other.high}
            for kind, other in by_design.items()
        },
        "checks": check_numbers(findings),
        "standard_errors_above_2": evidence.naive_z,
    }


def _variances(evidence: ChshEvidence) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(1 - E^2)/n = 4 w (1 - w)/n of every setting."""
    w = evidence.wins / evidence.totals
    variances: np.ndarray[Any, np.dtype[np.float64]] = 4 * w * (1 - w) / evidence.totals
    return variances
