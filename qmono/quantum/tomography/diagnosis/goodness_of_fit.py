r"""Whether a state explains the counts: deviance, a bracket of p values, and where it fits worst.

Deviance 2 sum c ln(c/mu) with the expected counts mu of each cell: twice the distance of the fit's log
likelihood to that of the saturated model. Positivity removes fewer parameters than a state has
(Scholten and Blume-Kohout, New J. Phys. 20, 023050 (2018)), so the degrees of freedom are only known to
lie between (cells - rows - identified parameters) and (cells - rows); with them the p value is a bracket.

Small expected counts: a Poisson cell of mean mu gives E(mu) to the deviance, above 1 around mu = 1 and
towards 0 below. The excess over a regular cell is added to mean and variance (a scaled chi-square), so
that sparse data are not called misfits; where the cells are expected to give less than the lower degrees
of freedom, no misfit could be seen and there is no p value.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammaincc, gammaln, xlogy

from qmono.core.counts import CountsTable
from qmono.core.povms import PovmRows
from qmono.quantum.tomography.diagnosis.identifiability import identified_parameters
from qmono.quantum.tomography.effects.modes import expectations
from qmono.quantum.tomography.effects.povm_effects import impossible_outcomes, povm_cells
from qmono.quantum.tomography.effects.rows import parity_effects, projector_cells, setting_cells
from qmono.quantum.tomography.fit.estimate import StateEstimate
from qmono.quantum.types import Matrix, Real


@dataclass(frozen=True)
class RowResidual:
    """How badly one row fits: its part of the deviance and the degrees of freedom it has."""

    label: str
    deviance: float
    degrees: int


@dataclass(frozen=True)
class GoodnessOfFit:
    """Deviance of a fit and the bracket [p_low, p_high] its p value lies in.

    p_low belongs to degrees_low, p_high to degrees_high. Both are None with a `reason` where the deviance
    has no known distribution. dispersion: deviance per degree of freedom (degrees_high): 1 or less is what
    shot noise gives. residuals: of every row, largest deviance per degree first.
    """

    statistic: float | None
    degrees_low: int
    degrees_high: int
    p_low: float | None
    p_high: float | None
    dispersion: float | None
    residuals: tuple[RowResidual, ...] = ()
    reason: str | None = None


def goodness_of_fit(table: CountsTable, estimate: StateEstimate) -> GoodnessOfFit:
    """Test the estimated state against the table it came from."""
    if table.values != "counts":
        reason = f"{_WITHOUT_NOISE[table.values]} no shot noise to test a fit against"
        return GoodnessOfFit(None, 0, 0, None, None, None, reason=reason)
    rows = _expected_counts(table, estimate.rho)
    degrees_high = sum(max(0, len(counts) - 1) for _, counts, _ in rows)
    degrees_low = degrees_high - identified_parameters(table)
    residuals = [_residual(label, counts, expected) for label, counts, expected in _labelled(table, rows)]
    statistic = _total(rows)
    expected = np.concatenate([expected for _, _, expected in rows]) if rows else np.zeros(0)
    ranked = tuple(sorted(residuals, key=lambda row: -row.deviance / row.degrees))
    dispersion = statistic / degrees_high if degrees_high > 0 else None
    p_low, p_high, untested = _bracket(statistic, expected, degrees_low, degrees_high)
    return GoodnessOfFit(statistic, degrees_low, degrees_high, p_low, p_high, dispersion, ranked, untested)


def deviance(table: CountsTable, rho: Matrix) -> float:
    """2 sum c ln(c/mu) of a table of counts at a state (d, d)."""
    return _total(_expected_counts(table, rho))


_WITHOUT_NOISE = {"averages": "averages carry", "corrected": "corrected values carry"}

Row = tuple[str, Real, Real]


def _total(rows: list[Row]) -> float:
    return sum(_deviance(counts, expected) for _, counts, expected in rows)


def _expected_counts(table: CountsTable, rho: Matrix) -> list[Row]:
    """(label, counts, expected counts) of every group of cells that shares one total."""
    x, rows = expectations(rho), []
    if table.settings is not None and table.settings.directions is not None:
        effects, cells = setting_cells(table.settings.directions)
        p = effects.forward(x)[cells].reshape(table.settings.counts.shape)
        rows += _conditional(table.settings.labels, np.asarray(table.settings.counts, dtype=np.float64), p)
    if table.parities is not None:
        effects, counts = parity_effects(table.parities, table.n_qubits)
        rows += _conditional(table.parities.labels, counts.reshape(-1, 2), effects.forward(x).reshape(-1, 2))
    if table.povms is not None:
        rows += _povm_rows(table.povms, x)
    if table.projectors is not None and table.projectors.counts.sum() > 0:
        effects, cells = projector_cells(table.projectors.directions)
        rate = np.maximum(effects.forward(x)[cells], 0.0) * table.projectors.exposure
        counts = np.asarray(table.projectors.counts, dtype=np.float64)
        rows.append(("", counts, counts.sum() * rate / rate.sum()))
    return rows


def _povm_rows(rows: PovmRows, x: Real) -> list[Row]:
    """Every row by itself; effects that are zero are no cells."""
    p, possible = np.zeros(rows.counts.shape), ~impossible_outcomes(rows)
    for block in povm_cells(rows):
        p[block.positions] = block.effects.forward(x)[block.cells]
    counts = np.asarray(rows.counts, dtype=np.float64)
    found: list[Row] = []
    for label, cells in zip(rows.labels, rows.cells, strict=True):
        own = possible[cells]
        found += _conditional((label,), counts[cells][own][None], p[cells][own][None])
    return found


def _conditional(labels: tuple[str, ...], counts: Real, p: Real) -> list[Row]:
    expected = counts.sum(axis=1, keepdims=True) * np.maximum(p, 0.0)
    return [row for row in zip(labels, counts, expected, strict=True) if row[1].any()]


def _labelled(table: CountsTable, rows: list[Row]) -> list[Row]:
    """The rows people know by name: the projectors, which share one total, taken apart."""
    if table.projectors is None or not rows or rows[-1][0]:
        return rows
    singles = zip(table.projectors.labels, rows[-1][1], rows[-1][2], strict=True)
    return rows[:-1] + [(label, np.array([count]), np.array([mean])) for label, count, mean in singles]


def _deviance(counts: Real, expected: Real) -> float:
    """2 sum [c ln(c/mu) - (c - mu)]: Poisson and multinomial deviance in one, infinite at mu = 0 < c."""
    if np.any((expected <= 0) & (counts > 0)):
        return np.inf
    ratio = np.divide(counts, expected, out=np.ones_like(counts), where=expected > 0)
    return float(2 * (xlogy(counts, ratio) - counts + expected).sum())


def _residual(label: str, counts: Real, expected: Real) -> RowResidual:
    return RowResidual(label, _deviance(counts, expected), max(1, len(counts) - 1))


def _bracket(
    statistic: float, expected: Real, degrees_low: int, degrees_high: int
) -> tuple[float | None, float | None, str | None]:
    if degrees_low <= 0:
        return None, None, "the rows have no more cells than a state has parameters: nothing is left to test"
    mean, variance = poisson_deviance_moments(expected)
    live = float(np.minimum(mean, 1.0).sum()) - (len(expected) - degrees_high)
    if live < degrees_low:
        few = float(np.median(expected))
        return None, None, f"too few counts per cell (median {few:.2g} expected) for a test of the fit"
    more = float(np.maximum(mean - 1.0, 0.0).sum())
    wider = float(np.maximum(variance - 2.0, 0.0).sum())
    low, high = (_tail(statistic, k + more, 2 * k + wider) for k in (degrees_low, degrees_high))
    return low, high, None


def _tail(statistic: float, mean: float, variance: float) -> float:
    """Upper tail of the scaled chi-square with that mean and variance; chi-square if variance = 2 mean."""
    return float(gammaincc(mean**2 / variance, statistic * mean / variance))


def poisson_deviance_moments(expected: Real) -> tuple[Real, Real]:
    """Mean and variance of 2 [c ln(c/mu) - (c - mu)] for Poisson c of each mean mu, interpolated."""
    grid, mean, variance = _moments_on_grid()
    place = np.log(np.clip(expected, np.exp(grid[0]), np.exp(grid[-1])))
    small = expected < np.exp(grid[0])
    return np.where(small, 0.0, np.interp(place, grid, mean)), np.where(
        small, 0.0, np.interp(place, grid, variance)
    )


@lru_cache(maxsize=1)
def _moments_on_grid() -> tuple[Real, Real, Real]:
    grid = np.linspace(np.log(1e-6), np.log(200.0), 240)
    mu, c = np.exp(grid)[:, None], np.arange(420.0)[None, :]
    weight = np.exp(c * np.log(mu) - mu - gammaln(c + 1))
    deviance = 2 * (xlogy(c, c / mu) - c + mu)
    mean = (weight * deviance).sum(axis=1)
    return grid, mean, (weight * deviance**2).sum(axis=1) - mean**2
