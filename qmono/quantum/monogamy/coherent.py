r"""Distillable bits of the pairs at a hub: sum_j max(0, I(A>B_j), I(B_j>A)) <= log2 d_A, in every dimension.

The coherent information is at most the one-way distillable key, that at most the squashed entanglement, and
the squashed entanglements of a hub with its spokes add up to at most S(A) (Koashi and Winter, Phys. Rev. A
69 (2004) 022309; Christandl and Winter, J. Math. Phys. 45 (2004) 829). A rule for hubs that are no qubits.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

from qmono.errors import UsageError
from qmono.quantum.measures.coherent_information import coherent_information
from qmono.quantum.monogamy import Budget, Relation, any_dimension
from qmono.quantum.monogamy.bell import bell_and_bystanders
from qmono.quantum.operations import partial_trace
from qmono.quantum.types import Dims, Matrix


def evaluate(bits: Sequence[float], dimension: int = 2) -> Budget:
    """The coherent informations of the pairs at a hub, negative ones as 0, against log2 of its dimension."""
    if dimension < 2:
        raise UsageError(f"a hub has dimension 2 or more, not {dimension}")
    return Budget("coherent_information", float(sum(max(0.0, value) for value in bits)), log2(dimension))


def of_state(rho: Matrix, dims: Dims, hub: int) -> Budget:
    """The rule for one part of a state of any dimensions."""
    spokes = [other for other in range(len(dims)) if other != hub]
    bits = [
        coherent_information(partial_trace(rho, dims, [hub, spoke]), (dims[hub], dims[spoke]))
        for spoke in spokes
    ]
    return evaluate(bits, dims[hub])


RELATION = Relation(
    name="coherent_information",
    domain="all states, any dimension",
    needs="coherent_information",
    statement="sum_j max(0, I(A>B_j), I(B_j>A)) <= log2 d_A",
    reference="Koashi, Winter, PRA 69 022309 (2004); Christandl, Winter, J. Math. Phys. 45 829 (2004)",
    evaluate=evaluate,
    of_state=of_state,
    why_not=any_dimension,
    saturated_by=bell_and_bystanders,
    meaning="the pairs are no marginals of one state with a hub of that dimension",
    metric="coherent_headroom",
)
