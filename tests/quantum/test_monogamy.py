"""Monogamy relations: known values, the closed form of the star rule, the catalogue."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tomography_cases import pauli_table

from qmono.core.claims import highest
from qmono.errors import UsageError
from qmono.quantum.measures.fully_entangled_fraction import fully_entangled_fraction
from qmono.quantum.monogamy import RELATIONS, ckw, star
from qmono.quantum.monogamy.relation import BudgetRelation, LikelihoodRelation, Relation
from qmono.quantum.operations import partial_trace, projector
from qmono.quantum.states import named_state
from qmono.quantum.tomography.likelihood import Likelihood, likelihood_of
from qmono.quantum.types import Matrix


def random_pure(n: int, rng: np.random.Generator) -> Matrix:
    psi = rng.normal(size=2**n) + 1j * rng.normal(size=2**n)
    return projector(psi / np.linalg.norm(psi))


def random_mixed(n: int, rank: int, rng: np.random.Generator) -> Matrix:
    factor = rng.normal(size=(2**n, rank)) + 1j * rng.normal(size=(2**n, rank))
    rho = factor @ factor.conj().T
    return rho / np.trace(rho).real


def loaded(kind: type[Relation]) -> list[Relation]:
    return [relation for entry in RELATIONS if isinstance(relation := entry.load(), kind)]


EXACT = [relation for relation in loaded(Relation) if relation.exact is not None]
IN_WORDS = {"ids": lambda relation: relation.name}


@pytest.mark.parametrize("name", RELATIONS.names)
def test_every_relation_says_what_it_is(name: str) -> None:
    relation = RELATIONS.load(name)
    assert isinstance(relation, Relation)
    assert relation.name == name
    assert relation.title
    assert relation.statement
    assert relation.domain
    assert relation.meaning
    assert relation.needs
    assert any(character.isdigit() for character in relation.reference)
    assert relation.why_not((2, 2, 2)) is None
    # what judges nothing but exact states belongs into the other table
    assert isinstance(relation, BudgetRelation | LikelihoodRelation)
    assert (relation.exact is not None) == ("joint state" in relation.needs)


@pytest.mark.parametrize("relation", EXACT, **IN_WORDS)
class TestEveryRelationOfExactStates:
    @pytest.mark.parametrize("n", [3, 4])
    def test_holds_on_random_states(self, relation: Relation, n: int) -> None:
        rng = np.random.default_rng(11)
        for _ in range(40):
            for rho in (random_pure(n, rng), random_mixed(n, 2, rng)):
                for hub in range(n):
                    assert relation.exact.of_state(rho, (2,) * n, hub).is_possible

    @pytest.mark.parametrize("n", [3, 4, 5])
    def test_saturated_where_claimed(self, relation: Relation, n: int) -> None:
        budget = relation.exact.of_state(projector(relation.exact.saturated_by(n)), (2,) * n, 0)
        assert budget.headroom == pytest.approx(0.0, abs=1e-9)

    def test_refuses_two_parts(self, relation: Relation) -> None:
        assert relation.exact.why_not((2, 2))
        assert relation.exact.why_not((2, 2, 2)) is None


@pytest.mark.parametrize("relation", loaded(BudgetRelation), **IN_WORDS)
class TestEveryRelationOfNumbers:
    def test_is_monotone(self, relation: BudgetRelation) -> None:
        rng = np.random.default_rng(3)
        for _ in range(100):
            numbers = rng.random(3)
            more = numbers + (1 - numbers) * rng.random(3)
            assert relation.evaluate(more, 2).used >= relation.evaluate(numbers, 2).used - 1e-12

    def test_one_perfect_pair_is_possible_and_two_are_not(self, relation: BudgetRelation) -> None:
        most = highest(relation.quantity)
        assert relation.evaluate([]).used == 0
        assert relation.evaluate([most]).is_possible
        assert relation.evaluate([most, 0.0]).is_possible
        assert not relation.evaluate([most, most]).is_possible

    def test_many_hubs_at_once_are_each_hub(self, relation: BudgetRelation) -> None:
        numbers = np.random.default_rng(4).random((20, 3)) * highest(relation.quantity)
        assert relation.used(numbers, 2) == pytest.approx([relation.evaluate(row).used for row in numbers])


@pytest.mark.parametrize("relation", loaded(LikelihoodRelation), **IN_WORDS)
class TestEveryRelationOfCounts:
    """W keeps each of them: its pairs are marginals of one state, in which two hold the same share."""

    def likelihoods(self, relation: LikelihoodRelation, rho: Matrix) -> dict[tuple[int, int], Likelihood]:
        pairs = [(0, 1), (0, 2)] if relation.name == "one_state" else [(0, 1)]
        return {pair: likelihood_of(pauli_table(rho, 300, index)) for index, pair in enumerate(pairs)}

    def test_the_bound_is_above_every_state_that_keeps_it(self, relation: LikelihoodRelation) -> None:
        rho = partial_trace(named_state("w:3").rho, (2, 2, 2), [0, 1])
        likelihoods = self.likelihoods(relation, rho)
        found = relation.fit(likelihoods, 0.01)
        assert found.bound >= sum(alone.log_likelihood(rho) for alone in likelihoods.values())
        assert found.log_likelihood <= found.bound <= found.log_likelihood + 0.011

    def test_bell_pairs_are_far_below_it(self, relation: LikelihoodRelation) -> None:
        rho = named_state("phi+").rho
        likelihoods = self.likelihoods(relation, rho)
        measured = sum(
            alone.log_likelihood(0.999 * rho + 0.001 * np.eye(4) / 4) for alone in likelihoods.values()
        )
        assert relation.fit(likelihoods, 0.01).bound < measured - 100


class TestResidual:
    """Known values: Coffman, Kundu, Wootters (2000) and the three-tangle of GHZ (1) and W (0)."""

    @pytest.mark.parametrize(
        ("state", "one_tangle", "tangle_sum"),
        [
            ("w:3", 8 / 9, 8 / 9),
            ("w:4", 3 / 4, 3 / 4),
            ("ghz:3", 1.0, 0.0),
            ("ghz:4", 1.0, 0.0),
            ("product:0+r", 0.0, 0.0),
        ],
    )
    def test_of_symmetric_states(self, state: str, one_tangle: float, tangle_sum: float) -> None:
        budget = ckw.of_state(named_state(state).rho, (2,) * named_state(state).n_qubits, 0)
        assert budget.allowed == pytest.approx(one_tangle, abs=1e-9)
        assert budget.used == pytest.approx(tangle_sum, abs=1e-9)

    def test_of_a_bell_pair_beside_a_bystander(self) -> None:
        rho = np.kron(named_state("phi+").rho, named_state("product:0").rho)
        assert [ckw.residual(rho, qubit) for qubit in range(3)] == pytest.approx([0, 0, 0], abs=1e-9)
        assert ckw.pair_tangles(rho, 0) == pytest.approx({1: 1.0, 2: 0.0}, abs=1e-9)

    @pytest.mark.parametrize("angle", [0.2, 0.5, 0.7])
    def test_of_cos_sin_ghz_is_sine_squared_of_twice_the_angle(self, angle: float) -> None:
        psi = np.zeros(8, dtype=np.complex128)
        psi[0], psi[7] = math.cos(angle), math.sin(angle)
        assert ckw.residual(projector(psi), 1) == pytest.approx(math.sin(2 * angle) ** 2)

    def test_of_the_maximally_mixed_state_is_only_an_upper_bound(self) -> None:
        rho = np.eye(8, dtype=np.complex128) / 8
        assert ckw.residual(rho, 0) == pytest.approx(1.0)
        assert ckw.one_tangle_low(rho, 0) == 0.0

    def test_one_tangle_bounds_meet_on_pure_states_and_never_cross(self) -> None:
        rng = np.random.default_rng(5)
        for _ in range(30):
            pure, mixed = random_pure(3, rng), random_mixed(3, 3, rng)
            assert ckw.one_tangle_low(pure, 1) == pytest.approx(ckw.one_tangle(pure, 1), abs=1e-9)
            assert ckw.one_tangle_low(mixed, 1) <= ckw.one_tangle(mixed, 1) + 1e-12


class TestNodeRule:
    def test_a_hub_that_is_no_qubit_is_refused(self) -> None:
        with pytest.raises(UsageError, match="law of qubits"):
            ckw.RELATION.evaluate([0.9, 0.9], 3)

    def test_two_bell_pairs_are_impossible(self) -> None:
        assert not ckw.RELATION.evaluate([1.0, 0.1]).is_possible
        assert ckw.RELATION.evaluate([1.0, 0.0]).is_possible


class TestStar:
    def test_two_werner_links_of_85_percent_that_the_tangle_sum_lets_pass(self) -> None:
        tangle_sum = ckw.RELATION.evaluate([2 * 0.85 - 1] * 2)
        assert tangle_sum.used == pytest.approx(0.98)
        assert tangle_sum.is_possible
        assert not star.RELATION.evaluate([0.85, 0.85]).is_possible

    @pytest.mark.parametrize(
        ("spokes", "dimension", "fidelity"),
        [(1, 2, 1.0), (2, 2, 0.75), (3, 2, 2 / 3), (4, 2, 0.625), (5, 2, 0.6), (1, 3, 1.0), (2, 3, 2 / 3)],
    )
    def test_equal_spokes(self, spokes: int, dimension: int, fidelity: float) -> None:
        assert star.equal_spokes(spokes, dimension) == pytest.approx(fidelity)
        assert star.used_budget([fidelity] * spokes, dimension) == pytest.approx(1.0, abs=1e-12)

    @pytest.mark.parametrize("dimension", [2, 3, 5])
    def test_a_perfect_spoke_leaves_the_other_only_chance(self, dimension: int) -> None:
        chance = 1 / dimension**2
        assert star.largest_remaining([1.0], dimension) == pytest.approx(chance)
        assert star.RELATION.evaluate([1.0, chance], dimension).is_possible
        assert not star.RELATION.evaluate([1.0, chance + 1e-3], dimension).is_possible

    def test_a_spoke_below_chance_costs_nothing(self) -> None:
        assert star.used_budget([0.9, 0.2]) == pytest.approx(0.9)
        assert star.largest_remaining([0.25]) == 1.0

    @given(roots=st.tuples(st.floats(0, 1), st.floats(0, 1)), dimension=st.sampled_from([2, 3, 4]))
    def test_two_spokes_obey_the_angle_rule(self, roots: tuple[float, float], dimension: int) -> None:
        slack = sum(math.acos(root) for root in roots) - math.acos(1 / dimension)
        if abs(slack) > 1e-6:
            assert star.RELATION.evaluate([root**2 for root in roots], dimension).is_possible == (slack > 0)

    @settings(max_examples=40)
    @given(fidelities=st.lists(st.floats(0, 1), min_size=2, max_size=3), dimension=st.sampled_from([2, 3]))
    def test_is_the_minimum_over_a_grid(self, fidelities: list[float], dimension: int) -> None:
        """No grid point lies below the closed form, and the best one is as close as the grid is fine."""
        k, steps = len(fidelities), 41
        axes = [np.linspace(math.sqrt(f), 1, steps) for f in fidelities]
        s = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, k)
        gram = (1 - 1 / dimension) * np.eye(k) + np.ones((k, k)) / dimension
        values = np.einsum("gi,ij,gj->g", s, np.linalg.inv(gram), s)
        closed = star.used_budget(fidelities, dimension)
        assert values.min() >= closed - 1e-9
        assert values.min() <= closed + dimension / (dimension - 1) * k * (1 / (steps - 1)) ** 2

    @given(fidelities=st.lists(st.floats(0, 1), min_size=1, max_size=4), dimension=st.sampled_from([2, 3]))
    def test_what_remains_is_the_edge_of_what_is_possible(
        self, fidelities: list[float], dimension: int
    ) -> None:
        remaining = star.largest_remaining(fidelities, dimension)
        if not star.RELATION.evaluate(fidelities, dimension).is_possible:
            assert remaining == 0.0
            return
        assert star.used_budget([*fidelities, remaining], dimension) <= 1 + 1e-9
        if remaining < 1 - 1e-4:
            assert star.used_budget([*fidelities, remaining + 1e-4], dimension) > 1

    def test_agrees_with_the_largest_eigenvalue_of_weighted_projectors(self) -> None:
        """Duality: for every weight the weighted sum of possible fidelities is below the top eigenvalue."""
        rng = np.random.default_rng(8)
        for _ in range(50):
            fidelities, weights = rng.random(3), rng.random(3)
            gram = np.full((3, 3), 0.5) + 0.5 * np.eye(3)
            top = np.linalg.eigvalsh(np.sqrt(np.outer(weights, weights)) * gram)[-1]
            if weights @ fidelities > top + 1e-9:
                assert not star.RELATION.evaluate(fidelities).is_possible

    def test_best_star_of_three_is_the_optimal_cloner(self) -> None:
        rho = projector(star.best_star(3))
        fidelities = [fully_entangled_fraction(partial_trace(rho, (2, 2, 2), [0, j])) for j in (1, 2)]
        assert fidelities == pytest.approx([0.75, 0.75])

    @pytest.mark.parametrize("fidelity", [-0.1, 1.1, math.nan])
    def test_what_is_no_fidelity_is_refused(self, fidelity: float) -> None:
        with pytest.raises(UsageError, match="between 0 and 1"):
            star.RELATION.evaluate([fidelity])

    def test_a_hub_without_dimension_is_refused(self) -> None:
        with pytest.raises(UsageError, match="dimension 2 or more"):
            star.RELATION.evaluate([0.5], 1)
        with pytest.raises(UsageError, match="at least one spoke"):
            star.equal_spokes(0)
