"""The fidelity before readout errors, where calibration counts are in the data: a metric of its own."""

from __future__ import annotations

from collections.abc import Sequence

from qmono.analysis.tomography.models import CORRECTED, Models, calibration_check
from qmono.core.counts import CountsTable
from qmono.core.metric import Limit, Metric, missing
from qmono.core.report import Check
from qmono.quantum.fidelity.readout_corrected import readout_corrected_fidelity
from qmono.quantum.readout import flip_rates
from qmono.quantum.states import State


def corrected_metric(
    tables: Sequence[CountsTable], target: State, level: float, *, anytime: bool
) -> Metric | None:
    """`fidelity_readout_corrected` with limits that pay for the calibration; None without a calibration."""
    table = tables[-1]
    if table.calibration is None:
        return None
    rates = flip_rates(table.calibration)
    if isinstance(rates, str):
        return missing(CORRECTED, rates)
    if anytime:
        return missing(CORRECTED, "its limits need a number of shots that was fixed before")
    found = readout_corrected_fidelity(table, target, rates, level)
    if found.low is None or found.high is None or found.guarantee is None:
        return missing(CORRECTED, found.reason or "no limits")
    method = "calibration box" if rates.has_counts else "stated confusion"
    low, high = (Limit(value, method, found.guarantee) for value in (found.low, found.high))
    return Metric(CORRECTED, found.value, found.std_error, level, low, high)


def readout_check(tables: Sequence[CountsTable]) -> Check:
    """What the calibration is used for, whether the qubits' flips are their own; note without one."""
    table = tables[-1]
    rates = None if table.calibration is None else flip_rates(table.calibration)
    return calibration_check(table, Models({}, rates))
