"""Many fits at once: each is the fit that would have been made alone, with its own proof."""

from __future__ import annotations

import numpy as np
import pytest
from tomography_cases import every_kind, noisy, pauli_table

from qmono.core.counts import CountsTable, cells_of, with_cells
from qmono.quantum.tomography.fit.batch import estimate_mle_batch
from qmono.quantum.tomography.fit.mle import estimate_mle
from qmono.quantum.tomography.likelihood import likelihood_of


def tables(name: str) -> list[CountsTable]:
    rho, shots = {
        "inside": (noisy("phi+", 0.3), 200),
        "boundary": (noisy("phi+", 0.02), 1000),
        "pure": (noisy("psi-", 0.0), 1000),
        "one shot": (noisy("phi+", 0.1), 1),
        "many shots": (noisy("phi+", 0.1), 10**9),
        "one qubit": (np.diag([1.0 + 0j, 0.0]), 300),
        "three qubits": (noisy("ghz:3", 0.1), 100),
        "four qubits": (noisy("ghz:4", 0.1), 20),
    }[name]
    return [pauli_table(rho, shots, seed) for seed in range(6)]


@pytest.mark.parametrize(
    "name",
    ["inside", "boundary", "pure", "one shot", "many shots", "one qubit", "three qubits", "four qubits"],
)
def test_each_fit_is_proven_and_as_good_as_the_one_made_alone(name):
    drawn = tables(name)
    together = estimate_mle_batch(drawn[0], np.array([cells_of(table) for table in drawn]))
    assert together.converged.all()
    for index, table in enumerate(drawn):
        alone = estimate_mle(table)
        reached, gap = together.log_likelihood[index], together.likelihood_gap[index]
        assert gap <= 0.01
        assert likelihood_of(table).log_likelihood(together.rho[index]) == pytest.approx(
            reached, rel=1e-14, abs=1e-6
        )
        rounding = 1e-12 * table.total
        assert alone.log_likelihood <= reached + gap + rounding
        assert reached <= alone.log_likelihood + alone.likelihood_gap + rounding


def test_states_are_states():
    fits = estimate_mle_batch(tables("pure")[0], np.array([cells_of(table) for table in tables("pure")]))
    assert np.allclose(fits.rho, fits.rho.conj().swapaxes(1, 2), atol=1e-14)
    assert np.allclose(np.trace(fits.rho, axis1=1, axis2=2), 1.0)
    assert np.linalg.eigvalsh(fits.rho).min() > -1e-13


def test_other_rows_are_fitted_too():
    """Projectors of unequal exposure have a flux of their own; mixed with settings they go one by one."""
    for kind, table in every_kind(noisy("phi+", 0.1), np.random.default_rng(5)):
        cells = np.random.default_rng(0).poisson(cells_of(table), (4, cells_of(table).size))
        together = estimate_mle_batch(table, cells)
        for row, rho, gap in zip(cells, together.rho, together.likelihood_gap, strict=True):
            alone = estimate_mle(with_cells(table, row))
            reached = likelihood_of(with_cells(table, row)).log_likelihood(rho)
            assert alone.log_likelihood <= reached + gap + 1e-6, kind
            assert np.allclose(rho, alone.rho, atol=0.01), kind


def test_a_row_without_counts_is_the_maximally_mixed_state():
    table = tables("inside")[0]
    fits = estimate_mle_batch(table, np.stack([np.zeros_like(cells_of(table)), cells_of(table)]))
    assert np.allclose(fits.rho[0], np.eye(4) / 4)
    assert fits.log_likelihood[0] == fits.likelihood_gap[0] == 0.0
    assert fits.converged.all()


def test_batches_of_any_size_are_the_same_and_tell_how_far_they_are(monkeypatch):
    table = tables("boundary")[0]
    cells = np.random.default_rng(2).poisson(cells_of(table), (7, cells_of(table).size))
    whole, told = estimate_mle_batch(table, cells), []
    monkeypatch.setattr("qmono.quantum.tomography.fit.batch.AT_ONCE", 3)
    parts = estimate_mle_batch(table, cells, progress=lambda done, total: told.append((done, total)))
    assert np.allclose(whole.log_likelihood, parts.log_likelihood, atol=0.01)
    assert told == [(3, 7), (6, 7), (7, 7)]


def test_what_was_not_proven_is_said():
    """A gap below rounding cannot be proven: the must-fail twin of `converged`."""
    table = tables("many shots")[0]
    fits = estimate_mle_batch(table, cells_of(table)[None], gap=1e-12)
    assert not fits.converged.any()
    assert fits.likelihood_gap[0] > 1e-12
