"""Counts as they stand in files, `{"00": 12, ...}`, to arrays and back."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from qmono.core.counts import CountArray, FloatArray, IntArray
from qmono.core.vocabulary import Order, Values
from qmono.errors import InputError
from qmono.formats.strict_text import as_number, as_object, shown, within

MAX_QUBITS = 64
MAX_CELLS = 2**26
"""The full Pauli tomography of ten qubits, 6**10 cells, is taken."""
MAX_COUNT = 2**53
"""The largest count taken: up to here float64 arithmetic on counts is exact."""


def check_size(n_qubits: int, rows: int, place: str = "", base: int = 2) -> None:
    """InputError if rows of complete outcomes would need more numbers than fit in memory."""
    if n_qubits > MAX_QUBITS or rows * base**n_qubits > MAX_CELLS:
        raise InputError(
            f"{rows} settings of {n_qubits} qubits have too many outcomes; at most {MAX_CELLS} in all",
            place=place,
        )


def outcome_positions(
    outcomes: Sequence[str], n_qubits: int, place: str, bit_order: Order, base: int = 2
) -> list[int]:
    """Index of every outcome string with qubit 0 first; InputError for one that is none.

    base: how many outcomes each part has, up to 10, a digit each.
    """
    digits = set("0123456789"[:base])
    strings = all(len(outcome) == n_qubits for outcome in outcomes)
    if strings and set("".join(outcomes)) <= digits:
        if bit_order == "qubit0-last":
            return [int(outcome[::-1], base) for outcome in outcomes]
        return [int(outcome, base) for outcome in outcomes]
    wrong = next(o for o in outcomes if len(o) != n_qubits or not set(o) <= digits)
    kinds = "0 or 1" if base == 2 else f"0 to {base - 1}"
    raise InputError(
        f"unknown outcome {shown(wrong)}; expected {n_qubits} characters, each {kinds}",
        place=within(place, wrong),
    )


def count_array(numbers: list[Any], values: Values, place_of: Callable[[int], str]) -> CountArray:
    """Numbers of a file as an array: int64 for counts, float64 for averages and corrected values.

    place_of(k) names the place of the k-th number, called only for the one that is wrong.
    """
    if values == "counts":
        return whole_counts(numbers, place_of)
    return real_values(numbers, place_of, negative=values == "corrected")


def whole_counts(numbers: list[Any], place_of: Callable[[int], str]) -> IntArray:
    """int64 counts from whole numbers between 0 and 2**53."""
    kinds = set(map(type, numbers))
    if not (kinds <= {int} and all(0 <= number <= MAX_COUNT for number in numbers)):
        for index, number in enumerate(numbers):
            if as_number_in_range(number, place_of(index), negative=False) != int(number):
                raise InputError(
                    f"counts must be whole numbers, found {shown(number)}", place=place_of(index)
                )
    return np.array(numbers, dtype=np.int64)


def real_values(numbers: list[Any], place_of: Callable[[int], str], *, negative: bool) -> FloatArray:
    """float64 values; below zero only where they are corrected ones."""
    if set(map(type, numbers)) <= {int, float}:
        low, high = min(numbers, default=0), max(numbers, default=0)
        if low > -MAX_COUNT and high < MAX_COUNT and (low >= 0 or negative) and not math.isnan(sum(numbers)):
            return np.array(numbers, dtype=np.float64)
    checked = [
        as_number_in_range(number, place_of(index), negative=negative) for index, number in enumerate(numbers)
    ]
    return np.array(checked, dtype=np.float64)


def as_number_in_range(value: Any, place: str, *, negative: bool) -> float:
    """A finite number of magnitude at most 2**53, not below zero unless `negative`."""
    number = as_number(value, place)
    if abs(number) > MAX_COUNT or (isinstance(value, int) and abs(value) > MAX_COUNT):
        raise InputError(f"{shown(value)} is too large; counts go up to 2^53", place=place)
    if number < 0 and not negative:
        raise InputError(f"counts must not be negative, found {shown(value)}", place=place)
    return number


def outcome_row(
    value: Any, n_qubits: int, values: Values, place: str, bit_order: Order, *, base: int = 2
) -> CountArray:
    """The counts (base**n,), qubit 0 first, of `{outcome: count}`; outcomes that are not there are 0."""
    cells = as_object(value, place)
    outcomes = list(cells)
    positions = outcome_positions(outcomes, n_qubits, place, bit_order, base)
    numbers = count_array(list(cells.values()), values, lambda index: within(place, outcomes[index]))
    row: CountArray = np.zeros(base**n_qubits, dtype=np.int64 if values == "counts" else np.float64)
    row[positions] = numbers
    return row


def stack(rows: Sequence[CountArray], axis: int = 0) -> CountArray:
    """Rows of one kind of numbers as one array."""
    stacked: CountArray = np.stack(list(rows), axis=axis)  # type: ignore[assignment]
    return stacked


def outcome_object(row: CountArray) -> dict[str, int | float]:
    """The inverse of `outcome_row`: outcomes with their counts, those that did not occur left out."""
    width = row.size.bit_length() - 1
    return {format(index, f"0{width}b"): row[index].item() for index in np.flatnonzero(row).tolist()}
