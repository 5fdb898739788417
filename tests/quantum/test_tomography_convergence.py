"""Whatever is measured, and however often: a fit proves the gap it was asked for, or says that it did not.

The gap is held against maxima found otherwise: an interior-point solver, the state the counts were drawn
from, and the same ascent carried on.
"""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from independent_maximum import independent_maximum
from povm_cases import BELL, SIC, TRINE, povm_rows, random_povm
from tomography_cases import (
    direction_rows,
    fidelity,
    noisy,
    parity_rows,
    projector_rows,
    random_state,
)

from qmono.analysis.tomography.report import analyse_tomography
from qmono.core.counts import CountsTable, SettingRows, pauli_directions
from qmono.quantum.born import probabilities
from qmono.quantum.paulis import LETTERS
from qmono.quantum.states import bell
from qmono.quantum.tomography.fit.mle import estimate_mle
from qmono.quantum.tomography.likelihood import likelihood_of
from qmono.report.console import render

SHOTS = (1, 3, 50, 1000, 10**6, 10**9)
MANY = 10**6
"""From so many shots a row 0.01 nat is so small a share of the likelihood that a proof may be missed."""
GAP = 0.01


def pauli_labels(n):
    return ["".join("XYZ"[k // 3**q % 3] for q in range(n)) for k in range(3**n)]


def pauli_rows(rho, labels, shots, rng):
    directions = pauli_directions(tuple(labels))
    p = probabilities(rho, directions)
    counts = np.array([rng.multinomial(shots, row / row.sum()) for row in p])
    return SettingRows(tuple(labels), counts, directions)


def some(items, rng):
    """At least one of the items, at random."""
    chosen = rng.choice(len(items), rng.integers(1, len(items) + 1), replace=False)
    return [items[k] for k in sorted(chosen.tolist())]


def every_pauli_setting(rho, n, shots, rng):
    return CountsTable(n, settings=pauli_rows(rho, pauli_labels(n), shots, rng))


def subset(rho, n, shots, rng):
    return CountsTable(n, settings=pauli_rows(rho, some(pauli_labels(n), rng), shots, rng))


def random_bases(rho, n, shots, rng):
    return CountsTable(n, settings=direction_rows(rho, int(rng.integers(1, 2 * 4**n)), shots, rng))


def parities(rho, n, shots, rng):
    labels = ["".join(LETTERS[k >> 2 * q & 3] for q in range(n)) for k in range(1, 4**n)]
    return CountsTable(n, parities=parity_rows(rho, shots, rng, some(labels, rng)))


def projectors(rho, n, shots, rng):
    rows = projector_rows(rho, rng, rows=int(rng.integers(1, 3 * 4**n)), flux=float(shots))
    return CountsTable(n, projectors=rows, statistics="poisson")


def projectors_on_axes(rho, n, shots, rng):
    return CountsTable(
        n, projectors=projector_rows(rho, rng, equal=True, flux=float(shots)), statistics="poisson"
    )


def mixture(rho, n, shots, rng):
    return CountsTable(
        n,
        settings=direction_rows(rho, int(rng.integers(1, 5)), shots, rng),
        projectors=projector_rows(rho, rng, flux=float(shots)),
        statistics="poisson",
    )


def local_povms(rho, n, shots, rng):
    own = [random_povm(f"r{q}", 1, int(rng.integers(2, 6)), rng) for q in range(n)]
    rows = some([[SIC] * n, [TRINE] * n, own], rng)
    return CountsTable(n, povms=povm_rows(rho, rows, shots, rng))


def joint_povms(rho, n, shots, rng):
    outcomes = rng.integers(2**n, 2 * 4**n, 2)
    rows = [[random_povm(f"j{k}", n, int(outcomes[k]), rng, rank)] for k, rank in enumerate((1, None))]
    if n > 1:
        rows.append([BELL, *[SIC] * (n - 2)])
    return CountsTable(n, povms=povm_rows(rho, some(rows, rng), shots, rng))


KINDS = (
    every_pauli_setting,
    subset,
    random_bases,
    parities,
    projectors,
    projectors_on_axes,
    mixture,
    local_povms,
    joint_povms,
)


def without_some_counts(table, rng):
    """Every block with a third of its cells emptied: what was rare is never seen."""

    def thinned(counts):
        return np.where(rng.random(counts.shape) < 1 / 3, 0, counts)

    blocks = {
        name: replace(block, counts=thinned(block.counts))
        for name in ("settings", "projectors", "parities", "povms")
        if (block := getattr(table, name)) is not None
    }
    return replace(table, **blocks)


@st.composite
def cases(draw):
    """A table of a random state: kind of rows, qubits, rank (0: a basis state), shots, zero counts."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, kind, shots = draw(st.integers(1, 3)), draw(st.sampled_from(KINDS)), draw(st.sampled_from(SHOTS))
    rank = draw(st.sampled_from([0, 1, 2, 2**n]))
    rho = random_state(n, rank, rng) if rank else np.diag(np.eye(2**n)[0]).astype(complex)
    table = kind(rho, n, shots, rng)
    if draw(st.booleans()):
        table = without_some_counts(table, rng)
    return kind.__name__, table, rho, shots


def assert_state(rho):
    assert np.abs(rho - rho.conj().T).max() < 1e-12
    assert np.linalg.eigvalsh(rho)[0] > -1e-12
    assert np.trace(rho).real == pytest.approx(1, abs=1e-9)


def rounding(value):
    """What a sum of so many nats may be off by."""
    return 1e-13 * abs(value)


@settings(max_examples=300, deadline=None)
@given(cases())
def test_the_gap_is_proven_or_missed_aloud(case):
    kind, table, truth, shots = case
    likelihood, fit = likelihood_of(table), estimate_mle(table)
    assert_state(fit.rho)
    reached, slack = fit.log_likelihood, rounding(fit.log_likelihood)
    assert fit.converged == (fit.likelihood_gap <= GAP)
    assert reached == pytest.approx(likelihood.log_likelihood(fit.rho), abs=1e-6 + slack)
    assert likelihood.log_likelihood(truth) <= reached + fit.likelihood_gap + slack
    white = np.eye(len(truth)) / len(truth)
    assert likelihood.log_likelihood(0.9 * fit.rho + 0.1 * white) <= reached + fit.likelihood_gap + slack
    if likelihood.is_concave and not fit.converged:
        event(f"not converged: {kind}")
        assert shots >= MANY


@settings(max_examples=60, deadline=None)
@given(cases())
def test_no_better_fit_goes_beyond_the_gap(case):
    _, table, _, shots = case
    likelihood, fit = likelihood_of(table), estimate_mle(table, gap=1.0)
    better = estimate_mle(table, gap=1e-6, max_iterations=3000)
    slack = rounding(fit.log_likelihood)
    if likelihood.is_concave:
        assert fit.converged or shots >= MANY
    assert better.log_likelihood <= fit.log_likelihood + fit.likelihood_gap + slack
    assert fit.log_likelihood <= better.log_likelihood + better.likelihood_gap + slack


INDEPENDENT = [kind for kind in KINDS if kind is not mixture]


@pytest.mark.parametrize("kind", INDEPENDENT)
@pytest.mark.parametrize(("rank", "shots"), [(1, 1), (1, 300), (2, 40), (4, 1000)])
def test_an_interior_point_solver_finds_no_more(kind, rank, shots):
    rng = np.random.default_rng([rank, shots, KINDS.index(kind)])
    truth = random_state(2, rank, rng)
    table = kind(truth, 2, shots, rng)
    fit, found = estimate_mle(table), independent_maximum(table)
    accuracy = 1e-6 * max(1.0, table.total)
    assert fit.converged
    assert found <= fit.log_likelihood + fit.likelihood_gap + accuracy
    assert fit.log_likelihood <= found + accuracy


def test_the_solver_would_notice_a_gap_that_proves_nothing():
    """A state that stops early, called the maximum: the comparison above has to fail."""
    table = every_pauli_setting(noisy("phi+", 0.1), 2, 300, np.random.default_rng(1))
    early = likelihood_of(table).log_likelihood(noisy("phi+", 0.2))
    assert independent_maximum(table) > early + GAP + 1e-6 * table.total


@pytest.mark.parametrize(
    ("state", "rows", "shots"), [("w:5", 150, 100), ("ghz:6", 200, 100), ("w:6", 300, 10)]
)
def test_a_few_hundred_random_settings_converge(state, rows, shots):
    rng = np.random.default_rng(rows)
    rho = noisy(state)
    n = len(rho).bit_length() - 1
    labels = [pauli_labels(n)[k] for k in rng.choice(3**n, min(rows, 3**n), replace=False)]
    table = CountsTable(n, settings=pauli_rows(rho, labels, shots, rng))
    fit = estimate_mle(table)
    assert fit.converged
    assert_state(fit.rho)
    truth = likelihood_of(table).log_likelihood(rho)
    assert truth <= fit.log_likelihood + fit.likelihood_gap
    assert fidelity(fit.rho, state) == pytest.approx(fidelity(rho, state), abs=0.15)


def test_tables_without_a_single_count_are_no_fit():
    for kind in KINDS:
        rng = np.random.default_rng(1)
        table = kind(random_state(2, 4, rng), 2, 0, rng)
        fit = estimate_mle(table)
        np.testing.assert_allclose(fit.rho, np.eye(4) / 4)
        assert (fit.log_likelihood, fit.likelihood_gap, fit.converged) == (0.0, 0.0, True)


@pytest.mark.parametrize("kind", [every_pauli_setting, local_povms])
def test_what_is_not_proven_fails_a_check_that_people_read(kind):
    rng = np.random.default_rng(2)
    table = kind(noisy("phi+"), 2, 1000, rng)
    report = analyse_tomography(table, target=bell("phi+"), gap=1e-13, rng=rng)
    assert {check.name: check.status for check in report.checks}["likelihood-gap"] == "fail"
    assert report.trust == "failed"
    assert report.metric("likelihood_gap").high.value > 1e-13
    shown = io.StringIO()
    render(report, shown)
    text = " ".join(shown.getvalue().split())
    assert "likelihood-gap FAIL the fit stopped after" in text
    assert "nat unproven" in text
