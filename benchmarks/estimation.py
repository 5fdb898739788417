"""Time of the certified fit, import excluded: `python benchmarks/estimation.py [LARGEST_N]`.

Full Pauli tomography of 0.9 |psi><psi| + 0.1 I/2^n, 1000 shots a setting, seeded; one BLAS thread. The
baseline of each row is the closed-form projected least squares of the same table.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from qmono.quantum.born import simulate_counts
from qmono.quantum.plans import pauli_plan
from qmono.quantum.states import named_state
from qmono.quantum.tomography import ESTIMATORS


def median_seconds(call: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    fit, baseline = ESTIMATORS.load("mle"), ESTIMATORS.load("pls")
    print(f"{'state':<8} {'iterations':>10} {'gap/nat':>9} {'fit':>10} {'least squares':>14} {'ratio':>7}")
    for n in range(2, largest + 1):
        for family in ("ghz", "w"):
            pure = named_state(f"{family}:{n}").rho
            rho = 0.9 * pure + 0.1 * np.eye(2**n) / 2**n
            table = simulate_counts(rho, pauli_plan(n, 1000), np.random.default_rng(7))
            estimate = fit(table)
            runs = 7 if n < 6 else 3
            mine = median_seconds(lambda table=table: fit(table), runs)
            theirs = median_seconds(lambda table=table: baseline(table), runs)
            print(
                f"{family}:{n:<6} {estimate.iterations:10d} {estimate.likelihood_gap:9.4f} "
                f"{1e3 * mine:8.1f}ms {1e3 * theirs:12.1f}ms {mine / theirs:7.1f}"
            )


if __name__ == "__main__":
    main()
