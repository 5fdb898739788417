"""The data of the tomography benchmarks: noisy GHZ and W states, full Pauli tomography, seeded."""

from __future__ import annotations

import numpy as np

from qmono.core.counts import CountsTable, pauli_directions
from qmono.quantum.born import simulate_counts
from qmono.quantum.plans import Plan, pauli_plan
from qmono.quantum.states import named_state
from qmono.quantum.types import Matrix

FAMILIES = ("ghz", "w")
NOISE = 0.1
SHOTS = 1000
SEED = 7


def noisy(family: str, n: int) -> Matrix:
    """0.9 |psi><psi| + 0.1 I/2**n of the GHZ or W state of n qubits."""
    mixed: Matrix = (1 - NOISE) * named_state(f"{family}:{n}").rho + NOISE * np.eye(2**n) / 2**n
    return mixed


def some_counts(family: str, n: int, settings: int) -> CountsTable:
    """Counts of the settings of XX..X, ZZ..Z and others drawn at random, as many different ones in all."""
    rng = np.random.default_rng(SEED)
    labels = {"X" * n, "Z" * n}
    while len(labels) < settings:
        labels.add("".join(rng.choice(list("XYZ"), n)))
    names = tuple(sorted(labels))
    plan = Plan(names, pauli_directions(names), SHOTS)
    return simulate_counts(noisy(family, n), plan, rng)


def noisy_counts(family: str, n: int) -> CountsTable:
    """Counts of all 3**n Pauli settings on it, 1000 shots each."""
    return simulate_counts(noisy(family, n), pauli_plan(n, SHOTS), np.random.default_rng(SEED))
