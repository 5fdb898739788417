"""Monogamy in other measures and powers, for exact pure states of qubits: f(A|rest) >= sum_j f(A:B_j).

On pure states C(A|rest) = 2 N(A|rest) = sqrt(4 det rho_A), formation is the entropy of A, and for pairs of
qubits the convex-roof negativity is C. None of these says anything about data that ckw does not.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np

from qmono.quantum.measures.concurrence import concurrence, concurrence_of_assistance
from qmono.quantum.measures.entanglement_of_formation import formation_of_concurrence
from qmono.quantum.measures.measure import of_pure_qubits
from qmono.quantum.measures.negativity import negativity
from qmono.quantum.monogamy.ckw import one_tangle
from qmono.quantum.monogamy.relation import JointRelation
from qmono.quantum.operations import partial_trace
from qmono.quantum.types import Dims, Matrix


def _residuals(
    of_rest: Callable[[float], float], of_pair: Callable[[Matrix], float], sign: int = 1
) -> Callable[[Matrix, Dims], dict[str, float]]:
    """of_rest: concurrence of a qubit with the rest -> f(A|rest). of_pair: state of a pair -> f(A:B)."""

    def residuals(rho: Matrix, dims: Dims) -> dict[str, float]:
        qubits = range(len(dims))
        pairs = {(i, j): of_pair(partial_trace(rho, dims, [i, j])) for i in qubits for j in qubits if i < j}
        return {
            str(hub): sign
            * (
                of_rest(sqrt(one_tangle(rho, hub)))
                - sum(value for pair, value in pairs.items() if hub in pair)
            )
            for hub in qubits
        }

    return residuals


def _three_or_more(rho: Matrix, dims: Dims) -> str | None:
    return "two parts share with nobody else" if len(dims) < 3 else of_pure_qubits(rho, dims)


def _formation(rho: Matrix) -> float:
    return formation_of_concurrence(concurrence(rho))


def _relation(
    name: str, statement: str, reference: str, residuals: Callable[[Matrix, Dims], dict[str, float]]
) -> JointRelation:
    return JointRelation(
        name,
        "pure states of three qubits or more",
        statement,
        reference,
        f"residual_{name}",
        _three_or_more,
        residuals,
    )


ROOT2 = float(np.sqrt(2))

CONCURRENCE_CUBED = _relation(
    "concurrence_cubed",
    "C^3(A|rest) >= sum_j C^3(A:B_j); any power of 2 or more",
    "Zhu, Fei, PRA 90 024304 (2014)",
    _residuals(lambda c: c**3, lambda pair: concurrence(pair) ** 3),
)
FORMATION_SQUARED = _relation(
    "formation_squared",
    "E_F^2(A|rest) >= sum_j E_F^2(A:B_j)",
    "Bai, Xu, Wang, PRL 113 100503 (2014)",
    _residuals(lambda c: formation_of_concurrence(c) ** 2, lambda pair: _formation(pair) ** 2),
)
FORMATION_ROOT2 = _relation(
    "formation_root2",
    "E_F^sqrt2(A|rest) >= sum_j E_F^sqrt2(A:B_j); the first power fails for W",
    "Zhu, Fei, PRA 90 024304 (2014)",
    _residuals(lambda c: formation_of_concurrence(c) ** ROOT2, lambda pair: _formation(pair) ** ROOT2),
)
CREN_SQUARED = _relation(
    "cren_squared",
    "CREN^2(A|rest) >= sum_j CREN^2(A:B_j); the same numbers as ckw on qubits",
    "Kim, Das, Sanders, PRA 79 012329 (2009)",
    _residuals(lambda c: c**2, lambda pair: concurrence(pair) ** 2),
)
NEGATIVITY_SQUARED = _relation(
    "negativity_squared",
    "(2N)^2(A|rest) >= sum_j (2N)^2(A:B_j); false for mixed states",
    "Ou, Fan, PRA 75 062308 (2007)",
    _residuals(lambda c: c**2, lambda pair: (2 * negativity(pair)) ** 2),
)
POLYGAMY = _relation(
    "polygamy",
    "sum_j C_a^2(A:B_j) >= C^2(A|rest), C_a the concurrence of assistance",
    "Gour, Bandyopadhyay, Sanders, J. Math. Phys. 48 012108 (2007)",
    _residuals(lambda c: c**2, lambda pair: concurrence_of_assistance(pair) ** 2, sign=-1),
)
