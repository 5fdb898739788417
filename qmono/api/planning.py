"""Before a tomography: simulated runs of it, analysed as measured ones are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from qmono.api.estimation import measure_tomography, tomography
from qmono.api.files import read_state
from qmono.api.judging import check_level, requirements
from qmono.core.counts import CountsTable
from qmono.core.progress import Progress, no_progress
from qmono.core.report import Report
from qmono.core.seeds import derive_seeds
from qmono.errors import UsageError
from qmono.gate.requirement import MetricRequirement

if TYPE_CHECKING:
    from qmono.analysis.power import Power
    from qmono.analysis.tomography.plan import TomographyPlan
    from qmono.quantum.states import State

ROUNDS = 4
"""Interleaved rounds of a run, as a live one has."""

Analyse = Callable[[CountsTable], Report]


def tomography_plan(
    state: State | str,
    *,
    target: State | str | None = None,
    shots: int = 1000,
    noise: str | None = None,
    level: float = 0.95,
    require: Sequence[str] = (),
    seed: int = 0,
    runs: int | None = None,
    analyse: Analyse | None = None,
    progress: Progress = no_progress,
) -> TomographyPlan:
    """What full Pauli tomography of a state with so many shots per setting will tell.

    state: the true one; noise: as for a live run, simulated on Aer. target: default: the state. require:
    expressions whose probability to pass is wanted. runs: simulated and analysed; default: 64, and 16 from
    four qubits on. analyse: how a table becomes a judged report; default: `tomography` with these arguments.
    """
    from qmono.analysis.tomography.plan import TomographyPlan, chances_of, expected_of, runs_for, verdicts_of

    check_level(level)
    if shots < 1:
        raise UsageError(f"--shots must be at least 1, got {shots}")
    true = read_state(state) if isinstance(state, str) else state
    aim = read_state(target) if isinstance(target, str) and target != "best-bell" else target or true
    number = runs_for(true.n_qubits) if runs is None else runs

    def usual(table: CountsTable) -> Report:
        return tomography(table, target=aim, level=level, seed=seed, require=require)

    if number < 1:
        raise UsageError(f"a plan needs at least one run, got {number}")
    if noise is None:
        tables = _born(true, shots, number, seed)
    else:
        tables = _noisy(true, shots, number, seed, noise=noise, progress=progress)
    reports = []
    for done, table in enumerate(tables, start=1):
        reports.append((analyse or usual)(table))
        progress(done, number)
    wanted = [item for item in requirements("tomography", require) if isinstance(item, MetricRequirement)]
    known = None if isinstance(aim, str) else aim
    exact = {} if noise or known is None else _exact(reports[0], tables[0], true, known, wanted)
    return TomographyPlan(
        state=true.name,
        target=aim if isinstance(aim, str) else aim.name,
        noise=noise,
        n_qubits=true.n_qubits,
        settings=3**true.n_qubits,
        shots=shots,
        level=level,
        runs=number,
        expected=tuple(
            expected_of(reports, [item.metric for item in wanted], {} if noise else _true(true, known))
        ),
        verdicts=verdicts_of(reports),
        chances=chances_of(reports, exact),
    )


def _born(state: State, shots: int, number: int, seed: int) -> list[CountsTable]:
    """As many runs without noise, each in rounds."""
    import numpy as np

    from qmono.quantum.born import simulate_counts
    from qmono.quantum.plans import pauli_plan

    rng, plan = np.random.default_rng(derive_seeds(seed).simulator), pauli_plan(state.n_qubits, shots)
    return [simulate_counts(state.rho, plan, rng) for _ in range(number)]


def _noisy(
    state: State, shots: int, number: int, seed: int, *, noise: str, progress: Progress
) -> list[CountsTable]:
    """As many runs on Aer: the rounds of a single long one, shared out."""
    each = min(ROUNDS, shots)
    whole = measure_tomography(
        state, shots=shots * number, rounds=number * each, seed=seed, noise=noise, progress=progress
    )
    rows = whole.settings
    if rows is None or rows.rounds is None:
        raise UsageError(f"noise {noise!r} cannot be simulated in rounds")
    parts = rows.rounds.reshape(number, each, *rows.counts.shape)
    return [replace(whole, settings=replace(rows, counts=part.sum(axis=0), rounds=part)) for part in parts]


def _true(state: State, target: State | None) -> dict[str, float]:
    from qmono.quantum.fidelity.exact import fidelity_to
    from qmono.quantum.measures.concurrence import concurrence

    found = {} if target is None else {"fidelity": fidelity_to(state.rho, target)}
    return found | ({"concurrence": concurrence(state.rho)} if state.n_qubits == 2 else {})


def _exact(
    report: Report, table: CountsTable, state: State, target: State, wanted: Sequence[MetricRequirement]
) -> dict[str, Power]:
    """The formula for requirements on the fidelity, where the state is the target with white noise."""
    import numpy as np

    from qmono.analysis.power import noisy, power_at
    from qmono.quantum.fidelity.exact import fidelity_to

    metric = report.metric("fidelity")
    if metric is None or target.psi is None:
        return {}
    value = fidelity_to(state.rho, target)
    if not np.allclose(state.rho, noisy(target, value), atol=1e-9):
        return {}
    asked = [item for item in wanted if item.metric == "fidelity"]
    found = {str(item): power_at(metric, table, target, item, value) for item in asked}
    return {expression: power for expression, power in found.items() if power is not None}
