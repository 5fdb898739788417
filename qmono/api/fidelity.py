"""Fidelity to a target without tomography: compare protocols, run one, judge one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qmono.api.context import Context
from qmono.api.files import read_state
from qmono.api.judging import check_level, judge, judged, requirements
from qmono.core.counts import CountsTable
from qmono.core.progress import Progress, no_progress
from qmono.core.report import Report
from qmono.errors import InputError, UsageError

if TYPE_CHECKING:
    from qmono.gate.requirement import Requirement
    from qmono.quantum.fidelity.choice import Candidate
    from qmono.quantum.fidelity.scheme import Scheme
    from qmono.quantum.fidelity.tally import Tally
    from qmono.quantum.states import State


def fidelity(
    counts: CountsTable,
    *,
    target: State | str,
    protocol: str = "auto",
    level: float = 0.95,
    earlier: Sequence[CountsTable] = (),
    require: Sequence[str] = (),
    accept: Sequence[str] = (),
    context: Context | None = None,
) -> Report:
    """Limits of the fidelity to a target from counts, without a fit.

    target: a State, or anything `read_state` takes. protocol: a name of the catalogue; "auto": the one
    recorded with the counts, else what their settings allow. earlier: runs that these counts repeat; all are
    pooled, with limits that hold however often one runs again (see `earlier_runs`).
    """
    from qmono.analysis.fidelity.report import analyse_fidelity

    check_level(level)
    state = read_state(target) if isinstance(target, str) else target
    made_by = context or Context()

    def analyse(*tables: CountsTable) -> Report:
        return analyse_fidelity(tables, target=state, protocol=protocol, level=level, anytime=len(tables) > 1)

    if not earlier:
        return judged("fidelity", counts, analyse, require=require, accept=accept, context=made_by)
    report = analyse(*earlier, counts)
    return judge(report.with_provenance(made_by.provenance([counts, *earlier])), require, accept)


def fidelity_plan(
    target: State | str, *, half_width: float = 0.02, expected: float = 0.95, level: float = 0.95
) -> tuple[Candidate, ...]:
    """Every protocol for a target: settings and the shots until the limits are 2 `half_width` apart."""
    from qmono.quantum.fidelity.choice import Goal, compare

    check_level(level)
    state = read_state(target) if isinstance(target, str) else target
    return compare(state, Goal(half_width, expected, level))


def measure_fidelity(
    state: State | str = "phi+",
    *,
    target: State | str | None = None,
    protocol: str = "auto",
    shots: int = 1000,
    half_width: float | None = None,
    expected: float = 0.95,
    level: float = 0.95,
    until: Sequence[str] | None = None,
    max_shots: int | None = None,
    earlier: Sequence[CountsTable] = (),
    accumulate: bool = False,
    calibrate: int | None = None,
    taken: str | None = None,
    rounds: int = 4,
    seed: int | None = None,
    backend: str = "aer",
    noise: str | None = None,
    progress: Progress = no_progress,
    on_round: Callable[[CountsTable], None] | None = None,
) -> CountsTable:
    """Run a protocol for the fidelity to `target` (default: the state itself).

    shots: per setting, or in all where settings are drawn for every shot; half_width: as many as it takes
    instead, if the fidelity is about `expected`. until: requirements that anytime-valid limits at `level`
    decide, together with the `earlier` runs; looked at after complete blocks of settings, up to `max_shots`.
    calibrate: shots of each of two readout calibration circuits, run before; taken: the RFC 3339 time to
    record for it. accumulate: the run may be repeated, so its limits are to hold however often that is done.
    """
    from qmono.backends.calibrating import run_calibration
    from qmono.backends.execution import drawn_seed
    from qmono.backends.noise import parse_noise
    from qmono.backends.probing import run_scheme
    from qmono.quantum.fidelity.choice import Goal, choose
    from qmono.quantum.fidelity.schedule import shots_of_looks, shots_of_rounds, total_shots

    check_level(level)
    prepared = read_state(state) if isinstance(state, str) else state
    wanted = prepared if target is None else read_state(target) if isinstance(target, str) else target
    goal = Goal(expected=expected, level=level) if half_width is None else Goal(half_width, expected, level)
    scheme = choose(wanted, protocol, goal, calibrated=calibrate is not None)
    is_enough = (
        _decision(scheme, requirements("fidelity", until), level, earlier) if until is not None else None
    )
    if is_enough is not None:
        if max_shots is None:
            raise UsageError("--until decided needs --max-shots, where to give up")
        schedule = shots_of_looks(scheme, max_shots)
    elif half_width is not None:
        total = scheme.shots_needed(half_width, expected, level)
        if total is None:
            raise UsageError(
                f"no number of shots brings {scheme.protocol} for {wanted.name} "
                f"to a half-width of {half_width:g}"
            )
        schedule = shots_of_rounds(scheme, total, rounds)
    else:
        schedule = shots_of_rounds(scheme, total_shots(scheme, shots), rounds)
    parsed = parse_noise(noise) if noise else None
    seed = drawn_seed() if seed is None else seed
    calibration = None
    if calibrate is not None:
        calibration = run_calibration(
            scheme.target.n_qubits, calibrate, backend=backend, noise=parsed, seed=seed, taken=taken
        )

    def calibrated(table: CountsTable) -> CountsTable:
        return table if calibration is None else replace(table, calibration=calibration)

    return calibrated(
        run_scheme(
            scheme,
            prepared,
            schedule,
            backend=backend,
            noise=parsed,
            seed=seed,
            progress=progress,
            on_round=None if on_round is None else lambda table: on_round(calibrated(table)),
            is_enough=is_enough,
            notes=_stopping(until is not None, max_shots, accumulate),
        )
    )


def _stopping(until: bool, max_shots: int | None, accumulate: bool) -> dict[str, Any]:
    """What a table records of how its run may end or go on, by which only anytime-valid limits hold."""
    if until:
        return {"stopping": {"rule": "until decided", "max_shots": max_shots}}
    return {"stopping": {"rule": "accumulated"}} if accumulate else {}


def is_decided_by(
    earlier: Sequence[CountsTable], target: State, require: Sequence[str], level: float = 0.95
) -> bool:
    """Whether runs that are there already decide the requirements, so that no further shot is needed."""
    if not earlier:
        return False
    from qmono.quantum.fidelity.choice import Goal, choose

    scheme = choose(target, str(earlier[0].metadata["protocol"]), Goal(level=level))
    return _decision(scheme, requirements("fidelity", require), level, earlier[:-1])(earlier[-1])


def _decision(
    scheme: Scheme, required: Sequence[Requirement], level: float, earlier: Sequence[CountsTable]
) -> Callable[[CountsTable], bool]:
    """Whether a table, with the earlier runs, decides all requirements."""
    from qmono.analysis.fidelity.stopping import check_decidable, is_decided
    from qmono.quantum.fidelity.separability import separable_bound
    from qmono.quantum.fidelity.tally import tally_of

    check_decidable(required)
    bound = separable_bound(scheme.target)

    def tally(table: CountsTable) -> Tally:
        found = tally_of(scheme, table)
        if isinstance(found, str):
            raise InputError(found, source=table.origin.name if table.origin else "")
        return found

    before = [tally(table) for table in earlier]

    def decides(table: CountsTable) -> bool:
        total = tally(table)
        for other in before:
            total += other
        return is_decided(required, total, level, bound)

    return decides
