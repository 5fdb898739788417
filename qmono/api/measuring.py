"""Run a plan on a backend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from qmono.core.counts import CountsTable
from qmono.core.progress import Progress

if TYPE_CHECKING:
    from qmono.quantum.plans import Plan
    from qmono.quantum.states import State


def measure(
    plan: Plan,
    state: State,
    *,
    backend: str,
    noise: str | None,
    seed: int | None,
    progress: Progress,
    on_round: Callable[[CountsTable], None] | None,
    stop: Callable[[CountsTable], bool] | None = None,
    calibrate: int | None = None,
    taken: str | None = None,
) -> CountsTable:
    """The counts of `plan` on `state`, prepared on the named backend; see `run_plan`.

    calibrate: shots of each readout calibration circuit, run before, or None. taken: its time, to record.
    """
    from qmono.backends.execution import drawn_seed, run_plan
    from qmono.backends.noise import parse_noise

    parsed = parse_noise(noise) if noise else None
    seed = drawn_seed() if seed is None else seed
    calibration = None
    if calibrate is not None:
        from qmono.backends.calibrating import run_calibration

        calibration = run_calibration(
            plan.n_qubits, calibrate, backend=backend, noise=parsed, seed=seed, taken=taken
        )

    def calibrated(table: CountsTable) -> CountsTable:
        return table if calibration is None else replace(table, calibration=calibration)

    return calibrated(
        run_plan(
            plan,
            state,
            backend=backend,
            noise=parsed,
            seed=seed,
            progress=progress,
            on_round=None if on_round is None else lambda table: on_round(calibrated(table)),
            stop=stop,
        )
    )
