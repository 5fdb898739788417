"""The job summary of a GitHub workflow: Markdown added to the file that the runner names."""

from __future__ import annotations

from pathlib import Path

import typer

LARGEST_SUMMARY = 2**20
"""Bytes; GitHub shows nothing at all of the summary of a step that is larger."""
_CUT = "\n\n(cut: a job summary holds 1 MiB at most; `--report markdown=PATH` keeps the whole)\n"


def add_to_summary(path: str, text: str) -> None:
    """Append Markdown to the summary, cut at a line where it would become too large.

    Appended in place, because other programs of the step write there too. A summary that cannot be written
    is told on standard error: it must not change what the gate says.
    """
    summary = Path(path)
    try:
        there = summary.stat().st_size if summary.exists() else 0
        with summary.open("ab") as stream:
            stream.write(_fitting(text.encode("utf-8", "replace") + b"\n", LARGEST_SUMMARY - there))
    except OSError as problem:
        typer.echo(f"qmono: no job summary: {path}: {problem.strerror or problem}", err=True)


def _fitting(content: bytes, room: int) -> bytes:
    if len(content) <= room:
        return content
    kept = max(room - len(_CUT.encode()), 0)
    lines = content[:kept].rpartition(b"\n")[0]
    return lines + _CUT.encode() if lines else b""
