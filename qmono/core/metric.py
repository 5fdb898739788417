"""A number with its limits, and the vocabulary of names a report may use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from qmono.errors import UsageError, did_you_mean

Guarantee = Literal["exact", "asymptotic", "indicative"]


@dataclass(frozen=True, slots=True)
class Limit:
    """A one-sided confidence limit: its value, the method that gave it, what the method guarantees."""

    value: float
    method: str
    guarantee: Guarantee


@dataclass(frozen=True, slots=True)
class Metric:
    """A named number. `low` and `high` are each a one-sided limit at `level`.

    A number that cannot be given has value None and a `reason`; a limit that cannot be given is None,
    and `reason` says why as well. An exact number has low = high = value (see `exact`).
    """

    name: str
    value: float | None
    std_error: float | None = None
    level: float = 0.95
    low: Limit | None = None
    high: Limit | None = None
    unit: str | None = None
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The metric as `qmono.report/1` spells it (without its name, which is the key)."""
        return {
            "value": self.value,
            "std_error": self.std_error,
            "level": self.level,
            "sides": "one",
            "unit": self.unit,
            "low": self.low and self.low.value,
            "low_method": self.low and self.low.method,
            "low_guarantee": self.low and self.low.guarantee,
            "high": self.high and self.high.value,
            "high_method": self.high and self.high.method,
            "high_guarantee": self.high and self.high.guarantee,
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, name: str, data: Mapping[str, Any]) -> Metric:
        """Inverse of `to_json`."""

        def limit(side: str) -> Limit | None:
            if data.get(side) is None:
                return None
            return Limit(float(data[side]), data[f"{side}_method"], data[f"{side}_guarantee"])

        return cls(
            name=name,
            value=data["value"],
            std_error=data.get("std_error"),
            level=data["level"],
            low=limit("low"),
            high=limit("high"),
            unit=data.get("unit"),
            reason=data.get("reason"),
        )


def exact(name: str, value: float, unit: str | None = None) -> Metric:
    """A number without uncertainty: low = high = value."""
    limit = Limit(value, "exact", "exact")
    return Metric(name, value, low=limit, high=limit, unit=unit)


def missing(name: str, reason: str, unit: str | None = None) -> Metric:
    """A number that cannot be given, with the reason."""
    return Metric(name, None, unit=unit, reason=reason)


@dataclass(frozen=True, slots=True)
class MetricName:
    """What a metric name means. `per` says what an index in brackets stands for: `concurrence[0,1]`."""

    label: str
    meaning: str
    kinds: tuple[str, ...]
    per: Literal["pair", "qubit", "cut"] | None = None


_STATE = ("tomography",)
_FIDELITY = ("tomography", "fidelity", "monogamy")

METRIC_NAMES: Mapping[str, MetricName] = {
    "S": MetricName("S", "CHSH value, the signed sum of four correlators", ("bell-test",)),
    "bell_value": MetricName("Bell value", "value of the Bell expression", ("bell-test",)),
    "wins": MetricName("wins", "trials won in the game form of the inequality", ("bell-test",)),
    "trials": MetricName("trials", "trials played", ("bell-test",)),
    "p_value": MetricName("p value", "largest probability of such data under a local model", ("bell-test",)),
    "log10_p_value": MetricName("log10 p value", "decimal logarithm of the p value", ("bell-test",)),
    "e_value": MetricName("e value", "capital won by betting against every local model", ("bell-test",)),
    "log10_e_value": MetricName("log10 e value", "decimal logarithm of the e value", ("bell-test",)),
    "fidelity": MetricName("fidelity", "squared fidelity to the target", _FIDELITY, "pair"),
    "fidelity_mle": MetricName("fidelity (fit)", "fidelity of the fitted state to the target", _STATE),
    "concurrence": MetricName(
        "concurrence", "Wootters concurrence", ("tomography", "monogamy", "bell-test"), "pair"
    ),
    "tangle": MetricName("tangle", "concurrence squared", ("tomography", "monogamy"), "pair"),
    "negativity": MetricName("negativity", "(trace norm of the partial transpose - 1)/2", _STATE, "cut"),
    "log_negativity": MetricName("log. negativity", "log2(2 negativity + 1)", _STATE, "cut"),
    "entanglement_of_formation": MetricName("ent. of formation", "in ebits", _STATE, "pair"),
    "purity": MetricName("purity", "Tr rho^2", _STATE),
    "von_neumann_entropy": MetricName("entropy", "-Tr rho log2 rho, in bits", _STATE),
    "log_likelihood": MetricName("log likelihood", "natural logarithm, at the fit", _STATE),
    "likelihood_gap": MetricName("likelihood gap", "proven distance to the maximum, in nats", _STATE),
    "goodness_of_fit_p": MetricName("goodness of fit p", "p value of the fit, a bracket", _STATE),
    "fidelity_pls": MetricName("fidelity (PLS)", "fidelity of the projected least squares state", _STATE),
    "one_tangle": MetricName(
        "one-tangle", "4 det rho_A, tangle of a qubit with the rest", ("monogamy",), "qubit"
    ),
    "residual": MetricName("residual", "one-tangle minus the pair tangles", ("monogamy",), "qubit"),
    "tangle_sum": MetricName("tangle sum", "sum of the pair tangles at a qubit", ("monogamy",), "qubit"),
    "budget_headroom": MetricName(
        "budget headroom", "1 - s^T G^-1 s of the star rule", ("monogamy",), "qubit"
    ),
}

_NAME = re.compile(r"(?P<base>[A-Za-z][A-Za-z0-9_]*)(?:\[(?P<index>\d+(?:[,|]\d+)*)\])?")


def parse_metric_name(text: str) -> tuple[str, str | None]:
    """`"concurrence[0,1]"` -> `("concurrence", "0,1")`; UsageError for unknown names or a bad index."""
    match = _NAME.fullmatch(text)
    if match is None:
        raise UsageError(
            f"{text!r} is not a metric name; expected NAME or NAME[INDEX], such as concurrence[0,1]"
        )
    base, index = match["base"], match["index"]
    if base not in METRIC_NAMES:
        raise UsageError(f"unknown metric {base!r}{did_you_mean(base, METRIC_NAMES)}")
    if index is not None and METRIC_NAMES[base].per is None:
        raise UsageError(f"metric {base!r} takes no index, got {text!r}")
    return base, index


def metric_label(name: str) -> str:
    """The words for people: `"concurrence[0,1]"` -> `"concurrence 0-1"`."""
    base, index = parse_metric_name(name)
    label = METRIC_NAMES[base].label
    return label if index is None else f"{label} {index.replace(',', '-') if '|' not in index else index}"
