"""`qmono measures` as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import qmono
from qmono.quantum.states import State


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "qmono", "measures", *arguments]
    return subprocess.run(program, capture_output=True, text=True, check=False, cwd=cwd)


def test_every_value_of_a_named_state_is_exact() -> None:
    done = run("w:3", "--format", "json")
    report = json.loads(done.stdout)
    metrics = report["metrics"]
    assert done.returncode == 0
    assert report["verdict"] == "entangled"
    assert metrics["concurrence[0,1]"]["value"] == pytest.approx(2 / 3)
    assert metrics["three_tangle"] == metrics["three_tangle"] | {"value": 0.0, "low": 0.0, "high": 0.0}
    assert metrics["n_tangle"]["value"] is None
    assert "odd number" in metrics["n_tangle"]["reason"]
    assert metrics["residual[2]"]["value"] == pytest.approx(0, abs=1e-12)
    assert metrics["geometric_measure"]["value"] == pytest.approx(5 / 9)


def test_a_requirement_on_an_exact_value() -> None:
    assert run("werner:0.8", "--min", "concurrence=0.69", "--quiet").returncode == 0
    assert run("werner:0.8", "--min", "concurrence=0.71", "--quiet").returncode == 99
    assert run("werner:0.8", "--min", "three_tangle=0.1", "--quiet").returncode == 5


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("ghz:9",), 2, "up to dimension 256"),
        (("gzh:3",), 2, "did you mean 'ghz'"),
        (("nothing.json",), 2, "there is no file"),
        (("phi+", "--min", "concurence=1"), 2, "did you mean 'concurrence'"),
    ],
)
def test_what_is_wrong_is_one_line(arguments: tuple[str, ...], code: int, words: str) -> None:
    done = run(*arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_fitted_state_has_no_limits(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "qmono", "tomography", "sample_data/simulated/bell.json"]
    saved = tmp_path / "report.json"
    root = Path(__file__).parents[2]
    subprocess.run(
        [*program, "--report", f"json={saved}", "--quiet"], check=True, cwd=root, capture_output=True
    )
    done = run(str(saved), "--min", "concurrence=0.5", "--quiet")
    assert done.returncode == 98
    assert "CAUTION: see plug-in" in done.stdout


def test_qutrits_get_what_applies_to_them() -> None:
    import numpy as np

    psi = np.eye(3).reshape(-1).astype(complex) / np.sqrt(3)
    report = qmono.measures(State("isotropic", (3, 3), psi=psi))
    values = {metric.name: metric for metric in report.metrics}
    assert values["negativity"].value == pytest.approx(1.0)
    assert values["i_concurrence"].value == pytest.approx(np.sqrt(4 / 3))
    assert values["schmidt_number"].value == 3
    assert values["concurrence"].value is None
    assert "3 x 3" in (values["concurrence"].reason or "")


@pytest.mark.parametrize(
    ("state", "verdict"),
    [("werner:0.3", "separable"), ("product:0+r1", "separable"), ("cluster:5", "entangled")],
)
def test_verdicts(state: str, verdict: str) -> None:
    assert qmono.measures(state).verdict == verdict


def test_a_mixed_state_that_nothing_shows_entangled_is_open() -> None:
    import numpy as np

    assert qmono.measures(State("white", (2, 2, 2), mixed=np.eye(8) / 8)).verdict == "inconclusive"
