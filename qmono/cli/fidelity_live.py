"""Live runs of `qmono fidelity`: of a fixed size, until decided, or added to earlier ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qmono.cli.counts_source import refuse_flags
from qmono.cli.live import run_live
from qmono.cli.options import Run
from qmono.errors import UsageError

if TYPE_CHECKING:
    from qmono.core.counts import CountsTable
    from qmono.quantum.states import State


@dataclass(frozen=True)
class Planning:
    """How many shots a live run takes, and when it stops."""

    plan: Annotated[
        bool, typer.Option("--plan", help="Compare the protocols and their shots; run nothing.")
    ] = False
    half_width: Annotated[
        float | None,
        typer.Option(
            "--half-width", metavar="W", help="As many shots as bring both limits within W of the middle."
        ),
    ] = None
    expect: Annotated[
        float, typer.Option("--expect", metavar="F", help="The fidelity that shots are planned for.")
    ] = 0.95
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="decided", help="Run in batches until every requirement is decided."),
    ] = None
    max_shots: Annotated[
        int | None, typer.Option("--max-shots", metavar="N", help="Shots in all at which --until gives up.")
    ] = None
    calibrate: Annotated[
        int | None,
        typer.Option(
            "--calibrate", metavar="N", help="Calibrate the readout first, N shots for each of two circuits."
        ),
    ] = None
    accumulate: Annotated[
        Path | None,
        typer.Option(
            "--accumulate", metavar="DIR", help="Keep the counts of every run there and judge all of them."
        ),
    ] = None


@dataclass(frozen=True)
class Live:
    """One measurement as asked for: what, how sure, which requirements, how many shots, where, when."""

    target: State
    protocol: str
    level: float
    required: tuple[str, ...]
    planning: Planning
    run: Run
    taken: str | None


def check_planning(context: Any, planning: Planning) -> None:
    """UsageError for options that contradict each other."""
    if planning.until not in (None, "decided"):
        raise UsageError(f"--until takes the word decided, got {planning.until!r}")
    if planning.calibrate is not None and (planning.until is not None or planning.accumulate is not None):
        raise UsageError(
            "--calibrate needs a number of shots that is fixed before: no --until, no --accumulate"
        )
    if planning.until is not None:
        refuse_flags(context, ("shots", "rounds", "half_width"), "--until decided runs until it is decided")
    else:
        refuse_flags(context, ("max_shots",), "it is where --until decided gives up")
    if planning.half_width is not None:
        refuse_flags(context, ("shots",), "--half-width says how many shots it takes")
    if planning.accumulate is not None:
        refuse_flags(context, ("save_counts",), "--accumulate keeps the counts in its directory")


def measure_live(live: Live, seed: int | None, *, quiet: bool) -> tuple[CountsTable, list[CountsTable]]:
    """The counts of a run and those of the earlier runs it adds to."""
    from qmono import api

    planning = live.planning
    measure = partial(
        api.measure_fidelity,
        target=live.target,
        protocol=live.protocol,
        half_width=planning.half_width,
        expected=planning.expect,
        level=live.level,
        until=live.required if planning.until is not None else None,
        max_shots=planning.max_shots,
        calibrate=planning.calibrate,
        taken=live.taken,
    )
    if planning.accumulate is None:
        return run_live(measure, "fidelity", live.run, seed=seed, quiet=quiet), []
    return _accumulated(measure, live, planning.accumulate, seed, quiet=quiet)


def _accumulated(
    measure: Any, live: Live, directory: Path, seed: int | None, *, quiet: bool
) -> tuple[CountsTable, list[CountsTable]]:
    """A further run kept in the directory; none if the earlier ones decide already."""
    from qmono import api

    earlier = api.earlier_runs(directory)
    if earlier:
        wanted = {
            **api.run_identity(live.run.state, live.target, live.run.backend, live.run.noise),
            **({} if live.protocol == "auto" else {"protocol": live.protocol}),
        }
        for table in earlier:
            api.check_alike(wanted, table)
        measure = partial(measure, protocol=earlier[0].metadata["protocol"])
    sequential = live.planning.until is not None
    if sequential and api.is_decided_by(earlier, live.target, live.required, live.level):
        typer.echo("qmono: the earlier runs decide already; no shot was used", err=True)
        return earlier[-1], earlier[:-1]
    seed = api.drawn_seed() if seed is None else seed
    run = replace(live.run, save_counts=api.path_of_next_run(directory, earlier, seed))
    measure = partial(measure, earlier=earlier, accumulate=True)
    return run_live(measure, "fidelity", run, seed=seed, quiet=quiet), earlier
