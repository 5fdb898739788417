"""Bell inequalities of one's own: `qmono.inequality/1` JSON, read and written.

    {"schema": "qmono.inequality/1", "inputs": [2, 2],
     "correlators": [{"inputs": [0, 0], "weight": 1}, ..., {"inputs": [0, null], "weight": 0.5}]}

The expression is the sum of `correlators` (two outcomes +-1, null for a party that is not looked at) and
`probabilities` (`{"inputs": [0, 1], "outcomes": [0, 1], "coefficient": -1}`). A term with null is the mean
over the settings that occur in full terms, or over all if there is none.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from qmono.errors import InputError, UsageError
from qmono.formats.counts.setting_rows import read_bases
from qmono.formats.documents.inequality_terms import read_coefficients, terms_of
from qmono.formats.documents.state_file import state_document, state_of_document
from qmono.formats.source import read_bytes
from qmono.formats.strict_text import (
    as_choice,
    as_integer,
    as_list,
    as_number,
    as_object,
    as_string,
    parse_json,
    refuse_unknown_keys,
    shown,
)
from qmono.quantum.bell.inequality import (
    Inequality,
    Realisation,
    bell_value,
    hybrid_bound,
    local_bound,
)
from qmono.quantum.states import State, named_state
from qmono.quantum.types import Real

SCHEMA = "qmono.inequality/1"
MAX_PARTIES = 8
MAX_INPUTS = 100
MAX_OUTCOMES = 10
MAX_CELLS = 2**22
TOLERANCE = 1e-6
_KEYS = (
    "schema",
    "name",
    "title",
    "reference",
    "inputs",
    "outcomes",
    "correlators",
    "probabilities",
    "model",
    "local_bound",
    "quantum_bound",
    "no_signalling_bound",
    "state",
    "bases",
)


def read_inequality(path: str | Path, *, stdin: BinaryIO | None = None) -> Inequality:
    """The inequality of a file ("-": of `stdin`), with its bound by enumeration; InputError if it is none."""
    name, content = read_bytes(path, stdin)
    try:
        return _inequality(as_object(parse_json(content), ""), Path(name).stem)
    except InputError as problem:
        raise problem.at(name) from None


def _inequality(document: dict[str, Any], stem: str) -> Inequality:
    if document.get("schema") != SCHEMA:
        raise InputError(f"expected {SCHEMA!r}, found {shown(document.get('schema'))}", place="schema")
    refuse_unknown_keys(document, _KEYS, "")
    inputs = _sizes(document, "inputs", 1, MAX_INPUTS)
    outcomes = _sizes(document, "outcomes", 2, MAX_OUTCOMES) if "outcomes" in document else (2,) * len(inputs)
    if len(outcomes) != len(inputs):
        raise InputError(f"expected {len(inputs)} entries, found {len(outcomes)}", place="outcomes")
    if int(np.prod([*inputs, *outcomes], dtype=object)) > MAX_CELLS:
        raise InputError(f"more than {MAX_CELLS} coefficients", place="inputs")
    coefficients = read_coefficients(document, outcomes, inputs)
    model = as_choice(document.get("model", "local"), ("local", "hybrid"), "model")
    name = as_string(document.get("name", stem), "name")
    bound, remark = _bound(document, coefficients, model)
    best = _best(document, outcomes, inputs)
    inequality = Inequality(
        # the prefix keeps it apart from the catalogue, whatever its author calls it
        name=f"user:{name}",
        title=as_string(document.get("title", name), "title"),
        coefficients=coefficients,
        local_bound=bound,
        quantum_bound=_number(document, "quantum_bound"),
        no_signalling_bound=_number(document, "no_signalling_bound"),
        best=best,
        reference=as_string(document.get("reference", "from a file"), "reference") + remark,
        model="hybrid" if model == "hybrid" else "local",
    )
    _check_bounds(inequality)
    return inequality


def _sizes(document: dict[str, Any], key: str, least: int, most: int) -> tuple[int, ...]:
    if key not in document:
        raise InputError(f"the key {key!r} is missing")
    sizes = as_list(document[key], key)
    if not 2 <= len(sizes) <= MAX_PARTIES:
        raise InputError(f"expected 2 to {MAX_PARTIES} parties, found {len(sizes)}", place=key)
    return tuple(as_integer(size, f"{key}[{party}]", least, most) for party, size in enumerate(sizes))


def _bound(document: dict[str, Any], coefficients: Real, model: str) -> tuple[float, str]:
    """The bound by enumeration, or as stated where that is too much; and a remark for the reference."""
    stated = _number(document, "local_bound")
    try:
        found = (hybrid_bound if model == "hybrid" else local_bound)(coefficients)
    except UsageError as problem:
        if stated is None:
            raise InputError(f"{problem}; state it as local_bound") from None
        return stated, "; bound as stated in the file, not verified"
    if stated is not None and abs(stated - found) > TOLERANCE * max(1.0, abs(found)):
        raise InputError(f"stated as {stated:g}, but enumeration gives {found:.8g}", place="local_bound")
    return (found if stated is None else stated), ""


def _number(document: dict[str, Any], key: str) -> float | None:
    return None if document.get(key) is None else as_number(document[key], key)


def _best(document: dict[str, Any], outcomes: tuple[int, ...], inputs: tuple[int, ...]) -> Realisation | None:
    if ("state" in document) != ("bases" in document):
        raise InputError("state and bases go together: both or none")
    if "state" not in document:
        return None
    if any(count != 2 for count in outcomes):
        raise InputError("bases are Bloch vectors of qubits: two outcomes for every party", place="bases")
    parties = as_list(document["bases"], "bases", length=len(inputs))
    bases = []
    for party, (vectors, count) in enumerate(zip(parties, inputs, strict=True)):
        bases.append(read_bases(as_list(vectors, f"bases[{party}]", count), count, f"bases[{party}]"))
    return Realisation(_state(document["state"], len(inputs)), tuple(bases))


def _state(value: Any, parties: int) -> State:
    if isinstance(value, str):
        try:
            state = named_state(value)
        except UsageError as problem:
            raise InputError(str(problem), place="state") from None
    else:
        state = state_of_document(as_object(value, "state"), "state", "state")
    if state.dims != (2,) * parties:
        raise InputError(f"expected a state of {parties} qubits, found {state.name!r}", place="state")
    return state


def _check_bounds(inequality: Inequality) -> None:
    """Bounds in order, within what any table of probabilities reaches, above what the bases reach."""
    most = float(inequality.setting_coefficients.max(axis=1).sum())
    slack = TOLERANCE * max(1.0, abs(most))
    if inequality.model == "hybrid" and inequality.parties == 2:
        raise InputError("a hybrid model needs three parties", place="model")
    if inequality.local_bound >= most - slack:
        raise InputError(f"nothing can violate it: no probabilities are above {most:.8g}, its bound")
    reached = -np.inf
    if inequality.best is not None:
        reached = bell_value(inequality.coefficients, inequality.best.behaviour())
    floor, what = inequality.local_bound, "local_bound"
    for key in ("quantum_bound", "no_signalling_bound"):
        bound = getattr(inequality, key)
        if bound is None:
            continue
        if not floor - slack <= bound <= most + slack:
            reach = f"{what} {floor:.8g} and {most:.8g}, the most that any probabilities have"
            raise InputError(f"{bound:g} is not between {reach}", place=key)
        if bound < reached - slack:
            raise InputError(f"{bound:g} is below the {reached:.8g} of state and bases", place=key)
        floor, what = bound, key


def inequality_document(inequality: Inequality) -> dict[str, Any]:
    """An inequality as `qmono.inequality/1` spells it."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "name": inequality.name.removeprefix("user:"),
        "title": inequality.title,
        "reference": inequality.reference,
        "inputs": list(inequality.inputs),
        "outcomes": list(inequality.outcomes),
        "model": inequality.model,
        "local_bound": inequality.local_bound,
        **terms_of(inequality),
    }
    for key in ("quantum_bound", "no_signalling_bound"):
        if getattr(inequality, key) is not None:
            document[key] = getattr(inequality, key)
    best = inequality.best
    if best is not None and best.directions is not None:
        document["state"] = state_document(best.state)
        document["bases"] = [vectors.tolist() for vectors in best.directions]
    return document


def inequality_text(inequality: Inequality) -> str:
    """The document as JSON, one term a line."""
    document = inequality_document(inequality)
    lines = []
    for key, value in document.items():
        if key in ("correlators", "probabilities", "bases"):
            items = ",\n".join(f"    {json.dumps(item)}" for item in value)
            lines.append(f"  {json.dumps(key)}: [\n{items}\n  ]")
        else:
            lines.append(f"  {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}"
