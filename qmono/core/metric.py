"""A number with its limits, and the vocabulary of names a report may use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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


WEAKEST_FIRST: tuple[Guarantee, ...] = ("indicative", "asymptotic", "exact")


def weakest(limits: Sequence[Limit]) -> Limit:
    """The first of the limits whose guarantee is the weakest: what is made of all of them is no better."""
    return min(limits, key=lambda limit: WEAKEST_FIRST.index(limit.guarantee))


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
    """What a metric name means. `per` says what an index in brackets stands for: `concurrence[0,1]`.

    whole: whether its limits are whole numbers.
    """

    label: str
    meaning: str
    kinds: tuple[str, ...]
    per: Literal["pair", "qubit", "cut"] | None = None
    whole: bool = False


_FIT = ("tomography",)
_STATE = ("tomography", "measures")
_EXACT = ("measures",)
_FIDELITY = ("tomography", "fidelity", "monogamy")

_BELL = ("bell-test",)
_ENTANGLED = (*_STATE, "bell-test")

_RESAMPLED: tuple[tuple[str, str, Literal["cut"] | None], ...] = (
    ("fidelity", "fidelity", None),
    ("concurrence", "concurrence", None),
    ("tangle", "tangle", None),
    ("negativity", "negativity", "cut"),
    ("log_negativity", "log. neg.", None),
    ("entanglement_of_formation", "formation", None),
    ("purity", "purity", None),
)

METRIC_NAMES: Mapping[str, MetricName] = {
    "S": MetricName("S", "CHSH value, the signed sum of four correlators", ("bell-test", "monogamy"), "pair"),
    "bell_value": MetricName("Bell value", "value of the Bell expression", ("bell-test",)),
    "wins": MetricName("wins", "trials won in the game form of the inequality", ("bell-test",)),
    "trials": MetricName("trials", "trials played", ("bell-test",)),
    "p_value": MetricName("p value", "largest probability of such data under a local model", ("bell-test",)),
    "log10_p_value": MetricName("log10 p value", "decimal logarithm of the p value", ("bell-test",)),
    "e_value": MetricName(
        "e value",
        "capital won by betting against the null: local models, or one state",
        ("bell-test", "monogamy"),
    ),
    "log10_e_value": MetricName(
        "log10 e value", "decimal logarithm of the e value", ("bell-test", "monogamy")
    ),
    "fidelity": MetricName("fidelity", "squared fidelity to the target", _FIDELITY, "pair"),
    "fidelity_mle": MetricName("fidelity (fit)", "fidelity of the fitted state to the target", _FIT),
    "fidelity_readout_corrected": MetricName(
        "fidelity before readout",
        "fidelity to the target of the state before readout errors",
        (*_FIT, "fidelity"),
    ),
    "concurrence": MetricName(
        "concurrence", "Wootters concurrence", ("tomography", "monogamy", "measures", "bell-test"), "pair"
    ),
    "tangle": MetricName("tangle", "concurrence squared", ("tomography", "monogamy", "measures"), "pair"),
    "negativity": MetricName("negativity", "(trace norm of the partial transpose - 1)/2", _ENTANGLED, "cut"),
    "log_negativity": MetricName("log. negativity", "log2(2 negativity + 1)", _STATE, "cut"),
    "entanglement_of_formation": MetricName("ent. of formation", "in ebits", _ENTANGLED, "pair"),
    "bell_fidelity": MetricName("Bell fidelity", "to a Bell state, up to local isometries", _BELL),
    "ghz_fidelity": MetricName("GHZ fidelity", "to GHZ of three, up to local isometries", _BELL),
    "guessing_probability": MetricName("guessing prob.", "of an outcome, by anybody outside", _BELL),
    "min_entropy": MetricName("min-entropy", "of an outcome given everything outside, in bits", _BELL),
    "conditional_entropy": MetricName("entropy given Eve", "of an outcome given everything outside", _BELL),
    "key_rate": MetricName("key rate", "secret bits per key round against collective attacks", _BELL),
    "purity": MetricName("purity", "Tr rho^2", _STATE),
    "von_neumann_entropy": MetricName("entropy", "-Tr rho log2 rho, in bits", _STATE),
    "log_likelihood": MetricName("log likelihood", "natural logarithm, at the fit", _FIT),
    "likelihood_gap": MetricName("likelihood gap", "proven distance to the maximum, in nats", _FIT),
    "goodness_of_fit_p": MetricName("goodness of fit p", "p value of the fit, a bracket", _FIT),
    **{
        f"{name}_bootstrap": MetricName(
            f"{label} (boot.)", "of the fit, percentile-bootstrap limits", _FIT, per
        )
        for name, label, per in _RESAMPLED
    },
    "fidelity_pls": MetricName("fidelity (PLS)", "fidelity of the projected least squares state", _FIT),
    "one_tangle": MetricName(
        "one-tangle", "4 det rho_A, tangle of a qubit with the rest", ("monogamy",), "qubit"
    ),
    "residual": MetricName(
        "residual", "one-tangle minus the pair tangles", ("monogamy", "measures"), "qubit"
    ),
    "tangle_sum": MetricName("tangle sum", "sum of the pair tangles at a qubit", ("monogamy",), "qubit"),
    "budget_headroom": MetricName(
        "budget headroom", "1 - s^T G^-1 s of the star rule", ("monogamy", "measures"), "qubit"
    ),
    "third_party_fidelity": MetricName(
        "third party's fidelity", "the most that any other party can have with it", ("monogamy",), "qubit"
    ),
    "extendibility": MetricName(
        "parties sharing alike", "how many can hold the same share of a pair", ("monogamy",), "pair", True
    ),
    "compatibility_p": MetricName(
        "one state, p value", "bootstrap p value that one state gives all pairs", ("monogamy",)
    ),
    "shared_qubits": MetricName(
        "shared qubits", "physical qubits on which two links or more end", ("monogamy",)
    ),
    "i_concurrence": MetricName("I-concurrence", "of a pure state across a cut", _EXACT, "cut"),
    "three_tangle": MetricName("three-tangle", "what three qubits share beyond their pairs", _EXACT),
    "n_tangle": MetricName("n-tangle", "|<psi|Y^n|psi*>|^2", _EXACT),
    "meyer_wallach": MetricName("Meyer-Wallach", "mean one-tangle of a pure state", _EXACT),
    "geometric_measure": MetricName("geometric measure", "1 - largest overlap with a product", _EXACT),
    "relative_entropy_of_entanglement": MetricName("rel. entropy of ent.", "in bits", _EXACT, "cut"),
    "realignment": MetricName(
        "realignment", "trace norm of R(rho), above 1 only if entangled", _EXACT, "cut"
    ),
    "coherent_information": MetricName(
        "coherent information", "max(S(A), S(B)) - S(AB)", ("measures", "monogamy"), "cut"
    ),
    "extension_margin": MetricName(
        "extension margin", "below 0: no copy of either qubit can exist", _EXACT, "pair"
    ),
    "fully_entangled_fraction": MetricName(
        "fully ent. fraction", "largest fidelity to a maximally entangled state", _EXACT, "pair"
    ),
    "schmidt_number": MetricName("Schmidt number", "entangled levels of each side", _EXACT, "cut"),
    "tangle_low": MetricName("tangle, at least", "lower bound of the tangle across a cut", _EXACT, "cut"),
    "tangle_high": MetricName("tangle, at most", "upper bound of the tangle across a cut", _EXACT, "cut"),
    "witness_ghz": MetricName("GHZ witness", "fidelity to GHZ less 1/2", _EXACT),
    "witness_w": MetricName("W witness", "fidelity to W less (n - 1)/n", _EXACT),
    "witness_cluster": MetricName("cluster witness", "fidelity to the linear cluster less 1/2", _EXACT),
    "witness_dicke": MetricName("Dicke witness", "fidelity to half-filled Dicke less n/(2 (n - 1))", _EXACT),
    "linear_entropy": MetricName("linear entropy", "d/(d - 1) (1 - Tr rho^2)", _EXACT),
    "bell_headroom": MetricName(
        "Bell headroom", "8 - S^2 - S'^2 of two pairs", ("monogamy", "measures"), "qubit"
    ),
    "coherent_headroom": MetricName(
        "coherent headroom", "log2 d - coherent informations", ("monogamy", "measures"), "qubit"
    ),
    "extension_headroom": MetricName(
        "extension headroom", "least extension margin of the mean of two pairs", _EXACT, "qubit"
    ),
    "residual_concurrence_cubed": MetricName("residual of C^3", "C^3(A|rest) - pairs", _EXACT, "qubit"),
    "residual_formation_squared": MetricName("residual of E_F^2", "E_F^2(A|rest) - pairs", _EXACT, "qubit"),
    "residual_formation_root2": MetricName(
        "residual, E_F^sqrt2", "E_F^sqrt2(A|rest) - pairs", _EXACT, "qubit"
    ),
    "residual_cren_squared": MetricName("residual of CREN^2", "CREN^2(A|rest) - pairs", _EXACT, "qubit"),
    "residual_negativity_squared": MetricName(
        "residual of (2N)^2", "(2N)^2(A|rest) - pairs", _EXACT, "qubit"
    ),
    "residual_polygamy": MetricName("polygamy slack", "assisted tangles - one-tangle", _EXACT, "qubit"),
    "shadow": MetricName("least shadow", "smallest shadow inequality, 0 or more", _EXACT),
}

COMPARED = (
    "S",
    "bell_value",
    "fidelity",
    "fidelity_mle",
    "concurrence",
    "tangle",
    "negativity",
    "log_negativity",
    "entanglement_of_formation",
    "purity",
    "von_neumann_entropy",
    "residual",
)
"""Metrics whose change between two reports means something: a comparison has NAME_difference for each."""

METRIC_NAMES = {
    **METRIC_NAMES,
    **{
        f"{name}_difference": MetricName(
            f"change of {METRIC_NAMES[name].label}",
            "second report minus first",
            ("comparison",),
            METRIC_NAMES[name].per,
        )
        for name in COMPARED
    },
    "trace_distance": MetricName("trace distance", "half the trace norm of the difference", ("comparison",)),
    "state_overlap": MetricName("overlap", "Tr rho sigma", ("comparison",)),
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
