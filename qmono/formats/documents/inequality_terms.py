"""The terms of a `qmono.inequality/1` document: correlators and probabilities to coefficients, and back."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from qmono.errors import InputError
from qmono.formats.strict_text import (
    as_integer,
    as_list,
    as_number,
    as_object,
    refuse_unknown_keys,
)
from qmono.quantum.bell.inequality import Inequality
from qmono.quantum.types import Real

Place = tuple[int | None, ...]
"""An input, or an outcome, of every party; None for a party that is not looked at."""


def read_coefficients(document: dict[str, Any], outcomes: tuple[int, ...], inputs: tuple[int, ...]) -> Real:
    """Coefficients (outcomes, inputs) of all terms; InputError for a term that is none or a constant."""
    terms = [*_correlators(document, outcomes, inputs), *_probabilities(document, outcomes, inputs)]
    if not terms:
        raise InputError("there are no terms: correlators or probabilities")
    full = {place for _, place, _ in terms if None not in place}
    coefficients = np.zeros(outcomes + inputs)
    for where, place, weights in terms:
        settings = [setting for setting in full if _matches(setting, place)] or [
            setting for setting in product(*map(range, inputs)) if _matches(setting, place)
        ]
        if not np.any(weights):
            raise InputError("a term has the weight 0", place=where)
        for setting in settings:
            coefficients[(..., *setting)] += weights / len(settings)
    flat = coefficients.reshape(-1, *inputs)
    constant = np.any(flat, axis=0) & (np.ptp(flat, axis=0) <= 1e-12 * np.abs(coefficients).max())
    if np.any(constant):
        setting = np.argwhere(constant)[0].tolist()
        raise InputError(
            f"setting {setting} scores {flat[(0, *setting)]:g} whatever the outcomes: a constant, no term"
        )
    if not np.any(coefficients):
        raise InputError("all coefficients are 0")
    return coefficients


def _matches(setting: Place, place: Place) -> bool:
    return all(wanted is None or x == wanted for x, wanted in zip(setting, place, strict=True))


def _correlators(
    document: dict[str, Any], outcomes: tuple[int, ...], inputs: tuple[int, ...]
) -> list[tuple[str, Place, Real]]:
    terms = []
    for index, item in enumerate(as_list(document.get("correlators", []), "correlators")):
        where = f"correlators[{index}]"
        term = _members(item, ("inputs", "weight"), where)
        place = _place(term["inputs"], inputs, f"{where}.inputs")
        looked_at = [party for party, x in enumerate(place) if x is not None]
        if any(outcomes[party] != 2 for party in looked_at):
            raise InputError("a correlator needs two outcomes; use probabilities", place=where)
        signs = 1.0 - 2.0 * (np.indices(outcomes)[looked_at].sum(axis=0) % 2)
        terms.append((where, place, as_number(term["weight"], f"{where}.weight") * signs))
    return terms


def _probabilities(
    document: dict[str, Any], outcomes: tuple[int, ...], inputs: tuple[int, ...]
) -> list[tuple[str, Place, Real]]:
    terms = []
    for index, item in enumerate(as_list(document.get("probabilities", []), "probabilities")):
        where = f"probabilities[{index}]"
        term = _members(item, ("inputs", "outcomes", "coefficient"), where)
        place = _place(term["inputs"], inputs, f"{where}.inputs")
        answers = _place(term["outcomes"], outcomes, f"{where}.outcomes")
        if [x is None for x in place] != [a is None for a in answers]:
            raise InputError("null in inputs and in outcomes go together", place=where)
        weights = np.zeros(outcomes)
        weights[tuple(slice(None) if a is None else a for a in answers)] = as_number(
            term["coefficient"], f"{where}.coefficient"
        )
        terms.append((where, place, weights))
    return terms


def _members(item: Any, keys: tuple[str, ...], place: str) -> dict[str, Any]:
    members = as_object(item, place)
    refuse_unknown_keys(members, keys, place)
    for key in keys:
        if key not in members:
            raise InputError(f"the key {key!r} is missing", place=place)
    return members


def _place(value: Any, sizes: tuple[int, ...], place: str) -> Place:
    numbers = as_list(value, place, length=len(sizes))
    if all(number is None for number in numbers):
        raise InputError("a term looks at one party at least", place=place)
    return tuple(
        None if number is None else as_integer(number, f"{place}[{party}]", 0, sizes[party] - 1)
        for party, number in enumerate(numbers)
    )


def terms_of(inequality: Inequality) -> dict[str, Any]:
    """Correlators if the expression has nothing else, or every probability with a coefficient."""
    c, n = inequality.coefficients, inequality.parties
    first = c[(0,) * n]
    signs = 1.0 - 2.0 * (np.indices(inequality.outcomes).sum(axis=0) % 2)
    if set(inequality.outcomes) == {2} and np.array_equal(np.multiply.outer(signs, first), c):
        return {
            "correlators": [
                {"inputs": setting, "weight": float(first[tuple(setting)])}
                for setting in inequality.settings.tolist()
            ]
        }
    places = sorted(np.argwhere(c).tolist(), key=lambda place: (place[n:], place[:n]))
    return {
        "probabilities": [
            {"inputs": place[n:], "outcomes": place[:n], "coefficient": float(c[tuple(place)])}
            for place in places
        ]
    }
