"""Differences, Holm's rule by levels, keys and seeds of entries, the merged report."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmono.core.metric import Limit, Metric, missing
from qmono.core.report import Report, RequirementResult
from qmono.errors import ExitCode
from qmono.gate.difference import difference
from qmono.gate.judge import exit_code
from qmono.gate.multiplicity import confirmed_by_holm
from qmono.gate.suite import Outcome, Suite, SuiteEntry, entry_key, entry_reports, entry_seed
from qmono.gate.suite_report import suite_report
from qmono.quantum.limits import clopper_pearson_high, clopper_pearson_low, holm


def metric(value: float, low: float, high: float, level: float = 0.95) -> Metric:
    return Metric(
        "fidelity", value, 0.01, level, Limit(low, "clopper-pearson", "exact"), Limit(high, "x", "asymptotic")
    )


def test_a_difference_spends_the_error_of_both() -> None:
    change = difference(metric(0.90, 0.88, 0.92), metric(0.95, 0.94, 0.96, 0.975), "fidelity")
    assert change.value == pytest.approx(0.05)
    assert change.level == pytest.approx(0.925)
    assert change.low is not None
    assert change.high is not None
    assert (change.low.value, change.high.value) == (pytest.approx(0.02), pytest.approx(0.08))
    assert change.low.guarantee == "asymptotic"
    assert change.std_error == pytest.approx(np.hypot(0.01, 0.01))


def test_a_difference_without_a_number_says_which_report_lacks_it() -> None:
    change = difference(metric(0.9, 0.8, 1.0), missing("fidelity", "no target was given"), "fidelity")
    assert change.value is None
    assert change.reason == "the second report has none: no target was given"


def test_limits_of_a_difference_hold_their_level() -> None:
    """Two fair coins of equal bias: the lower limit exceeds 0 less often than 1 - level, 0.1."""
    rng = np.random.default_rng(20)
    n, trials = 400, 3000
    wrong = 0
    for before, after in rng.binomial(n, 0.9, size=(trials, 2)):
        a, b = (
            metric(k / n, clopper_pearson_low(k, n, 0.95), clopper_pearson_high(k, n, 0.95))
            for k in (before, after)
        )
        change = difference(a, b, "fidelity")
        assert change.low is not None
        wrong += change.low.value > 0
    assert wrong / trials <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / trials)


@given(st.lists(st.floats(1e-9, 1), min_size=1, max_size=12))
def test_holm_by_levels_is_holm_by_p_values(p_values: list[float]) -> None:
    """quantum.limits.holm adjusts p values; adjusted <= 0.05 is the same decision. Ties aside."""
    adjusted = holm(p_values)
    if any(abs(p - 0.05) < 1e-12 for p in adjusted):
        return
    confirmed = confirmed_by_holm(
        range(len(p_values)), len(p_values), 0.95, lambda place, level: p_values[place] < 1 - level
    )
    assert confirmed == {place for place, p in enumerate(adjusted) if p < 0.05}


def test_wrong_refutations_stay_below_the_level_and_would_not_without_holm() -> None:
    rng = np.random.default_rng(4)
    trials, m = 2000, 20
    p_values = rng.random((trials, m))
    naive = float((p_values < 0.05).any(axis=1).mean())
    wrong = 0
    for row in p_values:
        candidates = [place for place in range(m) if row[place] < 0.05]
        wrong += bool(
            confirmed_by_holm(candidates, m, 0.95, lambda place, level, p=row: p[place] < 1 - level)
        )
    assert wrong / trials <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / trials)
    assert naive > 0.5


ENTRY = SuiteEntry("link", "tomography", ("fidelity >= 0.9",), state="phi+")
SUITE = Suite("nightly", (ENTRY,))


def test_the_key_of_an_entry_changes_with_what_decides_it_and_only_then() -> None:
    def key(entry: SuiteEntry = ENTRY, suite: Suite = SUITE, seed: int = 1, files: str = "a") -> str:
        return entry_key(suite, entry, seed, "0.1.0", {"counts.json": files})

    assert key() == key()
    assert key() == key(replace(ENTRY, owner="somebody", severity="warning", job_timeout_s=1.0))
    others = [
        key(replace(ENTRY, shots=1001)),
        key(replace(ENTRY, require=("fidelity >= 0.91",))),
        key(suite=replace(SUITE, level=0.99)),
        key(suite=replace(SUITE, looks=2)),
        key(seed=2),
        key(files="b"),
    ]
    assert len({key(), *others}) == len(others) + 1


def test_seeds_of_entries_and_looks_differ() -> None:
    assert len({entry_seed(seed, name, look) for seed in (1, 2) for name in "ab" for look in (1, 2)}) == 8


def report(*results: RequirementResult) -> Report:
    return Report(
        "tomography", "t", "entangled", "ok", "simulated", (metric(0.9, 0.88, 0.92),), requirements=results
    )


def test_a_refutation_that_holm_does_not_confirm_is_inconclusive() -> None:
    refuted = RequirementResult("fidelity >= 0.95", "fail", 0.92, -0.03)
    entry = replace(ENTRY, require=("fidelity >= 0.95",))
    suite = replace(SUITE, entries=(entry,))
    alone = suite_report(suite, [Outcome(entry, report(refuted))])
    confirmed = suite_report(suite, [Outcome(entry, report(refuted), refuted=frozenset({0}))])
    assert alone.verdict == "inconclusive"
    assert "Holm" in str(alone.requirements[0].reason)
    assert confirmed.verdict == "failed"
    assert [exit_code(item) for item in (alone, confirmed)] == [ExitCode.INCONCLUSIVE, ExitCode.REFUTED]


def test_an_entry_without_a_report_is_never_a_pass() -> None:
    merged = suite_report(SUITE, [Outcome(ENTRY, problem="the job failed", code=ExitCode.BACKEND)])
    assert merged.verdict == "no-data"
    assert merged.requirements[0].reason == "the job failed"
    assert exit_code(merged) is ExitCode.NOTHING_TO_JUDGE


def test_a_warning_never_decides() -> None:
    warned = replace(ENTRY, severity="warning")
    suite = replace(SUITE, entries=(ENTRY, replace(warned, name="advice")))
    refuted = RequirementResult("fidelity >= 0.9", "fail", 0.8, -0.1)
    passed = RequirementResult("fidelity >= 0.9", "pass", 0.91, 0.01)
    told = Outcome(suite.entries[1], report(refuted), refuted=frozenset({0}))
    merged = suite_report(suite, [Outcome(ENTRY, report(passed)), told])
    assert exit_code(merged) is ExitCode.OK
    assert suite_report(suite, [told]).verdict == "no-data"
    assert any("advice: fidelity >= 0.9: fail" in str(section) for section in merged.sections)


def test_the_merged_report_survives_json_with_its_entries() -> None:
    passed = RequirementResult("fidelity >= 0.85", "pass", 0.88, 0.03)
    merged = suite_report(SUITE, [Outcome(ENTRY, report(passed))])
    again = Report.from_json(merged.to_json())
    assert again == merged
    assert dict(entry_reports(again)) == {"link": report(passed)}


def test_what_was_accepted_for_an_entry_stands_in_the_headline() -> None:
    entry = replace(ENTRY, accept=("indicative",))
    passed = RequirementResult("fidelity >= 0.85", "pass", 0.88, 0.03)
    merged = suite_report(replace(SUITE, entries=(entry,)), [Outcome(entry, report(passed))])
    assert merged.accepted == ("indicative",)


def test_looks_share_the_error() -> None:
    assert replace(SUITE, looks=4).look_level == pytest.approx(1 - 0.05 / 4)
