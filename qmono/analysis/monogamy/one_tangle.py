"""The one-tangle 4 det rho_A = 1 - |r|^2 of one qubit, from its own pooled counts.

The shots of a qubit measured along X, Y or Z are binomial whatever was done to the others, so the
components of its Bloch vector r have exact limits; together they bound |r|.
"""

from __future__ import annotations

from qmono.analysis.monogamy.links import NO_LIMITS
from qmono.core.counts import CountArray, CountsTable
from qmono.core.metric import Limit, Metric, missing
from qmono.errors import UsageError
from qmono.quantum.fidelity.pauli_settings import pauli_settings
from qmono.quantum.limits import clopper_pearson_high, clopper_pearson_low
from qmono.quantum.tomography.marginals import marginal_table

METHOD = "clopper-pearson per axis"


def one_tangle_metric(table: CountsTable, qubit: int, *, error: float, level: float) -> Metric:
    """`one_tangle[q]` with limits that hold at 1 - error each; `level` stands in the metric.

    Each of the two limits of three axes has a sixth of the error. An axis that was not measured may have any
    component, so it leaves the upper limit valid and takes value and lower limit away.
    """
    name = f"one_tangle[{qubit}]"
    try:
        counts = _axis_counts(marginal_table(table, [qubit]))
    except UsageError as problem:
        return missing(name, str(problem))
    value = max(0.0, 1 - sum(_component(pair) ** 2 for pair in counts.values())) if len(counts) == 3 else None
    unmeasured = None if len(counts) == 3 else "not measured along X, Y and Z"
    if table.values != "counts":
        return Metric(name, value, level=level, reason=NO_LIMITS[table.values])
    bounds = [_component_limits(pair, error / 6) for pair in counts.values()]
    shortest = sum(max(0.0, low, -high) ** 2 for low, high in bounds)
    longest = sum(max(abs(low), abs(high)) ** 2 for low, high in bounds)
    least = Limit(max(0.0, 1 - longest), METHOD, "exact") if unmeasured is None else None
    return Metric(
        name, value, level=level, low=least, high=Limit(1 - shortest, METHOD, "exact"), reason=unmeasured
    )


def _axis_counts(own: CountsTable) -> dict[str, CountArray]:
    rows = pauli_settings(own)
    found = {**rows.parities, **rows.settings}
    return {axis: found[axis] for axis in "XYZ" if axis in found}


def _component(plus_minus: CountArray) -> float:
    return float((plus_minus[0] - plus_minus[1]) / plus_minus.sum())


def _component_limits(plus_minus: CountArray, error: float) -> tuple[float, float]:
    plus, shots = int(plus_minus[0]), int(plus_minus.sum())
    return (
        2 * clopper_pearson_low(plus, shots, 1 - error) - 1,
        2 * clopper_pearson_high(plus, shots, 1 - error) - 1,
    )
