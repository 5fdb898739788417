"""The three measured formats: numbers restored, labels that do not lie."""

from __future__ import annotations

import io

import numpy as np
import pytest

from qmono.core.counts import CountsTable
from qmono.formats.counts.bases import (
    bloch_vector,
    direction_angles,
    directions_from_angles,
    ket_amplitudes,
    ket_label,
)
from qmono.formats.counts.photonic import LAYOUTS, Layout
from qmono.formats.reading import ReadOptions, read_counts

HEADER = "setting,expectation,total_counts,raw_expectation,calibration_expectation"


def read(text: str, **options: object) -> CountsTable:
    return read_counts("-", ReadOptions(**options), stdin=io.BytesIO(text.encode()))  # type: ignore[arg-type]


def tomo(*rows: str, more: str = "") -> CountsTable:
    return read(f"tomo_input=[{','.join(f'[{row}]' for row in rows)}]{more}")


def test_raw_expectations_are_whole_counts_and_corrected_ones_are_not() -> None:
    text = f"{HEADER}\nZ0_0 * Z0_1→(1+0j)*X0X1,1.0103,40000,0.8314,0.8229"
    raw, corrected = read(text), read(text, column="corrected")
    assert raw.parities is not None
    assert corrected.parities is not None
    assert raw.parities.counts.tolist() == [[36628, 3372]]  # 40000 (1 +- 0.8314)/2
    assert (raw.values, raw.metadata["calibration_expectation"]) == ("counts", {"XX": 0.8229})
    np.testing.assert_allclose(corrected.parities.counts, [[40206, -206]])  # 40000 (1 +- 1.0103)/2
    assert corrected.values == "corrected"


def test_qubits_are_the_labels_in_rising_order_also_beyond_nine() -> None:
    text = f"{HEADER}\nZ0_10 * Z0_2→(1+0j)*X10Z2,0,100,0,1\nZ0_10 * Z0_2→(1+0j)*Y10,0,100,0,1"
    table = read(text)
    assert table.parities is not None
    assert table.parities.labels == ("ZX", "IY")
    assert table.metadata["qubits"] == [2, 10]


def test_a_prepared_qubit_counts_even_if_it_is_never_measured() -> None:
    table = read(f"{HEADER}\nZ0_0 * Z0_1→(1+0j)*X0,0,100,0,1")
    assert table.parities is not None
    assert table.parities.labels == ("XI",)


def test_two_detectors_give_complete_settings_with_poisson_totals() -> None:
    table = tomo("10,1,2,3,4, 5,6,7,8, 1,0,0.707107,0+0.707107j", more="\nintensity=[1]")
    assert table.settings is not None
    assert table.settings.labels == ("ZY",)
    assert table.settings.counts.tolist() == [[5, 6, 7, 8]]
    assert table.statistics == "poisson"
    assert table.metadata == {"time": [10.0], "singles": [[1.0, 2.0, 3.0, 4.0]], "intensity": [1.0]}


def test_a_basis_upside_down_is_read_with_its_outcomes_exchanged() -> None:
    table = tomo("1,0,0,0,0, 5,6,7,8, 0,1,1,0", "1,0,0,0,0, 50,60,70,80, 1,0,0.707107,-0.707107")
    assert table.settings is not None
    assert table.settings.labels == ("ZZ", "ZX")
    assert table.settings.counts.tolist() == [[7, 8, 5, 6], [60, 50, 80, 70]]
    assert table.metadata["outcomes_exchanged"] == [[1, 0], [0, 1]]
    assert table.settings.directions is not None
    assert table.settings.directions.tolist() == [[[0, 0, 1], [0, 0, 1]], [[0, 0, 1], [1, 0, 0]]]


def test_rows_that_are_one_setting_are_added_up() -> None:
    table = tomo("1,0,0,0,0, 5,6,7,8, 1,0,1,0", "1,0,0,0,0, 10,20,30,40, 0,1,1,0")
    assert table.settings is not None
    assert table.settings.counts.tolist() == [[5 + 30, 6 + 40, 7 + 10, 8 + 20]]
    assert table.metadata["rows_added_up"] == 1
    assert table.metadata["outcomes_exchanged"] == [None]


def test_other_bases_are_named_by_their_angles() -> None:
    table = tomo("1,0,0,0,0, 5,6,7,8, 0.9238795,0.3826834,1,0")
    assert table.settings is not None
    assert table.settings.labels == ("(45,0)Z",)


def test_bases_that_differ_are_not_added_up() -> None:
    table = tomo("1,0,0,0,0, 5,6,7,8, 0.9238795,0.3826834,1,0", "1,0,0,0,0, 5,6,7,8, 0.9239,0.3826,1,0")
    assert table.settings is not None
    assert len(set(table.settings.labels)) == 2


def test_one_detector_gives_projectors_whose_exposure_is_time_times_intensity() -> None:
    table = tomo("10,1,2, 5, 0,1,0.707107,-0.707107j", more="\nintensity=[0.5]")
    assert table.projectors is not None
    assert table.projectors.labels == ("1l",)
    assert table.projectors.exposure.tolist() == [5.0]
    assert table.projectors.counts.tolist() == [5]


def test_no_two_layouts_of_few_qubits_look_alike() -> None:
    widths = [layout.width for layout in LAYOUTS]
    assert len(set(widths)) == len(widths)
    assert Layout(2, 2).width == 13
    assert Layout(2, 1).width == 8


@pytest.mark.parametrize(
    ("amplitudes", "direction", "name"),
    [
        ((1, 0), (0, 0, 1), "0"),
        ((0, 1j), (0, 0, -1), "1"),
        ((0.707107, 0.707107), (1, 0, 0), "+"),
        ((0.5, -0.5), (-1, 0, 0), "-"),
        ((1, 1j), (0, 1, 0), "r"),
        ((1j, 1), (0, -1, 0), "l"),
    ],
)
def test_kets_and_bloch_vectors(
    amplitudes: tuple[complex, complex], direction: tuple[float, ...], name: str
) -> None:
    found = bloch_vector(amplitudes)
    np.testing.assert_allclose(found, direction, atol=1e-12)
    np.testing.assert_allclose(bloch_vector(ket_amplitudes(found).tolist()), direction, atol=1e-12)
    assert ket_label(np.array([found])) == name


def test_angles_name_the_direction_they_came_from() -> None:
    rng = np.random.default_rng(4)
    vectors = rng.normal(size=(200, 3))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    angles = [direction_angles(vector) for vector in vectors.tolist()]
    np.testing.assert_allclose(directions_from_angles(angles), vectors, atol=1e-9)
    assert all(-90 < phi <= 90 for _, phi in angles)
