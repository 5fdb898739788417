"""Relations of exact states: never negative, known residuals, and states outside qubits that break some."""

from __future__ import annotations

from math import log2, sqrt

import numpy as np
import pytest

from qmono.errors import UsageError
from qmono.quantum.measures import MEASURES
from qmono.quantum.measures.i_concurrence import i_concurrence
from qmono.quantum.measures.negativity import negativity
from qmono.quantum.measures.tangle_bounds import tangle_high, tangle_low
from qmono.quantum.monogamy import JOINT_RELATIONS, bell, ckw, coherent
from qmono.quantum.monogamy.relation import JointRelation
from qmono.quantum.operations import bipartitions, partial_trace, projector
from qmono.quantum.paulis import PAULIS
from qmono.quantum.states import named_state


def random_rho(dims: tuple[int, ...], rank: int, rng: np.random.Generator) -> np.ndarray:
    a = rng.normal(size=(int(np.prod(dims)), rank)) + 1j * rng.normal(size=(int(np.prod(dims)), rank))
    return a @ a.conj().T / np.trace(a @ a.conj().T).real


@pytest.mark.parametrize("name", JOINT_RELATIONS.names)
class TestEveryJointRelation:
    def relation(self, name: str) -> JointRelation:
        found = JOINT_RELATIONS.load(name)
        assert isinstance(found, JointRelation)
        assert found.name == name
        assert any(character.isdigit() for character in found.reference)
        return found

    @pytest.mark.parametrize("n", [3, 4])
    def test_holds_on_random_states(self, name: str, n: int) -> None:
        relation, rng = self.relation(name), np.random.default_rng(31)
        for rank in (1, 1, 1, 1, 1, 2, 5):
            rho = random_rho((2,) * n, rank, rng)
            if relation.why_not(rho, (2,) * n) is None:
                assert min(relation.residuals(rho, (2,) * n).values()) >= -1e-9

    def test_refuses_what_it_is_not_for(self, name: str) -> None:
        relation = self.relation(name)
        mixed = np.eye(8) / 8
        qutrits = projector(np.ones(27) / sqrt(27))
        assert (relation.why_not(mixed, (2, 2, 2)) is None) == (name == "shadow")
        assert (relation.why_not(qutrits, (3, 3, 3)) is None) == (name == "shadow")


def residuals(name: str, state: str) -> dict[str, float]:
    rho = named_state(state).rho
    return JOINT_RELATIONS.load(name).residuals(rho, (2, 2, 2))


def test_known_residuals_of_w() -> None:
    """C(A|BC)^2 = 8/9, C_AB = 2/3, N_AB = (sqrt5 - 1)/6: Ou, Fan, PRA 75 062308 (2007)."""
    assert residuals("cren_squared", "w:3")["0"] == pytest.approx(0, abs=1e-12)
    assert residuals("concurrence_cubed", "w:3")["0"] == pytest.approx((8 / 9) ** 1.5 - 2 * (2 / 3) ** 3)
    pair = (sqrt(5) - 1) / 3
    assert residuals("negativity_squared", "w:3")["0"] == pytest.approx(8 / 9 - 2 * pair**2)
    entropy = -(1 / 3) * log2(1 / 3) - (2 / 3) * log2(2 / 3)
    assert residuals("formation_squared", "w:3")["0"] == pytest.approx(entropy**2 - 2 * 0.5500477596**2)


def test_the_first_power_is_not_monogamous() -> None:
    """W: formation 0.918 < 2 x 0.550, concurrence 0.943 < 2 x 2/3."""
    rho = named_state("w:3").rho
    pair = partial_trace(rho, (2, 2, 2), [0, 1])
    of_pair = MEASURES.load("entanglement_of_formation").function(pair)
    assert MEASURES.load("von_neumann_entropy").function(partial_trace(rho, (2, 2, 2), [0])) < 2 * of_pair
    assert i_concurrence(rho, (2, 2, 2), (0,)) < 2 * MEASURES.load("concurrence").function(pair)


def test_ghz_is_polygamous_in_assistance() -> None:
    assert residuals("polygamy", "ghz:3")["0"] == pytest.approx(1.0)


def test_shadow_of_pure_products_is_zero() -> None:
    assert residuals("shadow", "product:0+r")[""] == pytest.approx(0, abs=1e-12)


class TestOutsideQubits:
    """States on which ckw is false; every pure state in the range of their pairs has one concurrence."""

    def ou(self) -> np.ndarray:
        """The antisymmetric state of three qutrits: Ou, PRA 75 034305 (2007)."""
        psi = np.zeros((3, 3, 3))
        for a, b, c in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
            psi[a, b, c], psi[a, c, b] = 1 / sqrt(6), -1 / sqrt(6)
        return projector(psi.reshape(-1).astype(complex))

    def kim_das_sanders(self) -> np.ndarray:
        """(sqrt2 |010> + sqrt2 |101> + |200> + |211>)/sqrt6 in 3 x 2 x 2: PRA 79 012329 (2009)."""
        psi = np.zeros((3, 2, 2))
        psi[0, 1, 0] = psi[1, 0, 1] = sqrt(2 / 6)
        psi[2, 0, 0] = psi[2, 1, 1] = sqrt(1 / 6)
        return projector(psi.reshape(-1).astype(complex))

    def range_concurrences(self, pair: np.ndarray, dims: tuple[int, int]) -> np.ndarray:
        """Concurrences of random vectors in the range of a pair: all equal, so the roof is that number."""
        rng = np.random.default_rng(2)
        values, vectors = np.linalg.eigh(pair)
        kept = vectors[:, values > 1e-9]
        found = []
        for _ in range(30):
            psi = kept @ (rng.normal(size=kept.shape[1]) + 1j * rng.normal(size=kept.shape[1]))
            found.append(i_concurrence(projector(psi / np.linalg.norm(psi)), dims, (0,)))
        return np.array(found)

    def test_three_qutrits(self) -> None:
        rho = self.ou()
        whole = i_concurrence(rho, (3, 3, 3), (0,)) ** 2
        roof = self.range_concurrences(partial_trace(rho, (3, 3, 3), [0, 1]), (3, 3))
        assert whole == pytest.approx(4 / 3)
        assert roof == pytest.approx(np.ones(30))
        assert whole - 2 * roof[0] ** 2 == pytest.approx(-2 / 3)

    def test_a_qutrit_and_two_qubits(self) -> None:
        rho = self.kim_das_sanders()
        whole = i_concurrence(rho, (3, 2, 2), (0,)) ** 2
        roof = self.range_concurrences(partial_trace(rho, (3, 2, 2), [0, 1]), (3, 2))
        assert whole == pytest.approx(4 / 3)
        assert roof**2 == pytest.approx(np.full(30, 8 / 9))

    def test_ckw_is_refused_there_and_the_coherent_rule_holds(self) -> None:
        assert "law of qubits" in (ckw.RELATION.why_not((3, 2, 2)) or "")
        with pytest.raises(UsageError, match="law of qubits"):
            ckw.RELATION.evaluate([0.94, 0.94], 3)
        for rho, dims in ((self.ou(), (3, 3, 3)), (self.kim_das_sanders(), (3, 2, 2))):
            assert coherent.of_state(rho, dims, 0).is_possible
            assert JOINT_RELATIONS.load("shadow").residuals(rho, dims)[""] >= -1e-12


def test_bell_monogamy_is_for_pairs_of_edges() -> None:
    """Horodecki values: phi+ 2 sqrt2, Werner 2 sqrt2 V; the hub of W keeps S^2 + S'^2 below 8."""
    assert bell.largest_chsh(named_state("psi-").rho) == pytest.approx(2 * sqrt(2))
    assert bell.largest_chsh(named_state("werner:0.8").rho) == pytest.approx(1.6 * sqrt(2))
    assert bell.RELATION.evaluate([2.5, 1.3]).is_possible
    assert not bell.RELATION.evaluate([2.5, 1.4]).is_possible
    assert bell.RELATION.evaluate([2.8, 0.3, 0.2]).used == pytest.approx(2.8**2 + 0.3**2)


def test_tangle_bounds_enclose_the_tangle_of_two_qubits() -> None:
    rng = np.random.default_rng(37)
    for rank in (1, 2, 3, 4) * 10:
        rho = random_rho((2, 2), rank, rng)
        tangle = MEASURES.load("tangle").function(rho)
        assert tangle_low(rho) - 1e-9 <= tangle <= tangle_high(rho) + 1e-9


def cloner() -> np.ndarray:
    """A reference qubit and two optimal clones: spin 1/2 of (1/2) x (symmetric pair); F = 3/4."""
    symmetric = [named_state(name).psi for name in ("product:00", "psi+", "product:11")]
    frame = np.stack([np.kron(bit, psi) for bit in np.eye(2) for psi in symmetric], axis=1)
    spin = [
        sum(np.kron(np.kron(np.eye(2**q), s), np.eye(2 ** (2 - q))) for q in range(3)) / 2 for s in PAULIS[1:]
    ]
    casimir = frame.conj().T @ sum(s @ s for s in spin) @ frame
    values, vectors = np.linalg.eigh(casimir)
    kept = frame @ vectors[:, np.isclose(values, 3 / 4)]
    return kept @ kept.conj().T / 2


def test_lower_bound_below_the_pair_tangles_is_no_violation() -> None:
    """The optimal cloner: a joint state whose lower bound 4/9 lies below the pair tangles 1/4 + 1/4."""
    rho = cloner()
    assert tangle_low(rho, (2, 2, 2), (0,)) == pytest.approx(4 / 9)
    assert sum(ckw.pair_tangles(rho, 0).values()) == pytest.approx(1 / 2)
    assert ckw.of_state(rho, (2, 2, 2), 0).is_possible


@pytest.mark.parametrize(
    ("name", "state"), [("ghz", "ghz:4"), ("w", "w:4"), ("cluster", "cluster:4"), ("dicke", "dicke:4,2")]
)
def test_witness_bound_is_the_largest_schmidt_weight(name: str, state: str) -> None:
    rho = named_state(state).rho
    value = MEASURES.load(f"witness_{name}").function(rho)
    largest = max(np.linalg.eigvalsh(partial_trace(rho, (2,) * 4, left))[-1] for left, _ in bipartitions(4))
    assert value == pytest.approx(1 - largest)


def test_bell_pairs_side_by_side_have_n_tangle_but_are_no_gme() -> None:
    rho = np.kron(named_state("phi+").rho, named_state("phi+").rho)
    assert MEASURES.load("n_tangle").function(rho) == pytest.approx(1.0)
    assert MEASURES.load("meyer_wallach").function(rho) == pytest.approx(1.0)
    assert negativity(rho, (2,) * 4, (0, 1)) == pytest.approx(0.0, abs=1e-12)


def test_realignment_sees_bound_entanglement_that_negativity_misses() -> None:
    """Tiles UPB state: ||R|| = 1.0874, PPT (Bennett et al., PRL 82 5385 (1999))."""
    z = np.eye(3)
    tiles = [
        np.kron(z[0], z[0] - z[1]) / sqrt(2),
        np.kron(z[2], z[1] - z[2]) / sqrt(2),
        np.kron(z[0] - z[1], z[2]) / sqrt(2),
        np.kron(z[1] - z[2], z[0]) / sqrt(2),
        np.kron(z.sum(axis=0), z.sum(axis=0)) / 3,
    ]
    rho = ((np.eye(9) - sum(np.outer(t, t) for t in tiles)) / 4).astype(complex)
    assert negativity(rho, (3, 3), (0,)) == pytest.approx(0, abs=1e-12)
    assert MEASURES.load("realignment").function(rho, (3, 3), (0,)) == pytest.approx(1.0874, abs=5e-5)
