"""Projected least squares: the physical state nearest to the linear estimate."""

from __future__ import annotations

from qmono.core.counts import CountsTable
from qmono.core.progress import Progress, no_progress
from qmono.quantum.tomography.fit.estimate import StateEstimate
from qmono.quantum.tomography.fit.linear_inversion import estimate_linear
from qmono.quantum.tomography.fit.projection import nearest_state


def estimate_pls(table: CountsTable, *, progress: Progress = no_progress) -> StateEstimate:
    """The density matrix nearest in Frobenius norm to linear inversion; also for corrected values.

    Smolin, Gambetta and Smith, PRL 108, 070502 (2012); Guta et al., J. Phys. A 53, 204001 (2020).
    """
    return StateEstimate(nearest_state(estimate_linear(table, progress=progress).rho), "pls")
