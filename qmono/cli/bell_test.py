"""`qmono bell-test`: CHSH on saved counts, or on a state prepared and measured here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qmono.cli import options as opt
from qmono.cli.context import run_context
from qmono.cli.counts_source import read, refuse_flags
from qmono.cli.demands import checked_requirements
from qmono.cli.emit import check_outlets, emit
from qmono.cli.groups import grouped, names_of
from qmono.cli.live import run_live

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
    level: opt.Level = 0.95,
    seed: opt.Seed = None,
    *,
    run: opt.Run,
    demands: opt.Demands,
    outlets: opt.Outlets,
    reading: opt.Reading,
) -> None:
    """Is this pair nonlocal? S with exact limits, and a p value that is valid for the design.

    With COUNTS the command analyses; without, it prepares --state on --backend and measures it.

    \b
    Examples:
      qmono bell-test --seed 7
      qmono bell-test --noise depolarizing=0.1 --min S=2.4
      qmono bell-test delft.json --design random --signs +++-
    """
    check_outlets(outlets)
    required = checked_requirements(demands, KIND)

    from qmono import api

    if counts is None:
        refuse_flags(ctx, (*names_of(opt.Reading), "design", "signs"), "without COUNTS the run decides it")
        table: CountsTable = run_live(api.measure_bell, KIND, run, seed=seed, quiet=outlets.quiet)
    else:
        refuse_flags(ctx, (*names_of(opt.Run), "seed"), "the counts are already measured")
        table = read(counts, reading)
    made = api.bell_test(
        table,
        signs=signs,
        design=design,
        level=level,
        require=required,
        accept=demands.accept or (),
        context=run_context(),
    )
    raise typer.Exit(emit([made], outlets, demands.on_inconclusive))
