"""Where a command's counts come from: files as given, read with the same options everywhere."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qmono.errors import UsageError

if TYPE_CHECKING:
    from qmono.core.counts import CountsTable


@dataclass(frozen=True)
class Reading:
    """How to read files of counts, as given on the command line."""

    input_format: str | None
    bit_order: str | None
    setting_order: str | None
    column: str | None = None
    mean_of: int | None = None

    def read(self, source: str) -> CountsTable:
        """The counts of a file; "-" is standard input."""
        from qmono.api import read_counts

        return read_counts(
            source,
            input_format=self.input_format,
            bit_order=self.bit_order,
            setting_order=self.setting_order,
            column=self.column,
            mean_of=self.mean_of,
            stdin=sys.stdin.buffer,
        )


LIVE_ONLY = ("state", "shots", "rounds", "backend", "noise", "save_counts")
SAVED_ONLY = ("input_format", "bit_order", "setting_order", "column", "mean_of", "design")


def refuse_flags(context: Any, names: tuple[str, ...], why: str) -> None:
    """UsageError if one of these options was typed on the command line where it has no meaning."""
    for name in names:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise UsageError(f"--{name.replace('_', '-')} has no meaning here: {why}")
