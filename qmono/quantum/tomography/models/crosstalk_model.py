r"""Crosstalk that the data state: detectors that fire where others should, all qubits together.

    p_k = sum_l C[l, k] Tr(E_l rho)

with C[l, k] the chance that the outcome l is read as k. It has no shot noise of its own and no parameter:
the mixing is part of the measurement, and nothing is inverted. Photonic counts, of which some may be lost,
share one flux; in other tables every setting has its own total, and C must lose nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.special import xlogy

from qmono.core.counts import CountsTable
from qmono.quantum.tomography.effects.counted_cells import Cells, cells_of
from qmono.quantum.tomography.likelihood import common_flux_likelihood, dense_likelihood
from qmono.quantum.tomography.models.model import MeasurementModel
from qmono.quantum.types import Real

LOSSLESS = 1e-9


def crosstalk(table: CountsTable) -> MeasurementModel | str:
    """The model of a table whose calibration states a matrix; else why there is none."""
    cells = cells_of(table)
    if isinstance(cells, str):
        return cells
    if cells.crosstalk is None:
        return "there is no crosstalk matrix in the data"
    poisson = table.statistics == "poisson"
    if not poisson and table.settings is None:
        return "projectors behind a crosstalk are modelled for Poisson counts only"
    lost = 1 - float(cells.crosstalk.sum(axis=1).min())
    if not poisson and lost > LOSSLESS:
        return f"its crosstalk loses up to {lost:.3g} of an outcome: that is modelled for Poisson counts only"
    if not poisson:
        cells = replace(cells, exposure=np.ones(len(cells.counts)))
    effects = cells.effects(cells.directions, cells.exposure, np.zeros(len(cells.counts)))
    make = common_flux_likelihood if poisson else dense_likelihood
    found = make(effects, cells.counts, cells.n_qubits)
    return MeasurementModel(
        name="crosstalk",
        start=np.zeros(0),
        likelihood=lambda u: found,
        known=lambda u: 0.0,
        values=lambda u: _values(cells),
        plain=make(cells.ideal_effects(), cells.counts, cells.n_qubits),
        saturated=_saturated(cells, shared=poisson),
        cells=_degrees(cells, shared=poisson),
        rests_on="a stated matrix, without shot noise",
    )


def _values(cells: Cells) -> Mapping[str, float]:
    """The largest chance of being read as another outcome, and of being lost."""
    matrix = np.eye(1) if cells.crosstalk is None else cells.crosstalk
    whole = matrix.sum(axis=1)
    lost = float(1 - whole.min())
    return {
        "largest chance of another outcome": float((whole - np.diag(matrix)).max()),
        "largest loss": lost if lost > LOSSLESS else 0.0,
    }


def _totals(cells: Cells, *, shared: bool) -> Real:
    """The total that each cell is a share of."""
    if shared:
        return np.full(len(cells.counts), cells.counts.sum())
    by_row = cells.counts.reshape(-1, 2**cells.n_qubits).sum(axis=1)
    return np.repeat(by_row, 2**cells.n_qubits)


def _saturated(cells: Cells, *, shared: bool) -> float:
    totals = _totals(cells, shared=shared)
    share = np.divide(cells.counts, totals, out=np.ones_like(totals), where=cells.counts > 0)
    return float(xlogy(cells.counts, share).sum())


def _degrees(cells: Cells, *, shared: bool) -> int:
    rows = 1 if shared else int(np.count_nonzero(_totals(cells, shared=False))) // 2**cells.n_qubits
    return (len(cells.counts) if shared else rows * 2**cells.n_qubits) - rows
