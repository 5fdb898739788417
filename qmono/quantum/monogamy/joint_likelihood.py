"""The likelihood of a joint state given those of pairs of its qubits: the sum of l_pair(Tr_others rho).

It is a likelihood of rho with effects E (x) 1, so it is maximised and certified like any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qmono.errors import UsageError
from qmono.quantum.monogamy.relation import ConstrainedFit, Pair
from qmono.quantum.tomography.effects.forms import Adjoint, Effects
from qmono.quantum.tomography.fit.mle import fit_likelihood, maximally_mixed
from qmono.quantum.tomography.likelihood import Likelihood
from qmono.quantum.types import Integers, Real

MOST_QUBITS = 5
"""Joint states of more qubits than this are not fitted."""

GAP = 0.01
"""Nats to which a joint maximum is found."""


@dataclass(frozen=True)
class MarginalEffects:
    """Effects of a pair as effects of all qubits: E (x) 1 has the Pauli coefficients of E on the pair.

    positions: where the pair's 16 Pauli strings stand among those of all qubits.
    """

    pair: Effects
    positions: Integers
    n_qubits: int

    @property
    def size(self) -> int:
        """Number of effects."""
        return self.pair.size

    def forward(self, x: Real) -> Real:
        """See `Effects`."""
        return self.pair.forward(x[self.positions])

    def adjoint(self, weights: Real) -> Real:
        """See `Effects`."""
        return _embedded(self.pair, self, weights)

    def squared(self) -> Adjoint:
        """See `Effects`."""
        return _SquaredMarginal(self.pair.squared(), self.positions, self.n_qubits)


@dataclass(frozen=True)
class _SquaredMarginal:
    pair: Adjoint
    positions: Integers
    n_qubits: int

    def adjoint(self, weights: Real) -> Real:
        return _embedded(self.pair, self, weights)


def _embedded(pair: Adjoint, place: MarginalEffects | _SquaredMarginal, weights: Real) -> Real:
    y = np.zeros(4**place.n_qubits)
    y[place.positions] = pair.adjoint(weights)
    return y


def qubits_of(pairs: Mapping[Pair, object]) -> tuple[int, ...]:
    """The names of all qubits, in the order of the joint state's parts."""
    return tuple(sorted({qubit for pair in pairs for qubit in pair}))


def why_no_joint_likelihood(likelihoods: Mapping[Pair, Likelihood]) -> str | None:
    """Why a joint state of these pairs cannot be fitted, or None."""
    if len(qubits_of(likelihoods)) > MOST_QUBITS:
        found = len(qubits_of(likelihoods))
        return f"joint states are fitted up to {MOST_QUBITS} qubits, these pairs have {found}"
    for (first, second), likelihood in likelihoods.items():
        if likelihood.whitening is not None or not likelihood.is_concave:
            return f"pair {first},{second} has no complete settings with counts"
    return None


def joint_likelihood(likelihoods: Mapping[Pair, Likelihood], qubits: Sequence[int]) -> Likelihood:
    """The likelihood of a state of all `qubits`, given likelihoods of pairs of them; constants are left out.

    Raises UsageError where `why_no_joint_likelihood` has a reason.
    """
    reason = why_no_joint_likelihood(likelihoods)
    if reason is not None:
        raise UsageError(reason)
    blocks: list[Effects] = []
    counts: list[Real] = []
    for pair, alone in likelihoods.items():
        full = np.zeros(sum(effects.size for effects in alone.effects))
        full[slice(None) if alone.observed is None else alone.observed] = alone.counts
        positions = _positions(pair, qubits)
        blocks += [MarginalEffects(effects, positions, len(qubits)) for effects in alone.effects]
        counts.append(full)
    cells = np.concatenate(counts)
    observed = np.flatnonzero(cells)
    return Likelihood(
        len(qubits), tuple(blocks), cells[observed], None if observed.size == cells.size else observed
    )


def _positions(pair: Pair, qubits: Sequence[int]) -> Integers:
    """Flat indices, among the Pauli strings of all qubits, of the 16 strings on a pair."""
    first, second = (4 ** (len(qubits) - 1 - qubits.index(qubit)) for qubit in pair)
    letters = np.arange(4)
    positions: Integers = (first * letters[:, None] + second * letters[None, :]).reshape(-1)
    return positions


def fit_one_state(likelihoods: Mapping[Pair, Likelihood], gap: float = GAP) -> ConstrainedFit:
    """The state of all qubits that explains all pairs best, and a proven bound of the joint likelihood."""
    qubits = qubits_of(likelihoods)
    joint = joint_likelihood(likelihoods, qubits)
    fit = fit_likelihood(joint, maximally_mixed(joint.dimension), gap=gap)
    reached = fit.log_likelihood or 0.0
    return ConstrainedFit(qubits, fit, reached, reached + (fit.likelihood_gap or 0.0))
