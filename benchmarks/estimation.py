"""Time of the certified fit, import excluded: `python benchmarks/estimation.py [LARGEST_N]`.

Full Pauli tomography of 0.9 |psi><psi| + 0.1 I/2^n, 1000 shots a setting, seeded; one BLAS thread. The
baselines of each row are the same fit with the first-order certificate alone, and the closed-form projected
least squares of the same table. Iterations do not count the conjugate gradients of the certificate; times do.
Then fits to a few of the settings, drawn at random, of which there are far more.
"""

from __future__ import annotations

import os

from threads import ONE_THREAD

os.environ.update(ONE_THREAD)

import statistics
import sys
import time
from collections.abc import Callable
from unittest.mock import patch

from cases import FAMILIES, noisy_counts, some_counts

from qmono.quantum.tomography import ESTIMATORS
from qmono.quantum.tomography.fit import ascent


def median_seconds(call: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


SUBSETS = ((6, 100), (7, 200), (8, 300))
"""Qubits, and how many of the 3**n settings."""


def print_subsets(largest: int) -> None:
    print(f"\n{'state':<8} {'settings':>9} {'gap/nat':>9} {'iterations':>10} {'time':>9}")
    for n, settings in SUBSETS:
        if n > largest:
            return
        table = some_counts("ghz", n, settings)
        start = time.perf_counter()
        estimate = ESTIMATORS.load("mle")(table)
        took = 1e3 * (time.perf_counter() - start)
        name = f"ghz:{n}"
        print(
            f"{name:<8} {settings:9d} {estimate.likelihood_gap:9.4f} {estimate.iterations:10d} {took:7.1f}ms"
        )


def main() -> None:
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    fit, baseline = ESTIMATORS.load("mle"), ESTIMATORS.load("pls")
    print(f"{'':<8} {'certified fit':>30} {'first order alone':>20} {'least squares':>14}")
    one_fit = f"{'iterations':>10} {'time':>9}"
    print(f"{'state':<8} {'gap/nat':>9} {one_fit} {one_fit}{'time':>15}")
    for n in range(2, largest + 1):
        for family in FAMILIES:
            table = noisy_counts(family, n)
            runs = 7 if n < 6 else 3
            estimate = fit(table)
            mine = median_seconds(lambda table=table: fit(table), runs)
            with patch.multiple(ascent, SHARPEN=0.0, LEVEL=-float("inf")):
                plain = fit(table)
                first_order = median_seconds(lambda table=table: fit(table), runs)
            closed_form = median_seconds(lambda table=table: baseline(table), runs)
            print(
                f"{f'{family}:{n}':<8} "
                f"{estimate.likelihood_gap:9.4f} {estimate.iterations:10d} {1e3 * mine:7.1f}ms "
                f"{plain.iterations:10d} {1e3 * first_order:7.1f}ms {1e3 * closed_form:12.1f}ms",
                flush=True,
            )
    print_subsets(largest)


if __name__ == "__main__":
    main()
