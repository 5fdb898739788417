"""What a fresh interpreter may load for each command: start-up is a feature."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[1] / "sample_data"
PROBE = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))
sys.argv = ["qmono", *json.loads(sys.argv[1])]
from qmono.cli.main import main
main()
"""
HEAVY = {"numpy", "scipy", "qiskit", "qiskit_aer", "rich", "matplotlib", "junitparser"}


def loaded(*arguments: str) -> set[str]:
    """Top-level and second-level modules loaded by `qmono ARGUMENTS` in a fresh interpreter."""
    command = [sys.executable, "-c", PROBE, json.dumps(arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    modules = json.loads(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stderr[:500]
    return {name for module in modules for name in (module.split(".")[0], ".".join(module.split(".")[:2]))}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["bell-test", "--help"], ["tomography", "--help"]]
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert loaded(*arguments) & HEAVY == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ["tomography", str(SAMPLES / "kwiat_bell_psi" / "bell_psi_data.txt"), "--target", "psi+"],
        ["bell-test", str(SAMPLES / "delft_2015" / "counts.json")],
        ["fidelity", str(SAMPLES / "kwiat_bell_psi" / "bell_psi_data.txt"), "--target", "psi+"],
        ["inspect", str(SAMPLES / "delft_2015" / "counts.json")],
        ["monogamy", str(SAMPLES / "simulated" / "ab.json")],
        ["monogamy", str(SAMPLES / "claims" / "network.jsonl")],
        ["measures", "w:3"],
        ["catalogue"],
    ],
)
def test_saved_counts_load_no_qiskit_and_no_optimiser(arguments: list[str]) -> None:
    forbidden = {
        "qiskit",
        "qiskit_aer",
        "scipy.stats",
        "scipy.optimize",
        "matplotlib",
        "junitparser",
    }
    assert loaded(*arguments) & forbidden == set()


def test_the_measurement_can_fail() -> None:
    """The probe sees what is loaded: a judgement loads numpy, a JUnit document its library."""
    judged = loaded("bell-test", str(SAMPLES / "delft_2015" / "counts.json"), "--format", "junit")
    assert {"numpy", "junitparser"} <= judged
