"""Requirements: a tiny grammar, parsed and checked before any shot is spent.

    requirement := metric [".low" | ".high"] comparison number
                 | "verdict" "==" word
                 | "check" ":" name
    comparison  := ">=" | ">" | "<=" | "<"

A metric is judged on its proven limit, so `fidelity >= 0.9` and `fidelity.low >= 0.9` mean the same.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from qmono.core.metric import METRIC_NAMES, parse_metric_name
from qmono.core.report import CHECK_NAMES, VERDICTS
from qmono.errors import UsageError, did_you_mean

Comparison = Literal[">=", ">", "<=", "<"]

_METRIC = re.compile(
    r"\s*(?P<metric>[^\s<>=]+?)(?:\.(?P<side>low|high))?\s*(?P<comparison>>=|<=|>|<)\s*(?P<number>\S+)\s*"
)
_VERDICT = re.compile(r"\s*verdict\s*==\s*(?P<word>\S+)\s*")
_CHECK = re.compile(r"\s*check:(?P<name>\S+)\s*")


@dataclass(frozen=True, slots=True)
class MetricRequirement:
    """A metric compared with a threshold."""

    metric: str
    comparison: Comparison
    threshold: float

    def __str__(self) -> str:
        return f"{self.metric} {self.comparison} {repr(self.threshold).removesuffix('.0')}"

    @property
    def wants_more(self) -> bool:
        """Whether large values pass (>= or >), so that the lower limit proves and the upper one refutes."""
        return self.comparison in (">=", ">")

    def holds_for(self, number: float) -> bool:
        """The plain comparison."""
        return {
            ">=": number >= self.threshold,
            ">": number > self.threshold,
            "<=": number <= self.threshold,
            "<": number < self.threshold,
        }[self.comparison]


@dataclass(frozen=True, slots=True)
class VerdictRequirement:
    """The verdict must be one word."""

    word: str

    def __str__(self) -> str:
        return f"verdict == {self.word}"


@dataclass(frozen=True, slots=True)
class CheckRequirement:
    """A check must pass."""

    name: str

    def __str__(self) -> str:
        return f"check:{self.name}"


Requirement = MetricRequirement | VerdictRequirement | CheckRequirement


def parse_requirement(text: str, kind: str) -> Requirement:
    """One requirement on a report of that kind, such as `"fidelity >= 0.9"`.

    Raises UsageError for what is no requirement, and for names that such a report never has.
    """
    if match := _VERDICT.fullmatch(text):
        return _verdict_requirement(match["word"], kind)
    if match := _CHECK.fullmatch(text):
        return _check_requirement(match["name"], kind)
    if match := _METRIC.fullmatch(text):
        return _metric_requirement(text, match, kind)
    raise UsageError(
        f"cannot read the requirement {text!r}; expected 'METRIC >= X' (or > <= <), 'verdict == WORD' "
        "or 'check:NAME'"
    )


def parse_bound(text: str, comparison: Literal[">=", "<="], kind: str) -> Requirement:
    """The value of `--min` or `--max`: `"fidelity=0.9"`."""
    metric, equals, number = text.partition("=")
    if not equals or not metric.strip() or not number.strip():
        option = "--min" if comparison == ">=" else "--max"
        raise UsageError(f"{option} needs METRIC=X, such as fidelity=0.9; got {text!r}")
    return parse_requirement(f"{metric.strip()} {comparison} {number.strip()}", kind)


def check_accepted(names: tuple[str, ...], kind: str) -> tuple[str, ...]:
    """The names given to `--accept`, each a check of that kind of report or "indicative"."""
    known = ("indicative", *CHECK_NAMES[kind])
    for name in names:
        if name not in known:
            raise UsageError(f"--accept knows no {name!r} in a {kind} report{did_you_mean(name, known)}")
    return tuple(dict.fromkeys(names))


def _metric_requirement(text: str, match: re.Match[str], kind: str) -> MetricRequirement:
    base, _ = parse_metric_name(match["metric"])
    if kind not in METRIC_NAMES[base].kinds:
        reported = [name for name, entry in METRIC_NAMES.items() if kind in entry.kinds]
        raise UsageError(f"{kind} reports no {base!r}{did_you_mean(base, reported)}")
    try:
        threshold = float(match["number"])
    except ValueError:
        threshold = math.nan
    if not math.isfinite(threshold):
        raise UsageError(f"the threshold of {text!r} is not a finite number: {match['number']!r}")
    comparison: Comparison = match["comparison"]  # type: ignore[assignment]
    requirement = MetricRequirement(match["metric"], comparison, threshold)
    if match["side"] not in (None, "low" if requirement.wants_more else "high"):
        raise UsageError(f"{text!r} asks the wrong limit: >= and > are judged on .low, <= and < on .high")
    return requirement


def _verdict_requirement(word: str, kind: str) -> VerdictRequirement:
    if word not in VERDICTS[kind]:
        raise UsageError(f"{word!r} is no verdict of {kind}{did_you_mean(word, VERDICTS[kind])}")
    return VerdictRequirement(word)


def _check_requirement(name: str, kind: str) -> CheckRequirement:
    if name not in CHECK_NAMES[kind]:
        raise UsageError(f"{kind} makes no check {name!r}{did_you_mean(name, CHECK_NAMES[kind])}")
    return CheckRequirement(name)
