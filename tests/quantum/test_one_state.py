"""One state for separately measured pairs: likelihood ratio, bootstrap, e value; and symmetric extension."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tomography_cases import pauli_table, random_state

from qmono.core.counts import CountsTable
from qmono.errors import UsageError
from qmono.quantum.born import probabilities
from qmono.quantum.measures.extension_margin import extension_margin, extension_margin_of
from qmono.quantum.monogamy.extension import fit_extendible
from qmono.quantum.monogamy.joint_likelihood import joint_likelihood
from qmono.quantum.monogamy.likelihood_tests import bootstrap_p, compare, log_e_value
from qmono.quantum.monogamy.one_state import RELATION
from qmono.quantum.monogamy.star import best_star
from qmono.quantum.operations import partial_trace, projector
from qmono.quantum.states import named_state, werner
from qmono.quantum.tomography.likelihood import likelihood_of


def marginals(rho: np.ndarray, shots: int, seed: int) -> dict[tuple[int, int], CountsTable]:
    n = len(rho).bit_length() - 1
    pairs = [(0, other) for other in range(1, n)]
    return {
        pair: pauli_table(partial_trace(rho, (2,) * n, pair), shots, seed + 1000 * index)
        for index, pair in enumerate(pairs)
    }


def links(fidelity: float, shots: int, seed: int) -> dict[tuple[int, int], CountsTable]:
    rho = werner((4 * fidelity - 1) / 3).rho
    return {(0, 1): pauli_table(rho, shots, seed), (0, 2): pauli_table(rho, shots, seed + 500)}


def test_joint_likelihood_is_the_sum_of_the_pairs() -> None:
    rho = random_state(3, 3, np.random.default_rng(2))
    pairs = {(2, 0): pauli_table(partial_trace(rho, (2,) * 3, [2, 0]), 50, 1)}
    pairs[0, 1] = pauli_table(partial_trace(rho, (2,) * 3, [0, 1]), 50, 2)
    apart = sum(
        likelihood_of(table).log_likelihood(partial_trace(rho, (2,) * 3, pair))
        for pair, table in pairs.items()
    )
    likelihoods = {pair: likelihood_of(table) for pair, table in pairs.items()}
    assert joint_likelihood(likelihoods, (0, 1, 2)).log_likelihood(rho) == pytest.approx(apart)


def test_the_joint_fit_is_certified_and_no_better_than_separate_fits() -> None:
    found = compare(RELATION, marginals(named_state("w:3").rho, 300, 3))
    assert found.fit.estimate.converged
    assert found.fit.estimate.likelihood_gap <= 0.01
    assert 0 <= found.ratio < 30


@pytest.mark.parametrize(
    "rho",
    [
        named_state("w:3").rho,
        projector(best_star(3)),
        np.kron(named_state("phi+").rho, np.diag([1, 0])).astype(complex),
        random_state(3, 1, np.random.default_rng(4)),
    ],
    ids=["W", "optimal cloner", "Bell x |0>", "random pure"],
)
def test_no_false_alarm_on_legal_states(rho: np.ndarray) -> None:
    """P(e >= 20) <= 0.05: seen at most as often, over 30 measured pairs of each state, as 3 sigma allow."""
    rng = np.random.default_rng(9)
    alarms = sum(log_e_value(RELATION, marginals(rho, 200, seed), rng) >= np.log(20) for seed in range(30))
    assert alarms / 30 <= 0.05 + 3 * (0.05 * 0.95 / 30) ** 0.5


def test_power_of_the_e_value() -> None:
    """Two links of F = 0.85, 1000 shots a setting: one state is refuted nine times in ten."""
    rng = np.random.default_rng(5)
    refuted = sum(log_e_value(RELATION, links(0.85, 1000, seed), rng) >= np.log(40) for seed in range(20))
    assert refuted >= 18


def test_bootstrap_tells_the_possible_from_the_impossible() -> None:
    rng = np.random.default_rng(1)
    legal = marginals(named_state("w:3").rho, 300, 7)
    assert bootstrap_p(RELATION, legal, compare(RELATION, legal), replicates=39, rng=rng) > 0.05
    impossible = links(0.85, 1000, 3)
    p = bootstrap_p(RELATION, impossible, compare(RELATION, impossible), replicates=39, rng=rng)
    assert p == pytest.approx(1 / 40)


def test_what_has_no_joint_likelihood_is_refused() -> None:
    many = {(0, other): pauli_table(werner(0.5).rho, 10) for other in range(1, 7)}
    with pytest.raises(UsageError, match="up to 5 qubits"):
        compare(RELATION, many)


@pytest.mark.parametrize(
    ("visibility", "extendible"), [(0.6, True), (0.666, True), (0.667, False), (1.0, False)]
)
def test_werner_states_are_extendible_up_to_two_thirds(visibility: float, extendible: bool) -> None:
    """F <= 3/4, that is V <= 2/3: Werner, Lett. Math. Phys. 17 (1989) 359."""
    assert (extension_margin(werner(visibility).rho) >= 0) == extendible


@pytest.mark.parametrize("seed", range(10))
def test_marginals_of_symmetric_states_are_extendible(seed: int) -> None:
    """A random state of A, B, B' made symmetric under the swap of B and B' extends its AB marginal."""
    rho = random_state(3, 2, np.random.default_rng(seed))
    swapped = rho.reshape((2,) * 6).transpose(0, 2, 1, 3, 5, 4).reshape(8, 8)
    assert extension_margin_of(partial_trace((rho + swapped) / 2, (2,) * 3, [0, 1]), 1) >= -1e-9


def test_extension_is_for_two_qubits() -> None:
    with pytest.raises(UsageError, match="two qubits"):
        extension_margin(np.eye(8) / 8)


@pytest.mark.parametrize("seed", range(12))
def test_the_closed_form_of_extensions_is_what_the_fit_of_extensions_finds(seed: int) -> None:
    """Counts in proportion to probabilities: some extendible state explains them as well, or none does."""
    rng = np.random.default_rng(seed)
    noise = rng.uniform(0, 0.6)
    rho = (1 - noise) * random_state(2, int(rng.integers(1, 3)), rng) + noise * np.eye(4) / 4
    table, side = pauli_table(rho, 10, 1), int(rng.integers(2))
    rows = table.settings
    exact = np.round(1e5 * probabilities(rho, rows.directions)).astype(int)
    likelihood = likelihood_of(replace(table, settings=replace(rows, counts=exact, rounds=None)))
    found = fit_extendible({(0, 1): likelihood}, copied=side)
    margin = extension_margin_of(rho, side)
    if abs(margin) > 0.01:
        assert (found.bound >= likelihood.log_likelihood(rho) - 0.5) == (margin > 0)
