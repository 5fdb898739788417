"""A reversed order is noticed, an innocent table is not accused."""

from __future__ import annotations

import numpy as np
import pytest
from tomography_cases import noisy, parity_rows, pauli_table, random_state

from qmono.core.counts import CountsTable
from qmono.quantum.states import named_state
from qmono.quantum.tomography.diagnosis.order_readings import order_readings


@pytest.mark.parametrize("reverse", ["with_outcomes_reversed", "with_labels_reversed"])
def test_one_reversed_order_is_found(reverse):
    table = pauli_table(0.9 * named_state("product:0+").rho + 0.1 * np.eye(4) / 4, 500)
    assert not order_readings(table).one_is_reversed
    spoiled = order_readings(getattr(table, reverse)())
    assert spoiled.one_is_reversed
    assert spoiled.nats < -10


def test_both_reversed_cannot_be_told():
    table = pauli_table(random_state(2, 2, np.random.default_rng(1)), 500)
    both = order_readings(table.with_outcomes_reversed().with_labels_reversed())
    assert not both.one_is_reversed
    assert both.nats == pytest.approx(order_readings(table).nats, abs=2.0)


@pytest.mark.parametrize("seed", range(5))
def test_symmetric_states_are_not_accused(seed):
    readings = order_readings(pauli_table(noisy("phi+"), 1000, seed))
    assert not readings.one_is_reversed
    assert abs(readings.nats) < 20


def test_tables_without_settings_have_no_order_to_tell():
    rows = parity_rows(noisy("phi+"), 10, np.random.default_rng(0))
    assert order_readings(CountsTable(n_qubits=2, parities=rows)) is None
