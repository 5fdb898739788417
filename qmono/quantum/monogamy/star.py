r"""Fidelities that one hub can have with several spokes at once (the star rule).

A hub of dimension d is to have fidelity at least f_j with a maximally entangled state towards each of k
spokes; every spoke may have a target of its own. One state can do it if and only if

    min { s^T G^-1 s : s_j >= sqrt f_j } <= 1,    G = (1 - 1/d) I + J/d   (J the k x k matrix of ones),

because the largest eigenvalue of sum_j w_j P_j is that of sqrt(W) G sqrt(W). For two spokes this is
arccos sqrt f_1 + arccos sqrt f_2 >= arccos(1/d), for equal ones f <= (k+d-1)/(kd). Source: Kay,
Kaszlikowski and Ramanathan, Phys. Rev. Lett. 103 (2009) 050501.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from qmono.errors import UsageError
from qmono.quantum.measures.fully_entangled_fraction import fully_entangled_fraction
from qmono.quantum.monogamy.relation import Budget, BudgetRelation, ExactForm, any_dimension, three_qubits
from qmono.quantum.operations import partial_trace
from qmono.quantum.types import Dims, Matrix, Real, Vector


def used_budget(fidelities: Sequence[float], dimension: int = 2) -> float:
    """The minimum of s^T G^-1 s over s_j >= sqrt f_j, exactly; 1 is all that a hub has.

    At the minimum s_j = max(sqrt f_j, t) with t = sum s / (k + d - 1), so t is the largest of
    A_m / (m + d - 1), where A_m sums the m largest roots, and the m that gives it are the binding ones:
    the value is d/(d-1) (f_1 + ... + f_m - A_m^2 / (m + d - 1)). Zero for no spokes.
    """
    return RELATION.evaluate(fidelities, dimension).used


def used_budgets(fidelities: Real, dimension: int = 2) -> Real:
    """`used_budget` of many hubs at once: fidelities (..., k), each in [0, 1], to budgets (...)."""
    _check(fidelities, dimension)
    k = fidelities.shape[-1]
    roots = np.sqrt(np.flip(np.sort(fidelities, axis=-1), axis=-1))
    spokes = np.arange(1, k + 1)
    sums = np.cumsum(roots, axis=-1)
    m = np.argmax(sums / (spokes + dimension - 1), axis=-1)[..., None]
    squares = np.take_along_axis(np.cumsum(roots**2, axis=-1), m, axis=-1)[..., 0]
    binding = np.take_along_axis(sums, m, axis=-1)[..., 0]
    used: Real = dimension / (dimension - 1) * (squares - binding**2 / (m[..., 0] + dimension))
    return used


def largest_remaining(fidelities: Sequence[float], dimension: int = 2) -> float:
    """The largest fidelity that one more spoke can have beside the given ones.

    For a single given f it is cos^2(arccos(1/d) - arccos sqrt f), and 1 if f <= 1/d^2. 0 if the given
    ones alone are impossible.
    """
    if not RELATION.evaluate(fidelities, dimension).is_possible:
        return 0.0
    roots = np.concatenate([np.sqrt(np.sort(np.asarray(fidelities, dtype=np.float64))[::-1]), [0.0]])
    return min((_with_binding(roots, m, dimension) for m in range(roots.size)), key=lambda found: found[0])[1]


def _with_binding(roots: Real, m: int, d: int) -> tuple[float, float]:
    """How far it is from true that just the m largest given roots bind, and the largest fidelity if they do.

    Then s = (roots, x, t, ..., t) with t = (A_m + x)/(m + d), and s^T G^-1 s = 1 is quadratic in x.
    The assumption is true (distance 0) if every binding root is at least t and every other at most t.
    """
    total, squares = float(np.sum(roots[:m])), float(np.sum(roots[:m] ** 2))
    a, b = (m + d - 1) / (m + d), total / (m + d)
    c = squares - total * b - (d - 1) / d
    x = min(1.0, (b + math.sqrt(max(0.0, b * b - a * c))) / a)
    t = (total + x) / (m + d)
    last_binding = float(roots[m - 1]) if m else math.inf
    return max(0.0, t - last_binding, float(roots[m]) - t), x * x


def equal_spokes(spokes: int, dimension: int = 2) -> float:
    """The largest fidelity that all of k spokes can have, (k + d - 1)/(k d): 1, 3/4, 2/3, ... for qubits."""
    if spokes < 1:
        raise UsageError(f"a star needs at least one spoke, not {spokes}")
    _check(np.zeros(0), dimension)
    return (spokes + dimension - 1) / (spokes * dimension)


def of_state(rho: Matrix, dims: Dims, hub: int) -> Budget:
    """The fully entangled fractions of one qubit with each other qubit of an n-qubit state."""
    spokes = [other for other in range(len(dims)) if other != hub]
    pairs = [partial_trace(rho, dims, [hub, spoke]) for spoke in spokes]
    return RELATION.evaluate([min(1.0, fully_entangled_fraction(pair)) for pair in pairs])


def best_star(n: int) -> Vector:
    """The n-qubit vector with the largest equal fidelities of qubit 0 to phi+ with each other qubit.

    Proportional to sum_j |phi+>_0j |0...0>; for n = 3 the output of the optimal cloner.
    """
    psi = np.zeros(2**n, dtype=np.complex128)
    psi[0] = n - 1
    psi[[2 ** (n - 1) + 2 ** (n - 1 - j) for j in range(1, n)]] = 1
    normalised: Vector = psi / np.linalg.norm(psi)
    return normalised


def _check(fidelities: Real, dimension: int) -> None:
    if dimension < 2:
        raise UsageError(f"a hub has dimension 2 or more, not {dimension}")
    outside = ~((fidelities >= 0) & (fidelities <= 1))
    if outside.any():
        raise UsageError(f"a fidelity lies between 0 and 1, got {fidelities[outside][0]:g}")


RELATION = BudgetRelation(
    name="star",
    title="star fidelity",
    domain="all states; a hub of any dimension, any number of spokes",
    needs=("joint state", "pair data", "claims"),
    statement="min { s^T G^-1 s : s_j >= sqrt F_j } <= 1 with G = (1 - 1/d) I + J/d",
    reference="Kay, Kaszlikowski, Ramanathan, PRL 103 050501 (2009)",
    meaning="the pairs are no marginals of one state with a hub of that dimension",
    why_not=any_dimension,
    exact=ExactForm("budget_headroom", three_qubits, of_state, best_star),
    quantity="fidelity",
    used=used_budgets,
    allowed=lambda dimension: 1.0,
)
