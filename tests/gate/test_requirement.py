from __future__ import annotations

import pytest

from qmono.errors import UsageError
from qmono.gate.requirement import (
    CheckRequirement,
    MetricRequirement,
    VerdictRequirement,
    check_accepted,
    parse_bound,
    parse_requirement,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fidelity >= 0.9", MetricRequirement("fidelity", ">=", 0.9)),
        ("fidelity.low>=0.9", MetricRequirement("fidelity", ">=", 0.9)),
        (" concurrence[0,1] > 1e-3 ", MetricRequirement("concurrence[0,1]", ">", 1e-3)),
        ("negativity[0|1,2] < .5", MetricRequirement("negativity[0|1,2]", "<", 0.5)),
        ("purity.high <= 0.5", MetricRequirement("purity", "<=", 0.5)),
        ("verdict == entangled", VerdictRequirement("entangled")),
        ("check:goodness-of-fit", CheckRequirement("goodness-of-fit")),
    ],
)
def test_what_can_be_said(text: str, expected: object) -> None:
    parsed = parse_requirement(text, "tomography")
    assert parsed == expected
    assert parse_requirement(str(parsed), "tomography") == parsed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fidelity", "cannot read the requirement"),
        ("fidelity = 0.9", "cannot read the requirement"),
        ("", "cannot read the requirement"),
        ("fidelity >= high", "not a finite number"),
        ("fidelity >= nan", "not a finite number"),
        ("fidelity >= inf", "not a finite number"),
        ("fidelty >= 0.9", "unknown metric 'fidelty'; did you mean 'fidelity'"),
        ("S >= 2", "tomography reports no 'S'"),
        ("purity[0] >= 0.9", "takes no index"),
        ("fidelity.high >= 0.9", "asks the wrong limit"),
        ("fidelity.low <= 0.9", "asks the wrong limit"),
        ("verdict == entangld", "no verdict of tomography; did you mean 'entangled'"),
        ("check:goodnes-of-fit", "no check 'goodnes-of-fit'; did you mean 'goodness-of-fit'"),
    ],
)
def test_what_cannot_be_said_is_refused_before_any_work(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_requirement(text, "tomography")


def test_bounds_of_the_command_line() -> None:
    assert parse_bound("S=2.5", ">=", "bell-test") == MetricRequirement("S", ">=", 2.5)
    assert parse_bound("p_value = 0.01", "<=", "bell-test") == MetricRequirement("p_value", "<=", 0.01)
    for wrong in ("S", "S=", "=2"):
        with pytest.raises(UsageError, match="--min needs METRIC=X"):
            parse_bound(wrong, ">=", "bell-test")


def test_only_known_names_can_be_accepted() -> None:
    assert check_accepted(("indicative", "drift", "drift"), "tomography") == ("indicative", "drift")
    with pytest.raises(UsageError, match=r"--accept knows no 'drfit'.*did you mean 'drift'"):
        check_accepted(("drfit",), "tomography")
