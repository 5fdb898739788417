"""What depends on the settings alone is worked out once for all tables that share them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

import numpy as np

from qmono.quantum.types import Real

Result = TypeVar("Result")

LARGEST = 2**16
"""Bytes of an array that is still looked up by its content; of larger ones every answer is made anew."""

KEPT = 8


def cached_by_content(function: Callable[[Real], Result]) -> Callable[[Real], Result]:
    """Remember the last answers of a pure function of one array; nobody may change what it gets."""

    @lru_cache(maxsize=KEPT)
    def remembered(shape: tuple[int, ...], content: bytes) -> Result:
        return function(np.frombuffer(content).reshape(shape))

    @wraps(function)
    def looked_up(array: Real) -> Result:
        if array.nbytes > LARGEST:
            return function(array)
        return remembered(array.shape, array.astype(np.float64, copy=False).tobytes())

    return looked_up
