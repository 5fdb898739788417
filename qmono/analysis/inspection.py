"""What is in a table of counts, before anything is concluded from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

import numpy as np

from qmono.core.counts import (
    Block,
    CountsTable,
    ParityRows,
    ProjectorRows,
    ReadoutCalibration,
    SettingRows,
)
from qmono.core.povms import Povm, PovmRows
from qmono.core.progress import Progress, no_progress
from qmono.core.vocabulary import Order
from qmono.errors import QmonoError
from qmono.quantum.measures.concurrence import concurrence
from qmono.quantum.measures.purity import purity
from qmono.quantum.states import BELL_STATES
from qmono.quantum.tomography.diagnosis.order_readings import order_readings
from qmono.quantum.types import Matrix

MAX_FITTED_QUBITS = 4
MAX_NAMED = 20
"""At most this many missing or empty rows are named; all are counted."""

_KINDS = {
    SettingRows: "settings",
    ProjectorRows: "projectors",
    ParityRows: "parities",
    PovmRows: "povms",
}


@dataclass(frozen=True)
class RowSummary:
    """Rows of one kind: how many, the totals over them, the ones with no counts (the first 20 named).

    missing: names of rows that a complete set has and this one has not, the first 20; n_missing: how
    many there are, or None where there is no complete set to compare with. measured_by: POVMs of the rows,
    with their qubits and outcomes.
    """

    kind: str
    n_rows: int
    smallest: float
    largest: float
    total: float
    n_empty: int
    empty: tuple[str, ...]
    n_missing: int | None
    missing: tuple[str, ...]
    measured_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadingNumbers:
    """Maximum-likelihood numbers of one reading; the Bell state and concurrence for two qubits only."""

    purity: float
    bell_state: str | None = None
    bell_fidelity: float | None = None
    concurrence: float | None = None


@dataclass(frozen=True)
class OrderEffect:
    """What would change if outcome strings were read the other way round, labels as they are.

    nats: log likelihood as read less that of the reversed reading. one_is_reversed: the counts speak
    clearly for the reversed reading. Reversing labels instead gives the same numbers with the qubits
    renamed; reversing both only renames the qubits, which no data can tell.
    """

    as_read: ReadingNumbers
    reversed: ReadingNumbers
    nats: float
    one_is_reversed: bool


@dataclass(frozen=True)
class Inspection:
    """What `inspect_counts` found. `order_effect` is None where `order_reason` says why."""

    name: str | None
    format: str | None
    sha256: str | None
    bit_order: Order | None
    setting_order: Order | None
    order_declared: bool
    n_qubits: int
    source: str
    statistics: str
    values: str
    mean_of: int | None
    likely_mean_of: int | None
    design: str | None
    signs: str | None
    n_rounds: int
    kept: int | None
    dropped: int | None
    calibrated_states: int
    stated_readout: str | None
    calibration_taken: str | None
    total: float
    rows: tuple[RowSummary, ...]
    order_effect: OrderEffect | None
    order_reason: str | None

    def to_json(self) -> dict[str, Any]:
        """Everything as plain dicts, lists, strings and numbers."""
        members: dict[str, Any] = _plain(self)
        return members


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def inspect_counts(table: CountsTable, *, progress: Progress = no_progress) -> Inspection:
    """Format, orders, totals, what is missing, and what an order read the other way would change."""
    origin, selection, calibration, settings = (
        table.origin,
        table.selection,
        table.calibration,
        table.settings,
    )
    effect, reason = _order_effect(table, progress)
    return Inspection(
        name=origin.name if origin else None,
        format=origin.format if origin else None,
        sha256=origin.sha256 if origin else None,
        bit_order=origin.bit_order if origin else None,
        setting_order=origin.setting_order if origin else None,
        order_declared=origin.declared if origin else True,
        n_qubits=table.n_qubits,
        source=table.source,
        statistics=table.statistics,
        values=table.values,
        mean_of=table.mean_of,
        likely_mean_of=table.metadata.get("likely_mean_of"),
        design=table.design,
        signs=table.signs,
        n_rounds=0 if settings is None or settings.rounds is None else len(settings.rounds),
        kept=selection.kept if selection else None,
        dropped=selection.dropped if selection else None,
        calibrated_states=len(calibration.prepared) if calibration else 0,
        stated_readout=_stated(calibration),
        calibration_taken=calibration.taken if calibration else None,
        total=table.total,
        rows=tuple(_summary(block, table.n_qubits) for block in table.blocks),
        order_effect=effect,
        order_reason=reason,
    )


def _summary(block: Block, n_qubits: int) -> RowSummary:
    by_row = block.totals if isinstance(block, PovmRows) else block.counts
    totals = np.asarray(by_row, dtype=np.float64).reshape(len(block.labels), -1).sum(axis=1)
    empty = [label for label, total in zip(block.labels, totals, strict=True) if total == 0]
    alphabet = _alphabet(block)
    present = set(block.labels)
    expected = 0 if alphabet is None else len(alphabet) ** n_qubits - ("I" in alphabet)
    return RowSummary(
        kind=_KINDS[type(block)],
        n_rows=len(block.labels),
        smallest=float(totals.min()),
        largest=float(totals.max()),
        total=float(totals.sum()),
        n_empty=len(empty),
        empty=tuple(empty[:MAX_NAMED]),
        n_missing=None if alphabet is None else expected - len(present - {"I" * n_qubits}),
        missing=tuple(islice(_missing(alphabet or "", n_qubits, present), MAX_NAMED)),
        measured_by=tuple(map(_described, block.povms)) if isinstance(block, PovmRows) else (),
    )


def _stated(calibration: ReadoutCalibration | None) -> str | None:
    """Which matrix of the readout somebody stated without counts."""
    if calibration is None or not calibration.is_stated:
        return None
    return "confusion" if calibration.confusion is not None else "crosstalk"


def _described(povm: Povm) -> str:
    qubits = "1 qubit" if povm.n_qubits == 1 else f"{povm.n_qubits} qubits"
    return f"{povm.name} ({qubits}, {povm.outcomes} outcomes)"


def _alphabet(block: Block) -> str | None:
    """The characters a complete set of labels runs through; None where no set is complete by itself."""
    if isinstance(block, ProjectorRows | PovmRows):
        return None
    characters = set("".join(block.labels))
    if isinstance(block, ParityRows):
        return "IXYZ" if characters <= set("IXYZ") else "01" if characters <= set("01") else None
    if block.inputs is None and characters <= set("XYZ"):
        return "XYZ"
    return "01" if block.inputs is not None and characters <= set("01") else None


def _missing(alphabet: str, n_qubits: int, present: set[str]) -> Iterator[str]:
    labels = ("".join(letters) for letters in product(alphabet, repeat=n_qubits))
    return (label for label in labels if label not in present and set(label) != {"I"})


def _order_effect(table: CountsTable, progress: Progress) -> tuple[OrderEffect | None, str | None]:
    reason = _no_order_effect(table)
    if reason is not None:
        return None, reason
    try:
        readings = order_readings(table, progress=progress)
    except QmonoError as problem:
        return None, str(problem)
    if readings is None:
        return None, "there is nothing to fit"
    as_read, other = _numbers(readings.as_read.rho), _numbers(readings.reversed.rho)
    return OrderEffect(as_read, other, readings.nats, readings.one_is_reversed), None


def _no_order_effect(table: CountsTable) -> str | None:
    if table.n_qubits == 1:
        return "one qubit has no order"
    if table.settings is None:
        return "compared for complete settings only" if table.povms else "the rows have no outcome strings"
    if table.settings.directions is None:
        return "the bases are not known; correlators do not depend on the order, the no-signalling check does"
    if table.n_qubits > MAX_FITTED_QUBITS:
        return f"compared for up to {MAX_FITTED_QUBITS} qubits only"
    return None if table.total > 0 else "there are no counts"


def _numbers(rho: Matrix) -> ReadingNumbers:
    if rho.shape[0] != 4:
        return ReadingNumbers(purity(rho))
    fidelities = {name: float(np.real(psi.conj() @ rho @ psi)) for name, psi in BELL_STATES.items()}
    best = max(fidelities, key=lambda name: fidelities[name])
    return ReadingNumbers(purity(rho), best, fidelities[best], concurrence(rho))
