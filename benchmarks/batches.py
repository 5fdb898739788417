"""Many two-qubit states at once: saved files with a report each, `python benchmarks/batches.py [--files N]`.

Writes N files of nine Pauli settings, 1000 shots each, then times `qmono tomography *.json --output DIR` as
a user starts it, interpreter and summary included, and says what 10 000 files take at that rate.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from machine import described, machine

from qmono import write_counts
from qmono.quantum.born import simulate_counts
from qmono.quantum.plans import pauli_plan
from qmono.quantum.states import werner

PROGRAM = str(Path(sys.executable).with_name("qmono"))
FULL = 10_000


def write_files(folder: Path, files: int) -> list[str]:
    """Counts of Werner states of visibility 0.7 to 1, a file each."""
    rng, plan = np.random.default_rng(2026), pauli_plan(2, 1000)
    paths = []
    for index in range(files):
        table = simulate_counts(werner(float(rng.uniform(0.7, 1.0))).rho, plan, rng)
        paths.append(str(folder / f"pair{index:05}.json"))
        write_counts(table, paths[-1])
    return paths


def seconds_of_reports(paths: list[str], output: Path, jobs: int | None) -> float:
    """Wall time of the command over all files."""
    command = [PROGRAM, "tomography", *paths, "--target", "phi+", "--output", str(output)]
    command += [] if jobs is None else ["--jobs", str(jobs)]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    elapsed = time.perf_counter() - start
    written = sum(1 for _ in output.glob("*.json"))
    if written != len(paths):
        raise SystemExit(f"{written} reports of {len(paths)} files")
    return elapsed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000, help=f"how many (1000; {FULL} for the whole)")
    parser.add_argument("--jobs", type=int, help="processes (as many as the command takes by itself)")
    chosen = parser.parse_args()
    print(described(machine()))
    with tempfile.TemporaryDirectory() as folder:
        paths = write_files(Path(folder), chosen.files)
        elapsed = seconds_of_reports(paths, Path(folder) / "reports", chosen.jobs)
    each = elapsed / chosen.files
    print(f"{chosen.files} files with a report each: {elapsed:.1f} s, {1e3 * each:.2f} ms a file", end="")
    print("" if chosen.files == FULL else f"; extrapolated to {FULL}: {FULL * each:.0f} s")


if __name__ == "__main__":
    main()
