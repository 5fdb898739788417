"""Parametric bootstrap of the goodness of fit, on request or where its bracket decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from qmono.core.counts import CountsTable, with_cells
from qmono.core.progress import Progress, no_progress
from qmono.errors import UsageError
from qmono.quantum.tomography.diagnosis.goodness_of_fit import deviance
from qmono.quantum.tomography.diagnosis.resampling import redrawn_cells
from qmono.quantum.tomography.fit.batch import IN_STEP_UP_TO_QUBITS, estimate_mle_batch
from qmono.quantum.types import Matrix

Gof = Literal["bracket", "auto", "bootstrap"]
"""Where the p value comes from: the bracket alone; a bootstrap where that straddles the threshold; always."""
UNASKED, ASKED, LARGE = 199, 999, 199
"""Resamples: of a bootstrap that decides unasked, on request, and on request beyond three qubits."""
FEWEST = 100
"""Resamples of percentile limits, at least."""
GAP = 0.05
"""Nats that the fit of a resample may miss: its deviance is too large by at most twice that."""


@dataclass(frozen=True)
class Resampling:
    """How a report draws at random: where the p value of its fit comes from, and percentile limits, if any.

    percentiles: the resamples that those are made of, or None.
    """

    rng: np.random.Generator
    gof: Gof = "auto"
    percentiles: int | None = None
    progress: Progress = no_progress


@dataclass(frozen=True)
class BootstrapP:
    """How many of so many resamples fit at least as badly as the counts."""

    as_large: int
    resamples: int

    @property
    def p_value(self) -> float:
        """(1 + as_large)/(1 + resamples): indicative, because the fit stands for the state."""
        return (1 + self.as_large) * self.resolution

    @property
    def resolution(self) -> float:
        """The smallest p value that can be found."""
        return 1 / (1 + self.resamples)


def check_gof(name: str) -> Gof:
    """The name, or UsageError if there is no such way."""
    for known in get_args(Gof):
        if name == known:
            return known  # type: ignore[no-any-return]
    raise UsageError(f"--gof takes {', '.join(get_args(Gof))}, got {name!r}")


def check_percentiles(resamples: int | None, level: float) -> None:
    """UsageError for fewer than FEWEST resamples, or too few for a quantile at that level."""
    least = max(FEWEST, round(1 / (1 - level)))
    if resamples is not None and resamples < least:
        raise UsageError(f"--bootstrap needs at least {least} resamples at this level, got {resamples}")


def resamples_of(table: CountsTable, *, asked: bool) -> int:
    """How many resamples a table is worth; 0 where nobody asked and it would take long."""
    small = table.n_qubits <= IN_STEP_UP_TO_QUBITS
    if asked:
        return ASKED if small else LARGE
    return UNASKED if small else 0


def bootstrap_fit_p(
    table: CountsTable, rho: Matrix, statistic: float, resamples: int, how: Resampling
) -> BootstrapP:
    """Deviances of tables drawn from the fit rho (d, d), each with its own fit, against the one found."""
    cells = redrawn_cells(table, rho, resamples, how.rng)
    fits = estimate_mle_batch(table, cells, gap=GAP, progress=how.progress)
    drawn = (deviance(with_cells(table, row), own) for row, own in zip(cells, fits.rho, strict=True))
    return BootstrapP(sum(value >= statistic for value in drawn), resamples)
