r"""CHSH values of two pairs that share one party: S_AB^2 + S_AC^2 <= 8.

Toner and Verstraete, quant-ph/0611001, for two settings a party; every two edges at a hub obey it whatever
else there is (Kurzynski et al., Phys. Rev. Lett. 106 (2011) 180402), so at most one spoke can exceed 2. Not
a bound per edge: the edges of a path A-B-C-D may reach 8 + 0 + 8.
"""

from __future__ import annotations

import numpy as np

from qmono.quantum.monogamy.relation import Budget, BudgetRelation, ExactForm, qubits_only, three_qubits
from qmono.quantum.operations import partial_trace
from qmono.quantum.paulis import pauli_string
from qmono.quantum.states import BELL_STATES
from qmono.quantum.types import Dims, Matrix, Real, Vector


def largest_chsh(rho: Matrix) -> float:
    """The largest CHSH value of two qubits (4, 4) over all settings, in [0, 2 sqrt2].

    2 sqrt(m1 + m2) of the two largest eigenvalues m of T^T T, T_ij = Tr(rho s_i (x) s_j).
    Horodecki, Horodecki, Horodecki, Phys. Lett. A 200 (1995) 340.
    """
    correlations = np.array([[np.trace(rho @ pauli_string(a + b)).real for b in "XYZ"] for a in "XYZ"])
    squares = np.linalg.svd(correlations, compute_uv=False) ** 2
    return float(2 * np.sqrt(squares[0] + squares[1]))


def largest_two_squares(values: Real, dimension: int = 2) -> Real:
    """S^2 + S'^2 of the two largest of CHSH values (..., k); of one alone its square."""
    squares: Real = np.sum(np.sort(values**2, axis=-1)[..., -2:], axis=-1)
    return squares


def of_state(rho: Matrix, dims: Dims, hub: int) -> Budget:
    """The largest CHSH values of one qubit with each other qubit of an n-qubit state."""
    spokes = [other for other in range(len(dims)) if other != hub]
    return RELATION.evaluate([largest_chsh(partial_trace(rho, dims, [hub, spoke])) for spoke in spokes])


def bell_and_bystanders(n: int) -> Vector:
    """phi+ of the first two qubits beside |0> on the others."""
    psi = np.zeros(2**n, dtype=np.complex128)
    psi.reshape(4, -1)[:, 0] = BELL_STATES["phi+"]
    return psi


RELATION = BudgetRelation(
    name="bell",
    title="Bell monogamy",
    domain="all states of qubits; two settings a party",
    needs=("joint state", "pair data", "claims"),
    statement="S_AB^2 + S_AC^2 <= 8 for every two pairs at a hub",
    reference="Toner, Verstraete, quant-ph/0611001 (2006); Kurzynski et al., PRL 106 180402 (2011)",
    meaning="the tests were not made on one state with one pair of settings at the hub",
    why_not=qubits_only,
    exact=ExactForm("bell_headroom", three_qubits, of_state, bell_and_bystanders),
    quantity="S",
    used=largest_two_squares,
    allowed=lambda dimension: 8.0,
)
