"""Directions that give a state of qubits a large value of any inequality: one party after the other.

The value is linear in the Bloch vectors of each party while the others are fixed, so that the best vector
of every input is the direction of its gradient (see-saw: Werner and Wolf, Quantum Inf. Comput. 1 (2001) 1).
Every step goes up; it may end at a local maximum, hence several random starts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qmono.quantum.born import local_effects
from qmono.quantum.paulis import pauli_vector
from qmono.quantum.types import Matrix, Real

_STARTS = 20
_STARTS_OF_MANY = 4
_MANY = 6
_MOST_ROUNDS = 500
_CONVERGED = 1e-12


def best_directions(
    coefficients: Real, rho: Matrix, rng: np.random.Generator, known: Sequence[Real] | None = None
) -> tuple[float, tuple[Real, ...]]:
    """The largest value found on rho (2**n, 2**n), and its directions, per party (inputs, 3).

    The first climb starts from `known` directions if there are any.
    """
    n = coefficients.ndim // 2
    correlations = pauli_vector(rho)
    starts = [[vectors.astype(np.float64) for vectors in known]] if known else []
    for _ in range(_STARTS if n < _MANY else _STARTS_OF_MANY):
        starts.append([_unit(rng.normal(size=(inputs, 3))) for inputs in coefficients.shape[n:]])
    return max((_climbed(coefficients, correlations, start) for start in starts), key=lambda one: one[0])


def _climbed(
    coefficients: Real, correlations: Real, directions: list[Real]
) -> tuple[float, tuple[Real, ...]]:
    value = -np.inf
    for _ in range(_MOST_ROUNDS):
        before = value
        for party in range(len(directions)):
            constant, gradient = _linear_in(coefficients, correlations, directions, party)
            lengths = np.linalg.norm(gradient, axis=1)
            moved = lengths > _CONVERGED
            directions[party][moved] = gradient[moved] / lengths[moved, None]
            value = constant + float(lengths.sum())
        if value - before < _CONVERGED * max(1.0, abs(value)):
            break
    return value, tuple(directions)


def _linear_in(
    coefficients: Real, correlations: Real, directions: Sequence[Real], party: int
) -> tuple[float, Real]:
    """The value as constant + sum_x gradient[x] . direction[x] of one party."""
    n = coefficients.ndim // 2
    tensor, effects = correlations, coefficients
    others = [p for p in range(n) if p != party]
    tensor = np.moveaxis(tensor, party, -1)
    effects = np.moveaxis(effects, (party, n + party), (-2, -1))
    # contracts the others' outcomes, inputs and Pauli indices, one party at a time
    joint = _contract(effects, tensor, [local_effects(directions[p]) for p in others])
    constant = float(joint[:, :, 0].sum() / 2)
    gradient: Real = (joint[0, :, 1:] - joint[1, :, 1:]) / 2
    return constant, gradient


def _contract(effects: Real, tensor: Real, others: Sequence[Real]) -> Real:
    """(outcome, input, Pauli) of the party that is left."""
    measured: Real = tensor
    for party in others:
        # removes the first Pauli index and appends input and outcome of that party
        measured = np.tensordot(measured, party, axes=(0, 2))
    k = len(others)
    # measured: Pauli, input, outcome, input, outcome, ...; effects: outcomes, inputs, outcome, input
    outcomes, inputs = list(range(2, 2 * k + 1, 2)), list(range(1, 2 * k + 1, 2))
    return np.tensordot(effects, measured, axes=(list(range(2 * k)), outcomes + inputs))


def _unit(vectors: Real) -> Real:
    normalised: Real = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return normalised
