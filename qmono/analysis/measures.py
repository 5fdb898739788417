"""Every measure and relation of an exactly known state, and why the others do not apply."""

from __future__ import annotations

from math import prod

from qmono.core.metric import Metric, exact, metric_label, missing
from qmono.core.report import Check, Note, Report, Section, trust_of
from qmono.errors import UsageError
from qmono.quantum.measures import MEASURES
from qmono.quantum.measures.measure import Measure, of_pure
from qmono.quantum.monogamy import JOINT_RELATIONS, RELATIONS
from qmono.quantum.monogamy.relation import ExactForm, JointRelation, Relation
from qmono.quantum.states import State
from qmono.quantum.types import Dims, Matrix

LARGEST = 256
"""Largest dimension, eight qubits: above, 2^(n-1) cuts of 4^n entries each take minutes."""

DECIMALS = 12

ENTANGLED = 1e-9
"""Negativity or realignment above which a state counts as entangled: rounding is below."""


def analyse_state(state: State, *, is_estimate: bool = False) -> Report:
    """Exact metrics of every measure that applies, residuals of every relation, reasons for the rest.

    A pair, cut or qubit is named in brackets unless there is only one. is_estimate: the state was fitted to
    counts, so its numbers are plug-in values without limits.
    UsageError above dimension 256.
    """
    size = prod(state.dims)
    if size > LARGEST:
        raise UsageError(
            f"measures takes states up to dimension {LARGEST} (8 qubits), {state.name} has {size}"
        )
    rho, dims = state.rho, state.dims
    values, residuals = _values(rho, dims), _residuals(rho, dims)
    check = _plug_in(is_estimate)
    verdict, title = _verdict(values, rho, dims)
    metrics = (*values, *(metric for metric in residuals if metric.value is not None))
    return Report(
        kind="measures",
        title=f"{state.name}: {title}",
        verdict=verdict,
        trust=trust_of([check]),
        source="file",
        metrics=tuple(map(_without_limits, metrics)) if is_estimate else metrics,
        checks=(check,),
        sections=_notes(residuals),
        payload={"state": state.name, "dims": list(dims)},
    )


def _without_limits(metric: Metric) -> Metric:
    return metric if metric.value is None else Metric(metric.name, metric.value, reason="plug-in of a fit")


def _values(rho: Matrix, dims: Dims) -> list[Metric]:
    found: list[Metric] = []
    for entry in MEASURES:
        measure: Measure = entry.load()
        reason = measure.why_not(rho, dims)
        found += (
            [missing(measure.name, reason)] if reason else _named(measure.name, measure.evaluate(rho, dims))
        )
    return found


def _named(name: str, values: dict[str, float]) -> list[Metric]:
    """Metrics by index in brackets; the bare name where there is only one."""
    if len(values) == 1:
        return [exact(name, _rounded(next(iter(values.values()))))]
    return [exact(f"{name}[{index}]", _rounded(value)) for index, value in values.items()]


def _rounded(value: float) -> float:
    """Without the last digits, which are rounding: 0 is 0 and not 3e-16."""
    return round(value, DECIMALS) + 0.0


def _residuals(rho: Matrix, dims: Dims) -> list[Metric]:
    """Headroom of every relation, of joint states of three parts or more."""
    found: list[Metric] = []
    for entry in RELATIONS:
        relation: Relation = entry.load()
        if relation.exact is not None:
            found += _headrooms(relation.exact, rho, dims)
    for entry in JOINT_RELATIONS:
        joint: JointRelation = entry.load()
        reason = joint.why_not(rho, dims)
        found += (
            [missing(joint.metric, reason)] if reason else _named(joint.metric, joint.residuals(rho, dims))
        )
    return found


def _headrooms(form: ExactForm, rho: Matrix, dims: Dims) -> list[Metric]:
    reason = form.why_not(dims)
    if reason is not None:
        return [missing(form.metric, reason)]
    return _named(form.metric, {str(hub): form.of_state(rho, dims, hub).headroom for hub in range(len(dims))})


def _plug_in(is_estimate: bool) -> Check:
    if is_estimate:
        return Check(
            "plug-in", "warn", "fitted to counts: plug-in numbers without limits; nothing proves them"
        )
    return Check("plug-in", "pass", "the state is exact, and so are its numbers")


def _verdict(values: list[Metric], rho: Matrix, dims: Dims) -> tuple[str, str]:
    """Entangled if a cut shows it; separable where that is proven; else inconclusive."""
    largest = max((m.value or 0.0 for m in values if m.name.startswith("negativity")), default=0.0)
    realigned = max((m.value or 0.0 for m in values if m.name.startswith("realignment")), default=0.0)
    if largest > ENTANGLED:
        return "entangled", f"negativity {largest:.4g} across a cut"
    if realigned > 1 + ENTANGLED:
        return "entangled", f"bound entangled across a cut, realignment {realigned:.4g}"
    if prod(dims) <= 6 or of_pure(rho, dims) is None:
        return "separable", "no cut is entangled"
    return "inconclusive", "no criterion shows entanglement, and none here can exclude it"


def _notes(residuals: list[Metric]) -> tuple[Section, ...]:
    reasons = dict.fromkeys(metric.reason for metric in residuals if metric.reason)
    silent = {
        reason: [metric_label(metric.name) for metric in residuals if metric.reason == reason]
        for reason in reasons
    }
    lines = tuple(f"{', '.join(names)}: {reason}" for reason, names in silent.items())
    if len(residuals) == len(lines):
        return ()
    meaning = (
        "residuals and headrooms of one joint state are never negative: no state violates monogamy",
        "residual is exact for pure states and at most that for mixed ones",
    )
    return (Note("how to read", meaning), *((Note("no residual", lines),) if lines else ()))
