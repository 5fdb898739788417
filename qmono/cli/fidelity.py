"""`qmono fidelity`: fidelity to a target in few settings, from saved counts or measured here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qmono.cli import options as opt
from qmono.cli.context import run_context
from qmono.cli.counts_source import read, refuse_flags
from qmono.cli.demands import checked_requirements
from qmono.cli.emit import check_outlets, emit
from qmono.cli.fidelity_live import Live, Planning, check_planning, measure_live
from qmono.cli.fidelity_plan import write_plan
from qmono.cli.groups import grouped, names_of
from qmono.errors import UsageError

if TYPE_CHECKING:
    from qmono.core.counts import CountsTable


KIND = "fidelity"


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
    level: opt.Level = 0.95,
    seed: opt.Seed = None,
    *,
    planning: Planning,
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
      qmono fidelity --noise depolarizing=0.02 --min fidelity=0.95 --until decided --max-shots 20000
      qmono fidelity counts.json --target phi+ --min fidelity=0.9
    """
    check_outlets(outlets)
    required = checked_requirements(demands, KIND)

    from qmono import api
    from qmono.core.provenance import rfc3339

    context = run_context()
    if counts is not None:
        only_live = (*names_of(opt.Run), *names_of(Planning), "seed")
        refuse_flags(ctx, only_live, "the counts are already measured")
        if target is None:
            raise UsageError("--target says which state the counts are compared with, such as --target phi+")
    else:
        refuse_flags(ctx, names_of(opt.Reading), "without COUNTS nothing is read")
    if target == "best-bell":
        raise UsageError(
            "a target is named before the data are seen; best-bell is what qmono tomography pays for"
        )
    wanted = api.read_state(target or run.state)
    if planning.plan:
        write_plan(wanted, planning.half_width, planning.expect, level, outlets.format)
        raise typer.Exit
    earlier: list[CountsTable] = []
    if counts is not None:
        table = read(counts, reading)
    else:
        check_planning(ctx, planning)
        taken = rfc3339(context.now) if context.now else None
        live = Live(wanted, protocol, level, tuple(required), planning, run, taken)
        table, earlier = measure_live(live, seed, quiet=outlets.quiet)
    made = api.fidelity(
        table,
        target=wanted,
        protocol=protocol,
        level=level,
        earlier=earlier,
        require=required,
        accept=demands.accept or (),
        context=context,
    )
    raise typer.Exit(emit([made], outlets, demands.on_inconclusive))
