"""`qmono tomography --plan`: what a measurement would tell, before anything is measured."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

import typer

from qmono.cli.live import progress_bar
from qmono.errors import UsageError

if TYPE_CHECKING:
    from qmono.api.planning import Analyse
    from qmono.cli.options import Outlets, Run
    from qmono.cli.tomography import Estimation

REFUSED = ("backend", "rounds", "save_counts", "calibrate", "report", "pool", "output", "resume", "jobs")
"""Options that have no meaning where nothing is measured."""


def write_plan(estimation: Estimation, run: Run, analyse: Analyse, outlets: Outlets) -> None:
    """The plan on standard output; UsageError for a format that has no use for one."""
    from qmono.api import tomography_plan
    from qmono.report.tomography_plan import render_plan

    if outlets.format not in ("console", "json"):
        raise UsageError(f"--plan writes console or json, not {outlets.format!r}")
    with progress_bar("simulated runs", shown=not outlets.quiet and sys.stderr.isatty()) as progress:
        plan = tomography_plan(
            run.state,
            target=estimation.target,
            shots=run.shots,
            noise=run.noise,
            level=estimation.level,
            require=estimation.require,
            seed=estimation.seed or 0,
            analyse=analyse,
            progress=progress,
        )
    if outlets.format == "json":
        typer.echo(json.dumps(plan.to_json(), indent=2))
    else:
        render_plan(plan, sys.stdout, shutil.get_terminal_size((80, 24)).columns)
