"""`qmono tomography --calibrate`: measured, saved, read back, in the report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
LIVE = ("tomography", "--noise", "depolarizing=0.04,readout=0.06", "--shots", "500", "--seed", "5")


def test_a_calibrated_run_is_saved_and_analysed_alike(qmono: Run, tmp_path: Path) -> None:
    counts = tmp_path / "counts.json"
    live = json.loads(qmono(*LIVE, "--calibrate", "800", "--save-counts", counts, "--format", "json").out)
    saved = json.loads(counts.read_text())["calibration"]
    assert saved["prepared"] == ["00", "11"]
    assert [sum(row.values()) for row in saved["counts"]] == [800, 800]
    again = json.loads(qmono("tomography", counts, "--target", "phi+", "--format", "json").out)
    before = live["metrics"]["fidelity_readout_corrected"]
    assert again["metrics"]["fidelity_readout_corrected"] == before
    # Aer's depolarizing p = 0.04 after one two-qubit gate: F = 1 - 3p/4 = 0.97 before readout
    assert before["low"] < 0.97 < before["high"]
    assert before["low_guarantee"] == "exact"
    assert live["metrics"]["fidelity"]["high"] < 0.9
    status = {check["name"]: check["status"] for check in live["checks"]}
    assert status["calibration"] == "pass"
    (readout,) = live["payload"]["models"].values()
    assert len(readout["parameters"]) == 4


def test_one_seed_gives_one_calibration(qmono: Run, tmp_path: Path) -> None:
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    for file in files:
        qmono(*LIVE, "--calibrate", "50", "--save-counts", file, "--quiet")
    assert files[0].read_bytes() == files[1].read_bytes()


def test_stated_confusion_makes_every_limit_indicative(qmono: Run, tmp_path: Path) -> None:
    counts = tmp_path / "counts.json"
    qmono(*LIVE, "--save-counts", counts, "--quiet")
    document = json.loads(counts.read_text())
    document["calibration"] = {"confusion": [[[0.94, 0.06], [0.06, 0.94]]] * 2}
    counts.write_text(json.dumps(document))
    arguments = ("tomography", counts, "--target", "phi+", "--min", "fidelity_readout_corrected=0.9")
    done = qmono(*arguments, "--format", "json")
    found = json.loads(done.out)
    assert found["metrics"]["fidelity_readout_corrected"]["low_guarantee"] == "indicative"
    assert found["requirements"][0]["status"] == "inconclusive"
    assert done.code == 98
    assert qmono(*arguments, "--accept", "indicative").code == 0


def test_what_has_no_meaning_is_refused(qmono: Run, samples: Path) -> None:
    bell = samples / "simulated" / "bell.json"
    done = qmono("tomography", bell, "--calibrate", "100")
    assert (done.code, "--calibrate has no meaning here" in done.err) == (2, True)
    done = qmono("tomography", bell, "--model", "readout")
    assert (done.code, "there is no readout calibration in the data" in done.err) == (2, True)
    done = qmono("tomography", bell, "--model", "readot")
    assert (done.code, "did you mean 'readout'" in done.err) == (2, True)
    done = qmono("tomography", "--calibrate", "0", "--shots", "10")
    assert (done.code, "at least 1 shot per circuit" in done.err) == (2, True)


CROSSTALK = [
    [0.92, 0.03, 0.04, 0.01],
    [0.03, 0.93, 0.01, 0.03],
    [0.04, 0.01, 0.91, 0.04],
    [0.01, 0.03, 0.04, 0.92],
]


def test_a_crosstalk_in_photonic_text_is_fitted_and_indicative(qmono: Run, tmp_path: Path) -> None:
    """Mean counts of psi+ with a tenth of noise behind the matrix: F 0.925 before it, 0.85 as counted."""
    kets = {"Z": [1, 0], "X": [0.7071, 0.7071], "Y": [0.7071, "0.7071j"]}
    correlated = {"XX": 1, "YY": 1, "ZZ": -1}
    rows = []
    for a in "ZXY":
        for b in "ZXY":
            e = 0.9 * correlated.get(a + b, 0)
            ideal = [(1 + e) / 4, (1 - e) / 4, (1 - e) / 4, (1 + e) / 4]
            read = [sum(p * row[k] for p, row in zip(ideal, CROSSTALK, strict=True)) for k in range(4)]
            rows.append([1, 0, 0, 0, 0, *(round(4000 * p) for p in read), *kets[a], *kets[b]])
    columns = [[row[k] for row in CROSSTALK] for k in range(4)]
    text = tmp_path / "run.txt"
    matrix = str(rows).replace("'", "")
    text.write_text(f"conf['Crosstalk'] = np.array({columns})\ntomo_input = np.array({matrix})\n")
    arguments = ("tomography", text, "--target", "psi+", "--min", "fidelity_readout_corrected=0.9")
    done = qmono(*arguments, "--format", "json")
    found = json.loads(done.out)
    assert found["metrics"]["fidelity_readout_corrected"]["value"] == pytest.approx(0.925, abs=0.002)
    assert found["metrics"]["fidelity_readout_corrected"]["low_guarantee"] == "indicative"
    assert found["metrics"]["fidelity"]["value"] < 0.87
    assert found["payload"]["models"]["crosstalk"]["parameters_added"] == 0
    assert done.code == 98
    assert qmono(*arguments, "--accept", "indicative").code == 0
    assert "crosstalk stated without counts" in " ".join(qmono("inspect", text).out.split())
    converted = tmp_path / "run.json"
    assert qmono("convert", text, converted).code == 0
    again = json.loads(qmono("tomography", converted, "--target", "psi+", "--format", "json").out)
    for name in ("fidelity", "fidelity_readout_corrected", "concurrence"):
        assert again["metrics"][name] == found["metrics"][name]


def test_a_stated_matrix_is_shown_by_inspect(qmono: Run, tmp_path: Path) -> None:
    counts = tmp_path / "counts.json"
    qmono(*LIVE, "--save-counts", counts, "--quiet")
    document = json.loads(counts.read_text())
    document["calibration"] = {"confusion": [[[0.94, 0.06], [0.06, 0.94]]] * 2, "taken": "2026-11-20"}
    counts.write_text(json.dumps(document))
    shown = " ".join(qmono("inspect", counts).out.split())
    assert "a confusion stated without counts, taken 2026-11-20: limits with it are indicative" in shown
