"""The fidelity report: limits of the fidelity to a target, by a protocol, without a fit."""

from __future__ import annotations

from collections.abc import Sequence

from qmono.analysis.fidelity.checks import make_checks
from qmono.analysis.fidelity.readout import corrected_metric
from qmono.analysis.fidelity.sections import headline, make_payload, make_sections
from qmono.core.counts import CountsTable
from qmono.core.metric import Limit, Metric, missing
from qmono.core.report import Report, trust_of
from qmono.errors import UsageError
from qmono.quantum.fidelity.choice import AUTO
from qmono.quantum.fidelity.evidence import Evidence, evidence_of
from qmono.quantum.fidelity.separability import separable_bound
from qmono.quantum.states import State

STOPPING = "stopping"
"""Key of a table's metadata: the run chose its end by looking, so only anytime-valid limits hold."""


def analyse_fidelity(
    tables: Sequence[CountsTable],
    *,
    target: State,
    protocol: str = AUTO,
    level: float = 0.95,
    anytime: bool = False,
) -> Report:
    """What the tables, parts of one measurement, prove about the fidelity to `target`.

    protocol: a name of PROTOCOLS, "ghz-scan", or "auto": the one that was recorded with the counts, else
    what their settings allow. anytime: limits that hold however the number of shots was decided; always so
    for counts of a run that stopped when it had seen enough. Raises UsageError for a target of other
    dimensions.
    """
    last = tables[-1]
    if target.dims != (2,) * last.n_qubits:
        raise UsageError(
            f"target {target.name} has dimensions {target.dims}, the counts have {last.n_qubits} qubits"
        )
    anytime = anytime or any(STOPPING in table.metadata for table in tables)
    found = evidence_of(tables, target, level, protocol=protocol, anytime=anytime)
    metric = _metric(found, level)
    corrected = corrected_metric(tables, target, level, anytime=anytime)
    bound = separable_bound(target)
    checks = make_checks(tables, found, anytime=anytime)
    verdict = "inconclusive"
    voided = any(check.status == "fail" and "fidelity" in check.voids for check in checks)
    if isinstance(found, Evidence) and not voided:
        verdict = verdict_of(found.limits.low, found.limits.high, bound)
    return Report(
        kind="fidelity",
        title=headline(target, metric, level),
        verdict=verdict,
        trust=trust_of(checks),
        source=last.source,
        metrics=(metric,) if corrected is None else (metric, corrected),
        checks=checks,
        sections=make_sections(
            tables, target, found, metric=metric, bound=bound, verdict=verdict, anytime=anytime
        ),
        payload=make_payload(tables, target, found, bound, anytime=anytime),
    )


def _metric(found: Evidence | str, level: float) -> Metric:
    if isinstance(found, str):
        return missing("fidelity", found)
    limits = found.limits
    low, high = (Limit(value, limits.method, limits.guarantee) for value in (limits.low, limits.high))
    reason = f"{found.protocol} gives limits only" if limits.value is None else None
    return Metric("fidelity", limits.value, limits.std_error, level, low, high, reason=reason)


def verdict_of(low: float, high: float, bound: float | None) -> str:
    """certified above what states with a separable cut reach; not-certified if proven not to be."""
    if bound is None:
        return "inconclusive"
    if low > bound:
        return "certified"
    return "not-certified" if high <= bound else "inconclusive"
