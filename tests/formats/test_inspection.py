"""`inspect_counts` on files whose answers are known."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from qmono.analysis.inspection import Inspection, inspect_counts
from qmono.formats.reading import ReadOptions, read_counts

SAMPLES = Path(__file__).parents[2] / "sample_data"


def inspect(content: bytes) -> Inspection:
    return inspect_counts(read_counts("-", stdin=io.BytesIO(content)))


def test_a_reversed_order_is_noticed_and_shown() -> None:
    path = SAMPLES / "simulated" / "asymmetric_qiskit.json"
    assumed = inspect_counts(read_counts(path))
    assert not assumed.order_declared
    assert assumed.order_effect is not None
    assert assumed.order_effect.one_is_reversed
    right = inspect_counts(read_counts(path, ReadOptions(bit_order="qiskit")))
    assert right.order_declared
    assert right.order_effect is not None
    assert not right.order_effect.one_is_reversed
    assert right.order_effect.nats == pytest.approx(-assumed.order_effect.nats, abs=1.1)
    assert right.order_effect.as_read.concurrence == pytest.approx(
        assumed.order_effect.reversed.concurrence, abs=0.01
    )


def test_a_symmetric_state_does_not_care() -> None:
    found = inspect_counts(read_counts(SAMPLES / "simulated" / "bell.json"))
    assert found.order_effect is not None
    assert not found.order_effect.one_is_reversed
    assert abs(found.order_effect.nats) < 10
    assert found.order_effect.as_read.bell_state == "phi+"
    # F of werner:0.93 is (1 + 3 * 0.93)/4
    assert found.order_effect.as_read.bell_fidelity == pytest.approx(0.9475, abs=0.015)


def test_three_qubits_are_compared_by_purity() -> None:
    found = inspect_counts(read_counts(SAMPLES / "simulated" / "ghz3.json"))
    assert found.order_effect is not None
    assert found.order_effect.as_read.bell_state is None
    assert found.order_effect.as_read.purity == pytest.approx(0.866, abs=0.03)  # 0.92^2 7/8 + 1/8


def test_missing_and_empty_rows_are_named() -> None:
    found = inspect(b'{"XX": {"00": 5}, "YY": {}, "ZZ": {"00": 1, "11": 2}}')
    (rows,) = found.rows
    assert (rows.kind, rows.n_rows, rows.smallest, rows.largest, rows.total) == ("settings", 3, 0, 5, 8)
    assert (rows.n_empty, rows.empty) == (1, ("YY",))
    assert (rows.n_missing, rows.missing) == (6, ("XY", "XZ", "YX", "YZ", "ZX", "ZY"))


def test_missing_inputs_of_a_bell_test() -> None:
    found = inspect(b'{"00": {"00": 5}, "11": {"00": 1}}')
    assert found.rows[0].missing == ("01", "10")
    assert found.order_effect is None
    assert found.order_reason is not None
    assert "bases are not known" in found.order_reason


def test_many_missing_rows_are_counted_and_a_few_named() -> None:
    found = inspect(b'{"XXXXXX": {}}')
    assert found.rows[0].n_missing == 3**6 - 1
    assert len(found.rows[0].missing) == 20
    assert found.order_reason == "compared for up to 4 qubits only"


def test_counts_of_nothing_compare_nothing() -> None:
    assert inspect(b'{"XX": {}}').order_reason == "there are no counts"
    assert inspect(b'{"X": {"0": 3}}').order_reason == "one qubit has no order"


def test_averages_are_guessed() -> None:
    path = SAMPLES / "twin_photons_spdc" / "counts.csv"
    found = inspect_counts(read_counts(path))
    assert (found.values, found.likely_mean_of, found.mean_of) == ("averages", 50, None)
    assert found.rows[0].n_missing is None
    restored = inspect_counts(read_counts(path, ReadOptions(mean_of=50)))
    assert (restored.values, restored.likely_mean_of, restored.mean_of) == ("counts", None, 50)


def test_parities_say_which_strings_are_missing() -> None:
    found = inspect_counts(read_counts(SAMPLES / "rigetti_aspen4_bell" / "bell-state-tomography.csv"))
    assert (found.rows[0].kind, found.rows[0].n_rows, found.rows[0].n_missing) == ("parities", 15, 0)
    assert found.order_reason == "the rows have no outcome strings"


def test_it_is_plain_json() -> None:
    found = inspect_counts(read_counts(SAMPLES / "simulated" / "chsh.json"))
    document = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert document["format"] == "qmono"
    assert document["n_rounds"] == 4
    assert document["design"] == "fixed-blocks"
    assert document["rows"][0]["total"] == 4096
    assert document["order_effect"]["as_read"]["bell_state"] == "phi+"
