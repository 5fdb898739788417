"""Pairs that share a qubit, each measured by a CHSH test: S^2 + S'^2 <= 8, and Holm over the pairs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qmono.analysis.monogamy.reports import analyse_pairs
from qmono.core.counts import CountsTable
from qmono.core.report import Table
from qmono.quantum.bell.chsh_settings import chsh_plan
from qmono.quantum.born import simulate_counts
from qmono.quantum.limits import holm
from qmono.quantum.states import State, bell, named_state, werner


def counts_of(state: State, shots: int, seed: int) -> CountsTable:
    return simulate_counts(state.rho, chsh_plan(bell("phi+"), shots, 1), np.random.default_rng(seed))


def test_two_violations_at_one_qubit_are_impossible() -> None:
    """S = 2.4 twice: 11.5 > 8, so these tests were not made on one state."""
    visibility = 2.4 / (2 * 2**0.5)
    pairs = {(0, k): counts_of(werner(visibility), 3000, k) for k in (1, 2)}
    report = analyse_pairs(pairs)
    assert report.verdict == "violated"
    for k in (1, 2):
        metric = report.metric(f"S[0,{k}]")
        assert metric.low.value < 2.4 < metric.high.value
        assert report.metric(f"concurrence[0,{k}]").low.value == pytest.approx(
            (metric.low.value**2 / 4 - 1) ** 0.5
        )
    (tests,) = [s for s in report.sections if isinstance(s, Table) and s.title == "Bell tests"]
    assert [row[6] for row in tests.rows] == pytest.approx(holm([row[5] for row in tests.rows]))


def test_one_violation_leaves_room_for_a_weak_one() -> None:
    """S = 2.6 and S = 0 are what phi+ of A and B beside a product C gives."""
    pairs = {(0, 1): counts_of(werner(0.92), 2000, 1), (0, 2): counts_of(named_state("werner:0"), 2000, 2)}
    report = analyse_pairs(pairs)
    assert report.verdict == "satisfied"
    headroom = report.metric("bell_headroom[0]")
    assert 0 < headroom.low.value < headroom.value < headroom.high.value


def test_a_version_declared_the_wrong_way_round_uses_as_much() -> None:
    """S = -2.8 and 1.2: 9.3 > 8, which upper limits of S alone would not notice."""
    given = counts_of(werner(0.99), 3000, 1)
    pairs = {(0, 1): replace(given, signs="---+"), (0, 2): counts_of(werner(1.2 / 8**0.5), 3000, 2)}
    report = analyse_pairs(pairs)
    assert report.metric("S[0,1]").high.value < -2.7
    assert report.verdict != "satisfied"


def test_false_alarms_at_the_edge() -> None:
    """S = 2 for both, the edge of what one state allows: at most 5 % are called violated."""
    visibility = 2 / (2 * 2**0.5)
    alarms = sum(
        analyse_pairs({(0, k): counts_of(werner(visibility), 300, 10 * seed + k) for k in (1, 2)}).verdict
        == "violated"
        for seed in range(120)
    )
    assert alarms / 120 <= 0.05 + 3 * (0.05 * 0.95 / 120) ** 0.5


def test_a_bell_test_beside_a_tomography() -> None:
    """One pair by S, one by tomography: the tangle sum holds them against each other."""
    from qmono.quantum.plans import pauli_plan

    tomography = simulate_counts(werner(0.95).rho, pauli_plan(2, 1000), np.random.default_rng(3))
    report = analyse_pairs({(0, 1): counts_of(werner(0.98), 4000, 4), (0, 2): tomography})
    assert report.verdict == "violated"
