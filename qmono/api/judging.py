"""Requirements on reports, judged on their proven limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qmono.api.blas_threads import blas_threads_for
from qmono.api.context import Context
from qmono.core.counts import CountsTable
from qmono.core.report import Report
from qmono.errors import UsageError
from qmono.gate import judge as judging
from qmono.gate.requirement import MetricRequirement, Requirement, check_accepted, parse_requirement


def requirements(kind: str, expressions: Sequence[str]) -> tuple[Requirement, ...]:
    """Requirements on a report of that kind; UsageError for a wrong expression or an unknown name."""
    return tuple(parse_requirement(expression, kind) for expression in expressions)


def judge(report: Report, require: Sequence[str] = (), accept: Sequence[str] = ()) -> Report:
    """A report with requirements judged on its proven limits; see `exit_code`."""
    accepted = check_accepted(tuple(accept), report.kind)
    return judging.judge(report, requirements(report.kind, require), accepted)


def judged(
    kind: str,
    counts: CountsTable,
    analyse: Callable[[CountsTable], Report],
    *,
    require: Sequence[str],
    accept: Sequence[str],
    context: Context,
    seed: int | None = None,
) -> Report:
    """The judged report of `analyse(counts)`; UsageError where it would change with an undeclared order."""
    from qmono.analysis.readings import check_order_matters_not

    required = requirements(kind, require)
    accepted = check_accepted(tuple(accept), kind)
    metrics = tuple(item.metric for item in required if isinstance(item, MetricRequirement))
    with blas_threads_for(counts.n_qubits):
        report = analyse(counts)
        check_order_matters_not(counts, report, analyse, metrics)
    return judging.judge(report.with_provenance(context.provenance([counts], seed)), required, accepted)


def check_gap(gap: float) -> None:
    """Raise UsageError for a gap that no fit can prove."""
    if not 0 < gap < float("inf"):
        raise UsageError(f"--gap is a number of nats above 0, got {gap:g}")


def check_level(level: float) -> None:
    """Raise UsageError for a level that no limit can have."""
    if not 0.5 <= level < 1:
        raise UsageError(f"--level must lie between 0.5 and 1, got {level:g}")
