"""The inequality of Collins, Gisin, Linden, Massar and Popescu for three outcomes: I3 <= 2.

Phys. Rev. Lett. 88 (2002) 040404. P(A0=B0) + P(B0=A1+1) + P(A1=B1) + P(B1=A0) - P(A0=B0-1) - P(B0=A1)
- P(A1=B1-1) - P(B1=A0-1), modulo 3. The largest quantum value 1 + sqrt(11/3) belongs to a state that is not
maximally entangled: Acin, Durt, Gisin and Latorre, Phys. Rev. A 65 (2002) 052325.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from qmono.quantum.bell.family import the_only
from qmono.quantum.bell.inequality import Inequality, Realisation
from qmono.quantum.states import State
from qmono.quantum.types import Matrix, Real

_D = 3
_TERMS = ((0, 0, 0, 1), (1, 0, 1, 1), (1, 1, 0, 1), (0, 1, 0, 1), (0, 0, 1, -1), (1, 0, 0, -1), (1, 1, 1, -1))
"""x, y, shift, sign: sign * P(B_y = A_x + shift)."""


def _coefficients() -> Real:
    c = np.zeros((_D, _D, 2, 2))
    for x, y, shift, sign in (*_TERMS, (0, 1, -1, -1)):
        for a in range(_D):
            c[a, (a + shift) % _D, x, y] += sign
    return c


def _fourier_kets(phases: tuple[float, float], sign: int) -> Matrix:
    """Kets (2, d, d) sum_k exp(2 pi i k (sign outcome + phase)/d) |k>/sqrt(d), by input and outcome."""
    k, outcome = np.arange(_D), np.arange(_D)[:, None]
    kets = [np.exp(2j * np.pi * k * (sign * outcome + phase) / _D) / sqrt(_D) for phase in phases]
    return np.array(kets)


_GAMMA = (sqrt(11) - sqrt(3)) / 2
_PSI = np.diag([1, _GAMMA, 1]).reshape(-1).astype(np.complex128) / sqrt(2 + _GAMMA**2)

FAMILY = the_only(
    Inequality(
        name="cglmp",
        title="CGLMP, three outcomes",
        coefficients=_coefficients(),
        local_bound=2.0,
        quantum_bound=1 + sqrt(11 / 3),
        no_signalling_bound=4.0,
        best=Realisation(
            State("cglmp", (_D, _D), psi=_PSI),
            kets=(_fourier_kets((0.0, 0.5), 1), _fourier_kets((0.25, -0.25), -1)),
        ),
        reference="Collins, Gisin, Linden, Massar, Popescu, Phys. Rev. Lett. 88 (2002) 040404",
    )
)
