"""The report of a test judged by clicks (`--statistic clicks`): Clauser, Horne and Eberhard's inequality."""

from __future__ import annotations

from math import log10

import numpy as np

from qmono.analysis.bell.certificates import refused
from qmono.analysis.bell.checks import no_signalling_check, numbers_of_counts, settings_check
from qmono.analysis.bell.declared import Declared
from qmono.analysis.bell.inputs import BellCounts
from qmono.analysis.bell.loopholes import loopholes
from qmono.analysis.bell.metrics import p_metrics
from qmono.analysis.bell.premises import (
    calibration_check,
    declared_design_check,
    detection_checks,
    values_check,
)
from qmono.analysis.bell.sections import assumed_lines, random_settings_line, settings_table
from qmono.analysis.bell.words import percent
from qmono.core.counts import CountsTable
from qmono.core.metric import Limit, Metric, exact, missing
from qmono.core.report import Note, Report, trust_of
from qmono.errors import UsageError
from qmono.quantum.bell.chsh_estimate import correlators
from qmono.quantum.bell.clicks import CLICK_SIGNS, Clicks, clicks

_VOIDS = ("bell_value", "p_value", "log10_p_value")


def clicks_report(table: CountsTable, bell: BellCounts, said: Declared, level: float) -> Report:
    """J with its p value, for settings drawn at random; a click is outcome 0.

    Raises UsageError where the design is not declared as random, the version is none with one minus sign, or
    the outcomes are not known.
    """
    if said.design != "random":
        raise UsageError("--statistic clicks is valid for settings drawn in every trial: say --design random")
    if said.signs not in CLICK_SIGNS:
        raise UsageError(f"--statistic clicks needs --signs, one of {', '.join(CLICK_SIGNS)}")
    if not bell.has_outcomes:
        raise UsageError("--statistic clicks needs the outcomes of both parties; here are correlations only")
    counts = bell.counts.astype(np.int64)
    found = clicks(counts, said.signs, level, said.rng_bias)
    is_violated = found.log10_p <= log10(1 - level)
    checks = (
        declared_design_check(said, table),
        no_signalling_check(counts, found.value, _VOIDS),
        settings_check(counts.sum(axis=(2, 3)), said.rng_bias),
        *detection_checks(table),
        values_check(table),
        calibration_check(),
    )
    verdict = "violated" if is_violated else "inconclusive"
    verdict = "untrusted-data" if trust_of(checks) == "failed" else verdict
    return Report(
        kind="bell-test",
        title=_title(found, is_violated),
        verdict=verdict,
        trust=trust_of(checks),
        source=table.source,
        metrics=_metrics(found, said, is_violated, int(counts.sum())),
        checks=checks,
        sections=(settings_table(bell, correlators(counts)), *_notes(table, found, said)),
        payload=_payload(found, said, counts),
    )


def _low(found: Clicks, is_violated: bool) -> float | None:
    """J is above 0 where the p value says so, and from there on above its own limit; else there is none."""
    return max(found.low, 5e-324) if is_violated else None


def _title(found: Clicks, is_violated: bool) -> str:
    low = _low(found, is_violated)
    limit = f", at least {low:.2e} ({percent(found.level)})" if low else ""
    return f"J = {found.value:.4e} +- {found.std_error:.1e}{limit}; local bound 0"


def _metrics(found: Clicks, said: Declared, is_violated: bool, trials: int) -> tuple[Metric, ...]:
    low = _low(found, is_violated)
    why = "judged by clicks, see bell_value"
    return (
        Metric(
            "bell_value",
            found.value,
            std_error=found.std_error,
            level=found.level,
            low=None if low is None else Limit(low, "p value, then clopper-pearson", "exact"),
            reason="low only" if low else "not shown to be above 0",
        ),
        *p_metrics(found.log10_p, "exact for random settings, successes of clicks"),
        exact("wins", float(found.successes)),
        exact("trials", float(trials)),
        missing("S", why),
        *refused(said.certificates, why),
    )


def _notes(table: CountsTable, found: Clicks, said: Declared) -> tuple[Note, ...]:
    lines = (
        random_settings_line(said.rng_bias),
        "outcome + is a click; no trial was dropped for want of one; stop and windows fixed before",
    )
    notes = [Note("assumed", (*lines, *assumed_lines(table, None)))]
    notes += [note for note in [loopholes(table, "random")] if note]
    judged = found.successes + found.failures
    notes.append(Note("judged", (f"{found.successes} successes of {judged} trials that count either way",)))
    if found.std_error > 0 and found.value > 0:
        z = found.value / found.std_error
        notes.append(Note("naive", (f"J is {z:.1f} standard errors above 0: no substitute for p",)))
    return tuple(notes)


def _payload(found: Clicks, said: Declared, counts: np.ndarray) -> dict[str, object]:
    return {
        "inequality": "eberhard",
        "local_bound": 0.0,
        "statistic": "clicks",
        "signs": said.signs,
        "design": said.design,
        "rng_bias": said.rng_bias,
        "successes": found.successes,
        "failures": found.failures,
        "standard_errors_above_0": found.value / found.std_error if found.std_error else None,
        "checks": numbers_of_counts(counts, said.rng_bias),
        "counts": {
            f"{x}{y}": {f"{a}{b}": int(counts[x, y, a, b]) for a in (0, 1) for b in (0, 1)}
            for x in (0, 1)
            for y in (0, 1)
        },
    }
