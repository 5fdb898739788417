"""Catalogues that grow by one file and one line.

A `Registry` is a literal table of `Entry(name, "package.module:attribute", summary)`; an entry is
imported when it is used, never before. Names are looked up exactly; a miss suggests the closest.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from qmono.errors import MissingExtra, UsageError, did_you_mean


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a catalogue.

    `target` is `"package.module:attribute"`; `extra` names the optional dependency group without
    which the module cannot be imported.
    """

    name: str
    target: str
    summary: str
    extra: str | None = None

    def load(self) -> Any:
        """Import and return the target.

        Raises MissingExtra if the entry's optional package is not installed.
        """
        module, _, attribute = self.target.partition(":")
        try:
            return getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as missing:
            if self.extra is None or (missing.name or "").partition(".")[0] == "qmono":
                raise
            raise MissingExtra(self.name, self.extra) from missing


class Registry:
    """A named, ordered, read-only table of entries."""

    def __init__(self, kind: str, entries: Sequence[Entry]) -> None:
        self.kind = kind
        self._entries = {entry.name: entry for entry in entries}
        if len(self._entries) != len(entries):
            raise ValueError(f"two entries of one name among the {kind} entries")

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    @property
    def plural(self) -> str:
        """What the entries are, in the plural: the heading of a list of them."""
        return f"{self.kind[:-1]}ies" if self.kind.endswith("y") else f"{self.kind}s"

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, in the order of the table."""
        return tuple(self._entries)

    def __getitem__(self, name: str) -> Entry:
        """The entry of that name; UsageError with a suggestion if there is none."""
        try:
            return self._entries[name]
        except KeyError:
            raise UsageError(f"unknown {self.kind} {name!r}{did_you_mean(name, self.names)}") from None

    def load(self, name: str) -> Any:
        """Import and return what the entry of that name points to."""
        return self[name].load()
