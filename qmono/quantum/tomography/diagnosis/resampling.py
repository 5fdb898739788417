"""Counts of the same rows and shots drawn anew from a state, for parametric bootstraps and for plans."""

from __future__ import annotations

import numpy as np

from qmono.core.counts import CountsTable, IntArray, ProjectorRows, with_cells
from qmono.core.povms import PovmRows
from qmono.quantum.tomography.effects.modes import expectations
from qmono.quantum.tomography.effects.povm_effects import povm_cells
from qmono.quantum.tomography.effects.rows import parity_effects, projector_cells, setting_cells
from qmono.quantum.types import Matrix, Real


def redrawn(table: CountsTable, rho: Matrix, rng: np.random.Generator) -> CountsTable:
    """One such table; ValueError where settings are known by their inputs only."""
    return with_cells(table, redrawn_cells(table, rho, 1, rng)[0])


def redrawn_cells(table: CountsTable, rho: Matrix, number: int, rng: np.random.Generator) -> IntArray:
    """Cells (number, M) of such tables, in the order of `cells_of`.

    Settings, parities and POVM rows are multinomial with their own totals, single projectors with the total
    of all of them: Poisson counts of one flux, given that total.
    """
    x, drawn = expectations(rho), []
    if table.settings is not None:
        if table.settings.directions is None:
            raise ValueError("the table has no settings with known bases")
        effects, cells = setting_cells(table.settings.directions)
        p = effects.forward(x)[cells].reshape(table.settings.counts.shape)
        drawn.append(_multinomial(table.settings.totals, p, number, rng))
    if table.projectors is not None:
        total = table.projectors.counts.sum(keepdims=True)
        drawn.append(_multinomial(total, _rates(table.projectors, x)[None], number, rng))
    if table.parities is not None:
        parities, _ = parity_effects(table.parities, table.n_qubits)
        totals = table.parities.counts.sum(axis=1)
        drawn.append(_multinomial(totals, parities.forward(x).reshape(-1, 2), number, rng))
    if table.povms is not None:
        drawn += _of_povms(table.povms, x, number, rng)
    return np.concatenate([part.reshape(number, -1) for part in drawn], axis=1)


def _of_povms(rows: PovmRows, x: Real, number: int, rng: np.random.Generator) -> list[IntArray]:
    p = np.zeros(rows.counts.shape)
    for block in povm_cells(rows):
        p[block.positions] = block.effects.forward(x)[block.cells]
    return [
        _multinomial(total[None], p[None, cells], number, rng)
        for total, cells in zip(rows.totals, rows.cells, strict=True)
    ]


def _rates(rows: ProjectorRows, x: Real) -> Real:
    effects, cells = projector_cells(rows.directions)
    rates: Real = effects.forward(x)[cells] * rows.exposure
    return rates


def _multinomial(totals: np.ndarray, weights: Real, number: int, rng: np.random.Generator) -> IntArray:
    """(number, R, k) for totals (R,) and weights (R, k), which rounding may have left below zero."""
    p = np.maximum(weights, 0.0)
    p = p / p.sum(axis=1, keepdims=True)
    drawn: IntArray = rng.multinomial(np.asarray(totals, dtype=np.int64), p, size=(number, len(p)))
    return drawn
