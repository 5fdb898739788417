"""Readout calibration beside the measured fidelity, as a user asks for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
NOISE = ["--noise", "readout=0.05", "--seed", "1", "--calibrate", "4000"]


@pytest.mark.parametrize("state", ["phi+", "ghz:3", "cluster:4"])
def test_readout_errors_are_undone_in_a_metric_of_its_own(qmono: Run, tmp_path: Path, state: str) -> None:
    """The prepared state is perfect; symmetric flips r leave each stabiliser of weight k at (1 - 2r)^k."""
    saved = tmp_path / "counts.json"
    done = qmono("fidelity", "--state", state, *NOISE, "-f", "json", "--save-counts", saved)
    report = json.loads(done.out)
    measured, corrected = (report["metrics"][name] for name in ("fidelity", "fidelity_readout_corrected"))
    assert measured["high"] < 0.9 < 1.0 == corrected["high"]
    assert corrected["value"] == pytest.approx(1.0, abs=5 * corrected["std_error"])
    assert measured["low_guarantee"] == corrected["low_guarantee"] == "exact"
    (check,) = (item for item in report["checks"] if item["name"] == "calibration")
    assert check["status"] == "pass"
    again = json.loads(qmono("fidelity", saved, "--target", state, "-f", "json").out)
    assert again["metrics"] == report["metrics"]


def test_a_requirement_names_the_fidelity_that_is_judged(qmono: Run) -> None:
    assert qmono("fidelity", *NOISE, "--min", "fidelity=0.9").code == 99
    assert qmono("fidelity", *NOISE, "--min", "fidelity_readout_corrected=0.9").code == 0


def test_without_a_calibration_there_is_nothing_to_judge(qmono: Run) -> None:
    assert qmono("fidelity", "--seed", "1", "--min", "fidelity_readout_corrected=0.9").code == 5


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--calibrate", "0"], "at least 1 shot"),
        (["--calibrate", "9", "--state", "w:3"], "no protocol for w:3"),
        (["--calibrate", "9", "--state", "ghz:3", "--protocol", "ghz-parity"], "ghz-parity does not measure"),
        (["--calibrate", "9", "--accumulate", "runs"], "fixed before"),
    ],
)
def test_a_calibration_that_cannot_be_used_is_refused(qmono: Run, options: list[str], words: str) -> None:
    done = qmono("fidelity", *options)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert words in done.err
