"""`qmono fidelity`: fidelity to a target in few settings, from saved counts or measured here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from qmono.cli import options as opt
from qmono.cli.context import run_context
from qmono.cli.counts_source import read, refuse_flags
from qmono.cli.demands import checked_requirements
from qmono.cli.emit import check_outlets, emit
from qmono.cli.fidelity_plan import write_plan
from qmono.cli.groups import grouped, names_of
from qmono.cli.live import run_live
from qmono.errors import UsageError

if TYPE_CHECKING:
    from qmono.core.counts import CountsTable


KIND = "fidelity"
PLANNING = ("plan", "half_width", "expect")


@grouped
def command(
    ctx: typer.Context,
    counts: Annotated[
        str | None,
        typer.Argument(help="Saved counts ('-': standard input). Without them: prepare and measure."),
    ] = None,
    target: opt.Target = None,
    protocol: Annotated[
        str,
        typer.Option("--protocol", metavar="NAME", help="How to measure; see qmono catalogue."),
    ] = "auto",
    plan: Annotated[
        bool, typer.Option("--plan", help="Compare the protocols and their shots; run nothing.")
    ] = False,
    half_width: Annotated[
        float | None,
        typer.Option(
            "--half-width", metavar="W", help="As many shots as bring both limits within W of the middle."
        ),
    ] = None,
    expect: Annotated[
        float, typer.Option("--expect", metavar="F", help="The fidelity that shots are planned for.")
    ] = 0.95,
    level: opt.Level = 0.95,
    seed: opt.Seed = None,
    *,
    run: opt.Run,
    demands: opt.Demands,
    outlets: opt.Outlets,
    reading: opt.Reading,
) -> None:
    """How close is it to the state it should be? Exact limits from few settings, without tomography.

    With COUNTS the command analyses; without, it prepares --state on --backend and measures the settings
    of a protocol for --target (default: --state).

    \b
    Examples:
      qmono fidelity --state ghz:5 --noise depolarizing=0.01 --seed 7
      qmono fidelity --target w:3 --plan
      qmono fidelity --state ghz:20 --noise depolarizing=0.002 --half-width 0.02
      qmono fidelity counts.json --target phi+ --min fidelity=0.9
    """
    check_outlets(outlets)
    required = checked_requirements(demands, KIND)

    from qmono import api

    if counts is not None:
        refuse_flags(ctx, (*names_of(opt.Run), "seed", *PLANNING), "the counts are already measured")
    if plan:
        write_plan(api.read_state(target or run.state), half_width, expect, level, outlets.format)
        raise typer.Exit
    if counts is None:
        refuse_flags(ctx, names_of(opt.Reading), "without COUNTS nothing is read")
        if half_width is not None:
            refuse_flags(ctx, ("shots",), "--half-width says how many shots it takes")
        wanted = api.read_state(target or run.state)
        measure = partial(
            api.measure_fidelity,
            target=wanted,
            protocol=protocol,
            half_width=half_width,
            expected=expect,
            level=level,
        )
        table: CountsTable = run_live(measure, KIND, run, seed=seed, quiet=outlets.quiet)
    else:
        if target is None:
            raise UsageError("--target says which state the counts are compared with, such as --target phi+")
        wanted = api.read_state(target)
        table = read(counts, reading)
    made = api.fidelity(
        table,
        target=wanted,
        protocol=protocol,
        level=level,
        require=required,
        accept=demands.accept or (),
        context=run_context(),
    )
    raise typer.Exit(emit([made], outlets, demands.on_inconclusive))
