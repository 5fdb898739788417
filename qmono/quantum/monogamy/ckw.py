r"""Tangles of a qubit: Coffman, Kundu and Wootters, Phys. Rev. A 61 (2000) 052306.

For every state of n qubits the tangles (squared concurrences) that qubit A shares with each of the
others obey

    sum_j C(A, B_j)^2 <= tau(A | rest) <= 4 det rho_A <= 1

(proved for all n by Osborne and Verstraete, Phys. Rev. Lett. 96 (2006) 220503). The middle term is the
convex roof of the tangle; it equals 4 det rho_A for pure states and is at most that for mixed ones.
It is a law of qubits only: the antisymmetric state of three qutrits breaks it (Ou, Phys. Rev. A 75
(2007) 034305).
"""

from __future__ import annotations

import numpy as np

from qmono.errors import UsageError
from qmono.quantum.measures.concurrence import concurrence
from qmono.quantum.monogamy.relation import Budget, BudgetRelation, ExactForm, qubits_only, three_parts
from qmono.quantum.operations import partial_trace
from qmono.quantum.states import w
from qmono.quantum.types import Dims, Matrix, Real, Vector


def one_tangle(rho: Matrix, qubit: int) -> float:
    """4 det rho_A of one qubit of an n-qubit state (2**n, 2**n), in [0, 1].

    The tangle of the qubit with all others if rho is pure; for mixed rho only an upper bound of it
    (I/8 gives 1).
    """
    n = rho.shape[0].bit_length() - 1
    reduced = partial_trace(rho, (2,) * n, [qubit])
    return float(np.clip(4 * np.linalg.det(reduced).real, 0.0, 1.0))


def one_tangle_low(rho: Matrix, qubit: int) -> float:
    """Lower bound 2 max(0, Tr rho^2 - Tr rho_A^2, Tr rho^2 - Tr rho_rest^2) of the tangle with the rest.

    Holds for mixed states: Mintert and Buchleitner, Phys. Rev. Lett. 98 (2007) 140505, and the convexity
    of the square. Equals `one_tangle` for pure states.
    """
    n = rho.shape[0].bit_length() - 1
    dims = (2,) * n
    rest = [other for other in range(n) if other != qubit]
    local = min(_purity(partial_trace(rho, dims, [qubit])), _purity(partial_trace(rho, dims, rest)))
    return max(0.0, 2 * (_purity(rho) - local))


def _purity(rho: Matrix) -> float:
    return float(np.vdot(rho, rho).real)


def pair_tangles(rho: Matrix, qubit: int) -> dict[int, float]:
    """C(A, B_j)^2 of one qubit of an n-qubit state with each other qubit j."""
    n = rho.shape[0].bit_length() - 1
    others = [other for other in range(n) if other != qubit]
    return {other: concurrence(partial_trace(rho, (2,) * n, [qubit, other])) ** 2 for other in others}


def residual(rho: Matrix, qubit: int) -> float:
    """4 det rho_A - sum_j C(A, B_j)^2, never negative up to rounding.

    What qubit A shares beyond its pairs: exact for pure states (the three-tangle for n = 3, 1 for GHZ and
    0 for W), an upper bound of it for mixed ones.
    """
    n = rho.shape[0].bit_length() - 1
    return of_state(rho, (2,) * n, qubit).headroom


def of_state(rho: Matrix, dims: Dims, hub: int) -> Budget:
    """The pair tangles of one qubit against its one-tangle."""
    return Budget("ckw", sum(pair_tangles(rho, hub).values()), one_tangle(rho, hub))


def tangle_sums(concurrences: Real, dimension: int = 2) -> Real:
    """sum_j C_j^2 of concurrences (..., k), at most 1 whatever the joint state.

    UsageError for a hub that is no qubit: there the relation is false.
    """
    if dimension != 2:
        raise UsageError(
            f"the tangle sum (ckw) is a law of qubits and fails for a hub of dimension {dimension}; "
            "use the star rule"
        )
    total: Real = np.sum(concurrences**2, axis=-1)
    return total


def _three_qubits(dims: Dims) -> str | None:
    return three_parts(dims) or qubits_only(dims)


def _saturating(n: int) -> Vector:
    psi = w(n).psi
    if psi is None:
        raise ValueError("a W state is pure")
    return psi


RELATION = BudgetRelation(
    name="ckw",
    title="tangle sum",
    domain="all states of n qubits; the hub must be a qubit",
    needs=("joint state", "pair data", "claims"),
    statement="sum_j C(A,B_j)^2 <= 4 det rho_A <= 1",
    reference="Coffman, Kundu, Wootters, PRA 61 052306 (2000); Osborne, Verstraete, PRL 96 220503 (2006)",
    meaning="the pairs are no marginals of one state of these qubits",
    why_not=qubits_only,
    exact=ExactForm("residual", _three_qubits, of_state, _saturating),
    quantity="concurrence",
    used=tangle_sums,
    allowed=lambda dimension: 1.0,
)
