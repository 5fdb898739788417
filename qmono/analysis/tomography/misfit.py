r"""How far a misfit can move a fidelity.

The direct estimator is linear in the frequencies f, so its distance to the fidelity of the fitted state is a
sum over rows, F_direct - F_fit = sum_s t_s with t_s = sum_x v_sx (f_sx - p_sx). What the rows say now is the
sum; if all of them erred in one direction it would be sum |t_s|. Both contain shot noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qmono.analysis.tomography.fits import Fits
from qmono.analysis.tomography.goal import Goal
from qmono.core.counts import CountsTable
from qmono.quantum.tomography.direct_estimator import direct_estimator


@dataclass(frozen=True)
class Misfit:
    """What every row with a weight adds to the direct fidelity beyond that of the fit."""

    rows: tuple[str, ...]
    moved: tuple[float, ...]

    @property
    def net(self) -> float:
        """Direct less fitted fidelity."""
        return float(np.sum(self.moved))

    @property
    def most(self) -> float:
        """The same if all rows erred in one direction."""
        return float(np.abs(self.moved).sum())


def misfit_of(table: CountsTable, fits: Fits, goal: Goal) -> Misfit | None:
    """None without a pure target that the complete rows determine, or without a likelihood fit."""
    target, fit = goal.target, fits.likelihood
    if target is None or target.psi is None or fit is None or fits.missing is not None:
        return None
    found = direct_estimator(table, target.rho, target.rho)
    if isinstance(found, str):
        return None
    return Misfit(found.labels, tuple(found.moved_from(fit.rho).tolist()))
