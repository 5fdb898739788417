"""The direct Pauli estimator: unbiased for any state, exact limits, sharper than a region of states."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations_with_replacement, product
from math import factorial, prod

import numpy as np
import pytest
from tomography_cases import direction_rows, exact_table, noisy, parity_rows, pauli_table, random_state

from qmono.analysis.shot_fidelity import shot_fidelity
from qmono.core.counts import CountsTable, ParityRows, SettingRows
from qmono.quantum.born import probabilities
from qmono.quantum.fidelity.exact import fidelity_to
from qmono.quantum.fidelity.stratified_betting import ValuedRows, betting_limits
from qmono.quantum.plans import pauli_plan
from qmono.quantum.states import State, named_state, werner
from qmono.quantum.tomography.direct_estimator import direct_estimator, estimated_fidelity
from qmono.quantum.tomography.fit.mle import estimate_mle
from qmono.quantum.tomography.regions.split_likelihood import split_region


def pure(n, rng):
    psi = rng.normal(size=2**n) + 1j * rng.normal(size=2**n)
    psi /= np.linalg.norm(psi)
    return State("random", (2,) * n, psi=psi)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_exact_data_give_the_exact_fidelity_to_any_target(n):
    rng = np.random.default_rng(n)
    rho, target = random_state(n, 2, rng), pure(n, rng)
    found = estimated_fidelity(exact_table(rho), target, 0.95)
    assert found.value == pytest.approx(fidelity_to(rho, target), abs=1e-10)
    assert (found.low, found.guarantee) == (None, None)


def test_exact_data_in_other_bases_and_as_parities():
    rng = np.random.default_rng(5)
    rho, target = random_state(2, 3, rng), pure(2, rng)
    rows = direction_rows(rho, 20, 10, rng)
    exact = replace(rows, counts=1000 * probabilities(rho, rows.directions))
    in_bases = CountsTable(n_qubits=2, settings=exact, values="averages")
    assert estimated_fidelity(in_bases, target, 0.9).value == pytest.approx(
        fidelity_to(rho, target), abs=1e-9
    )
    table = CountsTable(n_qubits=2, parities=parity_rows(rho, 10**7, rng))
    found = estimated_fidelity(table, target, 0.9)
    assert abs(found.value - fidelity_to(rho, target)) < 4 * found.std_error < 0.01


def test_a_linear_functional_of_any_kind():
    rng = np.random.default_rng(8)
    rho, expected = random_state(2, 4, rng), random_state(2, 1, rng)
    a = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
    found = direct_estimator(exact_table(rho), a + a.conj().T, expected)
    assert found.rows.estimate == pytest.approx(np.trace((a + a.conj().T) @ rho).real, abs=1e-9)
    assert found.bias < 1e-9


def outcomes_of(shots, k):
    """Every way that `shots` can fall on k outcomes, with the number of orders."""
    for draw in combinations_with_replacement(range(k), shots):
        counts = np.bincount(draw, minlength=k)
        yield counts, factorial(shots) // prod(factorial(int(c)) for c in counts)


@pytest.mark.parametrize("level", [0.6, 0.9])
def test_limits_hold_by_enumeration_of_all_outcomes(level):
    """Two rows of three and two outcomes, three and four shots: coverage is a finite sum, for any truth."""
    row, values = np.array([0, 0, 0, 1, 1]), np.array([-0.3, 0.1, 0.6, 0.0, 0.4])
    base = ValuedRows(
        row,
        values,
        np.zeros(5),
        np.array([3.0, 4.0]),
        np.ones(2),
        np.array([0.0, 0.2, 0.8, 0.1, 0.9]),
        np.array([1 / 3, 1 / 3, 1 / 3, 0.5, 0.5]),
        0.1,
    )
    tables = [
        (np.concatenate([a, b]), ways * more)
        for (a, ways), (b, more) in product(outcomes_of(3, 3), outcomes_of(4, 2))
    ]
    ends = (0.1 - 0.3, 0.1 + 1.0)
    limits = [betting_limits(replace(base, counts=counts.astype(float)), level, ends) for counts, _ in tables]
    assert len({low for low, _ in limits}) > 5
    rng = np.random.default_rng(3)
    for _ in range(200):
        p = np.concatenate([rng.dirichlet(np.full(3, 0.4)), rng.dirichlet(np.full(2, 0.4))])
        chance = [ways * float(np.prod(p**counts)) for counts, ways in tables]
        truth = 0.1 + float(p @ values)
        held = [(low <= truth + 1e-12, high >= truth - 1e-12) for low, high in limits]
        assert sum(chance) == pytest.approx(1)
        for side in (0, 1):
            assert sum(c for c, good in zip(chance, held, strict=True) if good[side]) >= level


def coverage(rho, target, shots, runs, level, seed):
    """How often low and high were wrong in seeded tables with unequal shots, and the mean half-width."""
    rng, n = np.random.default_rng(seed), target.n_qubits
    plan, truth = pauli_plan(n, 1), fidelity_to(rho, target)
    p = probabilities(rho, plan.directions)
    p /= p.sum(axis=1, keepdims=True)
    totals = rng.integers(shots, 2 * shots, len(p))
    wrong, width = np.zeros(2), 0.0
    for _ in range(runs):
        rows = SettingRows(plan.labels, rng.multinomial(totals, p), plan.directions)
        found = shot_fidelity(CountsTable(n_qubits=n, settings=rows), target, level)
        wrong += [found.low > truth + 1e-12, found.high < truth - 1e-12]
        width += (found.high - found.low) / 2 / runs
    return wrong, width


CASES = [("w:3", 0.0), ("w:3", 0.1), ("w:3", 0.6), ("dicke:4,2", 0.05)]


@pytest.mark.parametrize(("name", "noise"), CASES)
def test_limits_hold_their_level(name, noise):
    """150 tables: at 80 % a limit may be wrong in 30 +- 5 of them."""
    wrong, width = coverage(noisy(name, noise), named_state(name), 30, 150, 0.8, 11)
    assert wrong.max() <= 30 + 3 * 5
    assert width < 0.1


@pytest.mark.slow
@pytest.mark.parametrize(("name", "noise"), [*CASES, ("w:4", 0.02), ("w:2", 0.3)])
@pytest.mark.parametrize("shots", [3, 100, 1000])
def test_limits_hold_in_many_tables(name, noise, shots):
    """2000 tables at 90 %; white noise, and the same noise with all of it in |0...0>."""
    target = named_state(name)
    ground = np.zeros_like(target.rho)
    ground[0, 0] = 1
    for rho in (noisy(name, noise), (1 - noise) * target.rho + noise * ground):
        wrong, _ = coverage(rho, target, shots, 2000, 0.9, 21)
        assert wrong.max() <= 200 + 3 * np.sqrt(180)


def test_half_widths_are_near_those_of_shot_noise_and_below_the_split_likelihood():
    """A bet pays sqrt(2 ln 20)/1.645 = 1.49 of the normal half-width at 95 %; little comes on top."""
    target = named_state("w:3")
    table = pauli_table(noisy("w:3"), 1000)
    found = shot_fidelity(table, target)
    half = (found.high - found.low) / 2
    assert 1.4 * 1.645 * found.std_error < half < 1.7 * 1.645 * found.std_error
    region = split_region(table, estimate_mle(table), 0.95, rng=np.random.default_rng(1))
    split = (region.maximum(target.rho).limit - region.minimum(target.rho).limit) / 2
    assert half < split / 3


def test_parities_of_shared_shots_are_limited_as_such():
    """One set of ZZZ shots read as its seven parities: Hoelder's shares cover, independence would not."""
    rng, level, runs = np.random.default_rng(2), 0.99, 300
    ground = named_state("product:000").rho
    truth, p = 0.9125, np.array([0.9125] + [0.0125] * 7)
    signs = {mask: np.array([(-1) ** bin(x & mask).count("1") for x in range(8)]) for mask in range(1, 8)}
    labels = tuple("".join("Z" if mask >> (2 - q) & 1 else "I" for q in range(3)) for mask in signs)
    wrong = np.zeros(2)
    for _ in range(runs):
        counts = rng.multinomial(200, p)
        rows = ParityRows(
            labels, np.array([[counts[s > 0].sum(), counts[s < 0].sum()] for s in signs.values()])
        )
        found = direct_estimator(CountsTable(n_qubits=3, parities=rows), ground, ground).rows
        alone = replace(found, share=np.ones(7))
        wrong += [betting_limits(rows, level, (0, 1))[0] > truth for rows in (found, alone)]
    assert found.estimate == pytest.approx(counts[0] / 200)
    assert found.share.sum() == pytest.approx(1)
    allowed = runs * (1 - level) + 3 * np.sqrt(runs * level * (1 - level))
    assert wrong[0] <= allowed < wrong[1]


def test_parities_that_no_setting_measures_together_are_independent():
    """XX, YY, ZZ of a pair: one group, so no price is paid for sharing."""
    table = CountsTable(n_qubits=2, parities=parity_rows(werner(0.9).rho, 500, np.random.default_rng(1)))
    found = direct_estimator(table, werner(1.0).rho, werner(1.0).rho)
    assert set(found.labels) == {"XX", "YY", "ZZ"}
    assert set(found.rows.share.tolist()) == {1.0}


def test_what_is_not_determined_names_the_strings():
    table = pauli_table(noisy("w:3"), 100)
    rows = table.settings
    keep = [index for index, label in enumerate(rows.labels) if label[:2] != "XX"]
    fewer = SettingRows(tuple(rows.labels[i] for i in keep), rows.counts[keep], rows.directions[keep])
    found = shot_fidelity(CountsTable(n_qubits=3, settings=fewer), named_state("w:3"))
    assert found.value is None
    assert found.reason == "not determined by the rows with shots: XXI, XXZ"
    assert "not pure" in shot_fidelity(pauli_table(noisy("phi+"), 9), werner(0.9)).reason


def test_corrected_values_and_averages_have_no_limits():
    table = exact_table(noisy("w:3"))
    assert "--mean-of" in shot_fidelity(table, named_state("w:3")).reason
    corrected = shot_fidelity(replace(table, values="corrected"), named_state("w:3"))
    assert (corrected.low, corrected.value) == (None, pytest.approx(0.9125))
    assert "no guarantee" in corrected.reason


def test_stabiliser_states_keep_their_sharper_strata():
    found = shot_fidelity(pauli_table(noisy("ghz:3"), 200), named_state("ghz:3"))
    assert found.method == "stratified"
