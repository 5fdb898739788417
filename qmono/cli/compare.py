"""`qmono compare`: what changed between two reports, or between two sets of counts."""

from __future__ import annotations

from typing import Annotated

import typer

from qmono.cli import options as opt
from qmono.cli.context import run_context
from qmono.cli.counts_source import read, refuse_flags
from qmono.cli.demands import checked_requirements
from qmono.cli.emit import check_outlets, emit
from qmono.cli.groups import grouped, names_of
from qmono.errors import UsageError

KIND = "comparison"


@grouped
def command(
    ctx: typer.Context,
    first: Annotated[str, typer.Argument(help="A report saved as JSON, or counts.")],
    second: Annotated[str, typer.Argument(help="Another report of the same kind, or counts.")],
    measure: Annotated[
        str, typer.Option("--measure", metavar="NAME", help="How counts are analysed; a command's name.")
    ] = "tomography",
    target: opt.Target = None,
    level: opt.Level = 0.95,
    *,
    demands: opt.Demands,
    outlets: opt.Outlets,
    reading: opt.Reading,
) -> None:
    """What changed? The difference of two reports or of two sets of counts, second minus first, with limits.

    Counts are analysed so that the limits of a change hold at --level; limits of two saved reports hold
    together at a lower level, which is shown. Two tomographies also give trace distance and overlap.

    \b
    Examples:
      qmono compare monday.json tuesday.json --target phi+
      qmono compare before.json after.json --min fidelity_difference=-0.01
    """
    check_outlets(outlets)
    required = checked_requirements(demands, KIND)

    from qmono import api
    from qmono.api.comparing import compare, compare_counts, saved_report
    from qmono.api.suite_kinds import KINDS

    KINDS[measure]
    accept, context = demands.accept or (), run_context()
    reports = [saved_report(first), saved_report(second)]
    known = [report for report in reports if report is not None]
    if len(known) == 1:
        raise UsageError("one of the files is a report and the other is none: compare two of a kind")
    if known:
        refuse_flags(ctx, ("measure", "target", "level", *names_of(opt.Reading)), "the reports say it")
        report = compare(*known, require=required, accept=accept, context=context)
    else:
        if target is not None and target != "best-bell":
            api.read_state(target)
        report = compare_counts(
            read(first, reading),
            read(second, reading),
            measure=measure,
            target=target,
            level=level,
            require=required,
            accept=accept,
            context=context,
        )
    raise typer.Exit(emit([report], outlets, demands.on_inconclusive))
