"""Many two-qubit states at once: `python benchmarks/batches.py [--files N]`.

1000 bootstrap resamples of one table, each fit certified, by the batch that qmono itself uses. Then N saved
files with a report each: nine Pauli settings, 1000 shots each, `qmono tomography *.json --output DIR` as a
user starts it, interpreter and summary included, and what 10 000 files take at that rate.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from threads import ONE_THREAD

os.environ.update(ONE_THREAD)

import numpy as np
from machine import described, machine

from qmono import write_counts
from qmono.quantum.born import simulate_counts
from qmono.quantum.plans import pauli_plan
from qmono.quantum.states import werner
from qmono.quantum.tomography.fit.batch import estimate_mle_batch

PROGRAM = str(Path(sys.executable).with_name("qmono"))
FULL = 10_000
RESAMPLES, REPEATS, GAP = 1000, 5, 0.01


def seconds_of_resamples() -> tuple[float, float]:
    """The median time of 1000 fits to resampled counts, and the largest gap that was left."""
    rng, times, gap = np.random.default_rng(2026), [], 0.0
    table = simulate_counts(werner(0.9).rho, pauli_plan(2, 1000), rng)
    counts = table.settings.counts
    for _ in range(REPEATS):
        drawn = rng.multinomial(1000, counts / 1000, size=(RESAMPLES, len(counts)))
        start = time.perf_counter()
        fits = estimate_mle_batch(table, drawn.reshape(RESAMPLES, -1), gap=GAP)
        times.append(time.perf_counter() - start)
        gap = max(gap, float(fits.likelihood_gap.max()))
    return statistics.median(times), gap


def write_files(folder: Path, files: int) -> list[str]:
    """Counts of Werner states of visibility 0.7 to 1, a file each."""
    rng, plan = np.random.default_rng(2026), pauli_plan(2, 1000)
    paths = []
    for index in range(files):
        table = simulate_counts(werner(float(rng.uniform(0.7, 1.0))).rho, plan, rng)
        paths.append(str(folder / f"pair{index:05}.json"))
        write_counts(table, paths[-1])
    return paths


def seconds_of_reports(paths: list[str], output: Path, jobs: int | None) -> tuple[float, float]:
    """Wall time of the command over all files, and the processor time of all its processes."""
    command = [PROGRAM, "tomography", *paths, "--target", "phi+", "--output", str(output)]
    command += [] if jobs is None else ["--jobs", str(jobs)]
    threads_as_it_likes = {key: value for key, value in os.environ.items() if key not in ONE_THREAD}
    start, used = time.perf_counter(), _used_by_children()
    subprocess.run(command, check=True, capture_output=True, env=threads_as_it_likes)
    elapsed, used = time.perf_counter() - start, _used_by_children() - used
    written = sum(1 for _ in output.glob("*.json"))
    if written != len(paths):
        raise SystemExit(f"{written} reports of {len(paths)} files")
    return elapsed, used


def _used_by_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000, help=f"how many (1000; {FULL} for the whole)")
    parser.add_argument("--jobs", type=int, help="processes (as many as the command takes by itself)")
    chosen = parser.parse_args()
    print(described(machine()))
    elapsed, gap = seconds_of_resamples()
    print(
        f"{RESAMPLES} resamples: {elapsed:.3f} s (median of {REPEATS}), every gap proven below {gap:.4f} nat"
    )
    with tempfile.TemporaryDirectory() as folder:
        paths = write_files(Path(folder), chosen.files)
        elapsed, used = seconds_of_reports(paths, Path(folder) / "reports", chosen.jobs)
    each, own = elapsed / chosen.files, used / chosen.files
    print(f"{chosen.files} files with a report each: {elapsed:.1f} s, {1e3 * each:.1f} ms a file", end=" ")
    print(f"({1e3 * own:.1f} ms of processor time)", end="")
    print("" if chosen.files == FULL else f"; extrapolated to {FULL}: {FULL * each:.0f} s")


if __name__ == "__main__":
    main()
