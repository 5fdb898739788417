"""`qmono tomography`: a certified state from saved counts, or from a state prepared and measured here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from qmono.cli import options as opt
from qmono.cli.context import run_context
from qmono.cli.counts_source import read, refuse_flags
from qmono.cli.demands import checked_requirements
from qmono.cli.emit import check_outlets, emit
from qmono.cli.groups import grouped, names_of
from qmono.cli.live import run_live
from qmono.core.report import Report
from qmono.errors import ExitCode, QmonoError, UsageError, worst

if TYPE_CHECKING:
    from qmono.core.counts import CountsTable


KIND = "tomography"


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
    estimator: Annotated[
        str,
        typer.Option("--estimator", metavar="NAME", help="How the state is estimated; see qmono catalogue."),
    ] = "mle",
    level: opt.Level = 0.95,
    seed: opt.Seed = None,
    *,
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
      qmono tomography run1.json run2.json --pool --target best-bell
    """
    check_outlets(outlets)
    required = checked_requirements(demands, KIND)

    from qmono import api
    from qmono.quantum.tomography import ESTIMATORS

    ESTIMATORS[estimator]  # an unknown name is refused before any shot is spent
    wanted = target if counts else target or run.state
    compared_with = wanted if wanted in (None, "best-bell") else api.read_state(wanted)
    context = run_context()

    def analyse(table: CountsTable) -> Report:
        return api.tomography(
            table,
            target=compared_with,
            level=level,
            estimator=estimator,
            seed=seed or 0,
            require=required,
            accept=demands.accept or (),
            context=context,
        )

    if not counts:
        refuse_flags(ctx, (*names_of(opt.Reading), "pool"), "without COUNTS nothing is read")
        measured = run_live(api.measure_tomography, KIND, run, seed=seed, quiet=outlets.quiet)
        raise typer.Exit(emit([analyse(measured)], outlets, demands.on_inconclusive))
    refuse_flags(ctx, names_of(opt.Run), "the counts are already measured")
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


def _each(sources: list[str], analyse: Callable[[str], Report]) -> tuple[list[Report], list[ExitCode]]:
    """Reports of all files that could be analysed, and the exit codes of those that could not."""
    reports, failures = [], []
    for source in sources:
        try:
            reports.append(analyse(source))
        except QmonoError as problem:
            typer.echo(f"qmono: {problem}", err=True)
            failures.append(problem.exit_code)
    return reports, failures
