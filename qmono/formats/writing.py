"""Counts to a file, in the format its extension names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from qmono.core.counts import CountsTable
from qmono.errors import UsageError
from qmono.formats import FORMATS
from qmono.formats.atomic import write_atomically
from qmono.formats.contract import Format

EXTENSIONS: Mapping[str, str] = MappingProxyType({".json": "qmono", ".npz": "npz", ".csv": "plain-csv"})
"""Extension to the name in FORMATS that is written."""

STATES_ORDERS = frozenset({"qmono", "npz"})
"""Formats in which an assumption about orders would become a statement."""


def write_counts(table: CountsTable, path: str | Path) -> None:
    """Write a table to a file in the format of its extension, whole or not at all.

    Raises UsageError for an unknown extension, for a place that cannot be written to, where the format would
    lose something the table says, and where it would state an order of outcomes that was only assumed.
    """
    write = writer(Path(path).suffix)
    if write.name in STATES_ORDERS and _order_is_assumed(table):
        raise UsageError(
            f"cannot write {path}: it would state an order of outcomes that was only assumed; say --bit-order"
        )
    write_atomically(path, lambda stream: write(table, stream))


def _order_is_assumed(table: CountsTable) -> bool:
    has_outcomes = table.settings is not None and table.n_qubits > 1
    return has_outcomes and table.origin is not None and not table.origin.declared


def writer(extension: str) -> _Writer:
    """The function that writes a table to a stream in the format of an extension such as `.npz`."""
    if extension.lower() not in EXTENSIONS:
        known = ", ".join(EXTENSIONS)
        raise UsageError(
            f"counts are written to files that end in {known}, not in {extension or 'nothing'!r}"
        )
    return _Writer(EXTENSIONS[extension.lower()])


class _Writer:
    """A named format, imported when it is used."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, table: CountsTable, stream: BinaryIO) -> None:
        form: Format = FORMATS.load(self.name)
        if form.write is None:
            raise UsageError(f"the format {self.name} is only read")
        form.write(table, stream)
