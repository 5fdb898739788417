"""Shadow inequalities: sum_S (-1)^|S cap T| Tr rho_S^2 >= 0 for every set T of parts, in every dimension.

Rains, IEEE Trans. Inf. Theory 46 (2000) 54; Eltschka, Siewert, Quantum 2 (2018) 64. They use only the
purities of the parts, of mixed states as well.
"""

from __future__ import annotations

import numpy as np

from qmono.quantum.measures.purity import purity
from qmono.quantum.monogamy.relation import JointRelation
from qmono.quantum.operations import partial_trace
from qmono.quantum.types import Dims, Matrix


def least_shadow(rho: Matrix, dims: Dims) -> float:
    """The smallest of the sums over S, of all T; the empty S counts with purity 1."""
    n = len(dims)
    sets = [[part for part in range(n) if mask >> part & 1] for mask in range(2**n)]
    values = np.array([purity(partial_trace(rho, dims, kept)) if kept else 1.0 for kept in sets])
    # The sums over all T are the Walsh-Hadamard transform of the purities.
    for part in range(n):
        pairs = values.reshape(-1, 2, 2**part)
        values = np.stack([pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]], axis=1).reshape(-1)
    return float(values.min())


def _domain(rho: Matrix, dims: Dims) -> str | None:
    return None if len(dims) > 1 else "a single part has no other"


SHADOW = JointRelation(
    name="shadow",
    domain="all states, any dimension",
    statement="sum_S (-1)^|S cap T| Tr rho_S^2 >= 0 for every T",
    reference="Rains, IEEE Trans. Inf. Theory 46 54 (2000); Eltschka, Siewert, Quantum 2 64 (2018)",
    metric="shadow",
    why_not=_domain,
    residuals=lambda rho, dims: {"": least_shadow(rho, dims)},
)
