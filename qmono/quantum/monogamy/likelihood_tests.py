r"""Tests of a relation between states of pairs, on the counts of the pairs.

Two statistics compare the best states that keep the relation with separate states for the pairs:

    Lambda = 2 [sum l_pair(separate fits) - max l]         compared with its distribution at the best state
                                                           that keeps it, by parametric bootstrap: indicative
    ln e = sum l_pair,0(fits of half 1) - max l_0          every shot falls on half 0 or 1 at random; e >= 1/a
                                                           has probability at most a if the relation holds:
                                                           valid for any number of shots

(Wasserman, Ramdas and Balakrishnan, PNAS 117 (2020) 16880.) Each maximum is replaced by its certified upper
bound, so that what is short of it costs power and not validity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qmono.core.counts import CountsTable, cells_of, with_cells
from qmono.core.progress import Progress, no_progress
from qmono.quantum.monogamy.joint_likelihood import GAP, why_no_joint_likelihood
from qmono.quantum.monogamy.relation import ConstrainedFit, LikelihoodRelation, Pair
from qmono.quantum.operations import partial_trace
from qmono.quantum.tomography.diagnosis.resampling import redrawn
from qmono.quantum.tomography.fit.mle import estimate_mle, maximally_mixed
from qmono.quantum.tomography.likelihood import likelihood_of
from qmono.quantum.types import Matrix

ADMIXTURE = 0.005
"""Weight of I/4 in the alternatives of the e value, so that nothing observed is impossible under them."""

Pairs = Mapping[Pair, CountsTable]


@dataclass(frozen=True)
class Comparison:
    """The best state that keeps a relation. ratio: Lambda, at least its certified value."""

    fit: ConstrainedFit
    ratio: float


def why_not_asked(pairs: Pairs) -> str | None:
    """Why these counts cannot be asked, or None."""
    for (first, second), table in pairs.items():
        rows = table.settings
        if table.values != "counts" or rows is None or rows.directions is None:
            return f"pair {first},{second} has no complete settings with counts"
        if not table.holds_settings_only:
            return f"pair {first},{second} has other rows than complete settings"
    return why_no_joint_likelihood({pair: likelihood_of(table) for pair, table in pairs.items()})


def compare(relation: LikelihoodRelation, pairs: Pairs, *, gap: float = GAP) -> Comparison:
    """The certified fit that keeps the relation, and the likelihood ratio against separate states.

    pairs: (i, j) -> counts of two qubits in complete settings, the table's qubit 0 being i.
    """
    fit = relation.fit({pair: likelihood_of(table) for pair, table in pairs.items()}, gap)
    apart = sum(estimate_mle(table, gap=gap).log_likelihood or 0.0 for table in pairs.values())
    return Comparison(fit, max(0.0, 2 * (apart - fit.bound)))


def bootstrap_p(
    relation: LikelihoodRelation,
    pairs: Pairs,
    found: Comparison,
    *,
    replicates: int,
    rng: np.random.Generator,
    progress: Progress = no_progress,
) -> float:
    """(1 + replicates with at least this ratio)/(1 + replicates), drawn from the best state: indicative."""
    as_large = 0
    for index in range(replicates):
        drawn = {pair: redrawn(table, _marginal(found.fit, pair), rng) for pair, table in pairs.items()}
        as_large += compare(relation, drawn, gap=5 * GAP).ratio >= found.ratio
        progress(index + 1, replicates)
    return (1 + as_large) / (1 + replicates)


def _marginal(fit: ConstrainedFit, pair: Pair) -> Matrix:
    parts = [fit.qubits.index(qubit) for qubit in pair]
    return partial_trace(fit.estimate.rho, (2,) * len(fit.qubits), parts)


def log_e_value(relation: LikelihoodRelation, pairs: Pairs, rng: np.random.Generator) -> float:
    """ln e against the relation; P(e >= 1/a) <= a for all states that keep it and any number of shots."""
    judged, alternatives = {}, 0.0
    for pair, table in pairs.items():
        half, other = _halves(table, rng)
        fitted = estimate_mle(other, gap=10 * GAP).rho
        against = (1 - ADMIXTURE) * fitted + ADMIXTURE * maximally_mixed(4)
        judged[pair] = likelihood_of(half)
        alternatives += judged[pair].log_likelihood(against)
    return alternatives - relation.fit(judged, GAP).bound


def _halves(table: CountsTable, rng: np.random.Generator) -> tuple[CountsTable, CountsTable]:
    """Every shot on one of two halves, at random."""
    cells = np.asarray(cells_of(table), dtype=np.int64)
    first = rng.binomial(cells, 0.5)
    return with_cells(table, first), with_cells(table, cells - first)
