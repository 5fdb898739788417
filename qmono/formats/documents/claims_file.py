"""Claims files, schema `qmono.claims/1`: JSON Lines or CSV, one claim a line.

    {"id": "ab", "qubits": ["A.0", "B.0"], "quantity": "fidelity", "passes": 2790, "trials": 3000}
    {"id": "ac", "qubits": ["A.0", "C.1"], "quantity": "S", "lower": 2.4, "level": 0.99, "window": "w7"}
    {"id": "de", "qubits": ["D.0", "E.0"], "dimensions": [3, 3], "quantity": "fidelity", "lower": 0.8, ...}

A first line may hold the schema alone. A line without dimensions is of two-level systems. As CSV the same
words are columns, with `qubit_a`, `qubit_b`, `dimension_a` and `dimension_b`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from qmono.core.claims import QUANTITIES, Claim, Claims, Quantity, highest
from qmono.core.provenance import Origin
from qmono.errors import InputError
from qmono.formats.source import read_bytes
from qmono.formats.strict_text import (
    as_choice,
    as_integer,
    as_list,
    as_number,
    as_string,
    decode,
    refuse_unknown_keys,
    shown,
)
from qmono.formats.strict_text import parse_json as strict_json

SCHEMA = "qmono.claims/1"
KEYS = (
    *("schema", "id", "qubits", "dimensions", "quantity", "target", "passes", "trials", "lower", "level"),
    *("window", "herald", "source"),
)
ENDS = {"qubits": ("qubit_a", "qubit_b"), "dimensions": ("dimension_a", "dimension_b")}
"""Keys of both ends, and the columns that hold them."""
COLUMNS = (*ENDS["qubits"], *ENDS["dimensions"], *(key for key in KEYS if key not in ("schema", *ENDS)))
MAX_TRIALS = 10**15
MAX_DIMENSION = 1024
QUBITS = (2, 2)
_QUBIT = re.compile(r"[^\s.,]+(\.[^\s.,]+)+")
_HEAD = 2**16


def is_claims(source: str | Path) -> bool:
    """Whether a file looks like claims: JSON Lines with qubits and a quantity, or CSV with those columns."""
    try:
        with Path(source).open("rb") as file:
            head = file.read(_HEAD)
    except (OSError, ValueError):
        return False
    first = head.lstrip().split(b"\n", 1)[0]
    if first.startswith(b"{"):
        return (b'"quantity"' in first and b'"qubits"' in first) or SCHEMA.encode() in first
    return b"qubit_a" in first and b"quantity" in first


def read_claims(source: str | Path, *, stdin: BinaryIO | None = None) -> Claims:
    """The claims of a file ("-": of `stdin`); InputError names file and line of what is malformed.

    A line that contradicts itself or one before is malformed: more passes than trials, a limit that quantum
    theory excludes, a pair of one qubit with itself, counts and a limit at once, an id that occurred before,
    a physical qubit of two dimensions.
    """
    name, content = read_bytes(source, stdin)
    try:
        claims = tuple(_claims(content))
    except InputError as problem:
        raise problem.at(name) from None
    if not claims:
        raise InputError("holds no claims", source=name)
    return Claims(claims, Origin(name, hashlib.sha256(content).hexdigest(), SCHEMA))


def _claims(content: bytes) -> Iterator[Claim]:
    seen: dict[str, int] = {}
    dimensions: dict[str, tuple[int, int]] = {}
    for number, members in _lines(decode(content)):
        if members == {"schema": SCHEMA} and not seen:
            continue
        try:
            claim = _claim(members)
            if claim.id in seen:
                raise InputError(f"the id {shown(claim.id)} occurred in line {seen[claim.id]}", place="id")
            for end, dimension in zip(claim.ends, claim.dimensions, strict=True):
                known, where = dimensions.setdefault(end, (dimension, number))
                if known != dimension:
                    problem = f"{shown(end)} has dimension {dimension} here and {known} in line {where}"
                    raise InputError(problem, place="dimensions")
        except InputError as problem:
            place = f"line {number}" + (f" {problem.place}" if problem.place else "")
            raise InputError(problem.problem, place=place) from None
        seen[claim.id] = number
        yield claim


def _lines(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number and members of every line that is not blank."""
    if not text.lstrip().startswith("{"):
        yield from _csv_lines(text)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, _json_line(line, number)


def _json_line(line: str, number: int) -> dict[str, Any]:
    try:
        members = json.loads(line, object_pairs_hook=_unique)
    except ValueError:
        members = None
    if isinstance(members, dict):
        return members
    try:  # only what is wrong is read again, for the message
        found = strict_json(line.encode())
    except InputError as problem:
        raise InputError(problem.problem, place=f"line {number}") from None
    raise InputError(f"expected an object, found {shown(found)}", place=f"line {number}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key occurs twice")
    return members


def _csv_lines(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True)
    names: list[str] | None = None
    try:
        for cells in reader:
            if not any(map(str.strip, cells)):
                continue
            if names is None:
                names = _header([cell.strip() for cell in cells], reader.line_num)
                continue
            if len(cells) != len(names):
                problem = f"expected {len(names)} columns, found {len(cells)}"
                raise InputError(problem, place=f"line {reader.line_num}")
            yield reader.line_num, _from_cells(dict(zip(names, map(str.strip, cells), strict=True)))
    except csv.Error as problem:
        raise InputError(f"not valid CSV: {problem}", place=f"line {reader.line_num}") from None


def _header(names: list[str], number: int) -> list[str]:
    refuse_unknown_keys(dict.fromkeys(names), COLUMNS, f"line {number}")
    missing = [name for name in ("id", "qubit_a", "qubit_b", "quantity") if name not in names]
    if missing or len(set(names)) != len(names):
        problem = f"the column {missing[0]!r} is missing" if missing else "a column name occurs twice"
        raise InputError(problem, place=f"line {number}")
    return names


def _from_cells(cells: dict[str, str]) -> dict[str, Any]:
    """The members a JSON line would have; empty cells say nothing, numbers are read as JSON reads them."""
    members: dict[str, Any] = {key: text for key, text in cells.items() if text}
    for key in ("passes", "trials", "lower", "level", *ENDS["dimensions"]):
        if key in members:
            try:
                members[key] = json.loads(members[key])
            except ValueError:
                members[key] = str(members[key])
    members["qubits"] = [members.pop(column, "") for column in ENDS["qubits"]]
    dimensions = [members.pop(column) for column in ENDS["dimensions"] if column in members]
    if dimensions:
        members["dimensions"] = dimensions
    return members


def _claim(members: dict[str, Any]) -> Claim:
    if not members.keys() <= _KNOWN:
        refuse_unknown_keys(members, KEYS, "")
    if members.get("schema", SCHEMA) != SCHEMA:
        raise InputError(f"expected {SCHEMA!r}, found {shown(members['schema'])}", place="schema")
    for key in ("id", "qubits", "quantity"):
        if key not in members:
            raise InputError(f"{key!r} is missing")
    quantity = cast(Quantity, as_choice(members["quantity"], QUANTITIES, "quantity"))
    words = {
        key: as_string(members[key], key) if members.get(key) is not None else None
        for key in ("target", "window", "herald", "source")
    }
    dimensions = _dimensions(members["dimensions"]) if "dimensions" in members else QUBITS
    is_counted = "trials" in members or "passes" in members
    evidence = (_counts if is_counted else _limit)(members, quantity, dimensions)
    return Claim(
        id=as_string(members["id"], "id"),
        ends=_ends(members["qubits"]),
        quantity=quantity,
        dimensions=dimensions,
        **evidence,
        **words,  # type: ignore[arg-type]
    )


_KNOWN = frozenset(KEYS)


def _ends(value: Any) -> tuple[str, str]:
    first, second = (as_string(qubit, "qubits") for qubit in as_list(value, "qubits", 2))
    for qubit in (first, second):
        if not _QUBIT.fullmatch(qubit):
            raise InputError(f"a physical qubit is written node.qubit, found {shown(qubit)}", place="qubits")
    if first == second:
        raise InputError(f"{shown(first)} makes no pair with itself", place="qubits")
    return first, second


def _dimensions(value: Any) -> tuple[int, int]:
    first, second = (as_integer(d, "dimensions", 2, MAX_DIMENSION) for d in as_list(value, "dimensions", 2))
    return first, second


def _counts(members: dict[str, Any], quantity: Quantity, dimensions: tuple[int, int]) -> dict[str, Any]:
    for key in ("passes", "trials"):
        if key not in members:
            raise InputError(f"{key!r} is missing: passes and trials go together")
    if "lower" in members or "level" in members:
        raise InputError("gives counts and a limit; one of the two is the claim")
    if quantity not in ("fidelity", "S"):
        problem = f"a {quantity.replace('_', ' ')} has no passes and trials; claim its lower limit"
        raise InputError(problem, place="quantity")
    if dimensions != QUBITS:
        problem = f"passes are of tests of two qubits, not of {_product(dimensions)}; claim a lower limit"
        raise InputError(problem, place="dimensions")
    trials = as_integer(members["trials"], "trials", 1, MAX_TRIALS)
    passes = as_integer(members["passes"], "passes", 0, MAX_TRIALS)
    if passes > trials:
        raise InputError(f"{passes} passes in {trials} trials", place="passes")
    return {"passes": passes, "trials": trials}


def _limit(members: dict[str, Any], quantity: Quantity, dimensions: tuple[int, int]) -> dict[str, Any]:
    for key in ("lower", "level"):
        if key not in members:
            raise InputError(f"{key!r} is missing: give passes and trials, or a lower limit and its level")
    lower, level = as_number(members["lower"], "lower"), as_number(members["level"], "level")
    most = highest(quantity, dimensions)
    if not 0 <= lower <= most + 1e-12:
        where = "" if dimensions == QUBITS else f" of {_product(dimensions)}"
        problem = f"no {quantity.replace('_', ' ')}{where} is {lower:g}; it lies from 0 to {most:.4g}"
        raise InputError(problem, place="lower")
    if not 0.5 <= level < 1:
        raise InputError(f"a level lies from 0.5 to below 1, found {level:g}", place="level")
    return {"lower": lower, "level": level}


def _product(dimensions: tuple[int, int]) -> str:
    return " x ".join(map(str, dimensions))
