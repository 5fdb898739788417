from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmono.core.metric import Guarantee, Limit, Metric, exact, missing
from qmono.core.report import Check, Report
from qmono.errors import PRECEDENCE, ExitCode, worst
from qmono.gate.judge import exit_code, judge
from qmono.gate.requirement import parse_requirement


def fidelity(low: float, value: float, high: float, guarantee: Guarantee = "exact") -> Metric:
    return Metric("fidelity", value, low=Limit(low, "test", guarantee), high=Limit(high, "test", guarantee))


def report(*metrics: Metric, checks: tuple[Check, ...] = (), verdict: str = "entangled") -> Report:
    return Report("tomography", "title", verdict, "ok", "file", metrics, checks)


def status(subject: Report, expression: str, *accepted: str) -> str:
    judged = judge(subject, [parse_requirement(expression, "tomography")], accepted)
    return judged.requirements[0].status


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("fidelity >= 0.89", "pass"),
        ("fidelity >= 0.90", "pass"),
        ("fidelity > 0.90", "inconclusive"),
        ("fidelity >= 0.93", "inconclusive"),
        ("fidelity >= 0.96", "inconclusive"),
        ("fidelity > 0.96", "fail"),
        ("fidelity >= 0.97", "fail"),
        ("fidelity <= 0.97", "pass"),
        ("fidelity <= 0.93", "inconclusive"),
        ("fidelity <= 0.89", "fail"),
        ("fidelity < 0.90", "fail"),
    ],
)
def test_limits_decide_and_the_estimate_never(expression: str, expected: str) -> None:
    assert status(report(fidelity(0.90, 0.93, 0.96)), expression) == expected


@given(
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from([">=", ">", "<=", "<"]),
)
def test_the_value_has_no_influence(a: float, b: float, value: float, threshold: float, sign: str) -> None:
    low, high = sorted((a, b))
    expression = f"fidelity {sign} {threshold!r}"
    honest = status(report(fidelity(low, (low + high) / 2, high)), expression)
    assert status(report(fidelity(low, value, high)), expression) == honest


def test_an_indicative_limit_passes_only_if_accepted() -> None:
    subject = report(fidelity(0.90, 0.93, 0.96, "indicative"))
    assert status(subject, "fidelity >= 0.8") == "inconclusive"
    assert status(subject, "fidelity >= 0.8", "indicative") == "pass"


def test_nothing_is_refuted_on_what_is_not_proven() -> None:
    subject = report(fidelity(0.90, 0.93, 0.96, "indicative"))
    assert status(subject, "fidelity >= 0.99") == "inconclusive"
    assert status(subject, "fidelity >= 0.99", "indicative") == "fail"


def test_a_voided_limit_passes_only_if_the_check_is_accepted() -> None:
    broken = Check("drift", "fail", "the source drifted", voids=("fidelity",))
    subject = report(fidelity(0.90, 0.93, 0.96), checks=(broken,))
    assert status(subject, "fidelity >= 0.8") == "inconclusive"
    assert status(subject, "fidelity >= 0.8", "drift") == "pass"
    judged = judge(subject, [parse_requirement("fidelity >= 0.8", "tomography")], ["drift"])
    assert judged.accepted == ("drift",)


def test_a_base_name_voids_all_of_its_indices() -> None:
    broken = Check("drift", "fail", "the source drifted", voids=("concurrence",))
    pair = Metric("concurrence[0,1]", 0.8, low=Limit(0.7, "test", "exact"))
    assert status(report(pair, checks=(broken,)), "concurrence[0,1] >= 0.5") == "inconclusive"


def test_exact_numbers_are_their_own_limits() -> None:
    assert status(report(exact("purity", 0.5)), "purity >= 0.5") == "pass"
    assert status(report(exact("purity", 0.5)), "purity > 0.5") == "fail"


def test_no_data_is_never_a_pass() -> None:
    assert status(report(missing("fidelity", "XX was not measured")), "fidelity >= 0") == "no-data"
    assert status(report(), "fidelity >= 0") == "no-data"


def test_a_value_without_limits_is_inconclusive() -> None:
    assert (
        status(report(Metric("purity", 0.99, reason="no guaranteed limits")), "purity >= 0.1")
        == "inconclusive"
    )


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        ("entangled", "pass"),
        ("separable", "fail"),
        ("inconclusive", "inconclusive"),
        ("untrusted-data", "inconclusive"),
    ],
)
def test_verdict_requirements(verdict: str, expected: str) -> None:
    assert status(report(verdict=verdict), "verdict == entangled") == expected


def test_insufficient_data_is_no_data_for_a_verdict() -> None:
    subject = Report("bell-test", "title", "insufficient-data", "ok", "file", ())
    judged = judge(subject, [parse_requirement("verdict == violated", "bell-test")])
    assert judged.requirements[0].status == "no-data"


@pytest.mark.parametrize(
    ("found", "expected"),
    [("pass", "pass"), ("warn", "inconclusive"), ("fail", "fail"), ("no-data", "no-data"), (None, "no-data")],
)
def test_check_requirements(found: str | None, expected: str) -> None:
    checks = () if found is None else (Check("drift", found, "message"),)  # type: ignore[arg-type]
    assert status(report(checks=checks), "check:drift") == expected


def test_exit_codes_follow_the_table() -> None:
    subject = report(fidelity(0.90, 0.93, 0.96))

    def code(*expressions: str, on_inconclusive: str = "fail") -> ExitCode:
        judged = judge(subject, [parse_requirement(text, "tomography") for text in expressions])
        return exit_code(judged, on_inconclusive)  # type: ignore[arg-type]

    assert code() is ExitCode.OK
    assert code("fidelity >= 0.5") is ExitCode.OK
    assert code("fidelity >= 0.93") is ExitCode.INCONCLUSIVE
    assert code("fidelity >= 0.93", on_inconclusive="warn") is ExitCode.OK
    assert code("purity >= 0.5") is ExitCode.NOTHING_TO_JUDGE
    assert code("fidelity >= 0.93", "purity >= 0.5") is ExitCode.NOTHING_TO_JUDGE
    assert code("fidelity >= 0.93", "purity >= 0.5", "fidelity >= 0.99") is ExitCode.REFUTED


def test_the_worst_of_a_batch_decides() -> None:
    assert worst([]) is ExitCode.OK
    assert set(PRECEDENCE) == set(ExitCode)
    for index, code in enumerate(PRECEDENCE):
        assert worst(PRECEDENCE[index:]) is code
