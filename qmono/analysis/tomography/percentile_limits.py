"""Percentile-bootstrap limits, on request: the habit of the field, as separate metrics, indicative.

Tables are drawn from the fit, fitted again, and the quantiles at 1 - level and level of a measure are its
limits. The fit is biased towards the inside and the bootstrap repeats the bias: at a Bell state such limits
never hold, near the boundary they hold too seldom (docs/reports.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from qmono.analysis.tomography.bootstrap import GAP, Resampling
from qmono.analysis.tomography.cuts import cuts_of
from qmono.analysis.tomography.fits import Fits
from qmono.analysis.tomography.goal import Goal
from qmono.core.counts import CountsTable
from qmono.core.metric import Limit, Metric, missing
from qmono.quantum.fidelity.direct import NO_GUARANTEE, NO_SHOT_NOISE
from qmono.quantum.fidelity.exact import fidelity_to
from qmono.quantum.measures.concurrence import concurrence
from qmono.quantum.measures.entanglement_of_formation import formation_of_concurrence
from qmono.quantum.measures.log_negativity import log_negativity
from qmono.quantum.measures.measure import cut_index
from qmono.quantum.measures.negativity import negativity
from qmono.quantum.measures.purity import purity
from qmono.quantum.tomography.diagnosis.resampling import redrawn_cells
from qmono.quantum.tomography.fit.batch import estimate_mle_batch
from qmono.quantum.types import Matrix

SUFFIX = "_bootstrap"


def percentile_metrics(
    table: CountsTable, goal: Goal, fits: Fits, level: float, how: Resampling
) -> list[Metric]:
    """`fidelity_bootstrap`, `concurrence_bootstrap`, ...: of the fit, percentile limits at `level` each."""
    resamples = how.percentiles
    if resamples is None:
        return []
    measures = _measures(table, goal)
    reason = _why_not(table, fits)
    if reason is not None:
        return [missing(name, reason) for name in measures]
    cells = redrawn_cells(table, fits.rho, resamples, how.rng)
    states = estimate_mle_batch(table, cells, gap=GAP, progress=how.progress).rho
    return [_metric(name, measure, fits.rho, states, level) for name, measure in measures.items()]


def _measures(table: CountsTable, goal: Goal) -> Mapping[str, Callable[[Matrix], float]]:
    found: dict[str, Callable[[Matrix], float]] = {}
    target = goal.target
    if target is not None:
        found["fidelity"] = lambda rho: fidelity_to(rho, target)
    if table.n_qubits == 2:
        found["concurrence"] = concurrence
        found["tangle"] = lambda rho: concurrence(rho) ** 2
        found["negativity"] = negativity
        found["log_negativity"] = log_negativity
        found["entanglement_of_formation"] = lambda rho: formation_of_concurrence(concurrence(rho))
    named = {name + SUFFIX: measure for name, measure in found.items()}
    if table.n_qubits > 2:
        named |= {
            f"negativity{SUFFIX}[{cut_index(cut)}]": _negativity_across(table.n_qubits, cut[0])
            for cut in cuts_of(table.n_qubits)
        }
    return named | {f"purity{SUFFIX}": purity}


def _negativity_across(n: int, side: tuple[int, ...]) -> Callable[[Matrix], float]:
    return lambda rho: negativity(rho, (2,) * n, side)


def _why_not(table: CountsTable, fits: Fits) -> str | None:
    if table.values != "counts":
        return NO_SHOT_NOISE if table.values == "averages" else NO_GUARANTEE
    if fits.likelihood is None:
        return f"no likelihood fit was made (estimator {fits.main.estimator})"
    return fits.missing


def _metric(
    name: str, measure: Callable[[Matrix], float], rho: Matrix, states: Matrix, level: float
) -> Metric:
    drawn = np.array([measure(state) for state in states])
    low, high = np.quantile(drawn, [1 - level, level], method="closest_observation")
    method = f"percentiles of {len(drawn)} resamples"
    return Metric(
        name,
        measure(rho),
        std_error=float(drawn.std(ddof=1)),
        level=level,
        low=Limit(float(low), method, "indicative"),
        high=Limit(float(high), method, "indicative"),
    )
