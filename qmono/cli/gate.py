"""`qmono gate`: judge a saved report."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from qmono.cli import options as opt
from qmono.cli.demands import checked_requirements
from qmono.cli.emit import check_outlets, emit
from qmono.errors import UsageError


def command(
    saved: Annotated[
        str, typer.Argument(metavar="REPORT", help="A report saved as JSON ('-': standard input).")
    ],
    minimum: opt.Minimum = None,
    maximum: opt.Maximum = None,
    require: opt.Require = None,
    accept: opt.Accept = None,
    on_inconclusive: opt.OnInconclusive = "fail",
    format: opt.Format = "console",  # noqa: A002
    report: opt.ReportTo = None,
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = False,
) -> None:
    """May this pipeline pass? Judge requirements on the proven limits of a saved report.

    \b
    Examples:
      qmono gate report.json --min fidelity=0.9
      qmono gate report.json --require 'verdict == entangled' --report junit=gate.xml
    """
    outlets = opt.Outlets(format, report, quiet, verbose)
    demands = opt.Demands(minimum, maximum, require, accept, on_inconclusive)
    check_outlets(outlets)

    from qmono import api

    loaded = api.read_report(saved, stdin=sys.stdin.buffer)
    required = checked_requirements(demands, loaded.kind)
    if not required:
        raise UsageError("nothing is required; say --min, --max or --require")
    raise typer.Exit(emit([api.judge(loaded, required, accept or ())], outlets, on_inconclusive))
