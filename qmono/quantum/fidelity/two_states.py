r"""Distance and overlap of two states, from their matrices, or bounded by their fidelities to one pure state.

With F = cos^2 theta the fidelities to the same pure |t>:

    |F_A - F_B| <= T(A, B) <= sqrt(1 - F_A) + sqrt(1 - F_B)
    cos^2(theta_A + theta_B) <= Tr(A B) <= cos^2(theta_A - theta_B)     (left: 0 if the angles exceed pi/2)

The first is the definition of T as the largest difference of any probability; its right side is Fuchs and van
de Graaf, IEEE Trans. Inf. Theory 45 (1999) 1216, with the triangle inequality. For the second write each
matrix in blocks of |t> and the rest, A = ((a, r^+), (r, R)); then R >= r r^+/a gives
Tr(A B) >= (sqrt(ab) - |r^+ s|/sqrt(ab))^2 and |r|^2 <= a (1 - a), while Tr(R S) <= (1 - a)(1 - b).
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from qmono.quantum.types import Matrix


def trace_distance(rho: Matrix, sigma: Matrix) -> float:
    """T = ||rho - sigma||_1 / 2, in [0, 1]."""
    return float(np.abs(np.linalg.eigvalsh(rho - sigma)).sum() / 2)


def state_overlap(rho: Matrix, sigma: Matrix) -> float:
    """Tr(rho sigma), in [0, 1]; the purity if the two are equal."""
    return float(np.vdot(rho, sigma).real)


def largest_distance(f_a: float, f_b: float) -> float:
    """Upper bound of T for fidelities of at least f_a and f_b to one pure state."""
    return min(1.0, sqrt(1 - f_a) + sqrt(1 - f_b))


def smallest_overlap(f_a: float, f_b: float) -> float:
    """Lower bound of Tr(A B) for fidelities of at least f_a and f_b to one pure state."""
    if f_a + f_b <= 1:
        return 0.0
    return (sqrt(f_a * f_b) - sqrt((1 - f_a) * (1 - f_b))) ** 2


def largest_overlap(f_small: float, f_large: float) -> float:
    """Upper bound of Tr(A B) if one fidelity is at most f_small and the other at least f_large."""
    if f_small >= f_large:
        return 1.0
    return (sqrt(f_small * f_large) + sqrt((1 - f_small) * (1 - f_large))) ** 2
