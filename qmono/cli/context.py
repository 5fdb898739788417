"""What a report says about the command that made it."""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qmono.api import Context


def run_context() -> Context:
    """The command line as typed, and the time."""
    from qmono.api import Context

    return Context(command=shlex.join(["qmono", *sys.argv[1:]]), now=datetime.now(UTC))


def options_as_typed(context: Any, without: tuple[str, ...]) -> list[str]:
    """The options of a command line that were given anywhere, as words, but not those named `without`."""
    words: list[str] = []
    for option in context.command.params:
        source = context.get_parameter_source(option.name)
        given = source is not None and source.name != "DEFAULT"
        if not given or option.name in without or option.param_type_name != "option":
            continue
        name = max(option.opts, key=len)
        value = context.params[option.name]
        if option.is_flag:
            words += [name] if value else []
        else:
            words += [word for item in (value if option.multiple else [value]) for word in (name, str(item))]
    return words
