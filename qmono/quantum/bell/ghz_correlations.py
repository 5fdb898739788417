r"""Inequalities of n parties whose quantum bound a GHZ state reaches: Mermin, MABK, Svetlichny.

All three are scale * Re[e^(-i beta) prod_j (A_j0 + i A_j1)], so that the correlator of a setting with k ones
has the weight scale * cos(k pi/2 - beta). On a GHZ state, with A_j0 and A_j1 a quarter turn apart in the XY
plane and the angles of all A_j0 adding up to -beta, every correlator is cos(k pi/2 - beta) and the value is
scale * 2^(n-1). Two outcomes per input and no marginals: without signalling the bound is sum |weights|.

Mermin (scale 1, beta 0), Phys. Rev. Lett. 65 (1990) 1838. MABK (scale 2^(-(n-1)/2), beta (n-1) pi/4) is
Klyshko's recursion, Phys. Lett. A 172 (1993) 399, with local bound 1; Ardehali, Phys. Rev. A 46 (1992) 5375.
Svetlichny (scale sqrt2, beta pi/4), Phys. Rev. D 35 (1987) 3066; for n parties Seevinck and Svetlichny,
Phys. Rev. Lett. 89 (2002) 060401: its bound holds if any two groups are local to each other only.
"""

from __future__ import annotations

from math import pi, sqrt

import numpy as np

from qmono.quantum.bell.family import Family, Parameter
from qmono.quantum.bell.inequality import Inequality, Model, Realisation, correlator_coefficients
from qmono.quantum.bell.planes import xy_directions
from qmono.quantum.states import ghz

_QUBITS = Parameter("--qubits", 3, 3, 8)
_ROUNDING = 1e-12


def _circular(
    n: int,
    scale: float,
    beta: float,
    *,
    name: str,
    title: str,
    bound: float,
    reference: str,
    model: Model = "local",
) -> Inequality:
    ones = np.indices((2,) * n).sum(axis=0)
    weights = scale * np.cos(ones * pi / 2 - beta)
    whole = np.rint(weights) + 0.0
    weights = np.where(np.abs(weights - whole) < _ROUNDING, whole, weights)
    direction = xy_directions(np.array([0.0, 90.0]) - np.rad2deg(beta) / n)
    return Inequality(
        name=f"{name}:{n}",
        title=f"{title}, {n} parties",
        coefficients=correlator_coefficients(weights),
        local_bound=bound,
        quantum_bound=scale * 2.0 ** (n - 1),
        no_signalling_bound=float(np.abs(weights).sum()),
        best=Realisation(ghz(n), (direction,) * n),
        reference=reference,
        model=model,
    )


def _mermin(n: int) -> Inequality:
    reference = "Mermin, Phys. Rev. Lett. 65 (1990) 1838"
    return _circular(n, 1.0, 0.0, name="mermin", title="Mermin", bound=2.0 ** (n // 2), reference=reference)


def _mabk(n: int) -> Inequality:
    scale, beta = 2.0 ** (-(n - 1) / 2), (n - 1) * pi / 4
    reference = "Klyshko, Phys. Lett. A 172 (1993) 399; Ardehali, Phys. Rev. A 46 (1992) 5375"
    return _circular(n, scale, beta, name="mabk", title="MABK", bound=1.0, reference=reference)


def _svetlichny(n: int) -> Inequality:
    return _circular(
        n,
        sqrt(2),
        pi / 4,
        name="svetlichny",
        title="Svetlichny",
        bound=2.0 ** (n - 1),
        reference="Svetlichny, Phys. Rev. D 35 (1987) 3066",
        model="hybrid",
    )


MERMIN = Family(_mermin, (_QUBITS,))
MABK = Family(_mabk, (_QUBITS,))
SVETLICHNY = Family(_svetlichny, (_QUBITS,))
