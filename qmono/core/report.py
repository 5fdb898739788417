"""The neutral report, schema `qmono.report/1`: what every command makes and every renderer reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from qmono.core.metric import Metric
from qmono.core.vocabulary import Source
from qmono.errors import InputError

REPORT_SCHEMA = "qmono.report/1"

CheckStatus = Literal["pass", "warn", "fail", "no-data", "not-applicable"]
RequirementStatus = Literal["pass", "fail", "inconclusive", "no-data"]
Trust = Literal["ok", "caution", "failed"]
Tone = Literal["good", "bad", "open"]

VERDICTS: Mapping[str, Mapping[str, Tone]] = {
    "bell-test": {
        "violated": "good",
        "not-violated": "bad",
        "inconclusive": "open",
        "insufficient-data": "open",
        "untrusted-data": "bad",
    },
    "tomography": {
        "entangled": "good",
        "separable": "bad",
        "inconclusive": "open",
        "untrusted-data": "bad",
    },
    "fidelity": {
        "certified": "good",
        "not-certified": "bad",
        "inconclusive": "open",
    },
    "measures": {
        "entangled": "good",
        "separable": "bad",
        "inconclusive": "open",
    },
    "monogamy": {
        "satisfied": "good",
        "violated": "bad",
        "inconclusive": "open",
        "not-applicable": "open",
    },
    "comparison": {"different": "bad", "not-distinguished": "open"},
    "suite": {"passed": "good", "failed": "bad", "inconclusive": "open", "no-data": "open"},
}
"""Per kind of report the words a verdict may be, and what each means: the same word is good news in
one command and bad news in another."""


CHECK_NAMES: Mapping[str, tuple[str, ...]] = {
    "bell-test": (
        "design",
        "signs",
        "no-signalling",
        "tsirelson",
        "drift",
        "settings",
        "detection",
        "values",
        "calibration",
    ),
    "tomography": (
        "goodness-of-fit",
        "likelihood-gap",
        "estimators-agree",
        "no-signalling",
        "frame",
        "order",
        "drift",
        "completeness",
        "values",
        "calibration",
    ),
    "fidelity": ("values", "design", "drift", "calibration"),
    "measures": ("plug-in",),
    "monogamy": (
        "design",
        "no-signalling",
        "settings",
        "drift",
        "goodness-of-fit",
        "likelihood-gap",
        "values",
        "calibration",
    ),
    "comparison": ("same-target", "first", "second", "calibration"),
    "suite": ("calibration",),
}
"""Per kind of report the checks it may hold: what `--require check:NAME` and `--accept` may name."""


@dataclass(frozen=True)
class Check:
    """One check on data or fit. `voids` names the metrics whose guarantee a failure takes away."""

    name: str
    status: CheckStatus
    message: str
    p_value: float | None = None
    effect: str | None = None
    voids: tuple[str, ...] = ()


@dataclass(frozen=True)
class RequirementResult:
    """A judged requirement: `limit` is the proven limit it was judged on, `margin` its distance to spare."""

    expression: str
    status: RequirementStatus
    limit: float | None
    margin: float | None
    reason: str | None = None


Cell = str | float | int | None


@dataclass(frozen=True)
class Table:
    """Numbers people compare: column titles and rows of cells."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class MatrixSection:
    """A complex matrix with the labels of its basis, as nested [re, im] pairs."""

    title: str
    labels: tuple[str, ...]
    entries: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True)
class Series:
    """Values against a common axis, for plots and sparklines."""

    title: str
    x_label: str
    x: tuple[float, ...]
    y_label: str
    y: tuple[float, ...]


@dataclass(frozen=True)
class Note:
    """Lines of plain text under a short title ("assumed", "flips if", ...)."""

    title: str
    lines: tuple[str, ...]


Section = Table | MatrixSection | Series | Note
_SECTION_TYPES: Mapping[str, type] = {"table": Table, "matrix": MatrixSection, "series": Series, "note": Note}
_SECTION_NAMES = {cls: name for name, cls in _SECTION_TYPES.items()}


@dataclass(frozen=True)
class Report:
    """What a command found, before anybody decided how it should look.

    title: the headline after the verdict, one line. payload: all that a program may want, JSON types only.
    """

    kind: str
    title: str
    verdict: str
    trust: Trust
    source: Source
    metrics: tuple[Metric, ...]
    checks: tuple[Check, ...] = ()
    requirements: tuple[RequirementResult, ...] = ()
    accepted: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    payload: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS[self.kind]:
            raise ValueError(f"{self.verdict!r} is no verdict of a {self.kind} report")
        for check in self.checks:
            if check.name not in CHECK_NAMES[self.kind]:
                raise ValueError(f"{check.name!r} is no check of a {self.kind} report")

    @property
    def tone(self) -> Tone:
        """Whether the verdict is good news, bad news or open."""
        return VERDICTS[self.kind][self.verdict]

    def metric(self, name: str) -> Metric | None:
        """The metric of that exact name, or None."""
        return next((metric for metric in self.metrics if metric.name == name), None)

    def voided_by(self, metric: str) -> tuple[str, ...]:
        """Names of the failed checks that take away the guarantee of a metric, less the accepted ones.

        A check voids by full name (`concurrence[0,1]`) or by base name (`concurrence`, all of them).
        """
        base = metric.partition("[")[0]
        return tuple(
            check.name
            for check in self.checks
            if check.status == "fail"
            and (metric in check.voids or base in check.voids)
            and check.name not in self.accepted
        )

    def with_provenance(self, provenance: Mapping[str, Any]) -> Report:
        """The same report, knowing where it came from."""
        return replace(self, provenance=provenance)

    def to_json(self) -> dict[str, Any]:
        """The report as `qmono.report/1` spells it: plain dicts, lists, strings and numbers."""
        return {
            "schema": REPORT_SCHEMA,
            "kind": self.kind,
            "title": self.title,
            "verdict": self.verdict,
            "trust": self.trust,
            "source": self.source,
            "metrics": {metric.name: metric.to_json() for metric in self.metrics},
            "checks": [_plain(check) for check in self.checks],
            "requirements": [_plain(requirement) for requirement in self.requirements],
            "accepted": list(self.accepted),
            "sections": [{"type": _SECTION_NAMES[type(part)], **_plain(part)} for part in self.sections],
            "payload": dict(self.payload),
            "provenance": dict(self.provenance),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Report:
        """Inverse of `to_json`; InputError names the place where the document is not a report."""
        if data.get("schema") != REPORT_SCHEMA:
            raise InputError(f"expected {REPORT_SCHEMA!r}, found {data.get('schema')!r}", place="schema")
        try:
            return cls(
                kind=data["kind"],
                title=data["title"],
                verdict=data["verdict"],
                trust=data["trust"],
                source=data["source"],
                metrics=tuple(Metric.from_json(name, item) for name, item in data["metrics"].items()),
                checks=tuple(Check(**{**item, "voids": tuple(item["voids"])}) for item in data["checks"]),
                requirements=tuple(RequirementResult(**item) for item in data["requirements"]),
                accepted=tuple(data["accepted"]),
                sections=tuple(_section(item) for item in data["sections"]),
                payload=data["payload"],
                provenance=data["provenance"],
            )
        except KeyError as problem:
            raise InputError(
                f"not a {REPORT_SCHEMA} document: {problem.args[0]!r} is missing or unknown"
            ) from None
        except (TypeError, ValueError, AttributeError) as problem:
            raise InputError(f"not a {REPORT_SCHEMA} document: {problem}") from None


def _plain(item: Any) -> dict[str, Any]:
    return {name: _unfrozen(getattr(item, name)) for name in item.__dataclass_fields__}


def _unfrozen(value: Any) -> Any:
    return [_unfrozen(item) for item in value] if isinstance(value, tuple) else value


def _section(item: Mapping[str, Any]) -> Section:
    fields = {key: _frozen(value) for key, value in item.items() if key != "type"}
    section: Section = _SECTION_TYPES[item["type"]](**fields)
    return section


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def trust_of(checks: Iterable[Check]) -> Trust:
    """`failed` if a check failed that voids something, `caution` on any failure or warning, else `ok`."""
    trust: Trust = "ok"
    for check in checks:
        if check.status == "fail" and check.voids:
            return "failed"
        if check.status in ("fail", "warn"):
            trust = "caution"
    return trust
