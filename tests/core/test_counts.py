from __future__ import annotations

import numpy as np
import pytest

from qmono.core.counts import (
    CountsTable,
    ParityRows,
    ProjectorRows,
    SettingRows,
    angle_direction,
    mirrored_outcomes,
    pauli_directions,
)
from qmono.core.pooling import pooled
from qmono.errors import InputError


def table(counts: list[list[int]], labels: tuple[str, ...] = ("XZ", "ZX")) -> CountsTable:
    return CountsTable(2, settings=SettingRows(labels, np.array(counts), pauli_directions(labels)))


def test_totals() -> None:
    mine = table([[1, 2, 3, 4], [5, 6, 7, 8]])
    assert mine.total == 36
    assert mine.settings is not None
    assert mine.settings.totals.tolist() == [10, 26]


def test_reversing_outcomes_swaps_01_and_10_only() -> None:
    mine = table([[1, 2, 3, 4], [5, 6, 7, 8]]).with_outcomes_reversed()
    assert mine.settings is not None
    assert mine.settings.counts.tolist() == [[1, 3, 2, 4], [5, 7, 6, 8]]
    assert mine.settings.labels == ("XZ", "ZX")


def test_reversing_labels_moves_the_bases() -> None:
    mine = table([[1, 2, 3, 4], [5, 6, 7, 8]]).with_labels_reversed()
    assert mine.settings is not None
    assert mine.settings.labels == ("ZX", "XZ")
    assert mine.settings.directions is not None
    assert np.array_equal(mine.settings.directions, pauli_directions(("ZX", "XZ")))


def test_mirrored_outcomes_of_three_qubits() -> None:
    assert mirrored_outcomes(3).tolist() == [0, 4, 2, 6, 1, 5, 3, 7]


@pytest.mark.parametrize(
    ("theta", "phi", "expected"), [(0, 0, (0, 0, 1)), (90, 0, (1, 0, 0)), (90, 90, (0, 1, 0))]
)
def test_angles(theta: float, phi: float, expected: tuple[float, ...]) -> None:
    assert angle_direction(theta, phi) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([[1, 2, 3], [4, 5, 6]], "shape"),
        ([[1, 2, 3, -4], [5, 6, 7, 8]], "row 'XZ': counts must not be negative"),
    ],
)
def test_impossible_counts_are_refused(counts: list[list[int]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        table(counts)


def test_fractions_must_be_declared() -> None:
    rows = SettingRows(("Z",), np.array([[0.5, 1.5]]), pauli_directions(("Z",)))
    with pytest.raises(InputError, match="integers"):
        CountsTable(1, settings=rows)
    assert CountsTable(1, settings=rows, values="averages").total == 2


def test_not_a_number_is_refused() -> None:
    rows = ParityRows(("X", "Z"), np.array([[1.0, 2.0], [np.nan, 1.0]]))
    with pytest.raises(InputError, match="row 'Z': counts must be finite"):
        CountsTable(1, parities=rows, values="corrected")


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(InputError, match="no rows"):
        CountsTable(2)


def test_pooling_adds_every_kind_of_row_and_keeps_the_parts_as_rounds() -> None:
    directions = pauli_directions(("ZZ",))
    mine = CountsTable(
        2,
        settings=SettingRows(("XZ",), np.array([[1, 2, 3, 4]]), pauli_directions(("XZ",))),
        projectors=ProjectorRows(("00",), directions, np.array([5]), np.array([2.0])),
        parities=ParityRows(("XX",), np.array([[6, 7]])),
    )
    total = pooled([mine, mine, mine])
    assert total.settings is not None
    assert total.projectors is not None
    assert total.parities is not None
    assert total.settings.counts.tolist() == [[3, 6, 9, 12]]
    assert total.settings.rounds is not None
    assert total.settings.rounds.shape == (3, 1, 4)
    assert total.projectors.counts.tolist() == [15]
    assert total.projectors.exposure.tolist() == [6.0]
    assert total.parities.counts.tolist() == [[18, 21]]


def test_pooling_refuses_other_rows() -> None:
    with pytest.raises(InputError, match="rows are not those"):
        pooled([table([[1, 2, 3, 4], [5, 6, 7, 8]]), table([[1, 2, 3, 4], [5, 6, 7, 8]], ("XX", "ZX"))])
