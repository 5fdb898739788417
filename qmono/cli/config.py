"""Defaults from the project: `[tool.qmono]` in pyproject.toml, or qmono.toml, in the current directory.

    [tool.qmono]            # in qmono.toml without this line
    shots = 4096            # for every command that has the option
    [tool.qmono.bell-test]
    seed = 7                # for one command

A flag wins over a QMONO_* variable, that over this file, and this file over the built-in default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from qmono.errors import InputError, UsageError, did_you_mean


def project_defaults(
    commands: Sequence[str],
    parameters: Callable[[str], Iterable[Any]],
    directory: Path | None = None,
) -> dict[str, dict[str, Any]]:
    """Per command the defaults that the project file sets; UsageError for names no command has.

    parameters: gives the parameters of a command by its name; asked only if there is such a file.
    """
    source, table = _project_table(directory or Path())
    if not table:
        return {}
    options = {name: _options(parameters(name)) for name in commands}
    everywhere = {key: value for key, value in table.items() if not isinstance(value, dict)}
    for key in everywhere:
        _check_known(key, set[str]().union(*options.values()), source)
    for key in table.keys() - everywhere.keys():
        _check_known(key, set(options), source)
    return {
        name: _defaults_of(everywhere, table.get(name, {}), known, f"{source} [{name}]")
        for name, known in options.items()
    }


def _options(parameters: Iterable[Any]) -> dict[str, str]:
    """Per option, spelled as its long flag without the dashes, the name of its parameter."""
    return {
        flag.removeprefix("--"): param.name
        for param in parameters
        for flag in param.opts
        if flag.startswith("--")
    }


def _defaults_of(
    everywhere: dict[str, Any], own: dict[str, Any], known: dict[str, str], source: str
) -> dict[str, Any]:
    for key in own:
        _check_known(key, set(known), source)
    mine = {**{key: value for key, value in everywhere.items() if key in known}, **own}
    return {known[key]: value for key, value in mine.items()}


def _project_table(directory: Path) -> tuple[str, dict[str, Any]]:
    for name in ("qmono.toml", "pyproject.toml"):
        path = directory / name
        if path.is_file():
            document = _toml(path)
            table = document if name == "qmono.toml" else document.get("tool", {}).get("qmono")
            if table is not None:
                return name, table
    return "", {}


def _toml(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise InputError(str(problem), source=path.name) from None


def _check_known(key: str, known: set[str], source: str) -> None:
    if key not in known:
        raise UsageError(f"{source}: unknown option {key!r}{did_you_mean(key, sorted(known))}")
