"""A network of claims: hubs, the three rules, levels that add up, Holm over hubs, and its size."""

from __future__ import annotations

import json
from dataclasses import replace
from math import acos, log2, sqrt
from pathlib import Path
from time import process_time

import numpy as np
import pytest

from qmono.analysis.monogamy.claims.hubs import hubs_of, network_of
from qmono.analysis.monogamy.claims.report import report_on_claims
from qmono.core.claims import Claim, Claims
from qmono.core.report import Report
from qmono.errors import UsageError
from qmono.formats.documents.claims_file import read_claims
from qmono.quantum.limits import clopper_pearson_low
from qmono.quantum.monogamy import star
from qmono.quantum.monogamy.network import broken_by_holm, limits_at


def link(name: str, a: str, b: str, lower: float = 0.9, level: float = 0.99, **more: object) -> Claim:
    return Claim(id=name, ends=(a, b), quantity="fidelity", lower=lower, level=level, **more)  # type: ignore[arg-type]


def counted(name: str, a: str, b: str, passes: int, trials: int, quantity: str = "fidelity") -> Claim:
    return Claim(id=name, ends=(a, b), quantity=quantity, passes=passes, trials=trials)  # type: ignore[arg-type]


def of_dimensions(claim: Claim, *dimensions: int) -> Claim:
    return replace(claim, dimensions=dimensions)


def judged(*claims: Claim, level: float = 0.95) -> Report:
    return report_on_claims(Claims(claims), level)


def passes_at(fidelity: float, trials: int) -> int:
    return round(trials * (1 + 2 * fidelity) / 3)


def test_two_good_links_on_one_qubit_are_too_much() -> None:
    """F = 0.85 twice: the tangle sum lets it pass, the star rule does not (pitfall 20)."""
    report = judged(link("ab", "A.0", "B.0", 0.85), link("ac", "A.0", "C.0", 0.85))
    assert report.verdict == "violated"
    (hub,) = report.payload["hubs"]
    assert hub["headroom_at_most"]["star fidelity"] < 0 < hub["headroom_at_most"]["tangle sum"]
    assert "no state" in report.title


def test_two_memories_of_one_node_are_independent() -> None:
    """Pitfall 3: not all shared nodes share a qubit."""
    report = judged(link("ab", "A.0", "B.0", 0.99), link("ac", "A.1", "C.0", 0.99))
    assert report.verdict == "not-applicable"


@pytest.mark.parametrize("key", ["window", "herald"])
def test_other_times_and_ensembles_do_not_bind(key: str) -> None:
    first, second = (
        link(name, "A.0", f"{name}.0", 0.99, **{key: word}) for name, word in (("B", "one"), ("C", "two"))
    )
    assert judged(first, second).verdict == "not-applicable"
    assert (
        judged(first, link("D", "A.0", "D.0", 0.99)).verdict == "violated"
    )  # nothing said: assumed to agree


def test_levels_that_add_up_to_too_much_prove_nothing() -> None:
    """Two limits at 95 % cost 10 %: the rule is broken, and not at 95 %."""
    claims = (link("ab", "A.0", "B.0", 0.95, 0.95), link("ac", "A.0", "C.0", 0.95, 0.95))
    assert judged(*claims).verdict == "inconclusive"
    assert judged(*claims, level=0.89).verdict == "violated"


def test_satisfied_says_only_that_no_contradiction_was_found() -> None:
    """Pitfall 13."""
    report = judged(link("ab", "A.0", "B.0", 0.7), link("ac", "A.0", "C.0", 0.7))
    assert report.verdict == "satisfied"
    assert "no contradiction found" in report.title
    words = " ".join(line for section in report.sections for line in getattr(section, "lines", ()))
    assert "one joint state exists is not shown" in words


def test_chsh_claims_are_held_against_each_other() -> None:
    a = Claim("ab", ("A.0", "B.0"), "S", lower=2.1, level=0.99)
    b = Claim("ac", ("A.0", "C.0"), "S", lower=2.05, level=0.99)
    report = judged(a, b)
    assert report.verdict == "violated"
    assert report.payload["hubs"][0]["headroom_at_most"]["Bell monogamy"] == pytest.approx(
        1 - (2.1**2 + 2.05**2) / 8
    )


def test_counts_share_what_limits_leave_of_the_error() -> None:
    """0.05 less 0.01 is left for two links with counts: 0.02 each, by Clopper and Pearson."""
    claims = Claims(
        (
            link("ab", "A.0", "B.0", 0.6, 0.99),
            counted("ac", "A.0", "C.0", 930, 1000),
            counted("ad", "A.0", "D.0", 800, 1000),
        )
    )
    hubs = hubs_of(claims.claims)
    limits = limits_at(network_of(claims, hubs), 0.05)
    expected = [0.6, *((3 * clopper_pearson_low(k, 1000, 0.98) - 1) / 2 for k in (930, 800))]
    assert limits.values["fidelity"] == pytest.approx(expected)


def test_wins_are_of_the_chsh_game() -> None:
    claims = Claims((counted("ab", "A.0", "B.0", 850, 1000, "S"), link("ac", "A.0", "C.0")))
    limits = limits_at(network_of(claims, hubs_of(claims.claims)), 0.05)
    assert limits.values["S"][0] == pytest.approx(8 * clopper_pearson_low(850, 1000, 0.96) - 4)


def test_vectorised_star_rule_is_the_one_of_a_single_hub() -> None:
    rng = np.random.default_rng(4)
    for k in (1, 2, 3, 7):
        fidelities = rng.random((50, k))
        assert star.used_budgets(fidelities) == pytest.approx([star.used_budget(row) for row in fidelities])
        assert star.used_budgets(fidelities, 3) == pytest.approx(
            [star.used_budget(row, 3) for row in fidelities]
        )


def test_budgets_by_brute_force() -> None:
    """The minimum of s^T G^-1 s over s_j >= sqrt f_j, on a grid, is what the closed form says."""
    rng = np.random.default_rng(2)
    grid = np.linspace(0, 1, 401)
    inverse = np.linalg.inv(0.5 * np.eye(2) + 0.5 * np.ones((2, 2)))
    for _ in range(10):
        roots = np.sqrt(rng.random(2))
        a, b = np.meshgrid(grid[grid >= roots[0]], grid[grid >= roots[1]])
        values = inverse[0, 0] * a**2 + 2 * inverse[0, 1] * a * b + inverse[1, 1] * b**2
        assert star.used_budgets(roots**2) == pytest.approx(values.min(), abs=0.02)


def test_holm_is_holm() -> None:
    """The step-down names the hubs that Holm's adjusted p values would; each p by bisection."""
    rng = np.random.default_rng(6)
    claims = []
    for hub in range(30):
        f = 0.76 + 0.04 * rng.random()
        for spoke in range(2):
            claims.append(
                counted(f"{hub}-{spoke}", f"H{hub}.0", f"S{hub}{spoke}.0", passes_at(f, 2000), 2000)
            )
    all_claims = Claims(tuple(claims))
    hubs = hubs_of(all_claims.claims)
    network = network_of(all_claims, hubs)
    p_values = []
    for number in range(len(hubs)):
        alone = network.chosen(np.arange(len(hubs)) == number)
        low, high = 1e-12, 1.0
        for _ in range(60):
            middle = (low * high) ** 0.5
            low, high = (low, middle) if broken_by_holm(alone, middle).any() else (middle, high)
        p_values.append(high)
    from qmono.quantum.limits import holm

    expected = np.array(holm(p_values)) <= 0.05
    assert 0 < expected.sum() < len(hubs)
    assert (broken_by_holm(network, 0.05) == expected).all()


def test_false_alarms_on_a_network_at_the_edge() -> None:
    """Forty hubs with two links of F = 0.75, the most that one state allows: at most 5 % of networks."""
    rng = np.random.default_rng(12)
    alarms = 0
    for _ in range(200):
        passes = rng.binomial(1500, (1 + 2 * 0.75) / 3, size=(40, 2))
        claims = tuple(
            counted(f"{hub}-{spoke}", f"H{hub}.0", f"S{hub}-{spoke}.0", int(passes[hub, spoke]), 1500)
            for hub in range(40)
            for spoke in range(2)
        )
        alarms += report_on_claims(Claims(claims), 0.95).verdict == "violated"
    assert alarms / 200 <= 0.05 + 3 * (0.05 * 0.95 / 200) ** 0.5


def test_power_against_two_links_of_080() -> None:
    """3000 shots a link: the rule is broken at least nine times in ten."""
    rng = np.random.default_rng(3)
    found = sum(
        judged(
            counted("ab", "A.0", "B.0", int(rng.binomial(3000, (1 + 1.6) / 3)), 3000),
            counted("ac", "A.0", "C.0", int(rng.binomial(3000, (1 + 1.6) / 3)), 3000),
        ).verdict
        == "violated"
        for _ in range(100)
    )
    assert found >= 90


def test_the_worst_hub_comes_first_and_room_is_what_the_star_rule_leaves() -> None:
    report = judged(
        link("ab", "A.0", "B.0", 0.6),
        link("ac", "A.0", "C.0", 0.6),
        link("xy", "X.0", "Y.0", 0.7),
        link("xz", "X.0", "Z.0", 0.7),
    )
    table = report.sections[0]
    assert [row[0] for row in table.rows] == ["X.0", "A.0"]  # type: ignore[union-attr]
    assert table.rows[0][-2] == pytest.approx(star.largest_remaining([0.7, 0.7]))  # type: ignore[union-attr]


class TestOtherDimensions:
    def qudits(self, d: int, *fidelities: float) -> Report:
        links = (link(f"{k}", "A.0", f"B{k}.0", f, 0.999) for k, f in enumerate(fidelities))
        return judged(*(of_dimensions(claim, d, d) for claim in links))

    @pytest.mark.parametrize("d", [2, 3, 5, 7])
    def test_two_spokes_obey_the_angle_of_the_hub(self, d: int) -> None:
        """arccos sqrt f_1 + arccos sqrt f_2 >= arccos(1/d): with f_1 = 0.9, f_2 at most the rest."""
        most = np.cos(acos(1 / d) - acos(sqrt(0.9))) ** 2
        assert self.qudits(d, 0.9, most - 1e-3).verdict == "satisfied"
        report = self.qudits(d, 0.9, most + 1e-3)
        assert report.verdict == "violated"
        assert report.payload["hubs"][0]["decided_by"] == "star"

    @pytest.mark.parametrize(("d", "k"), [(3, 3), (4, 6), (3, 12)])
    def test_equal_spokes_of_any_number(self, d: int, k: int) -> None:
        most = (k + d - 1) / (k * d)
        assert self.qudits(d, *[most - 1e-4] * k).verdict == "satisfied"
        assert self.qudits(d, *[most + 1e-4] * k).verdict == "violated"

    def test_what_is_possible_for_qubits_may_be_impossible_for_qutrits(self) -> None:
        """Two equal spokes: 3/4 each for d = 2, 2/3 for d = 3."""
        assert self.qudits(2, 0.7, 0.7).verdict == "satisfied"
        assert self.qudits(3, 0.7, 0.7).verdict == "violated"

    @pytest.mark.parametrize(
        ("hub", "spoke", "concurrence"), [(3, 3, 1.0), (3, 2, sqrt(8 / 9))], ids=["Ou", "Kim-Das-Sanders"]
    )
    def test_the_tangle_sum_is_refused_where_states_break_it(
        self, hub: int, spoke: int, concurrence: float
    ) -> None:
        """Two pairs of one real state each, as in `TestOutsideQubits`: tangles that sum to more than 1."""
        pairs = (
            of_dimensions(
                Claim(name, ("A.0", f"{name}.0"), "concurrence", lower=concurrence, level=0.999), hub, spoke
            )
            for name in "BC"
        )
        report = judged(*pairs)
        assert report.verdict == "satisfied"
        (found,) = report.payload["hubs"]
        assert found["headroom_at_most"]["tangle sum"] is None
        assert "law of qubits, not of dimensions" in found["not_asked"]["tangle sum"]
        assert set(found["not_asked"]) == {"tangle sum", "Bell monogamy"}
        (note,) = [section for section in report.sections if section.title == "not asked"]
        assert note.lines[0].startswith("A.0: tangle sum, Bell monogamy: it is a law of qubits")

    def test_s_is_not_added_up_outside_qubits(self) -> None:
        """2.4^2 + 2.4^2 > 8: broken between qubits, not asked of qutrits."""
        pairs = [Claim(name, ("A.0", f"{name}.0"), "S", lower=2.4, level=0.99) for name in "BC"]
        assert judged(*pairs).verdict == "violated"
        assert judged(*(of_dimensions(claim, 3, 3) for claim in pairs)).verdict == "satisfied"

    def test_a_target_on_few_levels_uses_nothing_of_a_larger_hub(self) -> None:
        """Two perfect qubit pairs can end on the two halves of one system of four levels."""
        pairs = [of_dimensions(link(name, "A.0", f"{name}.0", 0.999), 4, 2) for name in "BC"]
        report = judged(*pairs)
        assert report.verdict == "satisfied"
        words = " ".join(line for s in report.sections if s.title == "not asked" for line in s.lines)
        assert "smaller partners" in words

    def test_the_end_that_is_a_qubit_is_judged_as_one(self) -> None:
        pairs = [of_dimensions(link(name, "A.0", f"{name}.0", 0.9), 2, 4) for name in "BC"]
        assert judged(*pairs).verdict == "violated"

    def test_coherent_information_adds_up_to_log2_d(self) -> None:
        """F = 0.99 of two qutrits has 1.474 bits at least, and log2 3 = 1.585."""
        first = of_dimensions(link("ab", "A.0", "B.0", 0.99, 0.999), 3, 3)

        def beside(bits: float) -> Report:
            other = Claim("ac", ("A.0", "C.0"), "coherent_information", lower=bits, level=0.999)
            return judged(first, of_dimensions(other, 3, 3))

        least = log2(3) - (-0.99 * log2(0.99) - 0.01 * log2(0.01)) - 0.01 * log2(8)
        assert beside(log2(3) - least - 1e-3).verdict == "satisfied"
        report = beside(log2(3) - least + 1e-3)
        assert report.verdict == "violated"
        assert report.payload["hubs"][0]["decided_by"] == "coherent_information"

    def test_one_qubit_has_one_dimension(self) -> None:
        with pytest.raises(UsageError, match=r"A\.0 has dimension 2, and 3 in claim ac"):
            judged(link("ab", "A.0", "B.0"), of_dimensions(link("ac", "A.0", "C.0"), 3, 3))


class TestWhoElse:
    def test_every_qubit_says_what_is_left_and_who_can_share_alike(self) -> None:
        report = judged(link("ab", "A.0", "B.0", 0.6), link("ac", "A.0", "C.0", 0.7))
        (hub,) = report.payload["hubs"]
        assert hub["fidelity_left_for_another"] == pytest.approx(star.largest_remaining([0.6, 0.7]))
        assert hub["parties_alike_at_most"] == 2  # F = 0.7: two could have it (3/4), three could not (2/3)
        lone = {end["qubit"]: end for end in report.payload["qubits_with_one_partner"]}
        assert set(lone) == {"B.0", "C.0"}
        assert lone["C.0"]["fidelity_left_for_another"] == pytest.approx(star.largest_remaining([0.7]))
        assert lone["B.0"]["parties_alike_at_most"] == 5  # (k + 1)/(2 k) >= 0.6 up to k = 5

    def test_alone_nothing_is_contradicted(self) -> None:
        report = judged(link("ab", "A.0", "B.0", 0.9))
        assert report.verdict == "not-applicable"
        assert [end["qubit"] for end in report.payload["qubits_with_one_partner"]] == ["A.0", "B.0"]

    def test_an_overdrawn_qubit_leaves_no_number(self) -> None:
        (hub,) = judged(link("ab", "A.0", "B.0", 0.9), link("ac", "A.0", "C.0", 0.9)).payload["hubs"]
        assert hub["fidelity_left_for_another"] is None


def test_causes_come_in_the_order_that_the_claims_suggest() -> None:
    """Limits without counts and without a window are suspected first; with both, last."""

    def first_cause(*claims: Claim) -> str:
        (note,) = [s for s in judged(*claims).sections if s.title == "look at, in this order"]
        return note.lines[0].partition(":")[0]

    timed = [
        replace(counted(name, "A.0", f"{name}.0", passes_at(0.9, 3000), 3000), window="w1") for name in "BC"
    ]
    assert first_cause(*timed) == "identity"
    assert first_cause(*(replace(claim, window=None) for claim in timed)) == "time"
    assert first_cause(*(link(name, "A.0", f"{name}.0", 0.9, window="w1") for name in "BC")) == "claims"


@pytest.mark.slow
def test_a_hundred_thousand_links_take_less_than_five_seconds(tmp_path: Path) -> None:
    """Reading and judging, on one core."""
    rng, path = np.random.default_rng(1), tmp_path / "claims.jsonl"
    ends = rng.integers(0, 60_000, size=(100_000, 2))
    passes = rng.binomial(1000, 0.8, size=100_000)
    with path.open("w") as file:
        for index, ((a, b), k) in enumerate(zip(ends.tolist(), passes.tolist(), strict=True)):
            line = {"id": f"c{index}", "qubits": [f"A{a}.0", f"B{b}.0"], "quantity": "fidelity"}
            file.write(json.dumps({**line, "passes": k, "trials": 1000}) + "\n")
    started = process_time()
    report = report_on_claims(read_claims(path), 0.95)
    assert process_time() - started < 5
    assert report.payload["claims"] == 100_000
