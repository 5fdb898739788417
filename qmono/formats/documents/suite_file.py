"""Suites as TOML, schema `qmono.suite/1`: read strictly, with the place of what is wrong.

schema = "qmono.suite/1"
[defaults]                      # for every entry that does not say otherwise
shots = 2000
[[entry]]
name = "link-0-1"
measure = "tomography"
state = "phi+"
require = ["fidelity >= 0.9"]
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qmono.errors import InputError
from qmono.formats.contract import ORDERS
from qmono.formats.source import read_bytes
from qmono.formats.strict_text import (
    as_choice,
    as_integer,
    as_list,
    as_number,
    as_object,
    as_string,
    decode,
    refuse_unknown_keys,
    within,
)
from qmono.gate.suite import SUITE_SCHEMA, Suite, SuiteEntry

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
MOST_LOOKS = 100
MOST_SHOTS = 10**9

Convert = Callable[[Any, str], Any]


def read_suite(path: str | Path) -> Suite:
    """The suite of a TOML file; files that it names are meant relative to its own directory.

    Raises InputError `file: place: problem`.
    """
    name, content = read_bytes(path)
    try:
        return parse_suite(_toml(content), Path(path).stem, Path(path).parent)
    except InputError as problem:
        raise problem.at(name) from None


def parse_suite(document: Mapping[str, Any], name: str, directory: Path) -> Suite:
    """The suite of a parsed document. name: if it has none of its own."""
    refuse_unknown_keys(dict(document), ("schema", "defaults", "entry", *SUITE_KEYS), "")
    if document.get("schema") != SUITE_SCHEMA:
        raise InputError(f"expected {SUITE_SCHEMA!r}, found {document.get('schema')!r}", place="schema")
    defaults = as_object(document.get("defaults", {}), "defaults")
    refuse_unknown_keys(defaults, [key for key in ENTRY_KEYS if key != "name"], "defaults")
    tables = as_list(document.get("entry"), "entry") if "entry" in document else []
    if not tables:
        raise InputError("there is no [[entry]]: nothing would be judged")
    entries = tuple(
        _entry(table, defaults, within("entry", place), directory) for place, table in enumerate(tables)
    )
    _refuse_twins(entries)
    fields = {
        SUITE_KEYS[key].field: SUITE_KEYS[key].convert(document[key], key)
        for key in SUITE_KEYS
        if key in document
    }
    return Suite(**{"name": name, **fields, "entries": entries})


def _entry(value: Any, defaults: Mapping[str, Any], place: str, directory: Path) -> SuiteEntry:
    table = as_object(value, place)
    refuse_unknown_keys(table, ENTRY_KEYS, place)
    members = {**defaults, **table}
    for key in ("name", "measure", "require"):
        if key not in members:
            raise InputError(f"{key!r} is missing", place=place)
    fields = {}
    for key, entry in members.items():
        where = within(place if key in table else "defaults", key)
        fields[ENTRY_KEYS[key].field] = ENTRY_KEYS[key].convert(entry, where)
    if "counts" in table and "state" in table:
        raise InputError("counts that are saved and a state to prepare exclude each other", place=place)
    if "counts" in members and "state" in members:  # one of the two is a default
        fields.pop("state" if "counts" in table else "counts")
    if not fields.get("counts") and not fields.get("state"):
        raise InputError("there are neither counts nor a state to prepare", place=place)
    for key in ("counts", "state", "target"):
        if fields.get(key) and (directory / fields[key]).is_file():
            fields[key] = str(directory / fields[key])
    return SuiteEntry(**fields)


def _refuse_twins(entries: tuple[SuiteEntry, ...]) -> None:
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        if entry.name.lower() in seen:
            raise InputError(f"a second entry {entry.name!r}", place=f"entry[{place}].name")
        seen.add(entry.name.lower())


def _toml(content: bytes) -> Mapping[str, Any]:
    try:
        return tomllib.loads(decode(content))
    except tomllib.TOMLDecodeError as problem:
        raise InputError(f"not valid TOML: {problem}") from None


@dataclass(frozen=True)
class _Key:
    """What a key may hold, and the field of the dataclass that it fills."""

    field: str
    convert: Convert


def _name(value: Any, place: str) -> str:
    text = as_string(value, place)
    if not _NAME.fullmatch(text):
        raise InputError(f"a name is made of letters, digits and . _ -, found {text[:40]!r}", place=place)
    return text


def _text(value: Any, place: str) -> str:
    text = as_string(value, place)
    if not text.strip():
        raise InputError("the text is empty", place=place)
    return text


def _texts(value: Any, place: str) -> tuple[str, ...]:
    return tuple(_text(item, within(place, index)) for index, item in enumerate(as_list(value, place)))


def _requirements(value: Any, place: str) -> tuple[str, ...]:
    texts = _texts(value, place)
    if not texts:
        raise InputError("nothing is required: the entry could not be judged", place=place)
    if len(set(texts)) != len(texts):
        raise InputError("a requirement occurs twice", place=place)
    return texts


def _labels(value: Any, place: str) -> dict[str, str]:
    return {key: _text(item, within(place, key)) for key, item in as_object(value, place).items()}


def _whole(low: int, high: int) -> Convert:
    return lambda value, place: as_integer(value, place, low, high)


def _words(*choices: str) -> Convert:
    return lambda value, place: as_choice(value, choices, place)


def _positive(value: Any, place: str) -> float:
    number = as_number(value, place)
    if number <= 0:
        raise InputError(f"expected a number above 0, found {number:g}", place=place)
    return number


def _level(value: Any, place: str) -> float:
    number = as_number(value, place)
    if not 0.5 <= number < 1:
        raise InputError(f"a level lies between 0.5 and 1, found {number:g}", place=place)
    return number


SUITE_KEYS: Mapping[str, _Key] = {
    "name": _Key("name", _name),
    "level": _Key("level", _level),
    "looks": _Key("looks", _whole(1, MOST_LOOKS)),
    "seed": _Key("seed", _whole(0, 2**63 - 1)),
}
ENTRY_KEYS: Mapping[str, _Key] = {
    "name": _Key("name", _name),
    "measure": _Key("measure", _text),
    "require": _Key("require", _requirements),
    "accept": _Key("accept", _texts),
    "counts": _Key("counts", _text),
    "input-format": _Key("input_format", _text),
    "bit-order": _Key("bit_order", _words(*ORDERS)),
    "setting-order": _Key("setting_order", _words(*ORDERS)),
    "mean-of": _Key("mean_of", _whole(2, MOST_SHOTS)),
    "state": _Key("state", _text),
    "target": _Key("target", _text),
    "backend": _Key("backend", _text),
    "noise": _Key("noise", _text),
    "shots": _Key("shots", _whole(1, MOST_SHOTS)),
    "rounds": _Key("rounds", _whole(1, 10_000)),
    "until": _Key("until", _words("decided")),
    "max-shots": _Key("max_shots", _whole(1, MOST_SHOTS)),
    "estimator": _Key("estimator", _text),
    "protocol": _Key("protocol", _text),
    "signs": _Key("signs", _text),
    "design": _Key("design", _text),
    "labels": _Key("labels", _labels),
    "owner": _Key("owner", _text),
    "severity": _Key("severity", _words("error", "warning")),
    "queue-timeout-s": _Key("queue_timeout_s", _positive),
    "job-timeout-s": _Key("job_timeout_s", _positive),
    "max-calibration-age-h": _Key("max_calibration_age_h", _positive),
}
