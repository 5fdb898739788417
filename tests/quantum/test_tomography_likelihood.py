"""The likelihood of every kind of row, against sums written out cell by cell."""

from __future__ import annotations

import numpy as np
import pytest
from tomography_cases import (
    direction_rows,
    every_kind,
    noisy,
    parity_rows,
    pauli_table,
    projector_rows,
    random_directions,
    random_state,
)

from qmono.core.counts import CountsTable, ParityRows, ProjectorRows, SettingRows, pauli_directions
from qmono.errors import InputError, UsageError
from qmono.quantum.born import local_effects, probabilities
from qmono.quantum.paulis import pauli_string, pauli_vector
from qmono.quantum.plans import pauli_plan
from qmono.quantum.tomography.effects import forms as forms_module
from qmono.quantum.tomography.effects import rows as rows_module
from qmono.quantum.tomography.effects.forms import DenseEffects, ProductEffects, RowEffects, added_up
from qmono.quantum.tomography.effects.modes import expectations, pauli_sum
from qmono.quantum.tomography.effects.pauli_rows import PauliRowEffects
from qmono.quantum.tomography.effects.rows import projector_cells, setting_cells
from qmono.quantum.tomography.likelihood import likelihood_of


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_pauli_transform_is_the_plain_one_and_inverts(n):
    rho = random_state(n, 2, np.random.default_rng(n))
    np.testing.assert_allclose(expectations(rho), pauli_vector(rho).reshape(-1), atol=1e-13)
    np.testing.assert_allclose(pauli_sum(expectations(rho) / 2**n), rho, atol=1e-13)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("form", [DenseEffects, ProductEffects, RowEffects])
def test_setting_effects_give_born_probabilities_and_their_transpose(n, form, monkeypatch):
    rng = np.random.default_rng(n)
    if form is not DenseEffects:
        monkeypatch.setattr(rows_module, "DENSE_ENTRIES", 0)
    if form is RowEffects:
        monkeypatch.setattr(rows_module, "TENSOR_PER_STEP", 0)
        monkeypatch.setattr(rows_module, "SMALL_TENSOR", 0)
        monkeypatch.setattr(forms_module, "CHUNK", 64)
    rho, directions = random_state(n, 2, rng), random_directions(7, n, rng)
    effects, cells = setting_cells(directions)
    assert isinstance(effects, form)
    p = effects.forward(expectations(rho))
    np.testing.assert_allclose(p[cells].reshape(7, -1), probabilities(rho, directions), atol=1e-13)
    weights, x = rng.normal(size=effects.size), rng.normal(size=4**n)
    assert weights @ effects.forward(x) == pytest.approx(effects.adjoint(weights) @ x)


@pytest.mark.parametrize("row_by_row", [False, True])
def test_projector_effects_give_born_probabilities(row_by_row, monkeypatch):
    rng = np.random.default_rng(3)
    if row_by_row:
        monkeypatch.setattr(rows_module, "TENSOR_PER_STEP", 0)
        monkeypatch.setattr(rows_module, "SMALL_TENSOR", 0)
    rho, directions = random_state(2, 3, rng), random_directions(9, 2, rng)
    effects, cells = projector_cells(directions)
    p = effects.forward(expectations(rho))[cells]
    np.testing.assert_allclose(p, probabilities(rho, directions)[:, 0], atol=1e-13)
    weights, x = rng.normal(size=effects.size), rng.normal(size=16)
    assert weights @ effects.forward(x) == pytest.approx(effects.adjoint(weights) @ x)


def test_settings_and_parities_are_summed_cell_by_cell():
    rng = np.random.default_rng(1)
    rho = random_state(2, 4, rng)
    rows, parities = direction_rows(rho, 6, 50, rng), parity_rows(rho, 30, rng, ["XX", "IZ", "XX"])
    table = CountsTable(n_qubits=2, settings=rows, parities=parities)
    expected = np.sum(rows.counts * np.log(probabilities(rho, rows.directions)))
    for label, (plus, minus) in zip(parities.labels, parities.counts, strict=True):
        value = np.trace(pauli_string(label) @ rho).real
        expected += plus * np.log((1 + value) / 2) + minus * np.log((1 - value) / 2)
    assert likelihood_of(table).log_likelihood(rho) == pytest.approx(expected, rel=1e-12)


def test_projector_likelihood_profiles_the_flux():
    rng = np.random.default_rng(2)
    rho, other = random_state(2, 3, rng), random_state(2, 4, rng)
    rows = projector_rows(rho, rng)
    likelihood = likelihood_of(CountsTable(n_qubits=2, projectors=rows, statistics="poisson"))

    def profiled(state):
        mean = rows.exposure * probabilities(state, rows.directions)[:, 0]
        mean *= rows.counts.sum() / mean.sum()
        return np.sum(rows.counts * np.log(mean) - mean)

    found = likelihood.log_likelihood(rho) - likelihood.log_likelihood(other)
    assert found == pytest.approx(profiled(rho) - profiled(other), rel=1e-9)
    assert likelihood.whitening is not None


def test_mixture_adds_the_profiled_projectors():
    rng = np.random.default_rng(4)
    rho, other = random_state(2, 3, rng), random_state(2, 4, rng)
    rows, settings = projector_rows(rho, rng), direction_rows(rho, 3, 40, rng)
    parts = [CountsTable(n_qubits=2, projectors=rows), CountsTable(n_qubits=2, settings=settings)]
    both = CountsTable(n_qubits=2, projectors=rows, settings=settings)
    apart = sum(likelihood_of(t).log_likelihood(rho) - likelihood_of(t).log_likelihood(other) for t in parts)
    together = likelihood_of(both)
    assert not together.is_concave
    assert together.log_likelihood(rho) - together.log_likelihood(other) == pytest.approx(apart, rel=1e-9)


def test_score_is_the_gradient_for_every_kind_of_row():
    rng = np.random.default_rng(5)
    rho, direction = random_state(2, 4, rng), random_state(2, 4, rng)
    for kind, table in every_kind(rho, rng):
        likelihood = likelihood_of(table)
        sigma, towards = likelihood.coordinates(rho), direction - likelihood.coordinates(rho)
        slope = np.vdot(likelihood.score(likelihood.counts / likelihood.probabilities(sigma)), towards).real
        step = 1e-6
        rise = likelihood.value(sigma + step * towards) - likelihood.value(sigma - step * towards)
        assert slope == pytest.approx(rise / (2 * step), rel=1e-5, abs=1e-3), kind


def test_an_impossible_observation_has_likelihood_zero():
    table = pauli_table(noisy("phi+"), 100)
    assert likelihood_of(table).log_likelihood(noisy("psi-", 0.0)) == -np.inf


def test_repeated_settings_are_pooled():
    rng = np.random.default_rng(6)
    rho = random_state(1, 2, rng)
    one = direction_rows(rho, 1, 100, rng)
    twice = SettingRows(
        ("a", "b"), np.concatenate([one.counts] * 2), np.concatenate([one.directions] * 2), None, None
    )
    double = likelihood_of(CountsTable(n_qubits=1, settings=twice)).log_likelihood(rho)
    single = likelihood_of(CountsTable(n_qubits=1, settings=one)).log_likelihood(rho)
    assert double == pytest.approx(2 * single)


def test_values_without_a_likelihood_are_refused():
    rows = ParityRows(("XX",), np.array([[1.1, -0.1]]))
    with pytest.raises(UsageError, match="corrected values have no likelihood"):
        likelihood_of(CountsTable(n_qubits=2, parities=rows, values="corrected"))
    inputs = SettingRows(("00",), np.array([[1, 2, 3, 4]]), None, np.array([[0, 0]]))
    with pytest.raises(UsageError, match="bases"):
        likelihood_of(CountsTable(n_qubits=2, settings=inputs))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            {"settings": SettingRows(("a",), np.array([[1, 2]]), np.array([[[1.0, 0.1, 0.3]]]))},
            "row 'a'.*length",
        ),
        ({"parities": ParityRows(("I",), np.array([[5, 1]]))}, "row 'I'.*identity"),
        (
            {"projectors": ProjectorRows(("p",), np.array([[[0, 0, 1.0]]]), np.array([3]), np.zeros(1))},
            "row 'p'.*exposures",
        ),
    ],
)
def test_rows_that_no_measurement_can_give_are_refused(table, message):
    with pytest.raises(InputError, match=message):
        likelihood_of(CountsTable(n_qubits=1, **table))


def test_local_effects_of_a_qubit_sum_to_the_identity():
    effects = local_effects(random_directions(5, 1, np.random.default_rng(0)))
    np.testing.assert_allclose(effects.sum(axis=-2), np.broadcast_to([1, 0, 0, 0], (5, 1, 4)), atol=1e-15)


@pytest.mark.parametrize("n", [1, 3, 5])
def test_pauli_rows_are_the_same_effects_as_their_products(n, monkeypatch):
    rng = np.random.default_rng(n)
    labels = tuple({"".join(rng.choice(list("XYZ"), n)) for _ in range(50)})
    directions = pauli_directions(labels)
    monkeypatch.setattr(rows_module, "DENSE_ENTRIES", 0)
    monkeypatch.setattr(rows_module, "TENSOR_PER_PAULI_CELL", 1000)
    products, cells = setting_cells(directions)
    monkeypatch.setattr(rows_module, "TENSOR_PER_PAULI_CELL", 0)
    rows, own = setting_cells(directions)
    assert isinstance(products, ProductEffects)
    assert isinstance(rows, PauliRowEffects)
    assert rows.size == own.size == len(labels) * 2**n
    x, weights = rng.normal(size=4**n), rng.normal(size=rows.size)
    np.testing.assert_allclose(rows.forward(x), products.forward(x)[cells], atol=1e-12)
    spread = added_up(cells, weights, products.size)
    np.testing.assert_allclose(rows.adjoint(weights), products.adjoint(spread), atol=1e-12)
    np.testing.assert_allclose(
        rows.squared().adjoint(weights), products.squared().adjoint(spread), atol=1e-12
    )


def test_a_few_hundred_settings_of_many_qubits_are_looked_up():
    rng = np.random.default_rng(0)
    labels = tuple({"".join(rng.choice(list("XYZ"), 8)) for _ in range(30)})
    assert isinstance(setting_cells(pauli_directions(labels))[0], PauliRowEffects)
    assert isinstance(setting_cells(pauli_plan(6, 1).directions)[0], ProductEffects)
