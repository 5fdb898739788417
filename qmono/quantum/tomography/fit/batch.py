"""Certified maximum likelihood for many tables of one measurement: resamples, folds, simulated runs.

Up to three qubits all fits go in step (`lockstep`); above, and where the likelihood is not concave, they are
made one by one, each of them as fast as the machine can.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from qmono.core.counts import CountArray, CountsTable, with_cells
from qmono.core.progress import Progress, no_progress
from qmono.quantum.tomography.effects.dense import DenseMeasurement
from qmono.quantum.tomography.effects.forms import dense_rows
from qmono.quantum.tomography.effects.povm_effects import dense_povms
from qmono.quantum.tomography.effects.rows import parity_effects, projector_cells, setting_cells
from qmono.quantum.tomography.fit.lockstep import ascend_together
from qmono.quantum.tomography.fit.mle import IDENTITY_ADMIXTURE, estimate_mle, maximally_mixed
from qmono.quantum.tomography.fit.projection import nearest_states
from qmono.quantum.tomography.likelihood import flux_root
from qmono.quantum.types import Bools, Integers, Matrix, Real

IN_STEP_UP_TO_QUBITS = 3
AT_ONCE = 1024
"""Fits in step at the same time: more would leave the cache."""


@dataclass(frozen=True)
class StateEstimates:
    """Maximum-likelihood states of B tables; see `estimate.StateEstimate`.

    rho (B, d, d), log_likelihood (B,) and proven likelihood_gap (B,) in nats, converged (B,) to the gap
    asked for.
    """

    rho: Matrix
    log_likelihood: Real
    likelihood_gap: Real
    converged: Bools


def estimate_mle_batch(
    table: CountsTable, cells: CountArray, *, gap: float = 0.01, progress: Progress = no_progress
) -> StateEstimates:
    """The fits that `estimate_mle` makes of `with_cells(table, row)`, for every row of `cells` (B, M)."""
    mixed = table.projectors is not None and len(table.blocks) > 1
    if table.n_qubits > IN_STEP_UP_TO_QUBITS or mixed:
        return _one_by_one(table, cells, gap, progress)
    measured = _Measured.of(table)
    parts = []
    for first in range(0, len(cells), AT_ONCE):
        parts.append(_in_step(measured, np.asarray(cells[first : first + AT_ONCE], dtype=np.float64), gap))
        progress(min(first + AT_ONCE, len(cells)), len(cells))
    return _joined(parts)


def _one_by_one(table: CountsTable, cells: CountArray, gap: float, progress: Progress) -> StateEstimates:
    fits = []
    for done, row in enumerate(cells, start=1):
        fits.append(estimate_mle(with_cells(table, row), gap=gap))
        progress(done, len(cells))
    return StateEstimates(
        np.array([fit.rho for fit in fits]),
        np.array([fit.log_likelihood for fit in fits], dtype=np.float64),
        np.array([fit.likelihood_gap for fit in fits], dtype=np.float64),
        np.array([fit.converged for fit in fits]),
    )


@dataclass(frozen=True)
class _Measured:
    """What all tables of a batch share.

    measurement: every cell's effect, whitened by `root` (see `likelihood`). inverse: least squares,
    (4**n, M). groups: first cell of each row with a total of its own. exposure: (M,) of projectors.
    """

    measurement: DenseMeasurement
    inverse: Real
    groups: Integers
    exposure: Real | None
    root: Matrix | None

    @classmethod
    def of(cls, table: CountsTable) -> _Measured:
        n = table.n_qubits
        rows, groups, size = [], [], 0
        if table.settings is not None and table.settings.directions is not None:
            effects, cells = setting_cells(table.settings.directions)
            rows.append(dense_rows(effects, n)[cells])
            groups.append(np.arange(0, len(cells), 2**n))
            size = len(cells)
        if table.parities is not None:
            parities, _ = parity_effects(table.parities, n)
            rows.append(dense_rows(parities, n))
            groups.append(size + np.arange(0, parities.size, 2))
            size += parities.size
        if table.povms is not None:
            rows.append(dense_povms(table.povms, n))
            groups.append(size + np.array([cells.start for cells in table.povms.cells]))
        root, exposure = None, None
        if table.projectors is not None:
            effects, cells = projector_cells(table.projectors.directions)
            rows.append(dense_rows(effects, n)[cells])
            groups.append(np.array([0]))
            root, exposure = flux_root(table.projectors), table.projectors.exposure
        measurement = DenseMeasurement(np.concatenate(rows) * float(np.sqrt(2.0**n)), n)
        if root is not None:
            whitened = root @ measurement.matrices(measurement.effects) @ root
            measurement = DenseMeasurement(measurement.vectors(whitened), n)
        inverse: Real = np.linalg.pinv(measurement.effects).astype(np.float64, copy=False)
        return cls(measurement, inverse, np.concatenate(groups), exposure, root)

    def starts(self, cells: Real) -> Real:
        """Projected least squares (B, 4**n) with some of the identity, as `mle.interior`."""
        if self.exposure is None:
            totals = np.add.reduceat(cells, self.groups, axis=1)
            shares = np.diff([*self.groups, cells.shape[1]])
            rates = cells / np.maximum(np.repeat(totals, shares, axis=1), 1.0)
        else:
            rates = cells / self.exposure
        vectors = rates @ self.inverse.T
        traces = vectors[:, :1] * np.sqrt(self.measurement.dimension)
        vectors = vectors / np.where(traces > 0.0, traces, 1.0)
        nearest = nearest_states(self.measurement.matrices(vectors))
        white = maximally_mixed(self.measurement.dimension)
        return self.measurement.vectors((1 - IDENTITY_ADMIXTURE) * nearest + IDENTITY_ADMIXTURE * white)

    def states(self, vectors: Real) -> Matrix:
        """rho (B, d, d) of coordinates u."""
        sigma = self.measurement.matrices(vectors)
        if self.root is None:
            return sigma
        rho = self.root @ sigma @ self.root
        normalised: Matrix = rho / np.trace(rho, axis1=1, axis2=2)[:, None, None]
        return normalised


def _in_step(measured: _Measured, cells: Real, gap: float) -> StateEstimates:
    """An empty row gives the maximally mixed state, as in `mle`."""
    vectors = measured.starts(cells)
    gaps = np.zeros(len(cells))
    filled = cells.any(axis=1)
    vectors[~filled] = measured.measurement.vectors(maximally_mixed(measured.measurement.dimension)[None])
    if filled.any():
        ascents = ascend_together(measured.measurement, cells[filled], vectors[filled], gap=gap)
        vectors[filled], gaps[filled] = ascents.vectors, ascents.gaps
    p = measured.measurement.probabilities(vectors)
    return StateEstimates(measured.states(vectors), xlogy(cells, p).sum(axis=1), gaps, gaps <= gap)


def _joined(parts: list[StateEstimates]) -> StateEstimates:
    return StateEstimates(
        np.concatenate([part.rho for part in parts]),
        np.concatenate([part.log_likelihood for part in parts]),
        np.concatenate([part.likelihood_gap for part in parts]),
        np.concatenate([part.converged for part in parts]),
    )
