"""The usual mistakes of monogamy and tomography, each with a test of its name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qmono.analysis.monogamy.claims.report import report_on_claims
from qmono.analysis.monogamy.reports import analyse_joint, analyse_pairs
from qmono.api import tomography
from qmono.core.claims import Claim, Claims
from qmono.core.counts import CountsTable
from qmono.core.pooling import pooled
from qmono.core.report import Report
from qmono.gate.judge import judge
from qmono.gate.requirement import parse_requirement
from qmono.quantum.born import probabilities, simulate_counts
from qmono.quantum.fidelity.confidence_sequence import sequence_limits
from qmono.quantum.fidelity.direct import direct_fidelity
from qmono.quantum.fidelity.protocols import verification
from qmono.quantum.limits import clopper_pearson_low
from qmono.quantum.measures.coherent_information import coherent_information
from qmono.quantum.measures.concurrence import concurrence, signed_concurrence
from qmono.quantum.measures.extension_margin import extension_margin
from qmono.quantum.measures.log_negativity import log_negativity
from qmono.quantum.measures.negativity import negativity
from qmono.quantum.monogamy import JOINT_RELATIONS, ckw, star
from qmono.quantum.monogamy.relation import budget_relations
from qmono.quantum.operations import partial_trace
from qmono.quantum.plans import pauli_plan
from qmono.quantum.states import bell, named_state, product, werner
from qmono.quantum.tomography.fit.mle import estimate_mle


def measured(rho: np.ndarray, shots: int, seed: int) -> CountsTable:
    n = len(rho).bit_length() - 1
    return simulate_counts(rho, pauli_plan(n, shots), np.random.default_rng(seed))


def apart(first: np.ndarray, second: np.ndarray, shots: int, seed: int) -> dict[tuple[int, int], CountsTable]:
    return {(0, 1): measured(first, shots, seed), (0, 2): measured(second, shots, seed + 1000)}


def optimal_cloner() -> np.ndarray:
    """A reference qubit and its two best clones, F = 3/4 with either."""
    bells = [np.einsum("ij,k->ijk", np.eye(2), e).reshape(-1) for e in np.eye(2)]
    swapped = [np.einsum("ik,j->ijk", np.eye(2), e).reshape(-1) for e in np.eye(2)]
    vectors = [(a + b) / np.linalg.norm(a + b) for a, b in zip(bells, swapped, strict=True)]
    return sum(np.outer(v, v) for v in vectors).astype(complex) / 2


def promised(*lowers: float, **more: str) -> Report:
    claims = tuple(
        Claim(f"c{index}", ("A.0", f"B{index}.0"), "fidelity", lower=lower, level=0.99, **more)  # type: ignore[arg-type]
        for index, lower in enumerate(lowers)
    )
    return report_on_claims(Claims(claims), 0.95)


@pytest.mark.parametrize("seed", range(3))
def test_01_a_joint_fit_cannot_violate_monogamy(seed: int) -> None:
    assert analyse_joint(measured(named_state("w:3").rho, 20, seed)).verdict != "violated"


def test_02_plug_in_sums_are_no_verdict() -> None:
    """phi+ (x) |0> is legal; the sum of fitted tangles exceeds the fitted one-tangle in most runs."""
    other = np.kron(np.eye(2) / 2, product("0").rho).astype(complex)
    fires = 0
    for seed in range(12):
        pairs = apart(bell("phi+").rho, other, 300, seed)
        fits = [estimate_mle(table).rho for table in pairs.values()]
        hub = partial_trace(fits[0], (2, 2), [0])
        fires += 4 * np.linalg.det(hub).real < sum(concurrence(rho) ** 2 for rho in fits)
        assert analyse_pairs(pairs).verdict != "violated"
    assert fires >= 6


def test_03_not_all_links_of_a_node_share_a_qubit() -> None:
    claims = [Claim(f"c{m}", (f"A.{m}", f"B{m}.0"), "fidelity", lower=0.99, level=0.99) for m in range(2)]
    assert report_on_claims(Claims(tuple(claims)), 0.95).verdict == "not-applicable"


def test_04_negativity_of_mixed_states_is_no_monogamy_quantity() -> None:
    """The optimal cloner without its ancilla, a state of three qubits: 4/9 < 1/4 + 1/4 in (2N)^2."""
    rho = optimal_cloner()
    pairs = [(2 * negativity(partial_trace(rho, (2,) * 3, [0, j]))) ** 2 for j in (1, 2)]
    assert (2 * negativity(rho, (2,) * 3, (0,))) ** 2 - sum(pairs) == pytest.approx(-1 / 18)
    relation = JOINT_RELATIONS.load("negativity_squared")
    assert "pure" in relation.why_not(rho, (2,) * 3)
    assert all(relation.quantity != "negativity" for relation in budget_relations())
    assert ckw.of_state(rho, (2,) * 3, 0).is_possible


def test_05_four_det_is_only_above_the_tangle_of_a_mixed_state() -> None:
    rho = np.eye(8, dtype=complex) / 8
    assert ckw.one_tangle(rho, 0) == pytest.approx(1)
    assert ckw.one_tangle_low(rho, 0) == 0


def test_06_the_mean_concurrence_of_runs_is_not_that_of_the_pooled_state() -> None:
    runs = [measured(bell(name).rho, 500, seed) for seed, name in enumerate(("phi+", "phi-"))]
    assert np.mean([concurrence(estimate_mle(run).rho) for run in runs]) > 0.95
    assert concurrence(estimate_mle(pooled(runs)).rho) < 0.1


def test_07_qubit_zero_is_leftmost() -> None:
    p = probabilities(product("01").rho, pauli_plan(2, 1).directions)
    assert p[list(pauli_plan(2, 1).labels).index("ZZ"), 0b01] == pytest.approx(1)


def test_08_concurrence_keeps_its_sign() -> None:
    assert signed_concurrence(werner(0.2).rho) == pytest.approx(-0.2)


def test_09_a_target_picked_from_the_data_is_paid_for() -> None:
    table = measured(werner(0.9).rho, 500, 4)
    named = tomography(table, target="phi+").metric("fidelity")
    picked = tomography(table, target="best-bell").metric("fidelity")
    assert named is not None
    assert picked is not None
    assert picked.low.value < named.low.value


def test_10_negativity_of_a_bell_state_is_one_half() -> None:
    assert negativity(bell("psi-").rho) == pytest.approx(0.5)
    assert log_negativity(bell("psi-").rho) == pytest.approx(1)


def test_11_limits_that_fail_at_the_boundary_gate_nothing() -> None:
    report = tomography(measured(bell("phi+").rho, 500, 1), target="phi+")
    fitted = report.metric("fidelity_mle")
    assert fitted is not None
    assert fitted.low.guarantee == "indicative"
    (result,) = judge(report, (parse_requirement("fidelity_mle >= 0.5", "tomography"),), ()).requirements
    assert result.status == "inconclusive"


def test_12_reconstructed_marginals_never_agree_and_prove_nothing() -> None:
    """Two reconstructions never have one rho_A, so no program with equalities is used; the likelihood is."""
    rho, rng = named_state("w:3").rho, np.random.default_rng(4)
    halves = [partial_trace(rho, (2,) * 3, [0, j]) for j in (1, 2)]
    pairs = apart(*halves, 300, 0)
    hubs = [partial_trace(estimate_mle(table).rho, (2, 2), [0]) for table in pairs.values()]
    assert np.abs(hubs[0] - hubs[1]).max() > 1e-3
    report = analyse_pairs(pairs, rng=rng, rigorous=True)
    assert report.verdict != "violated"
    assert report.metric("compatibility_p").value > 0.05


def test_13_satisfied_claims_are_no_proof_of_a_state() -> None:
    report = promised(0.6, 0.6)
    assert report.verdict == "satisfied"
    assert "no contradiction found" in report.title


def test_14_running_again_until_it_passes_is_no_test() -> None:
    """At the threshold itself: three tries of a fixed size pass too often, one pooled sequence does not."""
    rng, naive, honest = np.random.default_rng(7), 0, 0
    for _ in range(400):
        passes = rng.binomial(300, 0.9, size=3)
        naive += any(clopper_pearson_low(int(k), 300, 0.95) >= 0.9 for k in passes)
        looks = enumerate(passes.cumsum(), start=1)
        honest += any(sequence_limits(int(k), 300 * look, 0.95)[0] >= 0.9 for look, k in looks)
    assert honest / 400 <= 0.05 + 3 * (0.05 * 0.95 / 400) ** 0.5
    assert naive / 400 > 0.05 + 3 * (0.05 * 0.95 / 400) ** 0.5


def test_15_the_gap_of_bell_verification_is_two_thirds() -> None:
    """F = 1 - (1 - p)/gap, so the slope is 3/2 and not the 5/2 of the formula for unequal amplitudes."""
    scheme = verification.scheme(bell("phi+"))
    assert not isinstance(scheme, str)
    assert scheme.low.slope == pytest.approx(1.5)


def test_16_pairs_kept_on_a_third_partys_outcome_may_both_be_perfect() -> None:
    first, second = (
        Claim(f"c{who}", ("A.0", f"{who}.0"), "fidelity", lower=0.99, level=0.99, herald=herald)
        for who, herald in (("B", "C clicked"), ("C", "B clicked"))
    )
    assert report_on_claims(Claims((first, second)), 0.95).verdict == "not-applicable"


def test_17_every_report_says_that_no_systematic_error_is_in_its_limits() -> None:
    reports = (
        analyse_pairs(apart(werner(0.5).rho, werner(0.5).rho, 50, 2)),
        analyse_joint(measured(named_state("w:3").rho, 20, 1)),
        promised(0.6, 0.6),
    )
    for report in reports:
        (check,) = [item for item in report.checks if item.name == "calibration"]
        assert check.status == "no-data"


def test_18_unequal_shots_are_not_pooled() -> None:
    """Ten times the shots in ZZ of a state that passes ZZ always: pooled, the passes would flatter it."""
    rho = 0.5 * bell("phi+").rho + 0.5 * bell("phi-").rho
    table = measured(rho, 300, 8)
    rows = table.settings
    assert rows is not None
    counts = np.array(rows.counts)
    counts[list(rows.labels).index("ZZ")] *= 10
    found = direct_fidelity(
        replace(table, settings=replace(rows, counts=counts, rounds=None)), bell("phi+"), 0.95
    )
    assert found is not None
    assert found.value == pytest.approx(0.5, abs=0.06)
    assert found.low < 0.5 < found.high


def test_19_formulas_of_werner_states_are_not_used_of_other_bell_diagonal_ones() -> None:
    """0.74 phi+ + 0.26 phi-: a Werner state of that F could be copied (F <= 3/4) and has less to distil."""
    rho, werner_state = 0.74 * bell("phi+").rho + 0.26 * bell("phi-").rho, werner((4 * 0.74 - 1) / 3).rho
    assert extension_margin(werner_state) > 0 > extension_margin(rho)
    assert concurrence(rho) == pytest.approx(2 * 0.74 - 1)
    entropy = -0.74 * np.log2(0.74) - 0.26 * np.log2(0.26)
    report = analyse_joint(measured(rho, 2000, 3))
    bits = report.metric("coherent_information[0|1]")
    assert bits.low.value < 1 - entropy < bits.high.value
    assert bits.low.value > 0 > coherent_information(werner_state)
    # F alone excludes no second party; the likelihood of this state does
    assert report.metric("extendibility[0,1]").high.value == 1
    assert "symmetric extension" in report.metric("extendibility[0,1]").high.method


def test_20_two_links_of_085_pass_the_tangle_sum_and_are_impossible() -> None:
    assert ckw.RELATION.evaluate([2 * 0.85 - 1] * 2).is_possible
    assert not star.RELATION.evaluate([0.85, 0.85]).is_possible
    assert promised(0.85, 0.85).verdict == "violated"
