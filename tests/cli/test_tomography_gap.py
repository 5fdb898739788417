"""`--gap`: how much of the best likelihood a fit may miss is the user's choice, and is kept or said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_the_gap_asked_for_is_proven(qmono: Run, samples: Path) -> None:
    counts = samples / "simulated" / "bell.json"
    gaps = []
    for gap in ("1", "0.01", "1e-6"):
        report = json.loads(qmono("tomography", counts, "--gap", gap, "--format", "json").out)
        gaps.append(report["metrics"]["likelihood_gap"]["value"])
        assert gaps[-1] <= float(gap)
    assert gaps[2] < gaps[0]


def test_a_gap_below_rounding_is_a_failed_check(qmono: Run, samples: Path) -> None:
    counts = samples / "simulated" / "bell.json"
    report = json.loads(qmono("tomography", counts, "--gap", "1e-13", "--format", "json").out)
    (check,) = (check for check in report["checks"] if check["name"] == "likelihood-gap")
    assert check["status"] == "fail"
    assert report["trust"] == "failed"


@pytest.mark.parametrize("gap", ["0", "-1", "nan", "inf"])
def test_a_gap_that_means_nothing_is_refused(qmono: Run, samples: Path, gap: str) -> None:
    done = qmono("tomography", samples / "simulated" / "bell.json", "--gap", gap)
    assert done.code == 2
    assert "--gap is a number of nats above 0" in done.err
