"""Crosstalk as files state it: in the photonic text by detectors, in qmono.counts/1 by true outcomes."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest

from qmono.core.counts import CountsTable
from qmono.errors import InputError
from qmono.formats import FORMATS
from qmono.formats.reading import read_counts

S = 0.7071
ROWS = [[1, 0, 0, 0, 0, 5, 6, 7, 8, 1, 0, 1, 0], [1, 0, 0, 0, 0, 1, 2, 3, 4, S, -S, 1, 0]]
"""Two detectors a qubit: Z and Z; -X and Z."""
FULL = [
    [0.9842, 0.0049, 0.0049, 0],
    [0.0079, 0.9871, 0, 0.005],
    [0.0079, 0, 0.9871, 0.005],
    [0, 0.008, 0.008, 0.99],
]
"""Row: the detectors that fire; column: those that should. Columns add up to 1."""


def photonic(assignment: str, rows: Any = ROWS) -> CountsTable:
    text = f"conf['NQubits'] = 2\n{assignment}\ntomo_input = np.array({rows})\n"
    return read_counts("-", stdin=io.BytesIO(text.encode()))


@pytest.mark.parametrize(
    "assignment",
    [
        f"conf['Crosstalk'] = {FULL}",
        f'conf["crosstalk"] = np.array({FULL})',
        f"conf.crosstalk={FULL};",
        "conf['CROSSTALK'] = np.array([\n" + ",\n".join(map(str, FULL)) + "])",
    ],
)
def test_a_matrix_is_read_by_the_true_outcome(assignment: str) -> None:
    table = photonic(assignment)
    assert table.calibration is not None
    assert table.calibration.crosstalk is not None
    np.testing.assert_allclose(table.calibration.crosstalk[0], [0.9842, 0.0079, 0.0079, 0], atol=2e-3)
    np.testing.assert_allclose(table.calibration.crosstalk.sum(axis=1), 1, atol=1e-12)
    assert np.argmax(table.calibration.crosstalk[1] * (1 - np.eye(4)[1])) == 3


def test_outcomes_stay_with_their_detectors() -> None:
    """Without crosstalk a basis -X is X with its outcomes exchanged; with it detectors stay what they are."""
    plain, table = photonic(""), photonic(f"conf['Crosstalk'] = {FULL}")
    assert plain.settings is not None
    assert table.settings is not None
    assert plain.settings.labels == ("ZZ", "XZ")
    assert plain.settings.counts[1].tolist() == [3, 4, 1, 2]
    assert table.settings.labels[1] != "XZ"
    assert table.settings.counts[1].tolist() == [1, 2, 3, 4]
    assert table.settings.directions is not None
    assert table.settings.directions[1].tolist() == [[-1, 0, 0], [0, 0, 1]]


def test_matrices_of_each_qubit_are_flips() -> None:
    table = photonic("conf['Crosstalk'] = [[[0.9, 0.2], [0.1, 0.8]], [[1, 0.05], [0, 0.95]]]")
    assert table.calibration is not None
    assert table.calibration.confusion is not None
    assert table.calibration.confusion.tolist() == [[[0.9, 0.1], [0.2, 0.8]], [[1.0, 0.0], [0.05, 0.95]]]


def test_what_is_lost_stays_lost() -> None:
    table = photonic("conf['Crosstalk'] = [[[0.9, 0], [0.1, 0.8]], [[0.9, 0], [0.1, 0.8]]]")
    assert table.calibration is not None
    assert table.calibration.crosstalk is not None
    np.testing.assert_allclose(table.calibration.crosstalk.sum(axis=1), [1, 0.8, 0.8, 0.64])
    assert table.calibration.crosstalk[3].tolist() == pytest.approx([0, 0, 0, 0.64])


@pytest.mark.parametrize(
    "assignment",
    [
        "",
        "conf['Crosstalk'] = -1",
        f"conf['Crosstalk'] = {np.eye(4).tolist()}",
        "conf['Crosstalk'] = [[[1,0],[0,1]],[[1,0],[0,1]]]",
        "# conf['Crosstalk'] = [[1]]",
    ],
)
def test_none_is_none(assignment: str) -> None:
    assert photonic(assignment).calibration is None


@pytest.mark.parametrize(
    ("assignment", "problem"),
    [
        ("conf['Crosstalk'] = load('x')", r"conf\['Crosstalk'\]: expected -1 or a matrix in brackets"),
        ("conf['Crosstalk'] = [[1, 0], [0, 1]]", r"expected 4 rows of 4 numbers, found \(2, 2\)"),
        ("conf['Crosstalk'] = [[1, 0], [0]]", "expected a matrix of real numbers"),
        ("conf['Crosstalk'] = [[1j]]", "expected a matrix of real numbers"),
        ("conf['Crosstalk'] = [[__import__('os')]]", "only numbers in lists are read"),
        ("conf['Crosstalk'] = []", "expected 4 rows of 4 numbers"),
        (
            f"conf['Crosstalk'] = {(2 * np.eye(4)).tolist()}",
            "add up to 1 or less, found .2.0, 0",
        ),
        ("conf['Crosstalk'] = [[[1.1,0],[-0.1,1]],[[1,0],[0,1]]]", "chances that add up to 1 or less"),
        ("conf['Crosstalk'] = [[1, 0, 0", "does not end"),
    ],
)
def test_what_is_malformed_is_named(assignment: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        photonic(assignment)


def document(**calibration: Any) -> bytes:
    rows = [{"setting": "XX", "counts": {"00": 5}}]
    return json.dumps(
        {"schema": "qmono.counts/1", "n_qubits": 2, "calibration": calibration, "rows": rows}
    ).encode()


MATRIX = [[0.9, 0.05, 0.03, 0.02], [0, 1, 0, 0], [0.1, 0, 0.9, 0], [0, 0, 0, 0.8]]


@pytest.mark.parametrize("name", ["qmono", "npz"])
def test_a_stated_matrix_reads_back(name: str) -> None:
    table = read_counts("-", stdin=io.BytesIO(document(crosstalk=MATRIX, taken="2026-11-01")))
    stream = io.BytesIO()
    FORMATS.load(name).write(table, stream)
    again = read_counts("-", stdin=io.BytesIO(stream.getvalue()))
    assert again.calibration is not None
    assert again.calibration.crosstalk is not None
    assert again.calibration.crosstalk.tolist() == MATRIX
    assert again.calibration.taken == "2026-11-01"


def test_the_other_bit_order_mirrors_both_sides() -> None:
    other = json.loads(document(crosstalk=MATRIX)) | {"bit_order": "qubit0-last"}
    table = read_counts("-", stdin=io.BytesIO(json.dumps(other).encode()))
    assert table.calibration is not None
    assert table.calibration.crosstalk is not None
    swap = [0, 2, 1, 3]
    np.testing.assert_array_equal(table.calibration.crosstalk, np.array(MATRIX)[np.ix_(swap, swap)])


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        (
            {"crosstalk": MATRIX, "confusion": []},
            "calibration: a calibration has counts, a con",
        ),
        ({"crosstalk": MATRIX, "counts": []}, "not two"),
        ({"crosstalk": MATRIX[:3]}, r"calibration\.crosstalk: expected 4 entries, found 3"),
        ({"crosstalk": [row[:3] for row in MATRIX]}, r"calibration\.crosstalk\[0\]: expected 4 entries"),
        ({"crosstalk": [["a"] * 4] * 4}, r"calibration\.crosstalk\[0\]: expected a number"),
        (
            {"crosstalk": [*MATRIX[:3], [0, 0, 0.3, 0.8]]},
            r"outcome 11: expected chances .* found .0.0, 0.0, 0.3",
        ),
        ({"crosstalk": 5}, r"calibration\.crosstalk: expected a list"),
    ],
)
def test_a_malformed_matrix_is_named(members: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        read_counts("-", stdin=io.BytesIO(document(**members)))
