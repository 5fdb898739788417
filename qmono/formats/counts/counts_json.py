"""`qmono.counts/1`: counts that say everything about themselves, as JSON.

    {"schema": "qmono.counts/1", "n_qubits": 2, "source": "hardware", "rows": [
      {"setting": "XX", "counts": {"00": 480, "11": 520}}]}

The JSON Schema is `qmono/schemas/counts-1.json`; what it cannot say is checked here.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any, BinaryIO

from qmono.core.counts import CountsTable
from qmono.core.provenance import Origin
from qmono.errors import InputError
from qmono.formats.contract import Format, ReadOptions
from qmono.formats.counts.effect_rows import (
    parity_row_json,
    projector_row_json,
    read_parity_rows,
    read_projector_rows,
)
from qmono.formats.counts.header import check_total, header_json, parse_header
from qmono.formats.counts.povm_rows import povm_row_json, read_povm_rows
from qmono.formats.counts.setting_rows import Row, read_setting_rows, setting_row_json
from qmono.formats.strict_text import as_list, as_object, parse_json

_SCHEMA_KEY = re.compile(rb'"schema"\s*:\s*"qmono\.counts/')
_KINDS = {
    "setting": "setting",
    "pauli": "pauli",
    "projector": "projector",
    "povm": "povm",
    "bases": "projector",
}


def sniff(head: bytes, name: str) -> bool:
    """A JSON object whose schema is one of qmono's counts."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and bool(_SCHEMA_KEY.search(head))


def read(content: bytes, options: ReadOptions) -> CountsTable:
    """The table of a `qmono.counts/1` document, which states its own orders."""
    document = as_object(parse_json(content), "")
    header = parse_header(document, also=("rows",))
    rows = _rows_by_kind(as_list(document["rows"], "rows"))
    table = header.table(
        read_setting_rows(rows["setting"], header),
        read_projector_rows(rows["projector"], header),
        read_parity_rows(rows["pauli"], header),
        read_povm_rows(rows["povm"], header),
    )
    check_total(table)
    origin = Origin("", "", "qmono", header.bit_order, header.setting_order)
    return replace(table, origin=origin)


def _rows_by_kind(rows: list[Any]) -> dict[str, list[Row]]:
    by_kind: dict[str, list[Row]] = {kind: [] for kind in _KINDS.values()}
    for index, value in enumerate(rows):
        place = f"rows[{index}]"
        row = as_object(value, place)
        kind = next((kind for key, kind in _KINDS.items() if key in row), None)
        if kind is None:
            raise InputError(
                "a row has a 'setting', a 'projector', a 'pauli' or a 'povm'; found none", place=place
            )
        by_kind[kind].append((place, row))
    return by_kind


def write(table: CountsTable, stream: BinaryIO) -> None:
    """The table as `qmono.counts/1`, one row a line, qubit 0 first."""
    lines = [f"  {json.dumps(key)}: {_dump(value)}," for key, value in header_json(table).items()]
    rows = ",\n".join(f"    {_dump(row)}" for row in _rows(table))
    stream.write("\n".join(["{", *lines, '  "rows": [', rows, "  ]", "}", ""]).encode())


def _dump(value: Any) -> str:
    return json.dumps(value, allow_nan=False)


def _rows(table: CountsTable) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if table.settings is not None:
        rows += [setting_row_json(table.settings, index) for index in range(len(table.settings.labels))]
    if table.projectors is not None:
        rows += [projector_row_json(table.projectors, index) for index in range(len(table.projectors.labels))]
    if table.parities is not None:
        rows += [parity_row_json(table.parities, index) for index in range(len(table.parities.labels))]
    if table.povms is not None:
        rows += [povm_row_json(table.povms, index) for index in range(len(table.povms.labels))]
    return rows


FORMAT = Format("qmono", sniff, read, write)
