"""Groups of options: frozen dataclasses whose fields are a command's options, taken as one parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, get_type_hints


def names_of(group: type[Any]) -> tuple[str, ...]:
    """The parameter names of a group's options."""
    return tuple(field.name for field in fields(group))


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """A command for Typer: each parameter annotated with a group becomes the group's options.

    The command itself is called with the groups filled in. Options after a group are keyword-only, as the
    groups are.
    """
    hints = get_type_hints(command, include_extras=True)
    parameters = signature(command).parameters.values()
    groups = {item.name: hints[item.name] for item in parameters if is_dataclass(hints[item.name])}

    @wraps(command)
    def run(**given: Any) -> None:
        filled = {
            name: group(**{field.name: given.pop(field.name) for field in fields(group)})
            for name, group in groups.items()
        }
        command(**given, **filled)

    options = [
        option
        for item in parameters
        for option in (_options_of(groups[item.name]) if item.name in groups else [item])
    ]
    named = [item.replace(annotation=hints.get(item.name, item.annotation)) for item in options]
    run.__signature__ = Signature(named)  # type: ignore[attr-defined]
    return run


def _options_of(group: type[Any]) -> list[Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        Parameter(field.name, Parameter.KEYWORD_ONLY, default=field.default, annotation=hints[field.name])
        for field in fields(group)
    ]
