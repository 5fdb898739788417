"""Who else could share it: copies that are excluded, what is left for a third party, coherent information."""

from __future__ import annotations

from dataclasses import replace
from math import acos, cos, pi, sqrt

import numpy as np
import pytest

from qmono.analysis.monogamy.coherent_limits import coherent_metric
from qmono.analysis.monogamy.left_for_others import copies_sentences
from qmono.analysis.monogamy.links import Link, measure_link
from qmono.analysis.monogamy.reports import analyse_joint, analyse_pairs
from qmono.analysis.monogamy.sharing import copies_of, left_for_another
from qmono.core.counts import CountsTable
from qmono.core.metric import Limit, missing
from qmono.quantum.bell.chsh_settings import chsh_plan
from qmono.quantum.born import simulate_counts
from qmono.quantum.measures.coherent_information import (
    coherent_information,
    coherent_witness,
    least_coherent_information,
)
from qmono.quantum.measures.extension_margin import extension_margin, extension_margin_of
from qmono.quantum.measures.fully_entangled_fraction import fully_entangled_fraction
from qmono.quantum.measures.von_neumann_entropy import von_neumann_entropy
from qmono.quantum.monogamy.relation import budget_relations
from qmono.quantum.monogamy.sharing import fewest_excluded, largest_for_another
from qmono.quantum.operations import partial_trace
from qmono.quantum.plans import pauli_plan
from qmono.quantum.states import bell, named_state, werner
from qmono.quantum.tomography.fit.mle import estimate_mle
from qmono.quantum.tomography.regions.region import Region, likelihood_region
from qmono.quantum.types import Matrix

RELATIONS = {relation.name: relation for relation in budget_relations()}


def measured(rho: Matrix, shots: int, seed: int) -> CountsTable:
    n = len(rho).bit_length() - 1
    return simulate_counts(rho, pauli_plan(n, shots), np.random.default_rng(seed))


def link_of(rho: Matrix, shots: int, seed: int, level: float = 0.95) -> Link:
    return measure_link((0, 1), measured(rho, shots, seed), error=1 - level, level=level)


def region_of(rho: Matrix, shots: int, seed: int, level: float) -> Region:
    table = measured(rho, shots, seed)
    return likelihood_region(table, estimate_mle(table), level)


def damped(gamma: float) -> Matrix:
    """phi+ after amplitude damping of qubit 1: from gamma = 1/2 on, what is lost holds a copy of qubit 1."""
    psi = np.array([1, 0, 0, sqrt(1 - gamma)], dtype=complex) / sqrt(2)
    return np.outer(psi, psi) + gamma / 2 * np.diag([0, 0, 1, 0])


@pytest.mark.parametrize(
    ("relation", "number", "excluded"),
    [
        ("star", 0.76, 2),  # F <= (k + 1)/(2 k): 3/4, 2/3, 5/8
        ("star", 0.74, 3),
        ("star", 0.66, 4),
        ("star", 0.5, None),
        ("ckw", 0.71, 2),  # C <= 1/sqrt k
        ("ckw", 0.6, 3),
        ("bell", 2.01, 2),  # S <= 2 with two settings for two parties
        ("bell", 1.99, None),
        ("coherent_information", 0.6, 2),
        ("coherent_information", 0.4, 3),
    ],
)
def test_copies_that_a_number_excludes(relation: str, number: float, excluded: int | None) -> None:
    assert fewest_excluded(RELATIONS[relation], number) == excluded


def test_a_copy_is_excluded_by_the_likelihood_where_no_number_does() -> None:
    """F = 0.74 and C = 0.51 leave room for a copy; the margin of the state does not."""
    psi = np.array([cos(pi / 9), 0, 0, np.sin(pi / 9)], dtype=complex)
    rho = 0.76 * np.outer(psi, psi) + 0.01 * np.eye(4) / 4 + 0.23 * np.diag([1, 0, 0, 0])
    assert fully_entangled_fraction(rho) < 0.75
    assert extension_margin(rho) < -0.1
    copies = link_of(rho, 2000, 1).copies
    assert (copies.excluded, copies.relation) == (2, "symmetric extension")
    assert copies.limit.guarantee == "asymptotic"


def test_one_end_may_have_a_copy_where_the_other_has_none() -> None:
    rho = damped(0.6)
    assert extension_margin_of(rho, 0) < 0 < extension_margin_of(rho, 1)
    link = link_of(rho, 3000, 2)
    assert link.copies.unique == 0
    assert link.copies.excluded > 2
    assert "nobody else can hold a copy of qubit 0" in copies_sentences(link)[1]
    state = np.kron(rho, named_state("product:0").rho)
    (note,) = [s for s in analyse_joint(measured(state, 1000, 3)).sections if s.title == "extensions"]
    assert note.lines[0].startswith("0-1: nobody else can hold a copy of qubit 0")


@pytest.mark.parametrize("name", ["W", "edge"])
def test_copies_that_exist_are_excluded_at_most_at_the_level(name: str) -> None:
    """A pair of W and the Werner state of F = 3/4, both on the edge of what can be copied; 3 sigma."""
    rho = partial_trace(named_state("w:3").rho, (2,) * 3, [0, 1]) if name == "W" else werner(2 / 3).rho
    runs = 60
    alarms = sum(copies_of({}, region_of(rho, 200, seed, 0.8)).excluded == 2 for seed in range(runs))
    assert alarms <= 0.2 * runs + 3 * sqrt(0.2 * 0.8 * runs)


class TestThirdParty:
    def test_the_star_rule_leaves_cos_squared(self) -> None:
        found = left_for_another([Limit(0.9, "clopper-pearson", "exact")], [Limit(0.8, "m", "exact")])
        assert found.value == pytest.approx(cos(pi / 3 - acos(sqrt(0.9))) ** 2)
        assert found.method == "star fidelity on clopper-pearson"

    def test_tangles_leave_less_where_the_frame_is_rotated(self) -> None:
        found = left_for_another([Limit(0.5, "f", "exact")], [Limit(0.96, "witness", "asymptotic")])
        assert found.value == pytest.approx((1 + sqrt(1 - 0.96**2)) / 2)
        assert found.guarantee == "asymptotic"

    def test_what_is_impossible_leaves_nothing(self) -> None:
        assert largest_for_another([0.9, 0.9]) == (0.0, RELATIONS["star"])
        assert largest_for_another([0.5, 0.5], [0.8, 0.8]) == (0.0, RELATIONS["ckw"])

    def test_nothing_known_leaves_everything(self) -> None:
        assert left_for_another([None], [None]).value == 1

    def test_of_a_chsh_test_alone(self) -> None:
        """C >= sqrt(S^2/4 - 1) keeps others from the qubit; two parties cannot both exceed S = 2."""
        table = simulate_counts(werner(0.97).rho, chsh_plan(bell("phi+"), 4000, 1), np.random.default_rng(1))
        report = analyse_joint(table, level=0.99)
        assert report.metric("extendibility[0,1]").level == 0.99
        s, left = report.metric("S[0,1]").low.value, report.metric("third_party_fidelity")
        assert left.high.value == pytest.approx((1 + sqrt(1 - (s**2 / 4 - 1))) / 2)
        assert left.high.guarantee == "exact"
        assert report.metric("extendibility[0,1]").high.value == 1

    def test_every_qubit_of_pairs_measured_apart(self) -> None:
        pairs = {(0, j): measured(werner(0.4).rho, 1000, j) for j in (1, 2)}
        report = analyse_pairs(pairs)
        lows = [report.metric(f"fidelity[0,{j}]").low for j in (1, 2)]
        tangles = [report.metric(f"concurrence[0,{j}]").low for j in (1, 2)]
        assert report.metric("third_party_fidelity[0]").high == left_for_another(lows, tangles)
        assert report.metric("third_party_fidelity[2]").high == left_for_another(lows[1:], tangles[1:])

    def test_of_pairs_that_do_not_bind_each_other_nothing_is_said_together(self) -> None:
        pairs = {
            (0, j): replace(measured(werner(0.4).rho, 100, j), metadata={"device": f"lab {j}"})
            for j in (1, 2)
        }
        report = analyse_pairs(pairs)
        assert report.metric("third_party_fidelity[0]").high is None
        assert "different devices" in report.metric("third_party_fidelity[0]").reason
        assert report.metric("third_party_fidelity[1]").high is not None

    def test_every_pair_and_qubit_of_a_joint_state(self) -> None:
        report = analyse_joint(measured(named_state("w:3").rho, 300, 5))
        for qubit, pairs in (("0", ("0,1", "0,2")), ("1", ("0,1", "1,2"))):
            lows = [[report.metric(f"{n}[{p}]").low for p in pairs] for n in ("fidelity", "concurrence")]
            assert report.metric(f"third_party_fidelity[{qubit}]").high == left_for_another(*lows)
            assert report.metric(f"budget_headroom[{qubit}]").high.value > 0
        assert report.metric("extendibility[1,2]").high.value >= 2  # W extends each of its pairs

    def test_holds_on_a_state_of_three(self) -> None:
        """W: the pair (0, 1) is measured, and qubit 2 has no more with qubit 0 than is left."""
        rho = named_state("w:3").rho
        truth = fully_entangled_fraction(partial_trace(rho, (2,) * 3, [0, 2]))
        table = measured(partial_trace(rho, (2,) * 3, [0, 1]), 500, 3)
        assert analyse_joint(table).metric("third_party_fidelity").high.value >= truth


class TestCoherentInformation:
    def random(self, rng: np.random.Generator) -> Matrix:
        a = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
        a = a[:, : rng.integers(1, 5)]
        return a @ a.conj().T / np.trace(a @ a.conj().T).real

    def test_a_witness_is_below_every_state_and_meets_its_own(self) -> None:
        rng = np.random.default_rng(5)
        for _ in range(200):
            reference, rho, side = self.random(rng), self.random(rng), int(rng.integers(2))
            witness = coherent_witness(reference, side)
            value = von_neumann_entropy(partial_trace(rho, (2, 2), [side])) - von_neumann_entropy(rho)
            assert value >= np.vdot(witness, rho).real - 1e-9
        mixed = 0.995 * reference + 0.005 * np.eye(4) / 4
        own = von_neumann_entropy(partial_trace(mixed, (2, 2), [side])) - von_neumann_entropy(mixed)
        assert np.vdot(witness, mixed).real == pytest.approx(own, abs=1e-9)

    def test_of_a_fidelity(self) -> None:
        """The hashing bound of a Werner state, positive above F = 0.81071; no state has less at its F."""
        assert least_coherent_information(0.81071) == pytest.approx(0, abs=1e-4)
        assert least_coherent_information(1.0, 3) == pytest.approx(np.log2(3))
        rng = np.random.default_rng(6)
        for _ in range(200):
            rho = self.random(rng)
            least = least_coherent_information(min(1.0, fully_entangled_fraction(rho)))
            assert least <= coherent_information(rho) + 1e-9

    def test_the_region_proves_more_than_the_fidelity_of_an_unlike_state(self) -> None:
        psi = np.array([cos(0.5), 0, 0, np.sin(0.5)], dtype=complex)
        rho = 0.99 * np.outer(psi, psi) + 0.01 * np.eye(4) / 4
        link = link_of(rho, 2000, 4)
        low = link.coherent.low
        assert low.method == "likelihood region"
        assert least_coherent_information(link.fidelity.low.value) < low.value < coherent_information(rho)

    @pytest.mark.parametrize("visibility", [0.9, 0.99])
    def test_limits_hold_the_level(self, visibility: float) -> None:
        """Lower limits from the region alone at level 0.8; misses at most as 3 sigma above a fifth allow."""
        rho, runs, nothing = werner(visibility).rho, 60, missing("concurrence", "not asked")
        truth = coherent_information(rho)
        lows = [
            coherent_metric("0|1", nothing, nothing, None, region_of(rho, 200, seed, 0.8)).low
            for seed in range(runs)
        ]
        misses = sum(low.value > truth for low in lows)
        assert misses <= 0.2 * runs + 3 * sqrt(0.2 * 0.8 * runs)


class TestDecidedBy:
    def test_a_violation_names_the_relation_and_where(self) -> None:
        pairs = {(0, j): measured(werner(0.8).rho, 1000, j) for j in (1, 2)}
        report = analyse_pairs(pairs)
        assert report.verdict == "violated"
        assert report.payload["decided_by"] == [{"relation": "star", "qubit": 0}]
        (note,) = [section for section in report.sections if section.title == "decided by"]
        assert note.lines[0].startswith("star fidelity at qubit 0: at least 1.")

    def test_coherent_information_decides_for_good_links(self) -> None:
        pairs = {(0, j): measured(werner(0.99).rho, 1000, j) for j in (1, 2)}
        names = [found["relation"] for found in analyse_pairs(pairs).payload["decided_by"]]
        assert names == ["star", "ckw", "coherent_information"]

    def test_satisfied_names_all_that_were_asked(self) -> None:
        pairs = {(0, j): measured(werner(0.3).rho, 1000, j) for j in (1, 2)}
        report = analyse_pairs(pairs, rng=np.random.default_rng(1))
        assert report.verdict == "satisfied"
        names = [found["relation"] for found in report.payload["decided_by"]]
        assert names == ["star", "ckw", "coherent_information", "one_state"]

    def test_rigorous_limits_are_all_exact(self) -> None:
        pairs = {(0, j): measured(werner(0.9).rho, 500, j) for j in (1, 2)}
        report = analyse_pairs(pairs, rng=np.random.default_rng(1), rigorous=True)
        lows = [metric.low for metric in report.metrics if metric.low is not None]
        assert {low.guarantee for low in lows} == {"exact"}
