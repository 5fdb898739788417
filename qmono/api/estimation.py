"""Tomography: run one, estimate the state of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from qmono.api.context import Context
from qmono.api.files import read_state
from qmono.api.judging import check_gap, check_level, judged
from qmono.api.measuring import measure
from qmono.core.counts import CountsTable
from qmono.core.progress import Progress, no_progress
from qmono.core.report import Report
from qmono.core.seeds import derive_seeds

if TYPE_CHECKING:
    from qmono.quantum.states import State


def tomography(
    counts: CountsTable,
    *,
    target: State | str | None = None,
    level: float = 0.95,
    estimator: str = "mle",
    gap: float = 0.01,
    models: Sequence[str] = (),
    rigorous: bool = False,
    gof: str = "auto",
    bootstrap: int | None = None,
    seed: int = 0,
    require: Sequence[str] = (),
    accept: Sequence[str] = (),
    context: Context | None = None,
    progress: Progress = no_progress,
) -> Report:
    """A certified state estimate from counts, with limits on what may gate.

    target: a State, anything `read_state` takes, or "best-bell" (which pays for the choice).
    gap: nats that the fit may miss of the best likelihood, proven; what was not reached fails a check.
    models: names of models of the measurement to fit beside the ideal one; readout is, where its calibration
    is in the counts.
    rigorous: limits that rest on the fit hold at any number of shots, not only for many.
    gof: where the p value of the fit comes from: "bracket", "auto" (a bootstrap where the bracket decides
    nothing) or "bootstrap". bootstrap: resamples of percentile limits, as further, indicative metrics.
    """
    import numpy as np

    from qmono.analysis.tomography.report import analyse_tomography

    check_level(level)
    check_gap(gap)
    best_bell = target == "best-bell"
    state = read_state(target) if isinstance(target, str) and not best_bell else target
    resampling = derive_seeds(seed).resampling

    def analyse(table: CountsTable) -> Report:
        return analyse_tomography(
            table,
            target=None if isinstance(state, str) else state,
            best_bell=best_bell,
            level=level,
            estimator=estimator,
            gap=gap,
            models=models,
            rigorous=rigorous,
            gof=gof,
            bootstrap=bootstrap,
            rng=np.random.default_rng(resampling),
            progress=progress,
        )

    return judged(
        "tomography", counts, analyse, require=require, accept=accept, context=context or Context(), seed=seed
    )


def measure_tomography(
    state: State | str = "phi+",
    *,
    shots: int = 1000,
    rounds: int = 4,
    seed: int | None = None,
    backend: str = "aer",
    noise: str | None = None,
    calibrate: int | None = None,
    taken: str | None = None,
    progress: Progress = no_progress,
    on_round: Callable[[CountsTable], None] | None = None,
) -> CountsTable:
    """Run full Pauli tomography on a backend: 3**n settings of `shots` each, in interleaved rounds.

    calibrate: shots of each of the two readout calibration circuits (all qubits in 0, all in 1), run first;
    None: no calibration. taken: the RFC 3339 time to record for it.
    """
    from qmono.quantum.plans import pauli_plan

    prepared = read_state(state) if isinstance(state, str) else state
    plan = pauli_plan(prepared.n_qubits, shots, rounds)
    return measure(
        plan,
        prepared,
        backend=backend,
        noise=noise,
        seed=seed,
        progress=progress,
        on_round=on_round,
        calibrate=calibrate,
        taken=taken,
    )
