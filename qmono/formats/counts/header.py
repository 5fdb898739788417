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
from qmono.formats.counts.calibration import calibration_json, read_calibration
from qmono.formats.counts.cells import MAX_COUNT, MAX_QUBITS
from qmono.formats.counts.povm_definitions import povms_json, read_povms
from qmono.formats.strict_text import (
    as_choice,
    as_integer,
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
        calibration=read_calibration(document.get("calibration"), n_qubits, bit_order),
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
        "calibration": calibration and calibration_json(calibration),
        "povms": povms_json(() if table.povms is None else table.povms.povms) or None,
        "metadata": dict(table.metadata) or None,
    }
    return {key: value for key, value in members.items() if value is not None}


def check_total(table: CountsTable) -> None:
    """InputError if all counts together no longer fit an int64."""
    total = math.fsum(float(np.sum(block.counts, dtype=np.float64)) for block in table.blocks)
    if total > 2**62:
        raise InputError(f"the counts add up to {total:.3g}; at most 2^62 in all")
