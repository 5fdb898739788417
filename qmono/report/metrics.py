"""Metrics as rows for people: label, estimate, at least, at most, where the limits come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from qmono.core.metric import METRIC_NAMES, Limit, Metric, metric_label, weakest
from qmono.core.report import Report
from qmono.errors import UsageError
from qmono.report.numbers import (
    MISSING,
    Rounding,
    decimals_for,
    e_value,
    estimate,
    lower_limit,
    number,
    p_value,
    percent,
    power_of_ten,
    upper_limit,
)

METRIC_COLUMNS = ("", "estimate", "at least", "at most", "limits from")
METRIC_ALIGN = "<<<<<"
_MARKS = {"exact": "", "asymptotic": "~", "indicative": "*"}
_VOID = "!"
_SMALLEST_SPREAD = 1e-9
_WITH_LOGARITHM = ("p_value", "e_value")
_LOGARITHMS = ("log10_p_value", "log10_e_value")
LARGE_FAMILY = 3
"""Above this many pairs, qubits or cuts a metric is one row for all of them, unless everything is wanted."""


@dataclass(frozen=True)
class MetricRow:
    """One line of the metrics table."""

    label: str
    estimate: str
    low: str
    high: str
    origin: str

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """The cells, in the order of METRIC_COLUMNS."""
        return (self.label, self.estimate, self.low, self.high, self.origin)


def metric_rows(report: Report) -> list[MetricRow]:
    """Every metric of a report as a row; a p or e value and its logarithm share one."""
    return [
        _row_with_logarithm(report, metric, report.metric(f"log10_{metric.name}"))
        if metric.name in _WITH_LOGARITHM
        else _row(report, metric)
        for metric in report.metrics
        if not (metric.name in _LOGARITHMS and report.metric(metric.name.removeprefix("log10_")))
    ]


def families_as_rows(report: Report) -> tuple[list[MetricRow], list[str]]:
    """The rows, with one for all of a large family such as `negativity[A|B]`; and the families' names."""
    families: dict[str, list[Metric]] = {}
    for metric in report.metrics:
        families.setdefault(_family(metric), []).append(metric)
    large = {name for name, members in families.items() if len(members) > LARGE_FAMILY}
    few = replace(report, metrics=tuple(m for m in report.metrics if _family(m) not in large))
    rows = iter(metric_rows(few))
    kept = []
    for metric in report.metrics:
        if _family(metric) not in large:
            kept += [row] if (row := next(rows, None)) else []
        elif metric is families[_family(metric)][0]:
            kept.append(_family_row(report, families[_family(metric)]))
    return kept, [METRIC_NAMES[name].label for name in sorted(large)]


def _family(metric: Metric) -> str:
    base, bracket, _ = metric.name.partition("[")
    return base if bracket and base in METRIC_NAMES else metric.name


def _family_row(report: Report, members: list[Metric]) -> MetricRow:
    """The range of the estimates, the lowest lower and the highest upper limit of a family."""
    known = METRIC_NAMES[_family(members[0])]
    values = [metric.value for metric in members if metric.value is not None]
    decimals = max(map(shared_decimals, members))
    void = _VOID if any(voided_by(report, metric) for metric in members) else ""
    lows = [metric.low for metric in members if metric.low is not None]
    highs = [metric.high for metric in members if metric.high is not None]
    ends = dict.fromkeys(number(value, decimals) for value in (min(values), max(values))) if values else {}
    return MetricRow(
        f"{known.label}, {len(members)} {known.per}s",
        " to ".join(ends) or MISSING,
        lower_limit(min(limit.value for limit in lows), decimals) + _mark(weakest(lows), void)
        if len(lows) == len(members)
        else MISSING,
        upper_limit(max(limit.value for limit in highs), decimals) + _mark(weakest(highs), void)
        if len(highs) == len(members)
        else MISSING,
        "the least and the greatest of all",
    )


def shared_decimals(metric: Metric) -> int:
    """The decimals that estimate and limits of a metric are written with."""
    if metric.value is None:
        known = METRIC_NAMES.get(metric.name.partition("[")[0])
        return 0 if known is not None and known.whole else 3
    gaps = [abs(metric.value - limit.value) for limit in (metric.low, metric.high) if limit]
    spread = metric.std_error or max(gaps, default=0.0)
    return decimals_for(metric.value, spread if spread > _SMALLEST_SPREAD else None)


def voided_by(report: Report, metric: Metric) -> tuple[str, ...]:
    """Failed checks that take away the guarantee of a metric, the accepted ones marked as such."""
    strict = replace(report, accepted=()).voided_by(metric.name)
    return tuple(f"{name} (accepted)" if name in report.accepted else name for name in strict)


def limits_note(report: Report) -> str | None:
    """At which level the limits of a report hold; those of a monogamy report are made to hold together."""
    level = usual_level(report)
    if level is None:
        return None
    return f"limits hold at {percent(level)}" + ("" if report.kind == "monogamy" else " each, one at a time")


def legend(report: Report, rows: Iterable[MetricRow]) -> list[str]:
    """What the marks that really occur in the rows stand for."""
    shown = [cell for row in rows for cell in (row.estimate, row.low, row.high)]
    voiding = dict.fromkeys(name for metric in report.metrics for name in voided_by(report, metric))
    meanings = {
        "~": "~ asymptotic: holds for many counts",
        "*": "* indicative: an estimate of the limit, not proven",
        _VOID: f"{_VOID} void, because a check failed: {', '.join(voiding)}",
    }
    return [words for mark, words in meanings.items() if any(mark in cell for cell in shown)]


def usual_level(report: Report) -> float | None:
    """The level most limits of a report share."""
    levels = Counter(
        metric.level for metric in report.metrics if _is_bounded(metric) and not _is_exact(metric)
    )
    return levels.most_common(1)[0][0] if levels else None


def _row(report: Report, metric: Metric) -> MetricRow:
    label = _label(report, metric)
    if _is_exact(metric) and metric.value is not None:
        return MetricRow(label, _exact_number(metric.value), "", "", "exact")
    if metric.name in _LOGARITHMS and metric.value is not None:
        rounding: Rounding = "up" if metric.name == "log10_p_value" else "down"
        return MetricRow(label, number(metric.value, 1, rounding), "", "", metric.reason or "")
    decimals = shared_decimals(metric)
    void = _VOID if voided_by(report, metric) else ""
    return MetricRow(
        label,
        MISSING if metric.value is None else estimate(metric.value, metric.std_error, decimals),
        MISSING if metric.low is None else lower_limit(metric.low.value, decimals) + _mark(metric.low, void),
        MISSING
        if metric.high is None
        else upper_limit(metric.high.value, decimals) + _mark(metric.high, void),
        _origin(report, metric),
    )


def _row_with_logarithm(report: Report, metric: Metric, logarithm: Metric | None) -> MetricRow:
    if metric.value is not None:
        shown = p_value(metric.value) if metric.name == "p_value" else e_value(metric.value)
    else:
        rounding: Rounding = "up" if metric.name == "p_value" else "down"
        known = None if logarithm is None else logarithm.value
        shown = MISSING if known is None else power_of_ten(known, rounding)
    reason = (metric.reason or "") if metric.value is not None or shown == MISSING else ""
    if shown != MISSING and voided_by(report, metric):
        shown += _VOID
    return MetricRow(_label(report, metric), shown, "", "", reason or _methods(metric))


def _label(report: Report, metric: Metric) -> str:
    target = report.payload.get("target")
    goal = f" to {target}" if metric.name.partition("[")[0] == "fidelity" and isinstance(target, str) else ""
    unit = f" ({metric.unit})" if metric.unit else ""
    try:
        label = metric_label(metric.name)
    except UsageError:  # a report of another version may know more names
        label = metric.name
    return label + goal + unit


def _origin(report: Report, metric: Metric) -> str:
    level = percent(metric.level) if _is_bounded(metric) and metric.level != usual_level(report) else ""
    incomplete = metric.value is None or metric.low is None or metric.high is None
    reason = metric.reason if incomplete or not _is_bounded(metric) else None
    return "; ".join(filter(None, [_methods(metric), level, reason]))


def _methods(metric: Metric) -> str:
    low, high = (limit.method if limit else "" for limit in (metric.low, metric.high))
    if low and high and low != high:
        return f"{low}; at most: {high}"
    return low or high


def _mark(limit: Limit, void: str) -> str:
    return _MARKS[limit.guarantee] + void


def _is_bounded(metric: Metric) -> bool:
    return metric.low is not None or metric.high is not None


def _is_exact(metric: Metric) -> bool:
    return metric.low is not None and metric.low == metric.high and metric.low.value == metric.value


def _exact_number(value: float) -> str:
    return (
        str(int(value))
        if float(value).is_integer() and abs(value) < 1e15
        else number(value, decimals_for(value))
    )
