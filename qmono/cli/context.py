"""What a report says about the command that made it."""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qmono.api import Context


def run_context() -> Context:
    """The command line as typed, and the time."""
    from qmono.api import Context

    return Context(command=shlex.join(["qmono", *sys.argv[1:]]), now=datetime.now(UTC))
