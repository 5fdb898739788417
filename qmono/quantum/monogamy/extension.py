r"""Symmetric extension: what two parties can both share with a hub.

A pair AB whose share somebody else holds as well, in a state ABB' with rho_AB' = rho_AB, is 2-extendible; two
qubits are if and only if Tr rho_B^2 - Tr rho_AB^2 + 4 sqrt(det rho_AB) >= 0 (`measures.extension_margin`).

Of an exact joint state: exchanging two spokes B and C and mixing gives a symmetric extension of the mean
(rho_AB + rho_AC)/2, which is therefore 2-extendible. Of data: the 2-extendible state that explains the counts
of a pair best is a marginal of a state of A, B, B' with the pair's counts on AB and on AB', so it is fitted
and certified like any joint state; where even its likelihood is too small, nobody can hold a copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np

from qmono.errors import UsageError
from qmono.quantum.measures.extension_margin import extension_margin_of
from qmono.quantum.monogamy.joint_likelihood import GAP, fit_one_state
from qmono.quantum.monogamy.relation import (
    Budget,
    ConstrainedFit,
    ExactForm,
    LikelihoodRelation,
    Pair,
    qubits_only,
    three_qubits,
)
from qmono.quantum.operations import partial_trace
from qmono.quantum.states import w
from qmono.quantum.tomography.likelihood import Likelihood
from qmono.quantum.types import Dims, Matrix, Vector


def of_state(rho: Matrix, dims: Dims, hub: int) -> Budget:
    """The least margin of the mean of two pairs at a hub of three qubits or more, as headroom over 0."""
    spokes = [other for other in range(len(dims)) if other != hub]
    pairs = [partial_trace(rho, dims, [hub, spoke]) for spoke in spokes]
    margins = [extension_margin_of((first + second) / 2, 1) for first, second in combinations(pairs, 2)]
    return Budget("symmetric_extension", -min(margins), 0.0)


def fit_extendible(
    likelihoods: Mapping[Pair, Likelihood], gap: float = GAP, copied: int = 1
) -> ConstrainedFit:
    """The 2-extendible state of one pair that explains its counts best.

    likelihoods: of a single pair. copied: which of its qubits somebody else has a copy of (0 or 1).
    """
    ((_, alone),) = likelihoods.items()
    copies: tuple[Pair, Pair] = ((0, 1), (0, 2)) if copied == 1 else ((1, 0), (2, 0))
    found = fit_one_state(dict.fromkeys(copies, alone), 2 * gap)
    # the counts stand there twice, and a concave likelihood has its maximum at equal marginals
    return replace(found, log_likelihood=found.log_likelihood / 2, bound=found.bound / 2)


def w_and_bystanders(n: int) -> Vector:
    """W of three qubits, whose pairs leave no margin, beside |0> on the others."""
    psi = w(3).psi
    if psi is None or n < 3:
        raise UsageError("W needs three qubits")
    vector = np.zeros(2**n, dtype=np.complex128)
    vector.reshape(8, -1)[:, 0] = psi
    return vector


RELATION = LikelihoodRelation(
    name="symmetric_extension",
    title="symmetric extension",
    domain="two qubits and one copy more",
    needs=("joint state", "pair data"),
    statement="Tr rho_B^2 - Tr rho_AB^2 + 4 sqrt(det rho_AB) >= 0 for a pair whose share others hold too",
    reference="Chen, Ji, Kribs, Luetkenhaus, Zeng, PRA 90 032318 (2014)",
    meaning="nobody else can hold a copy of the pair's share; two such shares are no marginals of one state",
    why_not=qubits_only,
    exact=ExactForm("extension_headroom", three_qubits, of_state, w_and_bystanders),
    fit=fit_extendible,
)
