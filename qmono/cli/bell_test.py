"""`qmono bell-test`: CHSH on saved counts, or on a state prepared and measured here."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qmono.cli import options as opt
from qmono.cli.context import run_context
from qmono.cli.counts_source import is_given, read, refuse_flags
from qmono.cli.demands import checked_requirements
from qmono.cli.emit import check_outlets, emit
from qmono.cli.following import followed
from qmono.cli.groups import grouped, names_of
from qmono.cli.live import run_live
from qmono.cli.scanning import scanned
from qmono.errors import UsageError

if TYPE_CHECKING:
    from qmono.core.counts import CountsTable


KIND = "bell-test"


@grouped
def command(
    ctx: typer.Context,
    counts: Annotated[
        str | None,
        typer.Argument(help="Saved counts ('-': standard input). Without them: prepare and measure."),
    ] = None,
    signs: opt.Signs = None,
    design: opt.Design = None,
    wins: opt.Wins = None,
    trials: opt.Trials = None,
    level: opt.Level = 0.95,
    seed: opt.Seed = None,
    *,
    expression: opt.Expression,
    evidence: opt.Evidence,
    stopping: opt.Stopping,
    planning: opt.Planning,
    run: opt.Run,
    demands: opt.Demands,
    outlets: opt.Outlets,
    reading: opt.Reading,
) -> None:
    """Is this state nonlocal? S with exact limits, and a p value that is valid for the design.

    With COUNTS the command analyses; without, it prepares --state on --backend and measures it. CHSH unless
    --inequality names another, which then also says which state is prepared if --state does not.

    \b
    Examples:
      qmono bell-test --seed 7
      qmono bell-test --noise depolarizing=0.1 --min S=2.4
      qmono bell-test --design random --until violated --max-shots 100000
      qmono bell-test delft.json --design random --signs +++-
      qmono bell-test --wins 796223 --trials 1048576 --design random
      qmono bell-test --follow trials.csv --design random --signs +++-
      qmono bell-test --plan --visibility 0.9 --p-value 1e-6
      qmono bell-test --inequality mermin --qubits 5 --noise depolarizing=0.02
    """
    if planning.plan:
        refuse_flags(ctx, names_of(opt.Expression), "the plan is one of CHSH")
        _plan(planning, outlets.format)
        return
    refuse_flags(ctx, names_of(opt.Planning), "it belongs to --plan")
    check_outlets(outlets)
    required = checked_requirements(demands, KIND)

    from qmono import api

    if expression.scan is not None:
        made = scanned(
            ctx,
            counts,
            expression.scan,
            signs=signs,
            design=design,
            level=level,
            seed=seed,
            run=run,
            demands=demands,
            required=required,
            quiet=outlets.quiet,
            reading=reading,
        )
        raise typer.Exit(emit([made], outlets, demands.on_inconclusive))
    inequality = api.read_inequality(
        expression.inequality,
        qubits=expression.qubits,
        settings_per_side=expression.settings_per_side,
        tilt=expression.tilt,
    )
    if inequality.name != api.CHSH:
        of_chsh = ("signs", "wins", "trials", "daily", *names_of(opt.Evidence))
        refuse_flags(ctx, of_chsh, "it is an option of CHSH")
    table: CountsTable
    if wins is not None or trials is not None:
        others = (opt.Run, opt.Reading, opt.Stopping)
        known = ("counts", "seed", "train", *(name for group in others for name in names_of(group)))
        refuse_flags(ctx, known, "--wins and --trials say it all")
        table = _wins_counts(wins, trials)
    elif stopping.follow is not None:
        groups = (opt.Run, opt.Reading)
        known = ("counts", "seed", "train", *(name for group in groups for name in names_of(group)))
        refuse_flags(ctx, known, "--follow reads a growing file of single trials")
        table = followed(stopping, signs=signs, design=design, level=level, quiet=outlets.quiet)
    elif counts is None:
        decided = (*names_of(opt.Reading), "signs", "train")
        if stopping.until:
            decided = (*decided, "shots", "rounds")
        refuse_flags(ctx, decided, "without COUNTS the run decides it")

        def measure(state: str, **options: Any) -> CountsTable:
            prepared = state if is_given(ctx, "state") else None
            return api.measure_bell(
                prepared,
                inequality=inequality,
                design=design,
                until=stopping.until,
                max_shots=stopping.max_shots,
                level=level,
                **options,
            )

        table = run_live(measure, KIND, run, seed=seed, quiet=outlets.quiet)
    else:
        measured = (*names_of(opt.Run), *names_of(opt.Stopping), "seed")
        if expression.daily:
            measured = tuple(name for name in measured if name != "state")
        refuse_flags(ctx, measured, "the counts are already measured")
        table = read(counts, reading, max(inequality.outcomes))
    made = api.bell_test(
        table,
        inequality=inequality,
        daily=expression.daily,
        state=run.state if expression.daily and (counts is None or is_given(ctx, "state")) else None,
        signs=signs,
        design=design,
        level=level,
        rng_bias=evidence.rng_bias,
        statistic=evidence.statistic,
        certificates=evidence.certificates,
        qber=evidence.qber,
        training=None if evidence.train is None else read(evidence.train, reading),
        require=required,
        accept=demands.accept or (),
        context=run_context(),
    )
    raise typer.Exit(emit([made], outlets, demands.on_inconclusive))


def _plan(planning: opt.Planning, format: str) -> None:  # noqa: A002
    """Print the plan; UsageError for a format that has no use for one."""
    if format not in ("console", "json"):
        raise UsageError(f"--plan writes console or json, not {format!r}")
    from qmono.analysis.bell.plan import plan_bell_test

    made = plan_bell_test(planning.visibility, planning.p_value, planning.efficiency)
    if format == "json":
        typer.echo(json.dumps(made.to_json(), indent=2))
        return
    from qmono.report.bell_plan import render_plan

    render_plan(made, sys.stdout, shutil.get_terminal_size((80, 24)).columns)


def _wins_counts(wins: int | None, trials: int | None) -> CountsTable:
    """The table of --wins and --trials; UsageError if one is missing or impossible."""
    from qmono.api import wins_table

    if wins is None or trials is None:
        raise UsageError("--wins W and --trials N go together")
    return wins_table(wins, trials)
