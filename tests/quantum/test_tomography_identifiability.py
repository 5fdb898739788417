"""What rows determine, by letters and by span."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from tomography_cases import direction_rows, noisy, parity_rows, pauli_table, projector_rows

from qmono.core.counts import CountsTable, SettingRows, pauli_directions
from qmono.quantum.paulis import LETTERS, pauli_string
from qmono.quantum.states import named_state
from qmono.quantum.tomography.diagnosis import identifiability
from qmono.quantum.tomography.diagnosis.identifiability import (
    determines,
    identified_parameters,
    identified_paulis,
    is_complete,
)


def settings_table(labels, n=2, empty=()):
    counts = np.full((len(labels), 2**n), 10)
    counts[[labels.index(label) for label in empty]] = 0
    return CountsTable(n_qubits=n, settings=SettingRows(labels, counts, pauli_directions(labels)))


def strings(known):
    n = known.ndim
    return {"".join(LETTERS[i] for i in index) for index in product(range(4), repeat=n) if known[index]}


def test_a_setting_determines_its_sub_strings():
    assert strings(identified_paulis(settings_table(("XYZ",), 3))) == {
        *("III", "XII", "IYI", "IIZ", "XYI", "XIZ", "IYZ", "XYZ")
    }


def test_settings_without_counts_determine_nothing():
    assert strings(identified_paulis(settings_table(("XX", "ZZ"), empty=("ZZ",)))) == {"II", "XI", "IX", "XX"}


def test_bell_fidelity_needs_three_settings():
    bell = named_state("phi+").rho
    assert determines(settings_table(("XX", "YY", "ZZ")), bell)
    assert not determines(settings_table(("XX", "ZZ")), bell)


def test_full_pauli_tables_are_complete():
    assert is_complete(pauli_table(noisy("ghz:3"), 10))
    assert not is_complete(settings_table(("XX", "YY", "ZZ")))
    assert identified_parameters(pauli_table(noisy("ghz:3"), 10)) == 63


def test_parities_determine_their_string():
    rng = np.random.default_rng(0)
    table = CountsTable(n_qubits=2, parities=parity_rows(noisy("phi+"), 10, rng, ["XX", "IZ"]))
    assert strings(identified_paulis(table)) == {"II", "XX", "IZ"}


@pytest.mark.parametrize("labels", [("XX",), ("XX", "ZZ"), ("XY", "YX", "ZZ", "XX")])
def test_span_and_letters_agree(labels, monkeypatch):
    table = settings_table(labels)
    by_letters = identified_paulis(table)
    monkeypatch.setattr(identifiability, "_needs_span", lambda _: True)
    monkeypatch.setattr(identifiability, "_by_letters", lambda _: np.zeros(16, dtype=np.bool_))
    np.testing.assert_array_equal(identified_paulis(table), by_letters)
    assert identified_parameters(table) == by_letters.sum() - 1


def test_tilted_directions_determine_what_lies_in_their_span():
    tilted = SettingRows(("a",), np.array([[5, 5]]), np.array([[[np.sqrt(0.5), 0, np.sqrt(0.5)]]]))
    table = CountsTable(n_qubits=1, settings=tilted)
    assert determines(table, pauli_string("X") + pauli_string("Z"))
    assert not determines(table, pauli_string("X"))
    assert identified_parameters(table) == 1


def test_random_directions_are_complete_when_there_are_enough():
    rng = np.random.default_rng(1)
    rho = noisy("phi+")
    assert is_complete(CountsTable(n_qubits=2, settings=direction_rows(rho, 12, 10, rng)))
    assert not is_complete(CountsTable(n_qubits=2, settings=direction_rows(rho, 4, 10, rng)))


def test_all_products_of_spanning_bases_are_complete_for_any_number_of_qubits():
    rng = np.random.default_rng(4)
    frame = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    directions = np.array([[frame[i] for i in index] for index in product(range(3), repeat=5)])
    labels = tuple(str(row) for row in range(len(directions)))
    rows = SettingRows(labels, np.ones((len(labels), 32), dtype=np.int64), directions)
    assert is_complete(CountsTable(n_qubits=5, settings=rows))
    short = SettingRows(labels[1:], rows.counts[1:], directions[1:])
    assert not is_complete(CountsTable(n_qubits=5, settings=short))


def test_projectors_need_to_determine_their_flux():
    rng = np.random.default_rng(2)
    rho = noisy("phi+")
    complete = CountsTable(n_qubits=2, projectors=projector_rows(rho, rng, rows=16))
    assert is_complete(complete)
    short = CountsTable(n_qubits=2, projectors=projector_rows(rho, rng, rows=15))
    assert identified_parameters(short) == 0
    helped = CountsTable(n_qubits=2, projectors=short.projectors, settings=direction_rows(rho, 1, 10, rng))
    assert identified_parameters(helped) > 3
