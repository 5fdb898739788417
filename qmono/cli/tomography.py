"""`qmono tomography`: a certified state from saved counts, or from a state prepared and measured here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qmono.cli import options as opt
from qmono.cli.context import options_as_typed, run_context
from qmono.cli.counts_source import read, refuse_flags
from qmono.cli.demands import checked_requirements
from qmono.cli.emit import check_outlets, emit
from qmono.cli.groups import grouped, names_of
from qmono.cli.live import progress_bar, run_live
from qmono.cli.tomography_options import Fitting, check_fitting
from qmono.cli.tomography_plan import REFUSED, write_plan
from qmono.core.progress import Progress, no_progress
from qmono.core.report import Report
from qmono.errors import EXIT_MEANINGS, ExitCode, QmonoError, UsageError, worst

if TYPE_CHECKING:
    from qmono.api import Context
    from qmono.cli.batch import Batch
    from qmono.core.counts import CountsTable
    from qmono.quantum.states import State


KIND = "tomography"


@dataclass(frozen=True)
class Estimation:
    """How counts become a report: one object, so that every process of a batch does the same."""

    target: State | str | None
    level: float
    fitting: Fitting
    seed: int | None
    require: tuple[str, ...]
    accept: tuple[str, ...]

    def report(self, table: CountsTable, context: Context, progress: Progress = no_progress) -> Report:
        """The judged report of a table."""
        from qmono import api

        return api.tomography(
            table,
            target=self.target,
            level=self.level,
            estimator=self.fitting.estimator,
            gap=self.fitting.gap,
            models=tuple(self.fitting.model or ()),
            rigorous=self.fitting.rigorous,
            gof=self.fitting.gof,
            bootstrap=self.fitting.bootstrap,
            seed=self.seed or 0,
            require=self.require,
            accept=self.accept,
            context=context,
            progress=progress,
        )


@grouped
def command(
    ctx: typer.Context,
    counts: Annotated[
        list[str] | None,
        typer.Argument(
            help="Saved counts, one state a file ('-': standard input). Without: prepare and measure."
        ),
    ] = None,
    target: opt.Target = None,
    pool: Annotated[
        bool, typer.Option("--pool", help="The files are parts of one measurement: add them up.")
    ] = False,
    calibrate: Annotated[
        int | None,
        typer.Option(
            "--calibrate", metavar="N", help="Calibrate the readout first, N shots for each of two circuits."
        ),
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Measure nothing: which limits to expect, and will --min pass?")
    ] = False,
    level: opt.Level = 0.95,
    seed: opt.Seed = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="DIR", help="Many files: a JSON report each, and summary.csv."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="With --output: keep reports that are already there and current.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", metavar="N", min=1, help="With --output: processes (default: cores)."),
    ] = None,
    *,
    fitting: Fitting,
    run: opt.Run,
    demands: opt.Demands,
    outlets: opt.Outlets,
    reading: opt.Reading,
) -> None:
    """Which state is it, how entangled, and may it pass? Maximum likelihood, with proof and limits.

    Each file of COUNTS is one state; without any the command prepares --state on --backend, measures
    all Pauli settings, and compares with --target (default: --state).

    \b
    Examples:
      qmono tomography counts.json --bit-order qubit0-last --target phi+ --min fidelity=0.9
      qmono tomography --state ghz:3 --shots 2000 --seed 1
      qmono tomography --plan --state werner:0.95 --target phi+ --min fidelity=0.95
      qmono tomography run1.json run2.json --pool --target best-bell
      qmono tomography runs/*.json --target phi+ --output reports --resume
    """
    check_outlets(outlets)
    required = checked_requirements(demands, KIND)

    from qmono import api
    from qmono.core.provenance import rfc3339

    check_fitting(fitting, level)
    wanted = target if counts else target or run.state
    compared_with = wanted if wanted in (None, "best-bell") else api.read_state(wanted)
    context = run_context()
    estimation = Estimation(
        target=compared_with,
        level=level,
        fitting=fitting,
        seed=seed,
        require=tuple(required),
        accept=tuple(demands.accept or ()),
    )

    def analyse(table: CountsTable) -> Report:
        shown = fitting.resamples and not outlets.quiet and sys.stderr.isatty()
        with progress_bar("resamples", shown=shown) as progress:
            return estimation.report(table, context, progress)

    if plan:
        refuse_flags(ctx, (*REFUSED, *names_of(opt.Reading)), "--plan measures nothing")
        if counts:
            raise UsageError("--plan is for counts that are not measured yet; leave out the files")
        write_plan(estimation, run, partial(estimation.report, context=context), outlets)
        raise typer.Exit
    if not counts:
        refuse_flags(
            ctx,
            (*names_of(opt.Reading), "pool", "output", "resume", "jobs"),
            "without COUNTS nothing is read",
        )
        taken = rfc3339(context.now) if context.now else None
        measure = partial(api.measure_tomography, calibrate=calibrate, taken=taken)
        measured = run_live(measure, KIND, run, seed=seed, quiet=outlets.quiet)
        raise typer.Exit(emit([analyse(measured)], outlets, demands.on_inconclusive))
    refuse_flags(ctx, (*names_of(opt.Run), "calibrate"), "the counts are already measured")
    if output is not None:
        from qmono.cli.batch import Batch, available_cores, common_root

        refuse_flags(ctx, ("format", "report", "verbose", "pool"), "--output writes one JSON report a file")
        batch = Batch(
            make=partial(_report_of, estimation, reading, context),
            command=("qmono", KIND, *options_as_typed(ctx, ("output", "resume", "jobs", "quiet"))),
            directory=output,
            root=common_root(counts),
            resume=resume,
            on_inconclusive=demands.on_inconclusive,
        )
        raise typer.Exit(_run(batch, counts, jobs or available_cores(), quiet=outlets.quiet))
    refuse_flags(ctx, ("resume", "jobs"), "it belongs to --output DIR")
    if counts.count("-") > 1:
        raise UsageError("standard input ('-') can be read only once")
    if pool:
        from qmono.core.pooling import pooled

        table = pooled([read(source, reading) for source in counts])
        raise typer.Exit(emit([analyse(table)], outlets, demands.on_inconclusive))
    if len(counts) == 1:
        raise typer.Exit(emit([analyse(read(counts[0], reading))], outlets, demands.on_inconclusive))
    reports, failures = _each(counts, lambda source: analyse(read(source, reading)))
    code = emit(reports, outlets, demands.on_inconclusive, batch=True) if reports else ExitCode.OK
    raise typer.Exit(worst([code, *failures]))


def _report_of(
    estimation: Estimation, reading: opt.Reading, context: Context, source: str, command: str
) -> Report:
    return estimation.report(read(source, reading), replace(context, command=command))


def _run(batch: Batch, sources: list[str], jobs: int, *, quiet: bool) -> ExitCode:
    from qmono.cli.batch import run_batch
    from qmono.cli.batch_summary import summary_text

    with progress_bar(KIND, shown=not quiet and sys.stderr.isatty()) as progress:
        outcomes = run_batch(batch, sources, min(jobs, len(sources)), progress, _say)
    if not quiet:
        typer.echo(summary_text(outcomes, batch.directory), nl=False)
    code = worst(outcome.code for outcome in outcomes)
    if code is not ExitCode.OK:
        typer.echo(f"qmono: exit {int(code)}, {EXIT_MEANINGS[code]}", err=True)
    return code


def _each(sources: list[str], analyse: Callable[[str], Report]) -> tuple[list[Report], list[ExitCode]]:
    """Reports of all files that could be analysed, and the exit codes of those that could not."""
    from qmono.cli.batch import naming

    reports, failures = [], []
    for source in sources:
        try:
            reports.append(analyse(source))
        except QmonoError as problem:
            _say(naming(source, problem))
            failures.append(problem.exit_code)
    return reports, failures


def _say(message: str) -> None:
    typer.echo(f"qmono: {message}", err=True)
