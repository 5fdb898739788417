"""Answers are remembered by what an array holds, not by which array it is."""

from __future__ import annotations

import numpy as np

from qmono.quantum.content_cache import LARGEST, cached_by_content


def test_equal_content_is_worked_out_once_and_other_content_again():
    asked = []

    @cached_by_content
    def total(array):
        asked.append(array.shape)
        return float(array.sum())

    first = np.arange(6.0).reshape(2, 3)
    assert total(first) == total(first.copy()) == total(first.astype(np.int64)) == 15.0
    assert asked == [(2, 3)]
    assert total(first.reshape(3, 2)) == 15.0
    assert total(first + 1) == 21.0
    assert asked == [(2, 3), (3, 2), (2, 3)]


def test_a_large_array_is_not_kept():
    asked = []

    @cached_by_content
    def size(array):
        asked.append(array.size)
        return array.size

    large = np.zeros(LARGEST // 8 + 1)
    assert size(large) == size(large) == large.size
    assert len(asked) == 2
