"""Fidelity to W states: half-widths of direct estimator, profile and split likelihood, and coverage.

    python benchmarks/direct_estimator.py [runs]

White noise, all Pauli settings, limits at 95 % each. Half-widths are those of one table; `wrong` is the share
of `runs` tables (default 500) in which the worse of the two direct limits does not hold.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from qmono.analysis.shot_fidelity import shot_fidelity
from qmono.core.counts import CountsTable
from qmono.quantum.born import simulate_counts
from qmono.quantum.plans import pauli_plan
from qmono.quantum.states import State, named_state
from qmono.quantum.tomography.fit.mle import estimate_mle
from qmono.quantum.tomography.regions.region import profile_limits
from qmono.quantum.tomography.regions.split_likelihood import split_region

LEVEL, SEED, RUNS = 0.95, 1, 500
CASES = [(n, noise, shots) for n in (3, 4, 5) for noise in (0.0, 0.1, 0.4) for shots in (100, 1000)]


def measured(target: State, noise: float, shots: int, rng: np.random.Generator) -> CountsTable:
    d = 2**target.n_qubits
    rho = (1 - noise) * target.rho + noise * np.eye(d) / d
    return simulate_counts(rho, pauli_plan(target.n_qubits, shots, rounds=1), rng)


def half_widths(table: CountsTable, target: State) -> tuple[float, float, float, float]:
    """Of the direct limits, the profile likelihood and the split likelihood; and the seconds of the first."""
    start = time.perf_counter()
    direct = shot_fidelity(table, target, LEVEL)
    seconds = time.perf_counter() - start
    fit = estimate_mle(table)
    low, high = profile_limits(table, target.rho, fit, LEVEL)
    region = split_region(table, fit, LEVEL, rng=np.random.default_rng(SEED))
    split = region.maximum(target.rho).limit - region.minimum(target.rho).limit
    return ((direct.high or 1) - (direct.low or 0)) / 2, (high.limit - low.limit) / 2, split / 2, seconds


def wrong_share(target: State, noise: float, shots: int, runs: int, rng: np.random.Generator) -> float:
    truth, wrong = 1 - noise + noise / 2**target.n_qubits, np.zeros(2)
    for _ in range(runs):
        found = shot_fidelity(measured(target, noise, shots, rng), target, LEVEL)
        wrong += [(found.low or 0) > truth + 1e-12, (found.high or 1) < truth - 1e-12]
    return float(wrong.max()) / runs


def main(runs: int) -> None:
    print(
        f"{'state':6}{'noise':>6}{'shots':>7}{'direct':>9}{'profile':>9}{'split':>9}{'time':>9}{'wrong':>8}"
    )
    for n, noise, shots in CASES:
        rng, target = np.random.default_rng(SEED), named_state(f"w:{n}")
        direct, profile, split, seconds = half_widths(measured(target, noise, shots, rng), target)
        wrong = wrong_share(target, noise, shots, runs, rng)
        row = f"w:{n:<4}{noise:6g}{shots:7}{direct:9.4f}{profile:9.4f}{split:9.4f}"
        print(f"{row}{1e3 * seconds:7.1f}ms{wrong:8.3f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
