"""What a counts format is, and what a user may say about how a file is to be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO

from qmono.core.counts import CountsTable
from qmono.core.vocabulary import Order
from qmono.errors import UsageError, did_you_mean

ORDERS: Mapping[str, Order] = MappingProxyType(
    {
        "qubit0-first": "qubit0-first",
        "qubit0-last": "qubit0-last",
        "cirq": "qubit0-first",
        "qiskit": "qubit0-last",
    }
)
"""Every word for an order: qubit 0 is the leftmost character (`qubit0-first`) or the rightmost."""

COLUMNS = ("raw", "corrected")
NO_CLICKS = ("assign", "drop")
MAX_OUTCOMES = 10
"""A digit each."""


def parse_order(text: str) -> Order:
    """`"qiskit"` -> `"qubit0-last"`; UsageError for a word that names no order."""
    if text not in ORDERS:
        raise UsageError(f"unknown order {text!r}{did_you_mean(text, ORDERS)}")
    return ORDERS[text]


@dataclass(frozen=True)
class ReadOptions:
    """What the user said about a file; None where nothing was said.

    input_format: a name of FORMATS instead of recognising the content.
    bit_order, setting_order: a word of ORDERS for outcome strings and for setting labels.
    column: which numbers of a file that holds raw and corrected ones (raw if nothing is said).
    mean_of: the numbers are averages of this many repeats, so multiply them back.
    no_click: what becomes of trials in which a party saw nothing (the outcome -1 if nothing is said).
    outcomes: how many outcomes each part has, which only a test of more than two asks for.
    """

    input_format: str | None = None
    bit_order: str | None = None
    setting_order: str | None = None
    column: str | None = None
    mean_of: int | None = None
    no_click: str | None = None
    outcomes: int = 2

    def __post_init__(self) -> None:
        for order in (self.bit_order, self.setting_order):
            if order is not None:
                parse_order(order)
        if self.column is not None and self.column not in COLUMNS:
            raise UsageError(f"unknown column {self.column!r}{did_you_mean(self.column, COLUMNS)}")
        if self.no_click is not None and self.no_click not in NO_CLICKS:
            raise UsageError(f"--no-click is {' or '.join(NO_CLICKS)}, got {self.no_click!r}")
        if not 2 <= self.outcomes <= MAX_OUTCOMES:
            raise UsageError(f"a part has 2 to {MAX_OUTCOMES} outcomes, got {self.outcomes}")
        if self.mean_of is not None and self.mean_of < 2:
            raise UsageError(f"averages are taken over 2 repeats or more, not {self.mean_of}")

    def asked_bit_order(self) -> Order | None:
        """The order of outcome strings the user named, aliases resolved."""
        return None if self.bit_order is None else parse_order(self.bit_order)

    def asked_setting_order(self) -> Order | None:
        """The order of setting labels the user named, aliases resolved."""
        return None if self.setting_order is None else parse_order(self.setting_order)


@dataclass(frozen=True)
class Format:
    """One way counts are saved.

    sniff: whether the first bytes and the file name look like this format.
    read: bytes to a table with qubit 0 first; its `origin` says how the file was read (name and hash
    are filled in by the caller). Raises InputError with the place of what is malformed.
    write: the inverse, or None where a format is only read.
    has_columns: whether the choice between raw and corrected numbers means something.
    stream: the same as `read` for an open file of any size, which is not taken into memory.
    has_no_clicks: whether the choice of what becomes of trials without a click means something.
    """

    name: str
    sniff: Callable[[bytes, str], bool]
    read: Callable[[bytes, ReadOptions], CountsTable]
    write: Callable[[CountsTable, BinaryIO], None] | None = None
    has_columns: bool = False
    stream: Callable[[BinaryIO, ReadOptions], CountsTable] | None = None
    has_no_clicks: bool = False
