"""Rows measured by POVMs, local and joint: likelihood, starts, identifiability, fit and limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from povm_cases import (
    BELL,
    SIC,
    TETRAHEDRON,
    TRINE,
    X,
    Y,
    Z,
    dense_effects,
    noisy_basis,
    povm_rows,
    povm_table,
    qubit_effects,
    random_povm,
)
from tomography_cases import direction_rows, noisy, parity_rows, projector_rows, random_state

from qmono.core.counts import CountsTable, cells_of, with_cells
from qmono.core.pooling import pooled
from qmono.core.povms import Povm, PovmRows
from qmono.errors import InputError, UsageError
from qmono.quantum.fidelity.direct import direct_fidelity
from qmono.quantum.fidelity.evidence import evidence_of
from qmono.quantum.limits import clopper_pearson_low
from qmono.quantum.povms import checked_effects, rank_one_effects, with_qubits_reversed
from qmono.quantum.states import bell, named_state
from qmono.quantum.tomography.diagnosis.goodness_of_fit import goodness_of_fit
from qmono.quantum.tomography.diagnosis.identifiability import (
    determines,
    identified_parameters,
    is_complete,
)
from qmono.quantum.tomography.direct_estimator import estimated_fidelity
from qmono.quantum.tomography.effects.forms import ProductEffects, RowEffects
from qmono.quantum.tomography.effects.modes import expectations
from qmono.quantum.tomography.effects.povm_effects import povm_cells
from qmono.quantum.tomography.fit.batch import estimate_mle_batch
from qmono.quantum.tomography.fit.linear_inversion import estimate_linear
from qmono.quantum.tomography.fit.mle import estimate_mle
from qmono.quantum.tomography.likelihood import likelihood_of
from qmono.quantum.tomography.marginals import marginal_table
from qmono.quantum.tomography.regions.region import likelihood_region
from qmono.quantum.tomography.regions.split_likelihood import split_region


def measurements(n, rng):
    """Rows of every shape on n qubits: alike and different on the qubits, local and joint."""
    joint = random_povm("joint", n, 2**n + 1, rng)
    found = [[SIC] * n, [joint], [TRINE, *[X] * (n - 1)], [*[noisy_basis((0, 0, 1), 0.9)] * n]]
    if n > 1:
        found += [
            [BELL, *[SIC] * (n - 2)],
            [*[Z] * (n - 2), BELL],
            [random_povm("sharp", 2, 5, rng, 1), *[Y] * (n - 2)],
        ]
    return found


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("row_by_row", [False, True])
def test_effects_give_born_probabilities_and_their_transpose(n, row_by_row, monkeypatch):
    rng = np.random.default_rng(n)
    if row_by_row:
        monkeypatch.setattr("qmono.quantum.tomography.effects.rows.TENSOR_PER_STEP", 0)
        monkeypatch.setattr("qmono.quantum.tomography.effects.rows.SMALL_TENSOR", 0)
        monkeypatch.setattr("qmono.quantum.tomography.effects.forms.CHUNK", 64)
    rho, measured = random_state(n, 2, rng), measurements(n, rng) * 2
    rows = povm_rows(rho, measured, 100, rng)
    blocks = povm_cells(rows)
    assert all(isinstance(block.effects, RowEffects if row_by_row else ProductEffects) for block in blocks)
    p = np.full(rows.counts.shape, np.nan)
    for block in blocks:
        p[block.positions] = block.effects.forward(expectations(rho))[block.cells]
        weights, x = rng.normal(size=block.effects.size), rng.normal(size=4**n)
        assert weights @ block.effects.forward(x) == pytest.approx(block.effects.adjoint(weights) @ x)
        dense = np.array([block.effects.forward(unit) for unit in np.eye(4**n)])
        np.testing.assert_allclose(block.effects.squared().adjoint(weights), dense**2 @ weights, atol=1e-12)
    expected = np.concatenate([np.einsum("kab,ba->k", dense_effects(m), rho).real for m in measured])
    np.testing.assert_allclose(p, expected, atol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_likelihood_and_score_are_those_written_out_cell_by_cell(n):
    rng = np.random.default_rng(n + 10)
    truth, rho = random_state(n, 2, rng), random_state(n, 2**n, rng)
    measured = measurements(n, rng)
    table = povm_table(truth, measured, 300, rng)
    effects = np.concatenate([dense_effects(parts) for parts in measured])
    counts = table.povms.counts
    p = np.einsum("kab,ba->k", effects, rho).real
    likelihood = likelihood_of(table)
    assert likelihood.log_likelihood(rho) == pytest.approx(counts @ np.log(p))
    gradient = np.einsum("k,kab->ab", counts / p, effects)
    score = likelihood.score(likelihood.counts / likelihood.probabilities(rho))
    np.testing.assert_allclose(score, gradient, atol=1e-8 * np.abs(gradient).max())


@pytest.mark.parametrize("n", [1, 2, 3])
def test_noisy_bases_are_the_settings_of_a_shrunk_direction(n):
    """A basis of visibility v has the probabilities of v b, which settings of length v give as well."""
    rng = np.random.default_rng(n)
    rho = random_state(n, 2, rng)
    axes = [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    measured = [[noisy_basis(axes[(row + q) % 3], 0.9) for q in range(n)] for row in range(3)]
    rows = povm_rows(rho, measured, 500, rng)
    directions = np.array([[0.9 * np.array(axes[(row + q) % 3]) for q in range(n)] for row in range(3)])
    plain = direction_rows(rho, 3, 500, rng)
    as_settings = CountsTable(
        n, settings=replace(plain, counts=rows.counts.reshape(3, -1), directions=directions)
    )
    other = random_state(n, 2**n, rng)
    both = [likelihood_of(t).log_likelihood(other) for t in (CountsTable(n, povms=rows), as_settings)]
    assert both[0] == pytest.approx(both[1], rel=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_exact_data_give_the_exact_state(n):
    rng = np.random.default_rng(n)
    rho = random_state(n, 2**n, rng)
    rows = povm_rows(rho, [[SIC] * n], 1, rng)
    p = np.einsum("kab,ba->k", dense_effects([SIC] * n), rho).real
    table = CountsTable(n, povms=replace(rows, counts=1e6 * p), values="averages")
    assert is_complete(table)
    np.testing.assert_allclose(estimate_linear(table).rho, rho, atol=1e-9)
    np.testing.assert_allclose(estimate_mle(table, gap=1e-4).rho, rho, atol=1e-4)


def test_fit_of_every_mixture_is_certified_and_near_the_truth():
    rng = np.random.default_rng(3)
    truth = noisy("phi+")
    table = CountsTable(
        2,
        povms=povm_rows(truth, measurements(2, rng), 4000, rng),
        settings=direction_rows(truth, 3, 500, rng),
        parities=parity_rows(truth, 500, rng),
        projectors=projector_rows(truth, rng, equal=True, flux=100.0),
    )
    estimate = estimate_mle(table)
    assert estimate.converged
    assert np.abs(estimate.rho - truth).max() < 0.03
    found = goodness_of_fit(table, estimate)
    assert found.p_high > 1e-3
    assert found.degrees_low == found.degrees_high - 15


@pytest.mark.parametrize(
    ("measured", "parameters"),
    [
        ([[SIC, SIC]], 15),
        ([[BELL]], 3),
        ([[TRINE, TRINE]], 8),  # the plane of X and Z: (1 + 2)**2 - 1
        ([[BELL], [X, Y]], 3 + 3),
        ([[BELL], [Z, Z]], 3 + 2),  # ZZ is one of the Bell basis
        ([[TRINE, SIC]], 3 * 4 - 1),
    ],
)
def test_what_rows_determine(measured, parameters):
    table = povm_table(noisy("phi+"), measured, 1000, np.random.default_rng(1))
    assert identified_parameters(table) == parameters
    assert is_complete(table) == (parameters == 15)
    assert determines(table, bell("phi+").rho) == (parameters == 15 or measured[0] == [BELL])


def test_rows_without_shots_determine_nothing():
    table = povm_table(noisy("phi+"), [[SIC, SIC]], 0, np.random.default_rng(1))
    assert identified_parameters(table) == 0


def test_five_qubits_of_tetrahedra_are_complete_without_a_dense_map():
    truth = noisy("ghz:5")
    table = povm_table(truth, [[SIC] * 5], 20000, np.random.default_rng(1))
    assert is_complete(table)
    assert estimate_mle(table).converged


def test_a_zero_effect_is_no_degree_of_freedom():
    effects = np.concatenate([SIC.effects, np.zeros((1, 2, 2))])
    rng = np.random.default_rng(2)
    with_zero, without = (
        povm_table(noisy("phi+"), [[m, SIC], [X, Y]], 500, rng) for m in (Povm("z", effects), SIC)
    )
    fits = [goodness_of_fit(table, estimate_mle(table)) for table in (with_zero, without)]
    assert fits[0].degrees_high == fits[1].degrees_high == 15 + 3


def test_counts_of_an_impossible_outcome_are_refused():
    effects = np.concatenate([SIC.effects, np.zeros((1, 2, 2))])
    rows = PovmRows(("a",), (Povm("zero", effects),), ((0,),), np.array([1, 2, 3, 4, 5]))
    with pytest.raises(InputError, match="row 'a': outcome 4 has counts but its effect is zero"):
        estimate_mle(CountsTable(1, povms=rows))


def test_what_is_no_povm_is_refused_with_the_value():
    rows = PovmRows(("a",), (Povm("bad", SIC.effects * 1.1),), ((0,),), np.array([1, 2, 3, 4]))
    with pytest.raises(InputError, match=r"POVM 'bad': the effects add up to a matrix 0\.1 away"):
        likelihood_of(CountsTable(1, povms=rows))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"counts": np.array([1, 2, 3])}, "counts have shape"),
        ({"parts": ((0, 0),)}, "POVMs of 1.1 qubits do not measure 1"),
        ({"labels": ("a", "b")}, "2 labels for 1 rows"),
        ({"counts": np.array([1, 2, -3, 4])}, "row 'a': counts must not be negative"),
        ({"povms": (SIC, SIC)}, "two POVMs have the same name"),
    ],
)
def test_tables_of_wrong_shape_are_refused(change, problem):
    rows = PovmRows(("a",), (SIC,), ((0,),), np.array([1, 2, 3, 4]))
    with pytest.raises(InputError, match=problem):
        CountsTable(1, povms=replace(rows, **change))


def test_rounded_entries_are_mended_and_exact_ones_kept():
    assert checked_effects(SIC.effects) is SIC.effects
    rounded = np.round(SIC.effects, 3)
    mended = checked_effects(rounded)
    np.testing.assert_allclose(mended.sum(axis=0), np.eye(2), atol=1e-14)
    assert np.linalg.eigvalsh(mended).min() > -1e-15
    np.testing.assert_allclose(mended, SIC.effects, atol=2e-3)
    assert checked_effects(mended) is mended


def test_reversing_the_qubits_of_a_joint_measurement():
    rng = np.random.default_rng(5)
    a, b, c = (random_povm(name, 1, 3, rng).effects[0] for name in "abc")
    forward, backward = np.kron(np.kron(a, b), c), np.kron(np.kron(c, b), a)
    np.testing.assert_allclose(with_qubits_reversed(forward[None])[0], backward, atol=1e-14)


def test_marginals_keep_whole_parts_and_drop_cut_ones():
    rng = np.random.default_rng(7)
    rho = random_state(3, 2, rng)
    table = povm_table(rho, [[SIC, TRINE, Z], [BELL, X], [SIC, TRINE, X], [Y, BELL]], 1000, rng)
    own = marginal_table(table, (0, 1))
    assert own.povms.labels == ("sic trine Z", "bell X")  # the first and third are added up
    first, third = (table.povms.counts[table.povms.cells[row]].reshape(4, 3, 2) for row in (0, 2))
    np.testing.assert_array_equal(own.povms.counts[:12].reshape(4, 3), (first + third).sum(axis=2))
    swapped = marginal_table(table, (1, 0))
    np.testing.assert_array_equal(swapped.povms.counts.reshape(3, 4).T, (first + third).sum(axis=2))
    assert marginal_table(table, (0, 2)).povms.labels == ("sic trine Z", "sic trine X")
    with pytest.raises(UsageError, match="no row of the table measures qubits"):
        marginal_table(povm_table(rho, [[BELL, X]], 10, rng), (1, 2))


def test_pooling_adds_the_same_rows_and_refuses_others():
    rng = np.random.default_rng(2)
    one, two = (povm_table(noisy("phi+"), [[SIC, SIC], [BELL]], 100, rng) for _ in range(2))
    np.testing.assert_array_equal(pooled([one, two]).povms.counts, one.povms.counts + two.povms.counts)
    rows = two.povms
    turned = Povm("sic", qubit_effects(-TETRAHEDRON, [0.5] * 4))
    other = replace(two, povms=replace(rows, povms=(turned, rows.povms[1])))
    with pytest.raises(InputError, match="cannot be pooled: row 'sic sic' is not measured"):
        pooled([one, other])


@pytest.mark.parametrize("name", ["phi+", "psi-", "w:3", "ghz:3"])
def test_an_outcome_that_is_the_target_gives_exact_limits(name):
    rng = np.random.default_rng(3)
    target = named_state(name)
    rest = np.linalg.svd(target.psi[None])[2][1:]
    povm = Povm("target", rank_one_effects(np.concatenate([rest.conj(), target.psi[None]])))
    checked_effects(povm.effects)
    n = target.n_qubits
    table = povm_table(noisy(name), [[povm], [SIC] * n, [povm]], 700, rng)
    found = direct_fidelity(table, target)
    cells = 2**n
    passes = int(table.povms.counts[cells - 1] + table.povms.counts[-1])
    assert (found.passes, found.trials) == ((passes,), (1400,))
    assert found.value == pytest.approx(passes / 1400)
    assert found.low == pytest.approx(clopper_pearson_low(passes, 1400, 0.95), abs=1e-7)
    assert found.guarantee == "exact"


def test_an_outcome_near_the_target_pays_for_the_distance():
    target = bell("phi+")
    psi = target.psi + 3e-4 * bell("psi+").psi
    psi /= np.linalg.norm(psi)
    rest = np.linalg.svd(psi[None])[2][1:]
    povm = Povm("near", rank_one_effects(np.concatenate([psi[None], rest.conj()])))
    table = povm_table(noisy("phi+"), [[povm]], 1000, np.random.default_rng(1))
    found, passes = direct_fidelity(table, target), int(table.povms.counts[0])
    assert found.low == pytest.approx(clopper_pearson_low(passes, 1000, 0.95) - 3e-4, abs=1e-6)
    far = psi + 1e-2 * bell("psi+").psi
    far /= np.linalg.norm(far)
    rest = np.linalg.svd(far[None])[2][1:]
    povm = Povm("far", rank_one_effects(np.concatenate([far[None], rest.conj()])))
    assert (
        direct_fidelity(povm_table(noisy("phi+"), [[povm]], 1000, np.random.default_rng(1)), target).value
        is None
    )


def test_a_basis_beside_a_bell_measurement_can_be_the_target():
    """phi+ on two qubits and 0 on the third: outcome 0 of the Bell measurement with outcome 0 of Z."""
    psi = np.kron(bell("phi+").psi, [1, 0])
    target = replace(named_state("ghz:3"), name="phi+ and 0", psi=psi)
    table = povm_table(0.9 * target.rho + 0.1 * np.eye(8) / 8, [[BELL, Z]], 500, np.random.default_rng(4))
    found = direct_fidelity(table, target)
    assert found.settings == ("bell Z outcome 0",)
    assert found.passes == (int(table.povms.counts[0]),)


def test_the_limits_of_regions_hold_the_truth():
    """Witness-free limits of a fidelity that tetrahedra determine, in most of 40 runs each."""
    rng = np.random.default_rng(11)
    truth, target = noisy("phi+", 0.2), bell("phi+").rho
    true = float(np.vdot(target, truth).real)
    held = {"likelihood": 0, "split": 0}
    for _ in range(40):
        table = povm_table(truth, [[SIC, SIC]], 300, rng)
        fit = estimate_mle(table)
        held["likelihood"] += likelihood_region(table, fit, 0.95).minimum(target).limit <= true
        held["split"] += split_region(table, fit, 0.95, rng=rng).minimum(target).limit <= true
    assert held["likelihood"] >= 36
    assert held["split"] >= 36


def test_the_fidelity_report_takes_the_outcome_and_says_so():
    rng = np.random.default_rng(8)
    target = named_state("w:3")  # no stabiliser state: no other protocol gives more than a bound
    rest = np.linalg.svd(target.psi[None])[2][1:]
    povm = Povm("w", rank_one_effects(np.concatenate([target.psi[None], rest.conj()])))
    found = evidence_of([povm_table(noisy("w:3"), [[povm], [X, Y, Z]], 800, rng)], target, 0.95)
    assert found.protocol == "target-outcome"
    assert found.rows[0][0] == "w outcome 0"
    assert found.limits.guarantee == "exact"
    assert 0.8 < found.limits.low < found.limits.value < found.limits.high


@pytest.mark.parametrize("n", [1, 2])
def test_fits_in_step_are_those_made_one_by_one(n):
    rng = np.random.default_rng(n)
    truth = random_state(n, 2, rng)
    table = povm_table(truth, measurements(n, rng), 200, rng)
    table = replace(table, parities=parity_rows(truth, 100, rng), settings=direction_rows(truth, 3, 100, rng))
    cells = rng.poisson(cells_of(table), size=(6, cells_of(table).size))
    together = estimate_mle_batch(table, cells)
    for row, value, gap in zip(cells, together.log_likelihood, together.likelihood_gap, strict=True):
        alone = estimate_mle(with_cells(table, row))
        assert value == pytest.approx(alone.log_likelihood, abs=0.02)
        assert gap <= 0.01
    np.testing.assert_array_equal(cells_of(with_cells(table, cells[0])), cells[0])


@pytest.mark.parametrize("measured", [[[SIC, SIC]], [[TRINE, TRINE], [BELL], [SIC, X], [SIC, Z]]])
def test_the_direct_estimator_reads_povms(measured):
    """phi+ from tetrahedra is one binary variable: of 12 outcomes at 1/12, or of 4 that never occur."""
    rng = np.random.default_rng(5)
    truth, target = noisy("phi+", 0.2), bell("phi+")
    true = float(np.vdot(target.psi, truth @ target.psi).real)
    found = [estimated_fidelity(povm_table(truth, measured, 2000, rng), target, 0.95) for _ in range(20)]
    assert sum(each.low <= true for each in found) >= 17
    assert sum(each.high >= true for each in found) >= 17
    assert all(each.high - each.low < 0.12 for each in found)
    assert np.mean([each.value for each in found]) == pytest.approx(true, abs=0.01)


def test_the_direct_estimator_leaves_out_what_cannot_occur():
    effects = np.concatenate([SIC.effects, np.zeros((1, 2, 2))])
    rng = np.random.default_rng(2)
    table = povm_table(noisy("phi+", 0.2), [[Povm("zero", effects), SIC]], 2000, rng)
    without = replace(
        table,
        povms=PovmRows(("sic sic",), (SIC,), ((0, 0),), table.povms.counts.reshape(5, 4)[:4].reshape(-1)),
    )
    one, other = (estimated_fidelity(each, bell("phi+"), 0.95) for each in (table, without))
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))
