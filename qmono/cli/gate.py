"""`qmono gate`: judge a saved report, or run and judge a suite."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from qmono.cli import options as opt
from qmono.cli.counts_source import refuse_flags
from qmono.cli.demands import checked_requirements
from qmono.cli.emit import check_outlets, emit
from qmono.cli.groups import grouped, names_of
from qmono.errors import ExitCode, UsageError


@grouped
def command(
    ctx: typer.Context,
    judged: Annotated[
        str,
        typer.Argument(
            metavar="SUITE|REPORT",
            help="A suite (.toml), or a report saved as JSON ('-': standard input).",
        ),
    ],
    *,
    suite: opt.SuiteRun,
    demands: opt.Demands,
    outlets: opt.Outlets,
) -> None:
    """May this pipeline pass? Run and judge a suite, or judge a saved report, on proven limits.

    A suite names many measurements with what is required of each; see docs/gating.md. Finished entries are
    kept, so that --resume goes on after an interruption without repeating them.

    \b
    Examples:
      qmono gate report.json --min fidelity=0.9
      qmono gate nightly.toml --report junit=gate.xml --report json=gate.json
      qmono gate nightly.toml --resume --only 'link-2-*'
      qmono gate nightly.toml --baseline last-pass.json
    """
    check_outlets(outlets)
    if judged.lower().endswith(".toml"):
        from qmono.cli.gate_suite import run

        refuse_flags(ctx, ("minimum", "maximum", "require", "accept"), "requirements stand in the suite")
        raise typer.Exit(run(judged, suite, outlets, demands.on_inconclusive))
    refuse_flags(ctx, names_of(opt.SuiteRun), "it is for a suite, a file that ends in .toml")
    raise typer.Exit(_judge_report(judged, demands, outlets))


def _judge_report(saved: str, demands: opt.Demands, outlets: opt.Outlets) -> ExitCode:
    from qmono import api

    loaded = api.read_report(saved, stdin=sys.stdin.buffer)
    required = checked_requirements(demands, loaded.kind)
    if not required:
        raise UsageError("nothing is required; say --min, --max or --require")
    report = api.judge(loaded, required, demands.accept or ())
    return emit([report], outlets, demands.on_inconclusive)
