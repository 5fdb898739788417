"""Reports out: standard output in one format, further copies to files, then the exit code."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

from qmono.cli.options import Outlets
from qmono.errors import EXIT_MEANINGS, ExitCode, UsageError, worst

if TYPE_CHECKING:
    from qmono.core.report import Report
    from qmono.gate.judge import OnInconclusive


def check_outlets(outlets: Outlets) -> None:
    """Raise UsageError for unknown formats or unwritable copies, before any work is done."""
    from qmono.report import RENDERERS

    RENDERERS[outlets.format]
    for name, path in _copies(outlets):
        RENDERERS[name]
        if not path.parent.is_dir():
            raise UsageError(f"--report {name}={path}: there is no directory {str(path.parent)!r}")
    if outlets.quiet and outlets.verbose:
        raise UsageError("--quiet and --verbose exclude each other")


def emit(
    reports: Sequence[Report],
    outlets: Outlets,
    on_inconclusive: str = "fail",
    *,
    batch: bool = False,
    failures: Sequence[ExitCode] = (),
) -> ExitCode:
    """Write the reports everywhere they should go; the worst exit code of them all and of the failures.

    batch: several files were given, so the formats for several are used whatever came of them.
    failures: of what should have had a report and has none.
    """
    from qmono.formats.atomic import write_text
    from qmono.gate.judge import exit_code

    for name, path in _copies(outlets):
        write_text(path, _rendered(reports, name, outlets, batch=batch, on_terminal=False))
    sys.stdout.write(_rendered(reports, outlets.format, outlets, batch=batch, on_terminal=True))
    sys.stdout.flush()
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if outlets.format == "github" and summary:
        from qmono.cli.step_summary import add_to_summary

        add_to_summary(summary, _rendered(reports, "markdown", outlets, batch=batch, on_terminal=False))
    judged = [exit_code(report, checked_choice(on_inconclusive)) for report in reports]
    code = worst([*judged, *failures])
    if code is not ExitCode.OK:
        typer.echo(f"qmono: exit {int(code)}, {EXIT_MEANINGS[code]}", err=True)
    return code


def checked_choice(text: str) -> OnInconclusive:
    """The value of --on-inconclusive; UsageError for anything but fail, warn, pass."""
    if text not in ("fail", "warn", "pass"):
        raise UsageError(f"--on-inconclusive is fail, warn or pass, got {text!r}")
    return text  # type: ignore[return-value]


def _copies(outlets: Outlets) -> list[tuple[str, Path]]:
    copies = []
    for text in outlets.report or []:
        name, equals, path = text.partition("=")
        if not equals or not path:
            raise UsageError(f"--report needs NAME=PATH, such as json=report.json; got {text!r}")
        copies.append((name, Path(path)))
    return copies


def _rendered(
    reports: Sequence[Report], name: str, outlets: Outlets, *, batch: bool, on_terminal: bool
) -> str:
    from qmono.report import render_all

    out = io.StringIO()
    if name == "console":
        _to_console(reports, outlets, on_terminal, out, named=batch)
    else:
        render_all(reports, name, out, batch=batch)
    return out.getvalue()


def _to_console(
    reports: Sequence[Report], outlets: Outlets, on_terminal: bool, out: TextIO, *, named: bool
) -> None:
    """One report after another; `named`: each below the name of its file."""
    from qmono.report.console import Terminal, render

    terminal = Terminal(
        width=shutil.get_terminal_size((80, 24)).columns if on_terminal else 80,
        colour=on_terminal and wants_colour(sys.stdout),
        quiet=outlets.quiet,
        verbose=outlets.verbose,
    )
    for index, report in enumerate(reports):
        out.write("\n" if index else "")
        if named:
            out.write(f"{', '.join(item['name'] for item in report.provenance.get('inputs', ()))}:\n")
        render(report, out, terminal)


def wants_colour(stream: TextIO) -> bool:
    """Colour only on a terminal that can show it, and not if NO_COLOR is set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
