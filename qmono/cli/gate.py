"""`qmono gate`: judge a saved report."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from qmono.cli import options as opt
from qmono.cli.demands import checked_requirements
from qmono.cli.emit import check_outlets, emit
from qmono.cli.groups import grouped
from qmono.errors import UsageError


@grouped
def command(
    saved: Annotated[
        str, typer.Argument(metavar="REPORT", help="A report saved as JSON ('-': standard input).")
    ],
    *,
    demands: opt.Demands,
    outlets: opt.Outlets,
) -> None:
    """May this pipeline pass? Judge requirements on the proven limits of a saved report.

    \b
    Examples:
      qmono gate report.json --min fidelity=0.9
      qmono gate report.json --require 'verdict == entangled' --report junit=gate.xml
    """
    check_outlets(outlets)

    from qmono import api

    loaded = api.read_report(saved, stdin=sys.stdin.buffer)
    required = checked_requirements(demands, loaded.kind)
    if not required:
        raise UsageError("nothing is required; say --min, --max or --require")
    judged = api.judge(loaded, required, demands.accept or ())
    raise typer.Exit(emit([judged], outlets, demands.on_inconclusive))
