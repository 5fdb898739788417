"""Bell tests of which only correlations were kept: equal and different outcomes, or wins and trials.

    {"schema": "qmono.correlations/1", "design": "random", "signs": "++-+",
     "settings": {"00": {"same": 14, "different": 3}, ...}}

    {"schema": "qmono.correlations/1", "design": "random", "wins": 796223, "trials": 1048576}

Settings are inputs "xy" or, for two qubits, Pauli pairs such as "ZX". Only `settings`, or `wins` with
`trials`, must be there.
"""

from __future__ import annotations

import re
from typing import Any, cast, get_args

import numpy as np

from qmono.core.counts import WINS, CountsTable, ParityRows
from qmono.core.provenance import Origin
from qmono.core.vocabulary import Design, Source
from qmono.errors import InputError, UsageError
from qmono.formats.contract import Format, ReadOptions
from qmono.formats.counts.bases import INPUT_LABEL, PAULI_LABEL
from qmono.formats.counts.cells import MAX_COUNT
from qmono.formats.strict_text import (
    as_choice,
    as_integer,
    as_object,
    as_string,
    parse_json,
    refuse_unknown_keys,
    shown,
    within,
)

SCHEMA = "qmono.correlations/1"
_OWN = re.compile(rb'"(?:same|different|wins|trials)"\s*:')
_OTHER_SCHEMA = re.compile(rb'"schema"\s*:\s*"(?!qmono\.correlations/)')
_KEYS = ("schema", "design", "signs", "source", "metadata", "settings", "wins", "trials")


def sniff(head: bytes, name: str) -> bool:
    """A JSON object that counts equal and different outcomes, or wins and trials."""
    is_object = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    return is_object and bool(_OWN.search(head)) and not _OTHER_SCHEMA.search(head)


def read(content: bytes, options: ReadOptions) -> CountsTable:
    """The table of such a document; it has no outcomes and so no order of outcomes."""
    document = as_object(parse_json(content), "")
    refuse_unknown_keys(document, _KEYS, "")
    if document.get("schema", SCHEMA) != SCHEMA:
        raise InputError(f"expected {SCHEMA!r}, found {shown(document['schema'])}", place="schema")
    rows = _wins(document) if "wins" in document or "trials" in document else _settings(document)
    signs = document.get("signs")
    if signs is not None and not re.fullmatch(r"[+-]{4}", as_string(signs, "signs")):
        raise InputError(f"expected four of + and -, found {shown(signs)}", place="signs")
    return CountsTable(
        n_qubits=2,
        parities=rows,
        design=cast(Design | None, _word(document, "design", get_args(Design))),
        source=cast(Source, _word(document, "source", get_args(Source)) or "file"),
        signs=signs,
        metadata=as_object(document.get("metadata", {}), "metadata"),
        origin=Origin("", "", "correlations"),
    )


def wins_table(won: int, trials: int) -> CountsTable:
    """The table of a Bell test of which wins and trials are known; UsageError if there cannot be so many."""
    if not 0 <= won <= trials <= MAX_COUNT:
        raise UsageError(f"{won} wins of {trials} trials cannot be")
    counts = np.array([[won, trials - won]], dtype=np.int64)
    return CountsTable(2, parities=ParityRows((WINS,), counts))


def _wins(document: dict[str, Any]) -> ParityRows:
    for key in ("wins", "trials"):
        if key not in document:
            raise InputError(f"the key {key!r} is missing")
    if "settings" in document:
        raise InputError("a file holds settings, or wins and trials, not both")
    trials = as_integer(document["trials"], "trials", 0, MAX_COUNT)
    won = as_integer(document["wins"], "wins", 0, trials)
    return ParityRows((WINS,), np.array([[won, trials - won]], dtype=np.int64))


def _settings(document: dict[str, Any]) -> ParityRows:
    settings = as_object(document.get("settings"), "settings")
    if not settings:
        raise InputError("there are no settings", place="settings")
    kind = INPUT_LABEL if all(INPUT_LABEL.fullmatch(label) for label in settings) else PAULI_LABEL
    counts = []
    for label, value in settings.items():
        place = within("settings", label)
        if len(label) != 2 or not kind.fullmatch(label):
            raise InputError(
                f"unknown setting {shown(label)}; expected inputs such as '01', or Pauli pairs", place=place
            )
        cells = as_object(value, place)
        refuse_unknown_keys(cells, ("same", "different"), place)
        counts.append(
            [as_integer(cells.get(key, 0), f"{place}.{key}", 0, MAX_COUNT) for key in ("same", "different")]
        )
    return ParityRows(tuple(settings), np.array(counts, dtype=np.int64))


def _word(document: dict[str, Any], key: str, words: tuple[str, ...]) -> str | None:
    return None if document.get(key) is None else as_choice(document[key], words, key)


FORMAT = Format("correlations", sniff, read)
