"""Which order of qubits the counts themselves speak for."""

from __future__ import annotations

from dataclasses import dataclass

from qmono.core.counts import CountsTable
from qmono.core.progress import Progress, no_progress
from qmono.quantum.tomography.diagnosis.goodness_of_fit import goodness_of_fit
from qmono.quantum.tomography.fit.estimate import StateEstimate
from qmono.quantum.tomography.fit.mle import estimate_mle

DECISIVE_NATS = 10.0


@dataclass(frozen=True)
class OrderReadings:
    """Fits of a table as read, and with outcome strings reversed against the setting labels.

    Reversing both only renames the qubits and fits equally well, so these two are all there is to tell.
    nats: log likelihood as read less that with one order reversed, in nats. one_is_reversed: the reversed
    reading fits better by more than DECISIVE_NATS and its deviance is the smaller one.
    """

    as_read: StateEstimate
    reversed: StateEstimate
    nats: float
    one_is_reversed: bool


def order_readings(
    table: CountsTable, *, as_read: StateEstimate | None = None, progress: Progress = no_progress
) -> OrderReadings | None:
    """Compare the two readings; None without complete settings of at least two qubits.

    as_read: the maximum-likelihood fit of the table, if it is known already.
    """
    if table.settings is None or table.settings.directions is None or table.n_qubits < 2:
        return None
    mirrored = table.with_outcomes_reversed()
    as_read = as_read or estimate_mle(table, progress=progress)
    other = estimate_mle(mirrored, gap=1.0, progress=progress)
    nats = (as_read.log_likelihood or 0.0) - (other.log_likelihood or 0.0)
    reversed_fits = nats < -DECISIVE_NATS and _deviance(mirrored, other) <= _deviance(table, as_read)
    return OrderReadings(as_read, other, nats, reversed_fits)


def _deviance(table: CountsTable, fit: StateEstimate) -> float:
    return goodness_of_fit(table, fit).statistic or 0.0
