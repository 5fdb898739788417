r"""A region of states that holds the measured one with the level at any number of shots, boundary included.

Part the shots at random into K folds; fit rho_k to all folds but the k-th. Each ratio e_k =
L_k(rho_k)/L_k(rho) of likelihoods of the k-th fold has expectation at most 1 under rho, because rho_k was
chosen without it (Wasserman, Ramdas and Balakrishnan, PNAS 117 (2020) 16880). So has their mean, which by
Markov's inequality is 1/(1 - level) or more with a probability of at most 1 - level; and it is at least
their geometric mean. Hence

    {rho: l(rho) >= sum_k l_k(rho_k) - K ln(1/(1 - level))}

with l of all shots holds rho with at least the level, for every functional at once. No asymptotics and no
regularity are used. Shots are taken as independent and of one state.
"""

from __future__ import annotations

from math import log, sqrt

import numpy as np

from qmono.core.counts import CountsTable, cells_of, with_cells
from qmono.core.metric import Guarantee
from qmono.quantum.tomography.fit.batch import estimate_mle_batch
from qmono.quantum.tomography.fit.estimate import StateEstimate
from qmono.quantum.tomography.fit.mle import maximally_mixed
from qmono.quantum.tomography.likelihood import likelihood_of
from qmono.quantum.tomography.regions.region import Region, shares_shots

MOST_FOLDS = 5
FOLD_GAP = 0.5
"""Nats that the fit of a fold may miss: any state is valid, a better one only makes the region smaller."""
ADMIXTURE = 0.005
"""Largest part of the identity in a fold's state, so that no outcome of the other shots is impossible."""


def split_region(
    table: CountsTable, estimate: StateEstimate, level: float, *, rng: np.random.Generator
) -> Region:
    """The region at `level` of a table of counts around its maximum-likelihood fit, split at random by `rng`.

    Exact; indicative where the table holds parities that the same shots may have given.
    """
    likelihood = likelihood_of(table)
    error = 1 - level
    folds = fold_number(likelihood.dimension, error)
    cells = np.asarray(cells_of(table), dtype=np.int64)
    parts = rng.multinomial(cells, [1 / folds] * folds).T
    rests = cells - parts
    fitted = estimate_mle_batch(table, rests, gap=FOLD_GAP).rho
    reached = 0.0
    for part, rest, state in zip(parts, rests, fitted, strict=True):
        share = min(ADMIXTURE, likelihood.dimension / max(float(rest.sum()), 1.0))
        prepared = (1 - share) * state + share * maximally_mixed(likelihood.dimension)
        reached += likelihood_of(with_cells(table, part)).log_likelihood(prepared)
    floor = min(reached - folds * log(1 / error), likelihood.log_likelihood(estimate.rho))
    guarantee: Guarantee = "indicative" if shares_shots(table) else "exact"
    return Region(likelihood, estimate.rho, floor, "split likelihood", guarantee)


def fold_number(dimension: int, error: float) -> int:
    """K: about k/2 K/(K-1) + K ln(1/error) nats are given up for the split, k = d**2 - 1 parameters."""
    best = 1 + round(sqrt((dimension**2 - 1) / 2 / log(1 / error)))
    return int(np.clip(best, 2, MOST_FOLDS))
