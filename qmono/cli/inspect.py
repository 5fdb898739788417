"""`qmono inspect`: what is in a file of counts, and what would change if an order were reversed."""

from __future__ import annotations

import json
import shutil
import sys
from typing import Annotated

import typer

from qmono.cli import options as opt
from qmono.cli.counts_source import read
from qmono.cli.groups import grouped
from qmono.errors import UsageError


@grouped
def command(
    counts: Annotated[str, typer.Argument(help="A file of counts ('-': standard input).")],
    format: Annotated[  # noqa: A002
        str, typer.Option("--format", "-f", metavar="NAME", help="console or json.")
    ] = "console",
    *,
    reading: opt.Reading,
) -> None:
    """Say what a file holds: format, orders, totals, what is missing, what an order would change.

    \b
    Examples:
      qmono inspect counts.json
      qmono inspect counts.csv --mean-of 50
    """
    if format not in ("console", "json"):
        raise UsageError(f"inspect writes console or json, not {format!r}")

    from qmono.analysis.inspection import inspect_counts

    found = inspect_counts(read(counts, reading))
    if format == "json":
        typer.echo(json.dumps(found.to_json(), indent=2))
        return

    from qmono.report.inspection import render_inspection

    render_inspection(found, sys.stdout, shutil.get_terminal_size((80, 24)).columns)
