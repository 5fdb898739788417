r"""Born's rule for local projective measurements, one qubit at a time, and seeded sampling from it."""

from __future__ import annotations

import numpy as np

from qmono.core.counts import CountsTable, SettingRows
from qmono.quantum.paulis import pauli_vector
from qmono.quantum.plans import Plan
from qmono.quantum.types import Integers, Matrix, Real


def local_effects(directions: Real) -> Real:
    """Pauli coefficients (..., 2, 4) of the two effects (1 +- b.sigma)/2 of Bloch vectors b (..., 3).

    `effects @ (1, x, y, z)` gives the probabilities of outcomes 0 and 1.
    """
    effects = np.full((*directions.shape[:-1], 2, 4), 0.5)
    effects[..., 0, 1:] = directions / 2
    effects[..., 1, 1:] = -directions / 2
    return effects


def probabilities(rho: Matrix, directions: Real) -> Real:
    """Outcome probabilities (S, 2**n) on rho (2**n, 2**n) of settings with Bloch vectors (S, n, 3)."""
    x = pauli_vector(rho)
    effects = local_effects(directions)
    rows = []
    for setting in effects:
        tensor = x
        for local in setting:
            tensor = np.tensordot(tensor, local, axes=(0, 1))
        rows.append(tensor.reshape(-1))
    return np.clip(np.array(rows), 0.0, 1.0)


def simulate_counts(rho: Matrix, plan: Plan, rng: np.random.Generator) -> CountsTable:
    """Counts that the plan would give on the state: multinomial in every setting and round."""
    p = probabilities(rho, plan.directions)
    p /= p.sum(axis=1, keepdims=True)
    rounds: Integers = np.stack([rng.multinomial(shots, p) for shots in plan.shots_per_round])
    rows = SettingRows(plan.labels, rounds.sum(axis=0), plan.directions, plan.inputs, rounds)
    return CountsTable(
        n_qubits=plan.n_qubits, settings=rows, design=plan.design, signs=plan.signs, source="simulated"
    )
