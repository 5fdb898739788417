"""Sequential runs and honest retries, as a user starts them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
SEQUENTIAL = ["--until", "decided", "--max-shots", "6000", "--min", "fidelity=0.95"]


@pytest.mark.parametrize(("noise", "code"), [("0.0", 0), ("0.2", 99)])
def test_a_clear_case_stops_early_and_says_what_it_saved(
    qmono: Run, tmp_path: Path, noise: str, code: int
) -> None:
    saved = tmp_path / "counts.json"
    done = qmono(
        "fidelity",
        "--noise",
        f"depolarizing={noise}",
        "--seed",
        "1",
        *SEQUENTIAL,
        "--save-counts",
        saved,
        "-f",
        "json",
    )
    assert done.code == code
    report = json.loads(done.out)
    used = report["payload"]["shots"]
    assert used < 1000
    (stopping,) = (part["lines"] for part in report["sections"] if part["title"] == "stopping")
    assert stopping[0] == f"{used} shots used, {6000 - used} of at most 6000 saved"
    assert report["metrics"]["fidelity"]["low_method"] == "confidence sequence"
    again = json.loads(qmono("fidelity", saved, "--target", "phi+", "-f", "json").out)
    assert again["metrics"] == report["metrics"]


def test_what_cannot_be_decided_is_inconclusive(qmono: Run) -> None:
    done = qmono(
        "fidelity", "--noise", "depolarizing=0.067", "--seed", "1", *SEQUENTIAL, "--max-shots", "300"
    )
    assert done.code == 98


def test_retries_are_pooled_and_keep_their_counts(qmono: Run, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    options = ["fidelity", "--noise", "depolarizing=0.04", *SEQUENTIAL, "--max-shots", "800", "-f", "json"]
    shots, code = 0, 98
    for seed in range(1, 30):
        done = qmono(*options, "--accumulate", folder, "--seed", str(seed))
        report = json.loads(done.out)
        assert report["payload"]["runs"] == seed
        assert report["payload"]["shots"] > shots
        shots, code = report["payload"]["shots"], done.code
        if code != 98:
            break
    assert code == 0
    files = sorted(folder.iterdir())
    assert len(files) == report["payload"]["runs"] > 1
    settled = qmono(*options, "--accumulate", folder, "--seed", "99")
    assert "no shot was used" in settled.err
    assert json.loads(settled.out)["metrics"] == report["metrics"]
    assert sorted(folder.iterdir()) == files


def test_runs_that_are_not_alike_are_never_pooled(qmono: Run, tmp_path: Path) -> None:
    options = ["fidelity", "--shots", "50", "--accumulate", tmp_path / "runs"]
    assert qmono(*options, "--seed", "1").code == 0
    for other, words in (
        (["--seed", "1"], "the same shots again"),
        (["--seed", "2", "--noise", "readout=0.1"], "noise is None"),
        (["--seed", "2", "--state", "psi-"], "state is 'phi+'"),
        (["--seed", "2", "--protocol", "direct"], "protocol is 'three-settings'"),
    ):
        done = qmono(*options, *other)
        assert done.code in (2, 3)
        assert words in done.err
        assert len(list((tmp_path / "runs").iterdir())) == 1
    (tmp_path / "runs" / "run-0002-x.json").write_text("{}")
    assert qmono(*options, "--seed", "2").code == 3


def test_even_the_first_of_several_runs_has_anytime_limits(qmono: Run, tmp_path: Path) -> None:
    done = qmono("fidelity", "--shots", "50", "--seed", "1", "--accumulate", tmp_path / "runs", "-f", "json")
    assert json.loads(done.out)["metrics"]["fidelity"]["low_method"] == "confidence sequence"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--until", "decided", "--max-shots", "100"], "needs a requirement"),
        (["--until", "decided", "--min", "fidelity=0.9"], "needs --max-shots"),
        (["--until", "tea", "--max-shots", "9", "--min", "fidelity=0.9"], "takes the word decided"),
        (["--max-shots", "9"], "--max-shots has no meaning"),
        ([*SEQUENTIAL, "--shots", "9"], "--shots has no meaning"),
        ([*SEQUENTIAL, "--max-shots", "2"], "block of all settings, 3 shots"),
        (["--accumulate", "x", "--save-counts", "y.json"], "--save-counts has no meaning"),
    ],
)
def test_misuse_of_sequential_options_is_one_line(qmono: Run, options: list[str], words: str) -> None:
    done = qmono("fidelity", *options)
    assert done.code == 2
    assert words in done.err
    assert done.err.count("\n") == 1
