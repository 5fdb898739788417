"""What a local model could still use, and what the design of the run has closed."""

from __future__ import annotations

from qmono.core.counts import CountsTable
from qmono.core.report import Note
from qmono.core.vocabulary import Design


def loopholes(table: CountsTable, design: Design) -> Note | None:
    """One line for each; None for simulated counts, which test a pipeline and not nature."""
    if table.source == "simulated":
        return None
    lines = (_locality(table), _choice(table, design), _detection(table), _memory(design))
    return Note("loopholes", lines)


def _on_one_device(table: CountsTable) -> bool:
    return table.source == "hardware" and "backend" in table.metadata


def _locality(table: CountsTable) -> str:
    if _on_one_device(table):
        return "locality open: both qubits are on one device, cross-talk looks like nonlocality"
    return "locality: counts cannot show it; closed only by distance and timing"


def _choice(table: CountsTable, design: Design) -> str:
    if design == "fixed-blocks":
        return "free choice open: the settings followed a list"
    if _on_one_device(table):
        return "free choice partly closed: random bits, but drawn on the same device"
    return "free choice: rests on the random bits; --rng-bias says how predictable they are"


def _detection(table: CountsTable) -> str:
    if table.selection and table.selection.dropped:
        return "detection open: trials were dropped, fair sampling is assumed unless heralded before"
    return "detection: closed only if every trial is in the table"


def _memory(design: Design) -> str:
    if design == "random":
        return "memory closed: the p value holds for devices that remember"
    return "memory open: trials are assumed to be independent"
