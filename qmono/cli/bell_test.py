"""`qmono bell-test`: CHSH on saved counts, or on a state prepared and measured here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qmono.cli import options as opt
from qmono.cli.context import run_context
from qmono.cli.counts_source import LIVE_ONLY, SAVED_ONLY, Reading, refuse_flags
from qmono.cli.demands import checked_requirements
from qmono.cli.emit import check_outlets, emit
from qmono.cli.live import run_live

if TYPE_CHECKING:
    from qmono.core.counts import CountsTable


KIND = "bell-test"


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
    state: opt.State = "phi+",
    shots: opt.Shots = 1000,
    rounds: opt.Rounds = 4,
    backend: opt.Backend = "aer",
    noise: opt.Noise = None,
    save_counts: opt.SaveCounts = None,
    minimum: opt.Minimum = None,
    maximum: opt.Maximum = None,
    require: opt.Require = None,
    accept: opt.Accept = None,
    on_inconclusive: opt.OnInconclusive = "fail",
    format: opt.Format = "console",  # noqa: A002
    report: opt.ReportTo = None,
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = False,
    input_format: opt.InputFormat = None,
    bit_order: opt.BitOrder = None,
    setting_order: opt.SettingOrder = None,
) -> None:
    """Is this pair nonlocal? S with exact limits, and a p value that is valid for the design.

    With COUNTS the command analyses; without, it prepares --state on --backend and measures it.

    \b
    Examples:
      qmono bell-test --seed 7
      qmono bell-test --noise depolarizing=0.1 --min S=2.4
      qmono bell-test delft.json --design random --signs +++-
    """
    outlets = opt.Outlets(format, report, quiet, verbose)
    demands = opt.Demands(minimum, maximum, require, accept, on_inconclusive)
    check_outlets(outlets)
    required = checked_requirements(demands, KIND)

    from qmono import api

    if counts is None:
        refuse_flags(ctx, (*SAVED_ONLY, "signs"), "without COUNTS the run decides it")
        table: CountsTable = run_live(
            lambda progress, on_round: api.measure_bell(
                state,
                shots=shots,
                rounds=rounds,
                seed=seed,
                backend=backend,
                noise=noise,
                progress=progress,
                on_round=on_round,
            ),
            "bell-test",
            save_counts,
            quiet=quiet,
        )
    else:
        refuse_flags(ctx, (*LIVE_ONLY, "seed"), "the counts are already measured")
        table = Reading(input_format, bit_order, setting_order).read(counts)
    made = api.bell_test(
        table,
        signs=signs,
        design=design,
        level=level,
        require=required,
        accept=accept or (),
        context=run_context(),
    )
    raise typer.Exit(emit([made], outlets, on_inconclusive))
