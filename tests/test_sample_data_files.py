"""The sample data are what their README says: unchanged, readable, valid, and with the stated answers."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import qmono
from qmono.core.counts import CountsTable
from qmono.core.metric import parse_metric_name
from qmono.core.report import CHECK_NAMES, VERDICTS
from qmono.formats.reading import ReadOptions, read_counts
from qmono.quantum.measures.concurrence import concurrence
from qmono.quantum.states import BELL_STATES
from qmono.quantum.tomography.fit.mle import estimate_mle
from qmono.quantum.tomography.fit.pls import estimate_pls

SAMPLES = Path(__file__).parents[1] / "sample_data"
README = (SAMPLES / "README.md").read_text(encoding="utf-8")
EXPECTED: list[dict[str, Any]] = json.loads((SAMPLES / "expected.json").read_text())

UPSTREAM = {
    "63925667ea25c0bf77295d894fb5191334687032622654147857ba978a75e69c": "kwiat_bell_psi/bell_psi_data.txt",
    "6d0a200ab888e3d64d97965242481e04b1d1531f5aa8b6620de4b897edd81797": (
        "rigetti_aspen4_bell/bell-state-tomography.csv"
    ),
    "b65f8cc947bd8f8c9dc1a6fcc544829660a08f4664f6a5c5860011968d35fa22": "twin_photons_spdc/counts.csv",
}
"""SHA-256 of each file as it was upstream."""


def read(name: str, **options: Any) -> CountsTable:
    return read_counts(SAMPLES / name, ReadOptions(**options))


def fidelity(rho: np.ndarray, bell: str) -> float:
    psi = BELL_STATES[bell]
    return float((psi.conj() @ rho @ psi).real)


@pytest.mark.parametrize("digest", UPSTREAM)
def test_measured_files_are_unchanged_and_licensed(digest: str) -> None:
    path = SAMPLES / UPSTREAM[digest]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    licence = path.with_name("LICENSE").read_text(encoding="utf-8")
    assert "Permission is hereby granted, free of charge" in licence or "Apache License" in licence


def test_every_directory_is_described() -> None:
    for folder in SAMPLES.iterdir():
        assert not folder.is_dir() or folder.name == "__pycache__" or f"`{folder.name}`" in README


def test_every_counts_file_obeys_the_published_schema() -> None:
    schema = json.loads((Path(qmono.__file__).parent / "schemas" / "counts-1.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    found = 0
    for path in SAMPLES.glob("*/*.json"):
        document = json.loads(path.read_text())
        if str(document.get("schema", "")).startswith("qmono.counts/"):
            jsonschema.Draft202012Validator(schema).validate(document)
            found += 1
    assert found >= 9


def test_the_simulated_files_are_what_the_script_makes(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_simulated", SAMPLES / "make_simulated.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.main(tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in (SAMPLES / "simulated").iterdir()}
    assert made.keys() == kept.keys()
    assert [name for name in made if made[name] != kept[name] and not name.endswith(".npz")] == []


def test_the_twins_hold_the_same_counts() -> None:
    one, other = read("simulated/bell.json"), read("simulated/bell.npz")
    assert one.settings is not None
    assert other.settings is not None
    np.testing.assert_array_equal(one.settings.counts, other.settings.counts)


def test_a_simulated_sample_says_so() -> None:
    for path in (SAMPLES / "simulated").glob("*"):
        if path.name != "asymmetric_qiskit.json":  # plain JSON cannot
            assert read_counts(path).source == "simulated"


def test_delft_s_and_wins_from_the_table() -> None:
    """Hensen et al. 2015: S = 2.42(20), 196 wins of 245; the two files are one table."""
    full, plain = read("delft_2015/counts.json"), read("delft_2015/plain.json")
    assert full.settings is not None
    assert plain.settings is not None
    np.testing.assert_array_equal(full.settings.counts, plain.settings.counts)
    assert (full.design, full.signs, full.source) == ("random", "+++-", "hardware")
    assert (plain.design, plain.signs, plain.source) == (None, None, "file")
    counts = full.settings.counts
    same, n = counts[:, 0] + counts[:, 3], counts.sum(axis=1)
    signs = np.array([1, 1, 1, -1])
    assert (signs * (2 * same - n) / n).sum() == pytest.approx(2.4224998705, abs=1e-10)
    assert int(np.where(signs > 0, same, n - same).sum()) == 196
    assert int(n.sum()) == 245


def test_photonic_psi_state() -> None:
    """Upstream's test: purity 0.734 +- 0.003; pooled Poisson likelihood: 0.738, C 0.708, F(psi+) 0.797."""
    table = read("kwiat_bell_psi/bell_psi_data.txt")
    assert table.statistics == "poisson"
    assert table.settings is not None
    rho = estimate_mle(table).rho
    assert fidelity(rho, "psi+") == pytest.approx(0.797, abs=0.002)
    assert np.trace(rho @ rho).real == pytest.approx(0.738, abs=0.002)
    assert concurrence(rho) == pytest.approx(0.708, abs=0.002)
    passes = {"XX": [0, 3], "YY": [0, 3], "ZZ": [1, 2]}
    rows = dict(zip(table.settings.labels, table.settings.counts, strict=True))
    p = [rows[label][cells].sum() / rows[label].sum() for label, cells in passes.items()]
    assert (sum(p) - 1) / 2 == pytest.approx(0.814, abs=0.001)


def test_superconducting_bell_state() -> None:
    """Raw column: F 0.8562, C 0.719; nearest state to the corrected column: F 0.984."""
    name = "rigetti_aspen4_bell/bell-state-tomography.csv"
    raw = estimate_mle(read(name)).rho
    assert fidelity(raw, "phi+") == pytest.approx(0.8562, abs=0.001)
    assert concurrence(raw) == pytest.approx(0.719, abs=0.001)
    corrected = read(name, column="corrected")
    assert corrected.values == "corrected"
    assert fidelity(estimate_pls(corrected).rho, "phi+") == pytest.approx(0.984, abs=0.001)


def test_twin_photons_are_averages_of_fifty() -> None:
    """Authors: at least 0.99; computed independently: F 0.9959, purity and C 0.994."""
    averages = read("twin_photons_spdc/counts.csv")
    assert (averages.values, averages.metadata["likely_mean_of"]) == ("averages", 50)
    counts = read("twin_photons_spdc/counts.csv", mean_of=50)
    assert counts.projectors is not None
    assert counts.projectors.counts[0] == 60701  # 1214.02 * 50
    rho = estimate_mle(counts).rho
    assert fidelity(rho, "phi+") == pytest.approx(0.9959, abs=0.0005)
    assert concurrence(rho) == pytest.approx(0.994, abs=0.001)


@pytest.mark.parametrize("case", EXPECTED, ids=[" ".join(case["command"]) for case in EXPECTED])
def test_expectations_name_what_exists(case: dict[str, Any]) -> None:
    kind, *arguments = case["command"]
    files = [argument.rpartition("=")[2] for argument in arguments if "sample_data/" in argument]
    assert files or "--wins" in arguments
    assert all((SAMPLES.parent / name).is_file() for name in files)
    expect = case["expect"]
    assert expect.keys() <= {"verdict", "metrics", "checks"}
    assert "verdict" not in expect or expect["verdict"] in VERDICTS[kind]
    assert set(expect.get("checks", {})) <= set(CHECK_NAMES[kind])
    for name, numbers in expect["metrics"].items():
        parse_metric_name(name)
        assert numbers.keys() <= {"value", "std_error", "low", "high"}
        assert all(number is None or len(number) == 2 for number in numbers.values())


def test_every_measured_and_simulated_file_has_an_expectation() -> None:
    used = " ".join(word for case in EXPECTED for word in case["command"])
    for path in SAMPLES.glob("*/*"):
        if path.name not in ("LICENSE", "bell_psi_conf.txt") and path.suffix != ".pyc":
            assert f"sample_data/{path.parent.name}/{path.name}" in used
