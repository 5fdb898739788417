"""What a `qmono.counts/1` file says about its rows; the JSON file and its NPZ twin share it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

import numpy as np

from qmono.core.counts import (
    CountsTable,
    ParityRows,
    ProjectorRows,
    ReadoutCalibration,
    Selection,
    SettingRows,
)
from qmono.core.povms import Povm, PovmRows
from qmono.core.vocabulary import Design, Order, Source, Statistics, Values
from qmono.errors import InputError
from qmono.formats.counts.cells import MAX_COUNT, MAX_QUBITS, check_size, outcome_object, outcome_row
from qmono.formats.counts.povm_definitions import povms_json, read_povms
from qmono.formats.strict_text import (
    as_choice,
    as_integer,
    as_list,
    as_number,
    as_object,
    as_string,
    refuse_unknown_keys,
    shown,
)

SCHEMA = "qmono.counts/1"

HEADER_KEYS = (
    "schema",
    "n_qubits",
    "statistics",
    "values",
    "design",
    "source",
    "signs",
    "mean_of",
    "bit_order",
    "setting_order",
    "selection",
    "calibration",
    "povms",
    "metadata",
)


@dataclass(frozen=True)
class Header:
    """The header of a file, checked; `bit_order` and `setting_order` are those of its rows."""

    n_qubits: int
    statistics: Statistics
    values: Values
    design: Design | None
    source: Source
    signs: str | None
    mean_of: int | None
    bit_order: Order
    setting_order: Order
    selection: Selection | None
    calibration: ReadoutCalibration | None
    povms: Mapping[str, Povm]
    metadata: Mapping[str, Any]

    def table(
        self,
        settings: SettingRows | None,
        projectors: ProjectorRows | None,
        parities: ParityRows | None,
        povms: PovmRows | None,
    ) -> CountsTable:
        """The table of these rows, which have qubit 0 first."""
        return CountsTable(
            n_qubits=self.n_qubits,
            settings=settings,
            projectors=projectors,
            parities=parities,
            povms=povms,
            statistics=self.statistics,
            values=self.values,
            design=self.design,
            source=self.source,
            signs=self.signs,
            mean_of=self.mean_of,
            selection=self.selection,
            calibration=self.calibration,
            metadata=self.metadata,
        )


def parse_header(document: dict[str, Any], also: tuple[str, ...]) -> Header:
    """The header among the members of a document whose other keys are `also`."""
    if document.get("schema") != SCHEMA:
        raise InputError(f"expected {SCHEMA!r}, found {shown(document.get('schema'))}", place="schema")
    refuse_unknown_keys(document, (*HEADER_KEYS, *also), "")
    for key in ("n_qubits", *also[:1]):
        if key not in document:
            raise InputError(f"the key {key!r} is missing")
    n_qubits = as_integer(document["n_qubits"], "n_qubits", 1, MAX_QUBITS)
    values = cast(Values, _word(document, "values", get_args(Values), "counts"))
    mean_of = _optional_integer(document, "mean_of")
    if mean_of is not None and values != "counts":
        raise InputError(f"averages multiplied back are counts, not {values}", place="mean_of")
    bit_order = cast(Order, _word(document, "bit_order", get_args(Order), "qubit0-first"))
    setting_order = cast(Order, _word(document, "setting_order", get_args(Order), "qubit0-first"))
    return Header(
        n_qubits=n_qubits,
        statistics=cast(Statistics, _word(document, "statistics", get_args(Statistics), "multinomial")),
        values=values,
        design=cast(Design | None, _word(document, "design", get_args(Design), None)),
        source=cast(Source, _word(document, "source", get_args(Source), "file")),
        signs=_signs(document.get("signs")),
        mean_of=mean_of,
        bit_order=bit_order,
        setting_order=setting_order,
        selection=_selection(document.get("selection")),
        calibration=_calibration(document.get("calibration"), n_qubits, bit_order),
        povms=read_povms(document.get("povms"), n_qubits, setting_order),
        metadata=as_object({} if document.get("metadata") is None else document["metadata"], "metadata"),
    )


def _word(document: dict[str, Any], key: str, words: tuple[str, ...], default: str | None) -> str | None:
    if document.get(key) is None:
        return default
    return as_choice(document[key], words, key)


def _optional_integer(document: dict[str, Any], key: str) -> int | None:
    value = document.get(key)
    return None if value is None else as_integer(value, key, 2, MAX_COUNT)


def _signs(value: Any) -> str | None:
    if value is None:
        return None
    if not re.fullmatch(r"[+-]{4}", as_string(value, "signs")):
        raise InputError(f"expected four of + and -, found {shown(value)}", place="signs")
    return str(value)


def _selection(value: Any) -> Selection | None:
    if value is None:
        return None
    members = as_object(value, "selection")
    refuse_unknown_keys(members, ("kept", "dropped", "reason"), "selection")
    return Selection(
        kept=as_integer(members.get("kept"), "selection.kept", 0, 10**18),
        dropped=as_integer(members.get("dropped"), "selection.dropped", 0, 10**18),
        reason=as_string(members.get("reason", ""), "selection.reason"),
    )


def _calibration(value: Any, n_qubits: int, bit_order: Order) -> ReadoutCalibration | None:
    if value is None:
        return None
    members = as_object(value, "calibration")
    refuse_unknown_keys(members, ("prepared", "counts", "confusion", "taken"), "calibration")
    stated = members.get("taken")
    taken = None if stated is None else as_string(stated, "calibration.taken")
    if "confusion" in members:
        return _confusion(members, n_qubits, bit_order, taken)
    prepared = as_list(members.get("prepared"), "calibration.prepared")
    rows = as_list(members.get("counts"), "calibration.counts", len(prepared))
    check_size(n_qubits, len(rows), "calibration")
    places = [f"calibration.counts[{index}]" for index in range(len(rows))]
    counts = np.zeros((len(rows), 2**n_qubits), dtype=np.int64)
    for index, (row, place) in enumerate(zip(rows, places, strict=True)):
        counts[index] = outcome_row(row, n_qubits, "counts", place, bit_order)
    return ReadoutCalibration(
        prepared=tuple(
            _prepared(state, n_qubits, bit_order, f"calibration.prepared[{index}]")
            for index, state in enumerate(prepared)
        ),
        counts=counts,
        taken=taken,
    )


def _confusion(
    members: dict[str, Any], n_qubits: int, bit_order: Order, taken: str | None
) -> ReadoutCalibration:
    """Probabilities instead of counts: for each qubit the rows [read 0, read 1] of prepared 0 and 1."""
    place = "calibration.confusion"
    if "prepared" in members or "counts" in members:
        raise InputError("a calibration has counts or a confusion, not both", place=place)
    matrices = np.array(
        [
            [
                _probabilities(row, f"{place}[{q}][{bit}]")
                for bit, row in enumerate(as_list(value, f"{place}[{q}]", 2))
            ]
            for q, value in enumerate(as_list(members["confusion"], place, n_qubits))
        ]
    )
    nothing = np.zeros((0, 0), dtype=np.int64)
    return ReadoutCalibration((), nothing, taken, matrices if bit_order == "qubit0-first" else matrices[::-1])


def _probabilities(value: Any, place: str) -> list[float]:
    row = [as_number(p, place) for p in as_list(value, place, 2)]
    if min(row) < 0 or abs(sum(row) - 1) > 1e-6:
        raise InputError(f"expected two probabilities that add up to 1, found {shown(row)}", place=place)
    return row


def _prepared(value: Any, n_qubits: int, bit_order: Order, place: str) -> str:
    state = as_string(value, place)
    if len(state) != n_qubits or not set(state) <= {"0", "1"}:
        raise InputError(f"expected {n_qubits} characters, each 0 or 1, found {shown(state)}", place=place)
    return state if bit_order == "qubit0-first" else state[::-1]


def header_json(table: CountsTable) -> dict[str, Any]:
    """The header as a file spells it: qubit 0 first, and nothing that says nothing."""
    selection, calibration = table.selection, table.calibration
    members = {
        "schema": SCHEMA,
        "n_qubits": table.n_qubits,
        "statistics": table.statistics,
        "values": table.values,
        "design": table.design,
        "source": table.source,
        "signs": table.signs,
        "mean_of": table.mean_of,
        "bit_order": "qubit0-first",
        "setting_order": "qubit0-first",
        "selection": selection
        and {"kept": selection.kept, "dropped": selection.dropped, "reason": selection.reason},
        "calibration": calibration and _calibration_json(calibration),
        "povms": povms_json(() if table.povms is None else table.povms.povms) or None,
        "metadata": dict(table.metadata) or None,
    }
    return {key: value for key, value in members.items() if value is not None}


def _calibration_json(calibration: ReadoutCalibration) -> dict[str, Any]:
    members: dict[str, Any] = (
        {
            "prepared": list(calibration.prepared),
            "counts": [outcome_object(row) for row in calibration.counts],
        }
        if calibration.confusion is None
        else {"confusion": calibration.confusion.tolist()}
    )
    return members if calibration.taken is None else {**members, "taken": calibration.taken}


def check_total(table: CountsTable) -> None:
    """InputError if all counts together no longer fit an int64."""
    total = math.fsum(float(np.sum(block.counts, dtype=np.float64)) for block in table.blocks)
    if total > 2**62:
        raise InputError(f"the counts add up to {total:.3g}; at most 2^62 in all")
