"""Counts of a scan to a report: S at every angle, with limits that pay for their number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qmono.analysis.bell.checks import FAIL_BELOW, WARN_BELOW
from qmono.analysis.bell.declared import DESIGNS
from qmono.analysis.bell.metrics import limits_method, p_method, p_metrics
from qmono.analysis.bell.premises import calibration_check, values_check
from qmono.analysis.bell.words import at_least, at_most, p_text, percent
from qmono.core.counts import CountsTable, IntArray, SettingRows
from qmono.core.metric import Limit, Metric, exact
from qmono.core.report import Check, CheckStatus, Note, Report, Section, Series, Table, trust_of
from qmono.core.vocabulary import Design
from qmono.errors import InputError, UsageError, did_you_mean
from qmono.quantum.bell.chsh import LOCAL_BOUND, USUAL_SIGNS, sign_array
from qmono.quantum.bell.chsh_estimate import ChshEvidence, chsh_evidence
from qmono.quantum.bell.p_values import log10_p_above_quantum
from qmono.quantum.bell.scan import FEWEST_STEPS, cosine_fit, scan_angles, turned_by
from qmono.quantum.checks import Homogeneity, drift, marginals
from qmono.quantum.limits import holm
from qmono.quantum.types import Real

LIMITS = ("S", "p_value", "log10_p_value")


def analyse_scan(
    table: CountsTable, *, signs: str | None = None, design: str | None = None, level: float = 0.95
) -> Report:
    """The report of a table with inputs x = 0, 1 and y = 0, 1, 2, ..., two for every angle.

    All limits hold together at `level`: each at 1 - (1 - level)/K for K angles. Raises InputError if the
    table is no scan or has an empty setting.
    """
    if design is not None and design not in DESIGNS:
        raise UsageError(f"unknown design {design!r}{did_you_mean(design, DESIGNS)}")
    used: Design = next((kind for kind in DESIGNS if kind == design), table.design or "fixed-blocks")
    version = signs or table.signs or USUAL_SIGNS
    sign_array(version)
    counts, rows = _scan_counts(table)
    steps = len(counts)
    strict = 1 - (1 - level) / steps
    found = [chsh_evidence(part, version, used, strict) for part in counts]
    angles = _angles(rows, steps)
    checks = (
        _design(design or table.design),
        *_statistical(rows, found),
        values_check(table),
        calibration_check(),
    )
    best = max(range(steps), key=lambda k: found[k].low)
    verdict = _verdict(found, checks)
    return Report(
        kind="bell-test",
        title=_title(found[best], float(angles[best]), verdict, level, steps),
        verdict=verdict,
        trust=trust_of(checks),
        source=table.source,
        metrics=_metrics(found, best, level),
        checks=checks,
        sections=_sections(found, angles, used),
        payload={
            "inequality": "chsh",
            "signs": version,
            "design": used,
            "scan": [
                {"degrees": float(angle), "S": one.s_value, "low": one.low, "high": one.high}
                for angle, one in zip(angles, found, strict=True)
            ],
        },
    )


def _scan_counts(table: CountsTable) -> tuple[IntArray, SettingRows]:
    """Counts (K, 2, 2, 2, 2) by angle, inputs and outcomes, and the rows in that order."""
    rows = table.settings
    if rows is None or rows.inputs is None or table.n_qubits != 2 or table.values != "counts":
        raise _refusal(table, "a scan needs counts of two qubits with named inputs")
    most = int(rows.inputs[:, 1].max()) + 1
    if most < 2 * FEWEST_STEPS or most % 2 or rows.inputs.min() < 0 or rows.inputs[:, 0].max() > 1:
        raise _refusal(
            table,
            f"a scan has the inputs 0 and 1 on qubit 0 and two for each of {FEWEST_STEPS} angles or more "
            "on qubit 1",
        )
    place = {tuple(row): index for index, row in enumerate(rows.inputs.tolist())}
    empty = [xy for xy in np.ndindex(2, most) if xy not in place or rows.counts[place[xy]].sum() == 0]
    if empty or len(place) < len(rows.labels):
        what = f"no counts in setting a{empty[0][0]} b{empty[0][1]}" if empty else "a setting occurs twice"
        raise _refusal(table, f"{what}; a scan needs every setting once")
    order = [place[xy] for xy in np.ndindex(2, most)]
    counts = rows.counts[order].astype(np.int64).reshape(2, most // 2, 2, 2, 2)
    return np.moveaxis(counts, 1, 0), replace(
        rows,
        labels=tuple(rows.labels[index] for index in order),
        counts=rows.counts[order],
        inputs=rows.inputs[order],
        directions=None if rows.directions is None else rows.directions[order],
        rounds=None if rows.rounds is None else rows.rounds[:, order],
    )


def _angles(rows: SettingRows, steps: int) -> Real:
    """From the directions where they are known, else equal steps of the whole turn."""
    if rows.directions is None:
        return scan_angles(steps)
    return turned_by(rows.directions[: 2 * steps, 1])


def _statistical(rows: SettingRows, found: list[ChshEvidence]) -> tuple[Check, ...]:
    """No-signalling and drift over all settings, judged together (Holm)."""
    tests = {"no-signalling": marginals(rows), "drift": drift(rows)}
    above = min(log10_p_above_quantum(one.wins, one.totals, one.design) for one in found)
    raw = {name: test.p_value for name, test in tests.items() if test is not None}
    raw["tsirelson"] = min(1.0, len(found) * 10.0**above)
    adjusted = dict(zip(raw, holm(list(raw.values())), strict=True))
    margin = max(one.s_value for one in found) - LOCAL_BOUND
    return (
        *(_check(name, tests[name], adjusted.get(name), margin) for name in tests),
        _tsirelson(raw["tsirelson"], adjusted["tsirelson"]),
    )


def _design(declared: str | None) -> Check:
    if declared is None:
        return Check("design", "warn", "NOT DECLARED: judged as fixed blocks (--design random)")
    return Check("design", "pass", f"{declared}, as declared")


def _tsirelson(p_value: float, adjusted: float) -> Check:
    status = _status(adjusted)
    words = "within quantum theory" if status == "pass" else "an S beyond quantum theory: look at the wiring"
    return Check("tsirelson", status, words, p_value, voids=LIMITS if status == "fail" else ())


def _status(p_value: float) -> CheckStatus:
    if p_value < FAIL_BELOW:
        return "fail"
    return "warn" if p_value < WARN_BELOW else "pass"


def _check(name: str, test: Homogeneity | None, adjusted: float | None, margin: float) -> Check:
    if test is None or adjusted is None:
        return Check(name, "no-data", "too few counts, or no rounds")
    status = _status(adjusted)
    # four marginals, or four correlators, each shifted by twice the shift of a frequency
    could_explain = 0 <= margin <= 8 * test.largest_shift
    words = {
        "no-signalling": "marginals depend on the other side",
        "drift": "outcomes change over the rounds",
    }
    calm = {"no-signalling": "none seen", "drift": "steady over the rounds"}
    message = calm[name] if status == "pass" else f"{words[name]}, most at {test.where}"
    voids = LIMITS if status == "fail" and could_explain else ()
    effect = f"largest shift of a frequency {test.largest_shift:.3f}"
    return Check(name, status, message, test.p_value, effect, voids)


def _verdict(found: list[ChshEvidence], checks: tuple[Check, ...]) -> str:
    if trust_of(checks) == "failed":
        return "untrusted-data"
    if any(one.is_violated for one in found):
        return "violated"
    return "not-violated" if all(one.high < LOCAL_BOUND for one in found) else "inconclusive"


def _title(best: ChshEvidence, angle: float, verdict: str, level: float, steps: int) -> str:
    value = f"S = {best.s_value:.3f} +- {best.std_error:.3f} at {angle:g} degrees"
    limits = (
        f"at most {at_most(best.high)}" if verdict == "not-violated" else f"at least {at_least(best.low)}"
    )
    return f"{value}, {limits} ({percent(level)} for all {steps} angles together); local bound 2"


def _metrics(found: list[ChshEvidence], best: int, level: float) -> tuple[Metric, ...]:
    """S of the best angle; its upper limit is that of the largest S of any."""
    one, steps = found[best], len(found)
    log10_p = min(min(other.log10_p for other in found) + float(np.log10(steps)), 0.0)
    method = f"{limits_method(one)}, {steps} angles paid for"
    return (
        Metric(
            "S",
            one.s_value,
            std_error=one.std_error,
            level=level,
            low=Limit(one.low, method, "exact"),
            high=Limit(max(other.high for other in found), method, "exact"),
        ),
        *p_metrics(log10_p, f"{p_method(one)}, times {steps}"),
        exact("trials", float(sum(other.totals.sum() for other in found))),
    )


def _sections(found: list[ChshEvidence], angles: Real, design: Design) -> tuple[Section, ...]:
    values = np.array([one.s_value for one in found])
    rows = tuple(
        (f"{angle:g}", one.s_value, one.low, one.high, p_text(one.log10_p))
        for angle, one in zip(angles, found, strict=True)
    )
    kind = "settings random in every trial" if design == "random" else "fixed blocks, independent trials"
    return (
        Table("scan", ("angle", "S", "at least", "at most", "p alone"), rows),
        Series("S against angle", "degrees", tuple(angles.tolist()), "S", tuple(values.tolist())),
        Note(
            "fit",
            (_fit_line(angles, values),),
        ),
        Note("assumed", (kind, "the directions are those planned: an offset moves the maximum")),
    )


def _fit_line(angles: Real, values: Real) -> str:
    fit = cosine_fit(angles, values)
    turned = f"{'+' if fit.offset < 0 else '-'} {abs(fit.offset):.1f}"
    return f"{fit.amplitude:.3f} cos(angle {turned}), least squares: an estimate without limits"


def _refusal(table: CountsTable, problem: str) -> InputError:
    return InputError(problem, source=table.origin.name if table.origin else "")
