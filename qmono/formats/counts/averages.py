"""Averages of N repeats: how they give themselves away, and how they become counts again.

Means of N whole numbers are whole numbers divided by N, so all values times N are whole. The shot noise
of averages is unknown until N is; with N it is that of the sums.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from qmono.core.counts import CountArray, CountsTable, FloatArray, IntArray
from qmono.errors import UsageError
from qmono.formats.counts.cells import MAX_COUNT

LARGEST_GUESS = 1000
LIKELY_MEAN_OF = "likely_mean_of"
"""Key of the metadata under which a detected N stands."""


def whole_multiples(values: FloatArray, repeats: int) -> IntArray | None:
    """`repeats * values` as integers, or None if one of them is not whole within the digits of the file."""
    products = values * repeats
    whole = np.rint(products)
    tolerance = 1e-3 + 1e-12 * np.abs(products)
    if np.any(np.abs(products - whole) > np.minimum(tolerance, 0.01)) or np.any(np.abs(whole) > MAX_COUNT):
        return None
    return whole.astype(np.int64)


def detect_mean_of(values: FloatArray) -> int | None:
    """The smallest N from 2 to 1000 for which N times every value is whole; None if there is none.

    Values that are whole already are no averages: None.
    """
    if values.size == 0 or whole_multiples(values, 1) is not None:
        return None
    return next((n for n in range(2, LARGEST_GUESS + 1) if whole_multiples(values, n) is not None), None)


def values_metadata(values: FloatArray) -> dict[str, Any]:
    """`{"likely_mean_of": N}` if the values look like averages of N."""
    repeats = detect_mean_of(values)
    return {} if repeats is None else {LIKELY_MEAN_OF: repeats}


def restore_counts(table: CountsTable, repeats: int) -> CountsTable:
    """The table of sums behind averages of `repeats`; exposures grow with them.

    Raises UsageError if the table holds no averages or they are not averages of that many.
    """
    if table.values != "averages":
        raise UsageError(f"--mean-of {repeats}: the file holds {table.values}, not averages")
    restored: dict[str, Any] = {
        name: _restored_block(block, repeats)
        for name in ("settings", "projectors", "parities")
        if (block := getattr(table, name)) is not None
    }
    metadata = {key: value for key, value in table.metadata.items() if key != LIKELY_MEAN_OF}
    return replace(table, **restored, values="counts", mean_of=repeats, metadata=metadata)


def _restored_block(block: Any, repeats: int) -> Any:
    changes: dict[str, Any] = {"counts": _restored(block.counts, repeats)}
    if getattr(block, "rounds", None) is not None:
        changes["rounds"] = _restored(block.rounds, repeats)
    if hasattr(block, "exposure"):
        changes["exposure"] = block.exposure * repeats
    return replace(block, **changes)


def _restored(values: CountArray, repeats: int) -> IntArray:
    counts = whole_multiples(values.astype(np.float64), repeats)
    if counts is None:
        likely = detect_mean_of(values.astype(np.float64).reshape(-1))
        hint = f"; the values fit averages of {likely}" if likely else ""
        raise UsageError(f"--mean-of {repeats}: the values times {repeats} are not whole numbers{hint}")
    return counts
