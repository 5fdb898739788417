"""Where a command's counts come from: files as given, read with the same options everywhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from qmono.cli.options import Reading
from qmono.errors import UsageError

if TYPE_CHECKING:
    from qmono.core.counts import CountsTable


def read(source: str, reading: Reading, outcomes: int = 2) -> CountsTable:
    """The counts of a file; "-" is standard input."""
    from qmono.api import read_counts

    return read_counts(
        source,
        input_format=reading.input_format,
        bit_order=reading.bit_order,
        setting_order=reading.setting_order,
        column=reading.column,
        mean_of=reading.mean_of,
        no_click=reading.no_click,
        outcomes=outcomes,
        stdin=sys.stdin.buffer,
    )


def refuse_flags(context: Any, names: tuple[str, ...], why: str) -> None:
    """UsageError if one of these options was typed on the command line where it has no meaning."""
    for name in names:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise UsageError(f"--{name.replace('_', '-')} has no meaning here: {why}")


def is_given(context: Any, name: str) -> bool:
    """Whether an option was given, on the command line, in the environment or in a project file."""
    source = context.get_parameter_source(name)
    return source is not None and source.name != "DEFAULT"
