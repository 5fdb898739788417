r"""Distillable bits of the pairs at a hub: sum_j max(0, I(A>B_j), I(B_j>A)) <= log2 d_A, in every dimension.

The coherent information is at most the one-way distillable key, that at most the squashed entanglement, and
the squashed entanglements of a hub with its spokes add up to at most S(A) (Koashi and Winter, Phys. Rev. A
69 (2004) 022309; Christandl and Winter, J. Math. Phys. 45 (2004) 829). A rule for hubs that are no qubits.
"""

from __future__ import annotations

from math import log2

import numpy as np

from qmono.errors import UsageError
from qmono.quantum.measures.coherent_information import coherent_information
from qmono.quantum.monogamy.bell import bell_and_bystanders
from qmono.quantum.monogamy.relation import Budget, BudgetRelation, ExactForm, any_dimension, three_parts
from qmono.quantum.operations import partial_trace
from qmono.quantum.types import Dims, Matrix, Real


def bits(values: Real, dimension: int = 2) -> Real:
    """The sum of coherent informations (..., k), negative ones as 0."""
    total: Real = np.sum(np.maximum(0.0, values), axis=-1)
    return total


def allowed(dimension: int) -> float:
    """log2 of the dimension of the hub."""
    if dimension < 2:
        raise UsageError(f"a hub has dimension 2 or more, not {dimension}")
    return log2(dimension)


def of_state(rho: Matrix, dims: Dims, hub: int) -> Budget:
    """The rule for one part of a state of any dimensions."""
    spokes = [other for other in range(len(dims)) if other != hub]
    values = [
        coherent_information(partial_trace(rho, dims, [hub, spoke]), (dims[hub], dims[spoke]))
        for spoke in spokes
    ]
    return RELATION.evaluate(values, dims[hub])


RELATION = BudgetRelation(
    name="coherent_information",
    title="coherent information",
    domain="all states, any dimension",
    needs=("joint state", "pair data", "claims"),
    statement="sum_j max(0, I(A>B_j), I(B_j>A)) <= log2 d_A",
    reference="Koashi, Winter, PRA 69 022309 (2004); Christandl, Winter, J. Math. Phys. 45 829 (2004)",
    meaning="the pairs are no marginals of one state with a hub of that dimension",
    why_not=any_dimension,
    exact=ExactForm("coherent_headroom", three_parts, of_state, bell_and_bystanders),
    quantity="coherent_information",
    used=bits,
    allowed=allowed,
)
