"""A Bell inequality as data, one contraction that evaluates all, one enumeration that bounds all.

Coefficients c[a, b, ..., x, y, ...] and behaviours p[a, b, ..., x, y, ...] = P(a b ... | x y ...) have the
outcomes of every party first, then the inputs; outcome 0 stands for +1. A setting whose coefficients are all
zero is not played.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Literal

import numpy as np

from qmono.errors import UsageError
from qmono.quantum.born import probabilities
from qmono.quantum.states import State
from qmono.quantum.types import Integers, Matrix, Real

Model = Literal["local", "hybrid"]
MOST_STRATEGIES = 2**22
"""More deterministic strategies than this are not enumerated: seconds, and a few hundred megabytes."""


@dataclass(frozen=True, eq=False)
class Realisation:
    """A state and measurements of it: directions per party (inputs, 3) of qubits, or kets of larger parts.

    kets: per party (inputs, outcomes, d), an orthonormal basis for every input.
    """

    state: State
    directions: tuple[Real, ...] | None = None
    kets: tuple[Matrix, ...] | None = None

    def behaviour(self) -> Real:
        """P(a b ... | x y ...) of the measurements."""
        if self.directions is not None:
            return behaviour_of(self.state.rho, self.directions)
        return _behaviour_of_kets(self.state, self.kets or ())


@dataclass(frozen=True, eq=False)
class Inequality:
    """sum c p <= local_bound for every behaviour p of the model that it rules out.

    model: `local` (every party for itself) or `hybrid` (any two groups, each free to signal inside itself;
    a violation is genuine nonlocality of all parties). quantum_bound: no quantum behaviour is above, None if
    unknown; best: what reaches it, or comes nearest with qubits. no_signalling_bound: None if unknown.
    """

    name: str
    title: str
    coefficients: Real
    local_bound: float
    quantum_bound: float | None
    no_signalling_bound: float | None
    best: Realisation | None
    reference: str
    model: Model = "local"

    @property
    def parties(self) -> int:
        """How many parties measure."""
        return self.coefficients.ndim // 2

    @property
    def outcomes(self) -> tuple[int, ...]:
        """Number of outcomes of every party."""
        return self.coefficients.shape[: self.parties]

    @property
    def inputs(self) -> tuple[int, ...]:
        """Number of inputs of every party."""
        return self.coefficients.shape[self.parties :]

    @property
    def settings(self) -> Integers:
        """Inputs (m, parties) of the settings that are played, in lexicographic order."""
        played = np.any(self.coefficients, axis=tuple(range(self.parties)))
        return np.argwhere(played).astype(np.int64)

    @property
    def setting_coefficients(self) -> Real:
        """Coefficients (m, outcomes of all parties together) of the settings that are played."""
        table = self.coefficients.reshape(-1, *self.inputs)
        chosen: Real = table[(slice(None), *self.settings.T)].T
        return chosen


def bell_value(coefficients: Real, behaviour: Real) -> float:
    """The value sum c p of a behaviour of the same shape."""
    return float(np.sum(coefficients * behaviour))


def local_bound(coefficients: Real) -> float:
    """The largest value of any local behaviour, by enumerating the deterministic strategies.

    The maximum over a polytope sits at a vertex, and the vertices are products of functions input -> outcome.
    All parties but the one with most strategies are enumerated; that one answers every input in the best way.
    Raises UsageError if there are more than MOST_STRATEGIES to try.
    """
    parties = coefficients.ndim // 2
    sizes = [coefficients.shape[p] ** coefficients.shape[parties + p] for p in range(parties)]
    last = max(range(parties), key=sizes.__getitem__)
    tried = int(np.prod([size for p, size in enumerate(sizes) if p != last], dtype=object))
    if tried > MOST_STRATEGIES:
        raise UsageError(
            f"a local bound by enumeration needs {tried} strategies, at most {MOST_STRATEGIES} are tried"
        )
    order = [*(p for p in range(parties) if p != last), last]
    remaining = coefficients.transpose([*order, *(parties + p for p in order)])
    for left in range(parties, 1, -1):
        strategies = deterministic_strategies(remaining.shape[0], remaining.shape[left])
        # each contraction removes the first outcome and the first input axis and appends one strategy axis
        remaining = np.tensordot(remaining, strategies, axes=((0, left), (1, 2)))
    return float(remaining.max(axis=0).sum(axis=0).max())


def hybrid_bound(coefficients: Real) -> float:
    """The largest value if the parties form two groups, each of which may do anything inside itself."""
    parties = coefficients.ndim // 2
    groups = [group for size in range(1, parties // 2 + 1) for group in combinations(range(parties), size)]
    return max(local_bound(grouped(coefficients, group)) for group in groups)


def grouped(coefficients: Real, group: Sequence[int]) -> Real:
    """The coefficients of two parties: those of the group together, and all others together."""
    parties = coefficients.ndim // 2
    rest = [party for party in range(parties) if party not in group]
    outcomes, inputs = coefficients.shape[:parties], coefficients.shape[parties:]
    arranged = coefficients.transpose([*group, *rest, *(parties + p for p in (*group, *rest))])
    sizes = [int(np.prod([of[p] for p in part])) for of in (outcomes, inputs) for part in (group, rest)]
    return arranged.reshape(sizes)


def deterministic_strategies(outcomes: int, inputs: int) -> Real:
    """Indicators (outcomes**inputs, outcomes, inputs): 1 where the strategy answers that input so."""
    answers = np.array(list(product(range(outcomes), repeat=inputs)), dtype=np.int64)
    indicators: Real = (answers[:, None, :] == np.arange(outcomes)[None, :, None]).astype(np.float64)
    return indicators


def behaviour_of(rho: Matrix, directions: Sequence[Real] | Real) -> Real:
    """P(a b ... | x y ...) of qubits (2**n, 2**n) measured along directions, per party (inputs, 3)."""
    parties = len(directions)
    inputs = tuple(len(vectors) for vectors in directions)
    choices = np.array(list(np.ndindex(*inputs)), dtype=np.int64)
    chosen = np.stack([directions[party][choices[:, party]] for party in range(parties)], axis=1)
    table = probabilities(rho, chosen).reshape(inputs + (2,) * parties)
    behaviour: Real = np.moveaxis(table, range(parties, 2 * parties), range(parties))
    return behaviour


def _behaviour_of_kets(state: State, kets: Sequence[Matrix]) -> Real:
    """P of a pure state: |<k_a k_b ...|psi>|^2 with the ket of every party's input and outcome."""
    if state.psi is None:
        raise ValueError("measurements given by kets need a pure state")
    amplitudes = state.psi.reshape(state.dims)
    for party in kets:
        # removes the first part and appends its input and outcome
        amplitudes = np.tensordot(amplitudes, party.conj(), axes=(0, 2))
    n = len(kets)
    behaviour: Real = np.abs(amplitudes.transpose([*range(1, 2 * n, 2), *range(0, 2 * n, 2)])) ** 2
    return behaviour


def correlator_coefficients(weights: Real) -> Real:
    """Coefficients of sum w[x, y, ...] E[x, y, ...], E the mean product of outcomes +-1."""
    parties = weights.ndim
    parity = np.indices((2,) * parties).sum(axis=0) % 2
    signed: Real = np.multiply.outer(1.0 - 2.0 * parity, weights)
    return signed


def marginal_coefficients(party: int, weights: Real, parties: int, played: Real) -> Real:
    """Coefficients of sum w[a, x] P(a|x) of one party of two outcomes.

    The marginal is the mean over the settings with that input that are `played` (an indicator by inputs);
    without signalling any of them would do.
    """
    other = tuple(p for p in range(parties) if p != party)
    share = played / played.sum(axis=other, keepdims=True)
    shape = [2 if p == party else 1 for p in range(parties)]
    shape += [played.shape[p] if p == party else 1 for p in range(parties)]
    spread: Real = weights.reshape(shape) * share * np.ones((2,) * parties + (1,) * parties)
    return spread
