"""Bytes to text or JSON without forgiving anything: one clear InputError for each way to be malformed."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable
from typing import Any

from qmono.errors import InputError, did_you_mean

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def decode(content: bytes) -> str:
    """UTF-8 text, with or without a byte-order mark."""
    if content.startswith(_UTF16_MARKS):
        raise InputError("the text is UTF-16; save it as UTF-8")
    try:
        text = content.removeprefix(_UTF8_MARK).decode("utf-8")
    except UnicodeDecodeError as problem:
        raise InputError(f"not UTF-8 text: byte 0x{content[problem.start]:02x} at {problem.start}") from None
    if not text.strip():
        raise InputError("the file is empty")
    return text


class _WithDuplicate(dict[str, Any]):
    """A JSON object in which a key occurred twice."""

    key: str


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen: set[str] = set()
    marked = _WithDuplicate(members)
    marked.key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return marked


def _no_constant(text: str) -> Any:
    raise InputError(f"{text} is not a number that counts can have")


def parse_json(content: bytes) -> Any:
    """The JSON document; duplicate keys, NaN, Infinity and absurd depth are malformed."""
    text = decode(content)
    duplicates: list[_WithDuplicate] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = _object(pairs)
        if isinstance(found, _WithDuplicate):
            duplicates.append(found)
        return found

    try:
        document = json.loads(text, object_pairs_hook=members, parse_constant=_no_constant)
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno} column {problem.colno}"
        raise InputError(f"not valid JSON: {problem.msg}", place=place) from None
    except RecursionError:
        raise InputError("not valid JSON for counts: nested too deeply") from None
    except ValueError:
        raise InputError("a number has too many digits") from None
    if duplicates:
        place = _path_to(duplicates[0], document, "") or ""
        raise InputError(f"the key {duplicates[0].key!r} occurs twice", place=place)
    return document


def _path_to(wanted: object, value: Any, place: str) -> str | None:
    if value is wanted:
        return place
    for key, item in _children(value):
        found = _path_to(wanted, item, within(place, key))
        if found is not None:
            return found
    return None


def _children(value: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def within(place: str, key: str | int) -> str:
    """The place of a member: `rows[3]`, `rows[3].counts`, `rows[3].counts."01"`."""
    if isinstance(key, int):
        return f"{place}[{key}]"
    name = key if key.isidentifier() else f'"{key[:40]}"'
    return f"{place}.{name}" if place else name


def shown(value: Any) -> str:
    """A value as an error message shows it: its JSON, cut short."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)[:60]
    return repr(text[:40]) if isinstance(value, str) else text if len(text) <= 40 else text[:37] + "..."


def one_line(problem: Exception) -> str:
    """What an exception says, on one line and cut short."""
    return " ".join(str(problem).split())[:100]


def as_object(value: Any, place: str) -> dict[str, Any]:
    """The value, which must be a JSON object."""
    if not isinstance(value, dict):
        raise InputError(f"expected an object, found {shown(value)}", place=place)
    return value


def as_list(value: Any, place: str, length: int | None = None) -> list[Any]:
    """The value, which must be a JSON array, of the given length if one is given."""
    if not isinstance(value, list):
        raise InputError(f"expected a list, found {shown(value)}", place=place)
    if length is not None and len(value) != length:
        raise InputError(f"expected {length} entries, found {len(value)}", place=place)
    return value


def as_string(value: Any, place: str) -> str:
    """The value, which must be a JSON string."""
    if not isinstance(value, str):
        raise InputError(f"expected a string, found {shown(value)}", place=place)
    return value


def as_choice(value: Any, choices: Collection[str], place: str) -> str:
    """The value, which must be one of some words."""
    if not isinstance(value, str) or value not in choices:
        hint = did_you_mean(str(value)[:40], choices)
        raise InputError(f"unknown value {shown(value)}{hint}", place=place)
    return value


def as_integer(value: Any, place: str, low: int, high: int) -> int:
    """The value, which must be a whole number in a range."""
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if not whole or isinstance(value, bool):
        raise InputError(f"expected a whole number, found {shown(value)}", place=place)
    if not low <= value <= high:
        raise InputError(f"expected a whole number from {low} to {high}, found {shown(value)}", place=place)
    return int(value)


def as_number(value: Any, place: str) -> float:
    """The value, which must be a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"expected a number, found {shown(value)}", place=place)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputError("the number is too large or not finite", place=place)
    return number


def refuse_unknown_keys(members: dict[str, Any], known: Collection[str], place: str) -> None:
    """InputError for the first key that is not known, with the closest that is."""
    for key in members:
        if key not in known:
            raise InputError(f"unknown key {shown(key)}{did_you_mean(key[:40], known)}", place=place)
