r"""Can pairs that were measured apart be marginals of one state? By likelihood.

The pairs' counts have the joint likelihood l(rho) = sum over pairs of l_pair(Tr_others rho), a likelihood of
rho with effects E (x) 1, so it is maximised and certified like any other. Two statistics compare it with
separate states for the pairs:

    Lambda = 2 [sum l_pair(separate fits) - max l]         compared with its distribution at the joint fit,
                                                           by a parametric bootstrap: indicative
    ln e = sum l_pair,0(fits of half 1) - max l_0          every shot falls on half 0 or 1 at random; e >= 1/a
                                                           has probability at most a if one state exists:
                                                           valid for any number of shots

(Wasserman, Ramdas and Balakrishnan, PNAS 117 (2020) 16880.) The maximum in ln e is replaced by its certified
upper bound, so that what is short of it costs power and not validity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qmono.core.counts import CountsTable, IntArray
from qmono.core.progress import Progress, no_progress
from qmono.errors import UsageError
from qmono.quantum.born import probabilities
from qmono.quantum.operations import partial_trace
from qmono.quantum.tomography.effects import Adjoint, Effects
from qmono.quantum.tomography.estimate import StateEstimate
from qmono.quantum.tomography.likelihood import Likelihood, likelihood_of
from qmono.quantum.tomography.mle import estimate_mle, fit_likelihood, maximally_mixed
from qmono.quantum.types import Integers, Matrix, Real

MOST_QUBITS = 5
"""Joint states of more qubits than this are not fitted."""

GAP = 0.01
ADMIXTURE = 0.005
"""Weight of I/4 in the alternatives of the e value, so that nothing observed is impossible under them."""

Pairs = Mapping[tuple[int, int], CountsTable]


@dataclass(frozen=True)
class JointFit:
    """The state of all qubits that explains the pairs best. ratio: Lambda, at least its certified value.

    qubits: the names, in the order of rho's parts.
    """

    qubits: tuple[int, ...]
    fit: StateEstimate
    ratio: float


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
        y = np.zeros(4**self.n_qubits)
        y[self.positions] = self.pair.adjoint(weights)
        return y

    def squared(self) -> Adjoint:
        """See `Effects`."""
        return _SquaredMarginal(self.pair.squared(), self.positions, self.n_qubits)


@dataclass(frozen=True)
class _SquaredMarginal:
    pair: Adjoint
    positions: Integers
    n_qubits: int

    def adjoint(self, weights: Real) -> Real:
        y = np.zeros(4**self.n_qubits)
        y[self.positions] = self.pair.adjoint(weights)
        return y


def why_not_joint(pairs: Pairs) -> str | None:
    """Why there is no joint likelihood of these pairs, or None."""
    qubits = {qubit for pair in pairs for qubit in pair}
    if len(qubits) > MOST_QUBITS:
        return f"joint states are fitted up to {MOST_QUBITS} qubits, these pairs have {len(qubits)}"
    for (first, second), table in pairs.items():
        rows = table.settings
        if table.values != "counts" or rows is None or rows.directions is None:
            return f"pair {first},{second} has no complete settings with counts"
        if table.projectors is not None or table.parities is not None:
            return f"pair {first},{second} has other rows than complete settings"
    return None


def fit_jointly(pairs: Pairs, *, gap: float = GAP) -> JointFit:
    """The joint maximum, certified, and the likelihood ratio against separate states.

    pairs: (i, j) -> counts of two qubits in complete settings, the table's qubit 0 being i. Raises UsageError
    where `why_not_joint` has a reason.
    """
    reason = why_not_joint(pairs)
    if reason is not None:
        raise UsageError(reason)
    qubits = tuple(sorted({qubit for pair in pairs for qubit in pair}))
    joint = joint_likelihood(pairs, qubits)
    fit = fit_likelihood(joint, maximally_mixed(joint.dimension), gap=gap)
    apart = sum(estimate_mle(table, gap=gap).log_likelihood or 0.0 for table in pairs.values())
    bound = (fit.log_likelihood or 0.0) + (fit.likelihood_gap or 0.0)
    return JointFit(qubits, fit, max(0.0, 2 * (apart - bound)))


def joint_likelihood(pairs: Pairs, qubits: Sequence[int]) -> Likelihood:
    """The likelihood of a state of all `qubits`, given counts of pairs of them."""
    blocks: list[Effects] = []
    counts: list[Real] = []
    for pair, table in pairs.items():
        alone = likelihood_of(table)
        (effects,) = alone.effects
        full = np.zeros(effects.size)
        full[slice(None) if alone.observed is None else alone.observed] = alone.counts
        blocks.append(MarginalEffects(effects, _positions(pair, qubits), len(qubits)))
        counts.append(full)
    cells = np.concatenate(counts)
    observed = np.flatnonzero(cells)
    return Likelihood(
        len(qubits), tuple(blocks), cells[observed], None if observed.size == cells.size else observed
    )


def _positions(pair: tuple[int, int], qubits: Sequence[int]) -> Integers:
    """Flat indices, among the Pauli strings of all qubits, of the 16 strings on a pair."""
    first, second = (4 ** (len(qubits) - 1 - qubits.index(qubit)) for qubit in pair)
    letters = np.arange(4)
    positions: Integers = (first * letters[:, None] + second * letters[None, :]).reshape(-1)
    return positions


def bootstrap_p(
    pairs: Pairs, joint: JointFit, replicates: int, rng: np.random.Generator, progress: Progress = no_progress
) -> float:
    """(1 + replicates with at least this ratio)/(1 + replicates), drawn from the joint fit: indicative."""
    as_large = 0
    for index in range(replicates):
        drawn = {pair: _drawn(table, _marginal(joint, pair), rng) for pair, table in pairs.items()}
        as_large += fit_jointly(drawn, gap=5 * GAP).ratio >= joint.ratio
        progress(index + 1, replicates)
    return (1 + as_large) / (1 + replicates)


def _marginal(joint: JointFit, pair: tuple[int, int]) -> Matrix:
    parts = [joint.qubits.index(qubit) for qubit in pair]
    return partial_trace(joint.fit.rho, (2,) * len(joint.qubits), parts)


def _drawn(table: CountsTable, rho: Matrix, rng: np.random.Generator) -> CountsTable:
    rows = table.settings
    if rows is None or rows.directions is None:
        raise UsageError("only complete settings can be drawn again")
    p = probabilities(rho, rows.directions)
    totals = np.asarray(rows.totals, dtype=np.int64)
    drawn = rng.multinomial(totals, p / p.sum(axis=1, keepdims=True))
    return replace(table, settings=replace(rows, counts=drawn, rounds=None))


def log_e_value(pairs: Pairs, rng: np.random.Generator) -> float:
    """ln e against one joint state; P(e >= 1/a) <= a for every joint state and number of shots.

    Raises UsageError where `why_not_joint` has a reason.
    """
    reason = why_not_joint(pairs)
    if reason is not None:
        raise UsageError(reason)
    judged, alternatives = {}, 0.0
    for pair, table in pairs.items():
        half, other = _halves(table, rng)
        fitted = estimate_mle(other, gap=10 * GAP).rho
        against = (1 - ADMIXTURE) * fitted + ADMIXTURE * maximally_mixed(4)
        judged[pair] = half
        alternatives += likelihood_of(half).log_likelihood(against)
    qubits = tuple(sorted({qubit for pair in pairs for qubit in pair}))
    joint = joint_likelihood(judged, qubits)
    fit = fit_likelihood(joint, maximally_mixed(joint.dimension), gap=GAP)
    return alternatives - (fit.log_likelihood or 0.0) - (fit.likelihood_gap or 0.0)


def _halves(table: CountsTable, rng: np.random.Generator) -> tuple[CountsTable, CountsTable]:
    """Every shot on one of two halves, at random."""
    rows = table.settings
    if rows is None:
        raise UsageError("only complete settings can be split")
    counts: IntArray = np.asarray(rows.counts, dtype=np.int64)
    first = rng.binomial(counts, 0.5)
    return (
        replace(table, settings=replace(rows, counts=first, rounds=None)),
        replace(table, settings=replace(rows, counts=counts - first, rounds=None)),
    )
