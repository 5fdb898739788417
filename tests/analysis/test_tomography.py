"""The tomography report: numbers, limits, checks and verdicts on counts whose state is known."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmono.analysis.bell_frame import shared_errors
from qmono.analysis.pair_limits import least_negativity, pair_limits
from qmono.analysis.separability import ppt_margin
from qmono.analysis.shot_fidelity import shot_fidelity
from qmono.analysis.tomography.bootstrap import Resampling, bootstrap_fit_p
from qmono.analysis.tomography.cuts import negativity_of_fidelity
from qmono.analysis.tomography.report import analyse_tomography
from qmono.core.counts import CountsTable, ParityRows, ProjectorRows, SettingRows, pauli_directions
from qmono.core.metric import parse_metric_name
from qmono.core.report import Note, Report
from qmono.errors import UsageError
from qmono.quantum.born import probabilities, simulate_counts
from qmono.quantum.fidelity.direct import direct_fidelity
from qmono.quantum.fidelity.exact import fidelity_to
from qmono.quantum.measures.concurrence import concurrence
from qmono.quantum.measures.negativity import negativity
from qmono.quantum.operations import partial_trace, projector
from qmono.quantum.plans import pauli_plan
from qmono.quantum.states import bell, named_state, werner
from qmono.quantum.tomography.diagnosis.goodness_of_fit import goodness_of_fit
from qmono.quantum.tomography.fit.mle import estimate_mle

FOUR_SIGMA = 1 - 3.2e-5
"""A limit at 95 % misses the truth with one seed in twenty; one at this level may not in any test."""


def simulate(rho, shots=1000, seed=1, rounds=4):
    n = rho.shape[0].bit_length() - 1
    return simulate_counts(rho, pauli_plan(n, shots, rounds), np.random.default_rng(seed))


def noisy(name, visibility=0.9):
    state = named_state(name)
    d = 2**state.n_qubits
    return visibility * state.rho + (1 - visibility) * np.eye(d) / d


def analyse(table, target=None, **options):
    state = named_state(target) if isinstance(target, str) else target
    return analyse_tomography(table, target=state, rng=np.random.default_rng(0), **options)


def check(report, name):
    return next(found for found in report.checks if found.name == name)


def note(report, title):
    return next(part.lines for part in report.sections if isinstance(part, Note) and part.title == title)


PHOTONIC = {  # two detectors per qubit; KwiatLab/Quantum-Tomography, ExampleFiles/bell_psi_data.txt
    "ZZ": [460, 3281, 2493, 505],
    "ZX": [2205, 1171, 944, 2229],
    "ZY": [1263, 2196, 1761, 1349],
    "XZ": [1891, 1826, 1313, 1735],
    "XX": [2944, 456, 335, 2647],
    "XY": [1548, 2156, 1584, 1440],
    "YZ": [787, 2873, 2146, 871],
    "YX": [1930, 1623, 1259, 1915],
    "YY": [2977, 431, 271, 3028],
}


def setting_table(counts, **options):
    labels = tuple(counts)
    rows = SettingRows(labels, np.array(list(counts.values())), pauli_directions(labels))
    return CountsTable(n_qubits=len(labels[0]), settings=rows, **options)


# two qubits


def test_a_good_pair():
    table = simulate(werner(0.95).rho, seed=1)
    report = analyse(table, "phi+")
    fidelity, mle = report.metric("fidelity"), report.metric("fidelity_mle")
    assert (report.verdict, report.trust, report.source) == ("entangled", "ok", "simulated")
    assert fidelity.low.value < fidelity.value < fidelity.high.value
    assert abs(fidelity.value - 0.9625) < 4 * fidelity.std_error
    assert (fidelity.low.method, fidelity.low.guarantee) == ("clopper-pearson", "exact")
    assert mle.low.guarantee == mle.high.guarantee == "indicative"
    c = report.metric("concurrence")
    assert c.low.value < c.value < c.high.value
    sure = analyse(table, "phi+", level=FOUR_SIGMA).metric("concurrence")
    assert sure.low.value < 0.925 < sure.high.value
    assert (c.low.method, c.low.guarantee) == ("fidelity limit (phi+)", "exact")
    assert report.metric("tangle").low.value == pytest.approx(c.low.value**2)
    assert report.metric("negativity").low.value == pytest.approx(c.low.value / 2)
    assert report.metric("purity").low is None
    assert report.metric("purity").reason
    assert report.title.startswith("fidelity to phi+ 0.9")
    assert "at least" in report.title
    assert note(report, "flips if")[0].startswith("F is biased high by more than 0.4")


@pytest.mark.parametrize(
    ("rho", "options"),
    [
        (werner(0.95).rho, {"target": "phi+"}),
        (werner(0.3).rho, {"best_bell": True}),
        (noisy("ghz:3"), {"target": "ghz:3"}),
        (noisy("w:3"), {}),
        (np.diag([0.9, 0.1]).astype(complex), {"target": "product:0"}),
    ],
)
def test_every_report_is_json_and_its_names_are_known(rho, options):
    report = analyse(simulate(rho, 200), **options)
    text = json.dumps(report.to_json(), allow_nan=False)
    assert Report.from_json(json.loads(text)).to_json() == report.to_json()
    for metric in report.metrics:
        parse_metric_name(metric.name)
        assert metric.value is not None or metric.reason
        assert (metric.low is not None and metric.high is not None) or metric.reason
    known = {metric.name for metric in report.metrics}
    assert all(set(found.voids) <= known for found in report.checks)
    assert check(report, "calibration").status == "no-data"


def test_the_payload_holds_the_state():
    report = analyse(simulate(werner(0.9).rho), "phi+")
    pairs = np.array(report.payload["density_matrix"])
    rho = pairs[..., 0] + 1j * pairs[..., 1]
    assert np.trace(rho) == pytest.approx(1)
    assert report.payload["eigenvalues"] == pytest.approx(np.linalg.eigvalsh(rho)[::-1], abs=1e-9)
    assert concurrence(rho) == pytest.approx(report.metric("concurrence").value)
    assert (report.payload["target"], report.payload["shots"], report.payload["settings"]) == (
        "phi+",
        9000,
        9,
    )
    assert sum(report.payload["direct_fidelity"]["trials"]) == 3000


def test_photonic_pairs_with_a_fit_that_fails():
    """F direct 0.814 (at least 0.808), fit 0.797, purity 0.738, concurrence 0.708, within 0.005."""
    report = analyse(setting_table(PHOTONIC, statistics="poisson"), "psi+")
    value = {
        name: report.metric(name).value for name in ("fidelity", "fidelity_mle", "purity", "concurrence")
    }
    assert value == pytest.approx(
        {"fidelity": 0.814, "fidelity_mle": 0.797, "purity": 0.738, "concurrence": 0.708}, abs=0.003
    )
    assert 0.808 <= report.metric("fidelity").low.value < 0.809
    assert check(report, "goodness-of-fit").status == "fail"
    assert check(report, "estimators-agree").status == "fail"
    assert "+0.017" in check(report, "estimators-agree").message
    assert report.voided_by("fidelity_mle")
    assert report.voided_by("purity")
    assert not report.voided_by("fidelity")
    assert not report.voided_by("concurrence")
    assert report.metric("concurrence").low.method == "fidelity limit (psi+)"
    assert (report.verdict, report.trust) == ("entangled", "failed")


def test_best_bell_pays_for_the_choice():
    table = simulate(werner(0.9, "psi-").rho)
    chosen, declared = analyse(table, best_bell=True), analyse(table, "psi-")
    assert chosen.payload["target"] == "psi-"
    assert "best Bell state psi-" in chosen.title
    assert chosen.metric("fidelity").value == declared.metric("fidelity").value
    expected = direct_fidelity(table, bell("psi-"), 1 - 0.05 / 4)
    assert chosen.metric("fidelity").low.value == pytest.approx(expected.low)
    assert chosen.metric("fidelity").low.value < declared.metric("fidelity").low.value


def test_shares_of_the_error_add_up():
    for declared in (None, "psi+", "ghz:3"):
        errors, region = shared_errors(0.05, declared)
        assert sum(errors.values()) + region == pytest.approx(0.05)
        assert len(errors) == 4


def test_rigorous_limits_rest_on_no_large_numbers():
    """The fit's fidelity may gate; the direct one, beside it, needs no fit and is sharper."""
    target = named_state("w:3")
    table = simulate(noisy("w:3"), shots=300)
    usual, rigorous = analyse(table, target), analyse(table, target, rigorous=True)
    for report, guarantee in ((usual, "indicative"), (rigorous, "exact")):
        fidelity = report.metric("fidelity_mle")
        assert fidelity.low.guarantee == fidelity.high.guarantee == guarantee
        assert fidelity.low.value < fidelity_to(noisy("w:3"), target) < fidelity.high.value
        assert report.metric("fidelity").low.method == "stratified betting"
    assert rigorous.metric("fidelity_mle").low.method == "split likelihood"
    assert rigorous.metric("concurrence[0,1]").low.guarantee == "exact"
    low = [report.metric("fidelity_mle").low.value for report in (rigorous, usual)]
    assert low[0] < rigorous.metric("fidelity").low.value < low[1]


def test_a_rotated_pair_is_found_entangled_by_the_region():
    turn = np.kron(np.array([[1, -1], [1, 1]]) / np.sqrt(2), np.eye(2))
    quarter = np.kron(np.diag([1, np.exp(0.7j)]), np.eye(2)) @ turn
    rho = quarter @ werner(0.95).rho @ quarter.conj().T
    report = analyse(simulate(rho), "phi+")
    c = report.metric("concurrence")
    assert (c.low.method, c.low.guarantee) == ("likelihood region", "asymptotic")
    assert 0.7 < c.low.value < concurrence(rho)
    assert report.verdict == "entangled"
    assert check(report, "frame").status == "pass"
    assert "look at the axes" in check(report, "frame").message


def test_a_separable_state_is_certified():
    report = analyse(simulate(werner(0.1).rho))
    assert report.verdict == "separable"
    assert "separable" in report.title
    assert report.metric("concurrence").value == 0


@pytest.mark.parametrize("state", ["werner:0.3333", "product:00", "werner:0.4"])
def test_cannot_tell(state):
    assert analyse(simulate(named_state(state).rho, 200)).verdict == "inconclusive"


def test_no_target():
    report = analyse(simulate(werner(0.9).rho))
    assert report.metric("fidelity").value is None
    assert report.title.startswith("concurrence at least 0.")


def test_a_target_that_is_no_stabiliser_state_gets_exact_limits_beside_the_profile():
    target = replace(bell("phi+"), name="tilted", psi=np.array([0.8, 0, 0, 0.6], complex))
    report = analyse(simulate(0.95 * projector(target.psi) + 0.05 * np.eye(4) / 4), target)
    direct, fitted = report.metric("fidelity"), report.metric("fidelity_mle")
    assert (direct.low.method, direct.low.guarantee) == ("stratified betting", "exact")
    assert (fitted.low.method, fitted.low.guarantee) == ("profile likelihood", "indicative")
    for metric in (direct, fitted):
        assert metric.low.value < 0.9625 < metric.high.value
    assert "fidelity" not in check(report, "goodness-of-fit").voids
    assert report.payload["direct_fidelity"]["method"] == "stratified betting"
    assert len(report.payload["direct_fidelity"]["trials"]) == 7  # XY and YX say nothing of it


def test_single_projectors_leave_the_fidelity_to_the_fit():
    target = replace(bell("phi+"), name="tilted", psi=np.array([0.8, 0, 0, 0.6], complex))
    rho = 0.95 * projector(target.psi) + 0.05 * np.eye(4) / 4
    axes = np.array([[0, 0, 1], [0, 0, -1], [1, 0, 0], [0, 1, 0]], dtype=float)
    directions = np.array([[a, b] for a in axes for b in axes])
    counts = np.random.default_rng(2).poisson(2000 * probabilities(rho, directions)[:, 0])
    rows = ProjectorRows(tuple(map(str, range(16))), directions, counts, np.ones(16))
    report = analyse(CountsTable(n_qubits=2, projectors=rows, statistics="poisson"), target)
    fidelity = report.metric("fidelity")
    assert fidelity.low.guarantee == "indicative"
    assert fidelity.low.value < 0.9625 < fidelity.high.value
    assert "indicative" in report.title


def test_a_mixed_target_has_no_limits():
    mixed = analyse(simulate(werner(0.9).rho), werner(0.9)).metric("fidelity")
    assert mixed.value > 0.99
    assert (mixed.low, mixed.reason) == (None, "no limits for a mixed target")


# what the data cannot give


def test_three_settings_give_the_fidelity_and_nothing_of_the_whole_state():
    full = simulate(werner(0.95).rho)
    keep = [full.settings.labels.index(label) for label in ("XX", "YY", "ZZ")]
    rows = full.settings
    table = replace(
        full,
        settings=SettingRows(tuple(rows.labels[i] for i in keep), rows.counts[keep], rows.directions[keep]),
    )
    report = analyse(table, "phi+")
    assert report.metric("fidelity").low.value > 0.9
    assert report.metric("fidelity_mle").value is not None
    for name in ("purity", "concurrence", "negativity"):
        assert report.metric(name).value is None
        assert "do not determine" in report.metric(name).reason
    assert report.metric("concurrence").low.value > 0.8
    assert report.verdict == "entangled"


def test_no_counts_at_all():
    report = analyse(setting_table({"XX": [0, 0, 0, 0], "ZZ": [0, 0, 0, 0]}), "phi+")
    assert report.verdict == "inconclusive"
    assert all(metric.value is None and metric.reason for metric in report.metrics)


def test_averages_have_values_and_no_limits():
    table = simulate(werner(0.95).rho)
    rows = replace(table.settings, counts=table.settings.counts / 50, rounds=None)
    report = analyse(replace(table, settings=rows, values="averages"), "phi+")
    assert report.metric("concurrence").value > 0.9
    assert all(m.low is None for m in report.metrics if m.name not in ("likelihood_gap", "log_likelihood"))
    assert "--mean-of" in report.metric("fidelity").reason
    assert (report.verdict, report.trust) == ("inconclusive", "caution")


def test_corrected_values_carry_no_guarantee():
    labels = ("XX", "YY", "ZZ", "XI", "IX", "YI", "IY", "ZI", "IZ", "XY", "YX", "XZ", "ZX", "YZ", "ZY")
    values = np.array([1.01, -0.99, 0.97] + [0.02] * 12)
    counts = 1000 * np.stack([(1 + values) / 2, (1 - values) / 2], axis=1)
    report = analyse(CountsTable(n_qubits=2, parities=ParityRows(labels, counts), values="corrected"), "phi+")
    assert 0.95 < report.metric("fidelity").value < (1 + 1.01 + 0.99 + 0.97) / 4
    assert report.metric("fidelity").value == report.metric("fidelity_pls").value
    for name in ("fidelity", "concurrence", "purity"):
        assert report.metric(name).reason == "corrected: no guarantee"
        assert report.metric(name).low is None
        assert report.voided_by(name) == ("values",)
    assert (report.verdict, report.trust) == ("untrusted-data", "failed")


# what speaks against the data


def test_settings_of_different_states_fail_the_fit_only():
    good, bad = simulate(werner(0.95).rho, seed=2), simulate(noisy("product:00", 0.9), seed=3)
    counts = good.settings.counts.copy()
    other = good.settings.labels.index("XZ")
    counts[other] = bad.settings.counts[other]
    rows = SettingRows(good.settings.labels, counts, good.settings.directions)
    report = analyse(replace(good, settings=rows), "phi+")
    assert check(report, "goodness-of-fit").status == "fail"
    assert check(report, "no-signalling").status == "fail"
    assert "XZ" in check(report, "goodness-of-fit").message
    assert report.voided_by("purity")
    assert not report.voided_by("fidelity")
    assert report.metric("concurrence").high is None
    assert (report.verdict, report.trust) == ("entangled", "failed")


def test_without_a_fidelity_route_a_failed_fit_leaves_nothing():
    good, bad = simulate(werner(0.95).rho, seed=2), simulate(noisy("product:00", 0.9), seed=3)
    labels = good.settings.labels
    keep = [index for index, label in enumerate(labels) if label != "YY"]
    counts = np.where(np.array(labels)[:, None] == "XZ", bad.settings.counts, good.settings.counts)[keep]
    rows = SettingRows(tuple(labels[i] for i in keep), counts, good.settings.directions[keep])
    report = analyse(replace(good, settings=rows))
    assert report.metric("concurrence").low is None
    assert report.verdict == "inconclusive"


def test_a_reversed_order_is_noticed():
    a, b = np.array([1, 0.2 + 0.3j]), np.array([0.4, 1.0])
    rho = 0.95 * projector(np.kron(a / np.linalg.norm(a), b / np.linalg.norm(b))) + 0.05 * np.eye(4) / 4
    table = simulate(rho)
    assert check(analyse(table), "order").status == "pass"
    reversed_ = analyse(table.with_outcomes_reversed())
    assert check(reversed_, "order").status == "fail"
    assert reversed_.trust == "failed"


def test_drift_between_rounds_is_noticed():
    first, second = simulate(werner(0.98).rho, rounds=2), simulate(werner(0.7).rho, seed=5, rounds=2)
    rounds = np.concatenate([first.settings.rounds, second.settings.rounds])
    rows = SettingRows(first.settings.labels, rounds.sum(axis=0), first.settings.directions, rounds=rounds)
    report = analyse(replace(first, settings=rows), "phi+")
    assert check(report, "drift").status == "fail"
    assert "purity" in check(report, "drift").voids
    assert not report.voided_by("fidelity")


def test_a_bootstrap_decides_where_the_bracket_cannot():
    table = simulate(werner(0.95).rho, 300)
    fit, how = estimate_mle(table), Resampling(np.random.default_rng(1))
    statistic = goodness_of_fit(table, fit).statistic
    found = bootstrap_fit_p(table, fit.rho, statistic, 39, how)
    assert 0.05 < found.p_value <= 1
    assert found.p_value == (1 + found.as_large) / 40
    assert bootstrap_fit_p(table, fit.rho, 4 * statistic, 39, how).p_value == 1 / 40


def test_the_bootstrap_p_value_is_uniform_where_the_bracket_is_wide():
    """60 Bell pairs, whose fit lies on the boundary: p below one half in 30 +- 4 of them."""
    below = 0
    for seed in range(60):
        table = simulate(bell("phi+").rho if seed % 2 else werner(0.9).rho, 200, seed=seed)
        fit = estimate_mle(table)
        how = Resampling(np.random.default_rng(seed))
        below += bootstrap_fit_p(table, fit.rho, goodness_of_fit(table, fit).statistic, 39, how).p_value < 0.5
    assert abs(below - 30) < 4 * np.sqrt(15)


def test_the_way_to_the_p_value_is_asked_for():
    table = simulate(werner(0.95).rho, 300)
    bracket, asked = (analyse(table, "phi+", gof=way) for way in ("bracket", "bootstrap"))
    assert "bootstrap" not in bracket.payload["goodness_of_fit"]
    found = asked.payload["goodness_of_fit"]["bootstrap"]
    assert found["resamples"] == 999
    assert found["p"] == pytest.approx((1 + found["as_large"]) * found["resolution"])
    assert "by 999 resamples" in check(asked, "goodness-of-fit").message
    low, high = asked.payload["goodness_of_fit"]["p"]
    assert low - 0.1 < found["p"] < high + 0.1
    assert asked.metrics == bracket.metrics
    with pytest.raises(UsageError, match="bracket, auto, bootstrap, got 'often'"):
        analyse(table, gof="often")


def test_percentile_limits_are_further_metrics_that_never_gate():
    table = simulate(werner(0.95).rho, 500)
    plain, report = analyse(table, "phi+"), analyse(table, "phi+", bootstrap=200)
    assert report.metrics[: len(plain.metrics)] == plain.metrics
    for name in ("fidelity", "concurrence", "tangle", "negativity", "purity"):
        metric = report.metric(f"{name}_bootstrap")
        assert metric.low.guarantee == metric.high.guarantee == "indicative"
        assert metric.low.value < metric.value < metric.high.value
    assert "concurrence_bootstrap" in check(report, "goodness-of-fit").voids
    three = analyse(simulate(noisy("ghz:3"), 50), named_state("ghz:3"), bootstrap=100)
    assert three.metric("negativity_bootstrap[0|1,2]").low.value > 0.3
    averages = analyse(replace(table, values="averages"), "phi+", bootstrap=100)
    assert "--mean-of" in averages.metric("fidelity_bootstrap").reason
    with pytest.raises(UsageError, match="at least 1000 resamples at this level, got 200"):
        analyse(table, "phi+", bootstrap=200, level=0.999)


def test_percentile_limits_never_hold_at_a_bell_state():
    """Why they never gate: the fit is inside, its resamples are further inside, and 1 is above them all."""
    tables = [simulate(bell("phi+").rho, 200, seed=seed) for seed in range(10)]
    highs = [
        analyse(table, "phi+", bootstrap=100).metric("concurrence_bootstrap").high.value for table in tables
    ]
    assert max(highs) < 1


def test_a_misfit_is_sized_row_by_row():
    table = simulate(werner(0.9).rho, 2000)
    rows = table.settings
    counts = rows.counts.copy()
    spoiled = rows.labels.index("XX")
    counts[spoiled] = counts[spoiled][::-1][[1, 0, 3, 2]]
    report = analyse(replace(table, settings=replace(rows, counts=counts, rounds=None)), "phi+")
    found = report.payload["goodness_of_fit"]
    assert found["residuals"]["rows"][0] == "XX"
    assert sorted(found["residuals"]["rows"]) == sorted(rows.labels)
    assert sum(found["residuals"]["deviance"]) == pytest.approx(found["statistic"])
    assert found["dispersion"] == pytest.approx(found["statistic"] / found["degrees"][1])
    moved = found["moves_fidelity"]
    direct, fitted = report.metric("fidelity"), report.metric("fidelity_mle")
    assert moved["net"] == pytest.approx(direct.value - fitted.value, abs=1e-9)
    assert moved["most"] >= abs(moved["net"])
    assert set(moved["rows"]) == {"XX", "YY", "ZZ"}
    assert "could move F by" in check(report, "goodness-of-fit").effect
    (worst,) = [section for section in report.sections if section.title == "rows that fit worst"]
    assert worst.rows[0][0] == "XX"
    assert not [s for s in analyse(table, "phi+").sections if s.title == "rows that fit worst"]


def test_both_fidelities_are_compared_also_where_every_shot_passes():
    report = analyse(simulate(bell("phi+").rho, 200), "phi+")
    assert report.metric("fidelity").value == 1
    assert check(report, "estimators-agree").status == "pass"


def test_a_fit_that_stops_early_is_not_trusted():
    report = analyse(simulate(werner(0.95).rho), gap=1e-13)
    assert check(report, "likelihood-gap").status == "fail"
    assert report.metric("concurrence").low.method.startswith("fidelity limit")
    assert report.voided_by("purity") == ("likelihood-gap",)


def test_another_estimator_has_no_likelihood():
    report = analyse(simulate(werner(0.95).rho), "phi+", estimator="pls")
    assert report.metric("fidelity_mle").value is None
    assert report.metric("likelihood_gap").value is None
    assert report.metric("fidelity").low is not None
    assert report.metric("concurrence").low.value > 0.8
    with pytest.raises(UsageError, match="estimator"):
        analyse(simulate(werner(0.95).rho), estimator="mlee")


def test_wrong_requests():
    table = simulate(werner(0.95).rho, 10)
    with pytest.raises(UsageError, match="dimensions"):
        analyse(table, "ghz:3")
    with pytest.raises(UsageError, match="best-bell"):
        analyse(simulate(noisy("ghz:3"), 10), best_bell=True)


def test_the_same_generator_gives_the_same_report():
    table = simulate(werner(0.95).rho)
    assert analyse(table, "phi+").to_json() == analyse(table, "phi+").to_json()


# registers


CUTS = ("negativity[0,1|2]", "negativity[0,2|1]", "negativity[0|1,2]")


def test_cuts_are_limited_by_a_witness_over_the_region_too():
    """For W states it proves more than the fidelity does; and it needs no target."""
    rho, table = noisy("w:3"), simulate(noisy("w:3"))
    by_both, without = analyse(table, "w:3"), analyse(table)
    low = shot_fidelity(table, named_state("w:3"), 1 - 0.75 * 0.05).low
    for name, side in zip(CUTS, ((0, 1), (0, 2), (0,)), strict=True):
        metric = by_both.metric(name)
        assert metric.low.method == "likelihood region"
        assert metric.low.guarantee == "asymptotic"
        assert negativity_of_fidelity(low, named_state("w:3").psi, 3, side) < metric.low.value
        assert metric.low.value < negativity(rho, (2, 2, 2), side)
        assert without.metric(name).low == metric.low
    ghz = analyse(simulate(noisy("ghz:3")))
    assert ghz.verdict == "entangled"
    assert ghz.title.startswith("negativity")


def test_cuts_of_a_separable_register_are_not_entangled():
    """20 product states of full and of low rank, and the mixture of |000> and |111>."""
    half = (named_state("product:000").rho + named_state("product:111").rho) / 2
    for seed in range(20):
        rho = half if seed % 2 else named_state("product:0+r").rho * 0.9 + 0.1 * np.eye(8) / 8
        report = analyse(simulate(rho, 200, seed=seed))
        assert [report.metric(name).low.value for name in CUTS] == [0, 0, 0]
        assert report.verdict != "entangled"


def test_a_failed_fit_leaves_cuts_to_the_fidelity():
    table = simulate(noisy("ghz:3"), 2000)
    rows = table.settings
    counts = rows.counts.copy()
    counts[rows.labels.index("XYZ")] = np.eye(8, dtype=int)[0] * 2000
    report = analyse(replace(table, settings=replace(rows, counts=counts, rounds=None)), "ghz:3")
    assert check(report, "goodness-of-fit").status == "fail"
    assert {report.metric(name).low.method for name in CUTS} == {"fidelity limit"}
    assert report.verdict == "entangled"


def test_a_rotated_pair_has_its_negativity_from_the_region_itself():
    turn = np.kron(np.array([[1, -1], [1, 1]]) / np.sqrt(2), np.eye(2))
    quarter = np.kron(np.diag([1, np.exp(0.7j)]), np.eye(2)) @ turn
    rho = quarter @ werner(0.8).rho @ quarter.conj().T
    report = analyse(simulate(rho), "phi+")
    c, n = report.metric("concurrence"), report.metric("negativity")
    assert c.low.method == n.low.method == "likelihood region"
    assert least_negativity(c.low.value) + 0.05 < n.low.value < negativity(rho)
    assert report.metric("log_negativity").low.value == pytest.approx(np.log2(2 * n.low.value + 1))


def test_ghz_has_entangled_cuts_and_no_entangled_pair():
    report = analyse(simulate(noisy("ghz:3")), "ghz:3")
    low = direct_fidelity(simulate(noisy("ghz:3")), named_state("ghz:3"), 1 - 0.75 * 0.05).low
    for cut in ("0,1|2", "0,2|1", "0|1,2"):
        metric = report.metric(f"negativity[{cut}]")
        assert metric.low.value == pytest.approx(low - 0.5)
        assert (metric.low.guarantee, metric.low.method) == ("exact", "fidelity limit")
        assert metric.value > metric.low.value
    for pair in ("0,1", "0,2", "1,2"):
        assert report.metric(f"concurrence[{pair}]").low.value == 0
    assert report.verdict == "entangled"
    assert report.metric("fidelity").low.method == "stratified"


def test_w_has_entangled_pairs():
    rho = noisy("w:3", 0.95)
    report = analyse(simulate(rho, 2000))
    for pair in ((0, 1), (0, 2), (1, 2)):
        metric = report.metric(f"concurrence[{pair[0]},{pair[1]}]")
        truth = concurrence(partial_trace(rho, (2, 2, 2), pair))
        assert 0 < metric.low.value < truth
        assert abs(metric.value - truth) < 0.05
    assert report.verdict == "entangled"


def test_a_product_of_three_is_not_called_entangled():
    report = analyse(simulate(noisy("product:0+r", 0.95)), "product:0+r")
    assert report.verdict == "inconclusive"
    assert report.metric("negativity[0|1,2]").low.value == 0


def test_projectors_of_three_qubits_have_no_pairs():
    table = simulate(noisy("ghz:3"), 100)
    rows = table.settings
    bits = np.arange(8)[:, None] >> np.arange(2, -1, -1) & 1
    projectors = ProjectorRows(
        labels=tuple(str(index) for index in range(27 * 8)),
        directions=(rows.directions[:, None] * (1 - 2 * bits)[None, :, :, None]).reshape(-1, 3, 3),
        counts=rows.counts.reshape(-1),
        exposure=np.ones(27 * 8),
    )
    report = analyse(CountsTable(n_qubits=3, projectors=projectors, statistics="poisson"), "ghz:3")
    assert report.metric("concurrence[0,1]").value is None
    assert report.metric("concurrence[0,1]").reason
    assert report.metric("fidelity").low.value > 0.8


# limits that hold


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), name=st.sampled_from(["phi+", "ghz:3", "cluster:4", "w:3"]))
def test_negativity_of_fidelity_is_a_lower_bound(seed, name):
    rng = np.random.default_rng(seed)
    target = named_state(name)
    n, d = target.n_qubits, 2**target.n_qubits
    noise = rng.normal(size=(d, 2)) + 1j * rng.normal(size=(d, 2))
    sigma = noise @ noise.conj().T
    weight = rng.uniform(0, 0.6)
    rho = (1 - weight) * target.rho + weight * sigma / np.trace(sigma).real
    side = tuple(range(rng.integers(1, n)))
    bound = negativity_of_fidelity(fidelity_to(rho, target), target.psi, n, side)
    assert negativity(rho, (2,) * n, side) >= bound - 1e-9


def test_negativity_of_fidelity_is_tight_for_flat_schmidt_numbers():
    cluster = named_state("cluster:4")
    side = (0, 2)
    exact = negativity(cluster.rho, (2,) * 4, side)
    assert negativity_of_fidelity(1.0, cluster.psi, 4, side) == pytest.approx(exact)
    assert negativity_of_fidelity(0.9, named_state("ghz:3").psi, 3, (1,)) == pytest.approx(0.4)
    assert negativity_of_fidelity(1.0, named_state("product:000").psi, 3, (1,)) == 0


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rank=st.integers(1, 4))
def test_least_negativity_of_a_concurrence(seed, rank):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(4, rank)) + 1j * rng.normal(size=(4, rank))
    rho = a @ a.conj().T / np.trace(a @ a.conj().T).real
    c = concurrence(rho)
    assert least_negativity(c) - 1e-9 <= negativity(rho) <= c / 2 + 1e-9


@pytest.mark.parametrize(("visibility", "replicates"), [(1.0, 20), (1 / 3, 60), (0.36, 40)])
def test_lower_limits_of_concurrence_hold(visibility, replicates):
    """At 90 % a limit may be too high in a tenth of the tables; 3 sigma above that fails."""
    truth, rng = max(0.0, (3 * visibility - 1) / 2), np.random.default_rng(21)
    plan, too_high = pauli_plan(2, 100, 1), 0
    for _ in range(replicates):
        table = simulate_counts(werner(visibility).rho, plan, rng)
        limits = pair_limits(table, estimate_mle(table), level=0.9, upper=False)
        too_high += limits.low.value > truth + 1e-9
    assert too_high <= 0.1 * replicates + 3 * np.sqrt(0.09 * replicates)


def test_certificates_of_separability_hold():
    """Werner 1/3 lies on the border: a certificate there is wrong in at most 10 % of the tables."""
    rng, plan = np.random.default_rng(22), pauli_plan(2, 500, 1)
    outside = werner(1 / 3 + 0.01).rho
    wrong = sum((ppt_margin(simulate_counts(outside, plan, rng), 0.9) or -1) >= 0 for _ in range(100))
    assert wrong <= 10 + 3 * 3
    assert ppt_margin(simulate_counts(np.eye(4) / 4, plan, rng), 0.9) > 0


@pytest.mark.slow
@pytest.mark.parametrize("declared", [None, "psi-"])
@pytest.mark.parametrize(
    "rho",
    [werner(v, "psi-").rho for v in (1.0, 0.98, 0.9, 0.36, 1 / 3)]
    + [0.97 * bell("psi-").rho + 0.03 * named_state("product:00").rho, named_state("product:0+").rho],
)
def test_coverage_of_lower_limits_of_concurrence(rho, declared):
    """300 tables of 9 x 200 shots at 90 %; binomial 3 sigma above the nominal 10 %."""
    rng, plan, truth = np.random.default_rng(33), pauli_plan(2, 200, 1), concurrence(rho)
    too_high = 0
    for _ in range(300):
        table = simulate_counts(rho, plan, rng)
        found = pair_limits(table, estimate_mle(table), level=0.9, declared=declared, upper=False)
        too_high += found.low.value > truth + 1e-9
    assert too_high <= 30 + 3 * np.sqrt(27)
