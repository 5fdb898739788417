"""Limits of the coherent information of a measured pair, from its fidelity and from the likelihood region.

Low: the larger of that of the isotropic state of the fidelity's lower limit, and of the smallest value of a
witness over the region, in both directions; the region holds for every functional at once, so nothing more
is paid. High: the entanglement of formation at the upper limit of the concurrence, which no distillable
number exceeds.
"""

from __future__ import annotations

from qmono.core.metric import Limit, Metric
from qmono.quantum.measures.coherent_information import (
    coherent_information,
    coherent_witness,
    least_coherent_information,
)
from qmono.quantum.measures.entanglement_of_formation import formation_of_concurrence
from qmono.quantum.tomography.fit.estimate import StateEstimate
from qmono.quantum.tomography.regions.region import Region


def coherent_metric(
    index: str, fidelity: Metric, concurrence: Metric, fit: StateEstimate | None, region: Region | None
) -> Metric:
    """`coherent_information[i|j]` of a pair, in bits; level and reason are those of the concurrence.

    region: None where the fit must not be used.
    """
    high = concurrence.high
    return Metric(
        f"coherent_information[{index}]",
        None if fit is None else coherent_information(fit.rho),
        level=concurrence.level,
        low=_least(fidelity.low, region),
        high=high and Limit(formation_of_concurrence(high.value), f"E_F at C {high.method}", high.guarantee),
        reason=concurrence.reason,
    )


def _least(fidelity: Limit | None, region: Region | None) -> Limit | None:
    limits = []
    if fidelity is not None:
        least = least_coherent_information(min(1.0, max(0.0, fidelity.value)))
        limits.append(Limit(least, f"isotropic state at F, {fidelity.method}", fidelity.guarantee))
    if region is not None:
        found = max(region.minimum(coherent_witness(region.centre, side)).limit for side in (0, 1))
        limits.append(Limit(found, region.method, region.guarantee))
    return max(limits, key=lambda limit: limit.value, default=None)
