"""What a qubit shares beyond its pairs, in counts of all qubits together: 4 det rho_A - sum_j C_j^2."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qmono.analysis.monogamy.hubs import joint_limit
from qmono.core.metric import Limit, Metric
from qmono.quantum.monogamy import ckw
from qmono.quantum.tomography.fit.estimate import StateEstimate

NOT_DETERMINED = "the rows do not determine the joint state"


def tangle_sum_metric(qubit: int, tangles: Sequence[Metric], level: float) -> Metric:
    """`tangle_sum[q]` of the tangles of its pairs."""
    values = [tangle.value for tangle in tangles if tangle.value is not None]
    lows, highs = [tangle.low for tangle in tangles], [tangle.high for tangle in tangles]
    reasons = [f"{tangle.name}: {tangle.reason}" for tangle in tangles if tangle.reason]
    return Metric(
        f"tangle_sum[{qubit}]",
        sum(values) if len(values) == len(tangles) else None,
        level=level,
        low=joint_limit(sum(low.value for low in lows if low), lows, "limits of the pairs"),
        high=joint_limit(sum(high.value for high in highs if high), highs, "limits of the pairs"),
        reason=reasons[0] if reasons else None,
    )


def residual_metric(
    qubit: int, one: Metric, total: Metric, fit: StateEstimate | None, level: float
) -> Metric:
    """`residual[q]`, 4 det rho_A - sum C^2: value of the joint fit; from the limits of what it is made of.

    Low limit: the mixed-state lower bound of the one-tangle at the fit, less the pairs at most; it rests
    on a plug-in number, so it is indicative unless it is zero, which is the theorem.
    """
    name = f"residual[{qubit}]"
    if fit is None:
        value, low = None, Limit(0.0, "Osborne-Verstraete", "exact")
    else:
        value = max(0.0, ckw.residual(fit.rho, qubit))
        least = ckw.one_tangle_low(fit.rho, qubit) - (total.high.value if total.high else np.inf)
        low = Limit(least, "fit's one-tangle - pairs at most", "indicative")
        if least <= 0:
            low = Limit(0.0, "Osborne-Verstraete", "exact")
    high = None
    if one.high is not None and total.low is not None:
        most = max(0.0, one.high.value - total.low.value)
        high = joint_limit(most, [one.high, total.low], "one-tangle at most - pairs at least")
    reason = NOT_DETERMINED if value is None else (one.reason or total.reason if high is None else None)
    return Metric(name, value, level=level, low=low, high=high, reason=reason)
