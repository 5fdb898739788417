"""Plain JSON, `{setting: {outcome: count}}`, as most people save counts."""

from __future__ import annotations

import numpy as np

from qmono.core.counts import CountsTable
from qmono.errors import InputError
from qmono.formats.contract import Format, ReadOptions
from qmono.formats.counts.cells import check_size, outcome_row
from qmono.formats.counts.plain_settings import check_labels, plain_table
from qmono.formats.strict_text import as_object, parse_json, shown, within


def sniff(head: bytes, name: str) -> bool:
    """A JSON object that is nothing else."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def read(content: bytes, options: ReadOptions) -> CountsTable:
    """The table of plain JSON; the orders are those asked for, qubit 0 first where nothing is said."""
    document = as_object(parse_json(content), "")
    if "schema" in document:
        schema = shown(document["schema"])
        hint = "; read it with --input-format qmono" if schema.startswith("'qmono.counts/") else ""
        raise InputError(f"a {schema} document, which is not plain counts{hint}", place="schema")
    labels = tuple(document)
    places = [within("", label) for label in labels]
    kind, n_qubits = check_labels(labels, places)
    check_size(n_qubits, len(labels), base=options.outcomes)
    rows = [
        outcome_row(cells, n_qubits, "averages", place, "qubit0-first", base=options.outcomes)
        for cells, place in zip(document.values(), places, strict=True)
    ]
    values = np.stack(rows).astype(np.float64)
    return plain_table(labels, kind, values, options, "plain-json")


FORMAT = Format("plain-json", sniff, read)
