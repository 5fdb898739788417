"""Fidelity to a target straight from the shots, without a fit, by what target and settings allow."""

from __future__ import annotations

from qmono.core.counts import CountsTable
from qmono.quantum.fidelity.direct import DirectFidelity, direct_fidelity
from qmono.quantum.states import State
from qmono.quantum.tomography.direct_estimator import estimated_fidelity


def shot_fidelity(table: CountsTable, target: State, level: float = 0.95) -> DirectFidelity:
    """Fidelity with exact limits, each at `level`: yes-or-no strata, else the direct Pauli estimator.

    Stabiliser states whose stabilisers are parted into settings take the strata, whose limits are sharper.
    Which of the two is taken depends on target, settings and shots only, never on outcomes.
    """
    by_strata = direct_fidelity(table, target, level)
    if by_strata.value is not None or target.dims != (2,) * table.n_qubits:
        return by_strata
    return estimated_fidelity(table, target, level)
