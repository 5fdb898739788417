"""How often `qmono monogamy` says violated: of what one state gives at most at the level.

The reports are those of the command, with bootstrap and e value.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from qmono.analysis.monogamy.reports import analyse_pairs
from qmono.core.counts import CountsTable, pauli_directions
from qmono.core.report import Report
from qmono.quantum.born import simulate_counts
from qmono.quantum.monogamy.star import best_star
from qmono.quantum.operations import partial_trace, projector
from qmono.quantum.plans import Plan, pauli_plan
from qmono.quantum.states import bell, named_state, werner
from qmono.quantum.types import Matrix

THREE = ("XX", "YY", "ZZ")
Pairs = dict[tuple[int, int], CountsTable]


def legal(name: str, rng: np.random.Generator) -> Matrix:
    """A state of three qubits; a new one each time where it is random."""
    if name == "random pure":
        psi = rng.normal(size=8) + 1j * rng.normal(size=8)
        return projector(psi / np.linalg.norm(psi))
    if name == "random of rank 2":
        a = rng.normal(size=(8, 2)) + 1j * rng.normal(size=(8, 2))
        return a @ a.conj().T / np.trace(a @ a.conj().T).real
    return {
        "a Bell pair beside a bystander": np.kron(bell("phi+").rho, named_state("product:0").rho),
        "W": named_state("w:3").rho,
        "the optimal cloner": projector(best_star(3)),
    }[name]


LEGAL = ("a Bell pair beside a bystander", "W", "the optimal cloner", "random pure", "random of rank 2")


def measured(rho: Matrix, shots: int, rng: np.random.Generator, *, full: bool) -> CountsTable:
    plan = pauli_plan(2, shots) if full else Plan(THREE, pauli_directions(THREE), shots)
    return simulate_counts(rho, plan, rng)


def pairs_of(rho: Matrix, shots: int, rng: np.random.Generator, *, full: bool) -> Pairs:
    """The pairs (0, 1) and (0, 2), measured apart."""
    return {(0, j): measured(partial_trace(rho, (2, 2, 2), [0, j]), shots, rng, full=full) for j in (1, 2)}


def links(fidelity: float, shots: int, rng: np.random.Generator, *, full: bool) -> Pairs:
    """Two Werner links of one fidelity at qubit 0."""
    rho = werner((4 * fidelity - 1) / 3).rho
    return {(0, j): measured(rho, shots, rng, full=full) for j in (1, 2)}


def allowed(runs: int, error: float = 0.05) -> float:
    return error * runs + 3 * sqrt(error * (1 - error) * runs)


def rigorous(pairs: Pairs, rng: np.random.Generator) -> Report:
    return analyse_pairs(pairs, rng=rng, rigorous=True)


@pytest.mark.parametrize("name", LEGAL)
def test_false_alarms_of_three_settings(name: str) -> None:
    rng, runs = np.random.default_rng(11), 200
    found = [analyse_pairs(pairs_of(legal(name, rng), 500, rng, full=False)).verdict for _ in range(runs)]
    assert found.count("violated") <= allowed(runs)


def test_two_links_of_080_with_3000_shots_each() -> None:
    """Star rule on their own limits, which pay for the choice among four Bell states."""
    rng, runs = np.random.default_rng(12), 40
    found = [analyse_pairs(links(0.8, 1000, rng, full=False)) for _ in range(runs)]
    assert sum(report.verdict == "violated" for report in found) >= 0.9 * runs
    assert all(
        part["relation"] == "star"
        for report in found
        for part in report.payload["decided_by"]
        if report.verdict == "violated"
    )


def test_two_links_of_075_are_possible() -> None:
    rng, runs = np.random.default_rng(13), 200
    found = [analyse_pairs(links(0.75, 1000, rng, full=False)).verdict for _ in range(runs)]
    assert found.count("violated") <= allowed(runs)


@pytest.mark.slow
@pytest.mark.parametrize("name", LEGAL)
def test_false_alarms_with_rigorous(name: str) -> None:
    rng, runs = np.random.default_rng(14), 30
    found = [rigorous(pairs_of(legal(name, rng), 200, rng, full=True), rng).verdict for _ in range(runs)]
    assert found.count("violated") <= allowed(runs)


@pytest.mark.slow
@pytest.mark.parametrize("fidelity", [0.85, 0.9])
def test_power_with_rigorous(fidelity: float) -> None:
    """From pair counts: nine in ten, and the e value alone does it nine in ten times too."""
    rng, runs = np.random.default_rng(15), 20
    found = [rigorous(links(fidelity, 1000, rng, full=True), rng) for _ in range(runs)]
    assert sum(report.verdict == "violated" for report in found) >= 0.9 * runs
    by_likelihood = [
        report
        for report in found
        if any(part["relation"] == "one_state" for part in report.payload["decided_by"])
    ]
    assert len(by_likelihood) >= 0.9 * runs


@pytest.mark.slow
def test_the_edge_with_rigorous() -> None:
    rng, runs = np.random.default_rng(16), 40
    found = [rigorous(links(0.75, 1000, rng, full=True), rng).verdict for _ in range(runs)]
    assert found.count("violated") <= allowed(runs)
