"""Settings and outcomes that say nothing about themselves: shared by plain JSON and plain CSV.

Labels are Pauli letters ("XY") or the inputs of a Bell test ("01" = x y, outcomes "00" = a b). Which end
of a label and of an outcome is qubit 0 stands nowhere, so the user says it or it is assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from qmono.core.counts import CountArray, CountsTable, FloatArray, SettingRows, pauli_directions
from qmono.core.provenance import Origin
from qmono.core.vocabulary import Values
from qmono.errors import InputError
from qmono.formats.contract import ReadOptions
from qmono.formats.counts.averages import values_metadata
from qmono.formats.counts.bases import INPUT_LABEL, PAULI_LABEL
from qmono.formats.strict_text import shown

LabelKind = Literal["pauli", "inputs"]


def label_kind(label: str, place: str) -> LabelKind:
    """Whether a label names Pauli bases or the inputs of a Bell test; InputError if neither."""
    if PAULI_LABEL.fullmatch(label):
        return "pauli"
    if INPUT_LABEL.fullmatch(label):
        return "inputs"
    raise InputError(
        f"unknown setting {shown(label)}; expected letters X Y Z, or inputs of a Bell test", place=place
    )


def check_labels(labels: Sequence[str], places: Sequence[str]) -> tuple[LabelKind, int]:
    """Kind and number of qubits of all labels together; InputError for the first that differs."""
    if not labels:
        raise InputError("there are no settings")
    kind, n_qubits = label_kind(labels[0], places[0]), len(labels[0])
    for label, place in zip(labels, places, strict=True):
        if label_kind(label, place) != kind or len(label) != n_qubits:
            raise InputError(
                f"setting {shown(label)} does not go with {shown(labels[0])}: other length or kind",
                place=place,
            )
    return kind, n_qubits


def plain_table(
    labels: tuple[str, ...], kind: LabelKind, values: FloatArray, options: ReadOptions, name: str
) -> CountsTable:
    """The table of plain settings, with the orders asked for applied.

    values: (S, outcomes**n) as they stand in the file, outcome strings read with qubit 0 first.
    """
    counts, meaning = _counts_or_averages(values)
    rows = SettingRows(
        labels,
        counts,
        directions=pauli_directions(labels) if kind == "pauli" else None,
        inputs=np.array([list(map(int, label)) for label in labels]) if kind == "inputs" else None,
    )
    bit_order = options.asked_bit_order()
    setting_order = options.asked_setting_order() or "qubit0-first"
    table = CountsTable(
        n_qubits=len(labels[0]),
        settings=rows,
        values=meaning,
        outcomes=options.outcomes,
        metadata=values_metadata(values) if meaning == "averages" else {},
        origin=Origin("", "", name, bit_order or "qubit0-first", setting_order, bit_order is not None),
    )
    if bit_order == "qubit0-last":
        table = table.with_outcomes_reversed()
    return table.with_labels_reversed() if setting_order == "qubit0-last" else table


def _counts_or_averages(values: FloatArray) -> tuple[CountArray, Values]:
    whole = np.rint(values)
    if np.array_equal(whole, values):
        return values.astype(np.int64), "counts"
    return values, "averages"
