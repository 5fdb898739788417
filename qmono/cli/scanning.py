"""`qmono bell-test --scan N`: S against angle, measured here or from saved counts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from qmono.cli import options as opt
from qmono.cli.context import run_context
from qmono.cli.counts_source import read, refuse_flags
from qmono.cli.groups import names_of
from qmono.cli.live import run_live
from qmono.errors import UsageError

if TYPE_CHECKING:
    from qmono.core.report import Report

KIND = "bell-test"


def scanned(
    ctx: Any,
    counts: str | None,
    steps: int,
    *,
    signs: str | None,
    design: str | None,
    level: float,
    seed: int | None,
    run: opt.Run,
    demands: opt.Demands,
    required: list[str],
    quiet: bool,
    reading: opt.Reading,
) -> Report:
    """The report of a scan over `steps` angles; UsageError for options that a scan has no use for."""
    from qmono import api

    others = (*names_of(opt.Expression), *names_of(opt.Evidence), *names_of(opt.Stopping), "wins", "trials")
    refuse_flags(ctx, tuple(name for name in others if name != "scan"), "a scan is CHSH at every angle")
    if counts is None:
        refuse_flags(ctx, (*names_of(opt.Reading), "design", "signs"), "without COUNTS the run decides it")
        table = run_live(partial(api.measure_scan, steps=steps), KIND, run, seed=seed, quiet=quiet)
    else:
        refuse_flags(ctx, (*names_of(opt.Run), "seed"), "the counts are already measured")
        table = read(counts, reading)
    made = api.bell_scan(
        table,
        signs=signs,
        design=design,
        level=level,
        require=required,
        accept=demands.accept or (),
        context=run_context(),
    )
    if (found := len(made.payload["scan"])) != steps:
        raise UsageError(f"--scan {steps}: the counts are a scan of {found} angles")
    return made
