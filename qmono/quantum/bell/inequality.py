"""A Bell inequality as data, one contraction that evaluates all, one enumeration that bounds all.

Coefficients c[a, b, ..., x, y, ...] and behaviours p[a, b, ..., x, y, ...] = P(a b ... | x y ...) have the
outcomes of every party first, then the inputs; outcome 0 stands for +1.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from qmono.quantum.born import probabilities
from qmono.quantum.types import Matrix, Real


@dataclass(frozen=True, eq=False)
class Inequality:
    """sum c p <= local_bound for every local behaviour p.

    directions: (parties, inputs, 3) Bloch vectors that reach quantum_bound on the state of that name.
    """

    name: str
    title: str
    coefficients: Real
    local_bound: float
    quantum_bound: float
    no_signalling_bound: float
    state: str
    directions: Real
    reference: str

    @property
    def parties(self) -> int:
        """How many parties measure."""
        return self.coefficients.ndim // 2


def bell_value(coefficients: Real, behaviour: Real) -> float:
    """The value sum c p of a behaviour of the same shape."""
    return float(np.sum(coefficients * behaviour))


def local_bound(coefficients: Real) -> float:
    """The largest value of any local behaviour, by enumerating the deterministic strategies of every party.

    The maximum over a polytope sits at a vertex, and the vertices are products of functions input -> outcome.
    """
    parties = coefficients.ndim // 2
    remaining = coefficients
    for party in range(parties):
        outcomes, inputs = coefficients.shape[party], coefficients.shape[parties + party]
        # each contraction removes the first outcome and the first input axis and appends one strategy axis
        remaining = np.tensordot(
            remaining, deterministic_strategies(outcomes, inputs), axes=((0, parties - party), (1, 2))
        )
    return float(remaining.max())


def deterministic_strategies(outcomes: int, inputs: int) -> Real:
    """Indicators (outcomes**inputs, outcomes, inputs): 1 where the strategy answers that input so."""
    answers = np.array(list(product(range(outcomes), repeat=inputs)), dtype=np.int64)
    indicators: Real = (answers[:, None, :] == np.arange(outcomes)[None, :, None]).astype(np.float64)
    return indicators


def behaviour_of(rho: Matrix, directions: Real) -> Real:
    """P(a b ... | x y ...) of a state of qubits (2**n, 2**n) measured along directions (n, inputs, 3)."""
    parties, inputs = directions.shape[:2]
    choices = np.array(list(product(range(inputs), repeat=parties)), dtype=np.int64)
    chosen = np.stack([directions[party][choices[:, party]] for party in range(parties)], axis=1)
    table = probabilities(rho, chosen).reshape((inputs,) * parties + (2,) * parties)
    behaviour: Real = np.moveaxis(table, range(parties, 2 * parties), range(parties))
    return behaviour


def correlator_coefficients(weights: Real) -> Real:
    """Coefficients of sum w[x, y, ...] E[x, y, ...], E the mean product of outcomes +-1."""
    parties = weights.ndim
    parity = np.indices((2,) * parties).sum(axis=0) % 2
    signed: Real = np.multiply.outer(1.0 - 2.0 * parity, weights)
    return signed
