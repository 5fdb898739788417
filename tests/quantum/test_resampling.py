"""Tables drawn anew: every kind of row keeps its totals and has the expectations of Born's rule."""

from __future__ import annotations

import numpy as np
import pytest
from povm_cases import BELL, SIC, TRINE, X, povm_table
from tomography_cases import every_kind, random_state

from qmono.core.counts import CountsTable, SettingRows, cells_of
from qmono.quantum.tomography.diagnosis.goodness_of_fit import deviance
from qmono.quantum.tomography.diagnosis.resampling import redrawn, redrawn_cells

KINDS = dict(every_kind(random_state(2, 3, np.random.default_rng(1)), np.random.default_rng(2)))
KINDS["povms"] = povm_table(
    random_state(2, 3, np.random.default_rng(1)),
    [[SIC, SIC], [BELL], [TRINE, X]],
    2000,
    np.random.default_rng(2),
)


@pytest.mark.parametrize("kind", KINDS)
def test_drawn_tables_fit_their_state_and_no_other(kind):
    """The deviance at the state drawn from is that of shot noise: degrees +- 5 sqrt(2 degrees)."""
    table, rho = KINDS[kind], random_state(2, 2, np.random.default_rng(3))
    drawn = redrawn(table, rho, np.random.default_rng(4))
    for before, after in zip(table.blocks, drawn.blocks, strict=True):
        assert before.labels == after.labels
        assert after.counts.sum() == before.counts.sum()
    cells = len(cells_of(table))
    assert deviance(drawn, rho) < cells + 5 * np.sqrt(2 * cells)
    assert deviance(drawn, np.eye(4) / 4) > 2 * cells


def test_the_mean_of_many_is_the_expectation():
    table, rho = KINDS["settings"], random_state(2, 2, np.random.default_rng(3))
    cells = redrawn_cells(table, rho, 400, np.random.default_rng(5))
    assert cells.shape == (400, 64)
    totals = cells.reshape(400, 16, 4).sum(axis=2)
    assert np.array_equal(totals, np.broadcast_to(table.settings.totals, totals.shape))
    one, other = cells[:200].mean(axis=0), cells[200:].mean(axis=0)
    assert np.abs(one - other).max() < 5 * np.sqrt(2 * 50 / 200)


def test_settings_without_bases_cannot_be_drawn():
    rows = SettingRows(("00",), np.array([[1, 2, 3, 4]]), inputs=np.array([[0, 0]]))
    with pytest.raises(ValueError, match="known bases"):
        redrawn(CountsTable(n_qubits=2, settings=rows), np.eye(4) / 4, np.random.default_rng(1))
