"""NumPy twin of `qmono.counts/1`: one JSON header and the large arrays beside it; no pickles.

Arrays, all with qubit 0 first: `settings_counts` (S, 2**n), `settings_directions` (S, n, 3),
`settings_inputs` (S, n), `settings_rounds` (R, S, 2**n), `projectors_directions` (P, n, 3),
`projectors_counts` (P,), `projectors_exposure` (P,), `parities_counts` (Q, 2), `povms_counts` (C,), one row
after the other, and `header`, a string: the header of `qmono.counts/1` with `labels`, the labels of each
block that is there, and `parts`, the names of the POVMs of each row measured by POVMs.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from math import prod
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from qmono.core.counts import CountsTable, ParityRows, ProjectorRows, SettingRows
from qmono.core.povms import PovmRows
from qmono.core.provenance import Origin
from qmono.core.vocabulary import Values
from qmono.errors import InputError
from qmono.formats.broken_archive import BROKEN_ARCHIVE
from qmono.formats.contract import Format, ReadOptions
from qmono.formats.counts.bases import is_unit
from qmono.formats.counts.cells import MAX_CELLS, MAX_COUNT, check_size
from qmono.formats.counts.header import Header, check_total, header_json, parse_header
from qmono.formats.counts.povm_rows import check_cells, povm_rows, read_parts
from qmono.formats.counts.setting_rows import check_rounds, check_unique
from qmono.formats.strict_text import (
    as_list,
    as_object,
    as_string,
    one_line,
    parse_json,
    refuse_unknown_keys,
)

BLOCKS = ("settings", "projectors", "parities", "povms")
ARRAYS = {
    "settings_counts": "counts",
    "settings_directions": "real",
    "settings_inputs": "integers",
    "settings_rounds": "counts",
    "projectors_directions": "real",
    "projectors_counts": "counts",
    "projectors_exposure": "real",
    "parities_counts": "counts",
    "povms_counts": "counts",
}
"""Every array and the kind of its numbers; counts are integers where the table's values are counts."""


Arrays = dict[str, NDArray[Any]]


def sniff(head: bytes, name: str) -> bool:
    """A zip archive."""
    return head.startswith(b"PK\x03\x04")


def read(content: bytes, options: ReadOptions) -> CountsTable:
    """The table of an NPZ file, which always has qubit 0 first."""
    arrays = _load(content)
    if "header" not in arrays or arrays["header"].dtype.kind != "U" or arrays["header"].ndim != 0:
        raise InputError("not an NPZ file of qmono: it has no header string", place="header")
    document = as_object(parse_json(arrays.pop("header").item().encode("utf-8", "replace")), "header")
    header = parse_header(document, also=("labels", "parts"))
    if (header.bit_order, header.setting_order) != ("qubit0-first", "qubit0-first"):
        raise InputError("an NPZ file has qubit 0 first", place="header")
    refuse_unknown_keys(arrays, tuple(ARRAYS), "")
    for name, array in arrays.items():
        _check_array(name, array, header.values)
    labels = _labels(document["labels"])
    table = header.table(
        _settings(arrays, labels["settings"], header) if "settings" in labels else None,
        _projectors(arrays, labels["projectors"]) if "projectors" in labels else None,
        _parities(arrays, labels["parities"], header) if "parities" in labels else None,
        _povms(arrays, labels["povms"], document.get("parts"), header) if "povms" in labels else None,
    )
    check_total(table)
    return replace(table, origin=Origin("", "", "npz", "qubit0-first", "qubit0-first"))


def _load(content: bytes) -> Arrays:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > 16 * MAX_CELLS:
            raise InputError(f"the arrays take {size} bytes; at most {16 * MAX_CELLS} are read")
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except BROKEN_ARCHIVE as problem:
        raise InputError(f"not a whole NPZ file: {one_line(problem)}") from None


def _check_array(name: str, array: NDArray[Any], values: Values) -> None:
    whole = ARRAYS[name] == "integers" or (ARRAYS[name] == "counts" and values == "counts")
    expected = np.int64 if whole else np.float64
    if array.dtype != expected:
        raise InputError(f"expected numbers of type {expected.__name__}, found {array.dtype}", place=name)
    if not np.all(np.isfinite(array)):
        raise InputError("a number is not finite", place=name)
    negative = name.endswith("directions") or (ARRAYS[name] == "counts" and values == "corrected")
    if array.size and ((array.min() < 0 and not negative) or max(array.max(), -array.min()) > MAX_COUNT):
        raise InputError("a number is negative or above 2^53", place=name)
    if name.endswith("directions") and not is_unit(array):
        raise InputError("a basis is a Bloch vector of length 1", place=name)


def _labels(value: Any) -> dict[str, tuple[str, ...]]:
    members = as_object(value, "labels")
    refuse_unknown_keys(members, BLOCKS, "labels")
    return {
        block: tuple(
            as_string(label, f"labels.{block}[{index}]")
            for index, label in enumerate(as_list(labels, f"labels.{block}"))
        )
        for block, labels in members.items()
    }


def _shaped(arrays: Arrays, name: str, shape: tuple[int, ...]) -> NDArray[Any]:
    if name not in arrays:
        raise InputError("the array is missing", place=name)
    if arrays[name].shape != shape:
        raise InputError(f"expected the shape {shape}, found {arrays[name].shape}", place=name)
    return arrays[name]


def _settings(arrays: Arrays, labels: tuple[str, ...], header: Header) -> SettingRows:
    size, n = len(labels), header.n_qubits
    check_size(n, size)
    check_unique(labels, [f"labels.settings[{index}]" for index in range(size)])
    counts = _shaped(arrays, "settings_counts", (size, 2**n))
    rounds = arrays.get("settings_rounds")
    if rounds is not None:
        rounds = _shaped(arrays, "settings_rounds", (*rounds.shape[:1], size, 2**n))
        check_rounds(rounds, counts, [f"setting {label!r}" for label in labels])
    return SettingRows(
        labels,
        counts,
        _shaped(arrays, "settings_directions", (size, n, 3)) if "settings_directions" in arrays else None,
        _shaped(arrays, "settings_inputs", (size, n)) if "settings_inputs" in arrays else None,
        rounds,
    )


def _projectors(arrays: Arrays, labels: tuple[str, ...]) -> ProjectorRows:
    exposure = _shaped(arrays, "projectors_exposure", (len(labels),))
    if not np.all(exposure > 0):
        raise InputError("an exposure is above zero", place="projectors_exposure")
    directions = arrays.get("projectors_directions")
    if directions is None:
        raise InputError("the array is missing", place="projectors_directions")
    return ProjectorRows(labels, directions, _shaped(arrays, "projectors_counts", (len(labels),)), exposure)


def _parities(arrays: Arrays, labels: tuple[str, ...], header: Header) -> ParityRows:
    for index, label in enumerate(labels):
        if len(label) != header.n_qubits or not set(label) <= set("IXYZ"):
            raise InputError(f"unknown Pauli string {label!r}", place=f"labels.parities[{index}]")
    return ParityRows(labels, _shaped(arrays, "parities_counts", (len(labels), 2)))


def _povms(arrays: Arrays, labels: tuple[str, ...], parts: Any, header: Header) -> PovmRows:
    names = as_list(parts, "parts", len(labels))
    measured = [read_parts(own, header, f"parts[{index}]") for index, own in enumerate(names)]
    check_cells(measured)
    cells = sum(prod(povm.outcomes for povm in own) for own in measured)
    return povm_rows(labels, measured, _shaped(arrays, "povms_counts", (cells,)))


def write(table: CountsTable, stream: BinaryIO) -> None:
    """The table as NPZ, compressed."""
    blocks = {name: getattr(table, name) for name in BLOCKS}
    labels = {name: list(block.labels) for name, block in blocks.items() if block is not None}
    arrays = {
        name: array
        for name in ARRAYS
        if (array := getattr(blocks[name.partition("_")[0]], name.partition("_")[2], None)) is not None
    }
    document = {**header_json(table), "labels": labels}
    if table.povms is not None:
        names = [povm.name for povm in table.povms.povms]
        document["parts"] = [[names[part] for part in parts] for parts in table.povms.parts]
    header = json.dumps(document, allow_nan=False)
    np.savez_compressed(stream, header=np.array(header), **arrays)


FORMAT = Format("npz", sniff, read, write)
