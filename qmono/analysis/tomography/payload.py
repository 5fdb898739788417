"""What a tomography report hands to programs besides its metrics."""

from __future__ import annotations

from typing import Any

from qmono.analysis.tomography.fits import Fits
from qmono.analysis.tomography.goal import Goal
from qmono.analysis.tomography.sections import eigenvalues_of
from qmono.analysis.tomography.statistical_tests import Tests
from qmono.core.counts import CountsTable
from qmono.quantum.tomography.diagnosis.goodness_of_fit import GoodnessOfFit

STATE_UP_TO_QUBITS = 6


def make_payload(table: CountsTable, goal: Goal, fits: Fits, tests: Tests) -> dict[str, Any]:
    """Target, state, sizes, estimator, shots of the direct fidelity, residuals of the fit."""
    payload: dict[str, Any] = {
        "target": goal.target.name if goal.target is not None else None,
        "target_chosen_from_data": goal.chosen,
        "n_qubits": table.n_qubits,
        "settings": sum(len(block.labels) for block in table.blocks),
        "shots": table.total if table.values != "counts" else int(table.total),
        "values": table.values,
        "statistics": table.statistics,
        "estimator": fits.main.estimator,
        "iterations": fits.main.iterations,
        "converged": fits.main.converged,
    }
    if goal.direct is not None and goal.direct.value is not None:
        payload["direct_fidelity"] = {
            "method": goal.direct.method,
            "settings": list(goal.direct.settings),
            "passes": list(goal.direct.passes) or None,
            "trials": list(goal.direct.trials),
        }
    if fits.goodness is not None and fits.goodness.statistic is not None:
        payload["goodness_of_fit"] = _goodness(fits.goodness, tests)
    if fits.missing is None:
        payload["eigenvalues"] = eigenvalues_of(fits.rho)
        if table.n_qubits <= STATE_UP_TO_QUBITS:
            payload["density_matrix"] = [[[float(z.real), float(z.imag)] for z in row] for row in fits.rho]
    return payload


def _goodness(found: GoodnessOfFit, tests: Tests) -> dict[str, Any]:
    """Deviance, its p value, every row's part of it, and what the rows do to the fidelity."""
    payload: dict[str, Any] = {
        "statistic": found.statistic,
        "degrees": [found.degrees_low, found.degrees_high],
        "p": [found.p_low, found.p_high],
        "dispersion": found.dispersion,
        "residuals": {
            "rows": [row.label for row in found.residuals],
            "deviance": [row.deviance for row in found.residuals],
            "degrees": [row.degrees for row in found.residuals],
        },
    }
    if tests.bootstrap is not None:
        payload["bootstrap"] = {
            "p": tests.bootstrap.p_value,
            "as_large": tests.bootstrap.as_large,
            "resamples": tests.bootstrap.resamples,
            "resolution": tests.bootstrap.resolution,
        }
    if tests.misfit is not None:
        payload["moves_fidelity"] = {
            "net": tests.misfit.net,
            "most": tests.misfit.most,
            "rows": list(tests.misfit.rows),
            "by": list(tests.misfit.moved),
        }
    return payload
