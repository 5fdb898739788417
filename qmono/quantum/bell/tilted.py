"""Tilted CHSH: alpha <A0> + S <= 2 + alpha, largest for a partially entangled state.

Acin, Massar and Pironio, Phys. Rev. Lett. 108 (2012) 100402: the quantum bound sqrt(8 + 2 alpha^2) is reached
on cos t |00> + sin t |11> with sin 2t = sqrt((4 - alpha^2)/(4 + alpha^2)), A0 = Z, A1 = X and
B = cos m Z +- sin m X, tan m = sin 2t.
"""

from __future__ import annotations

from math import asin, atan, cos, degrees, sin, sqrt

import numpy as np

from qmono.quantum.bell.family import Family, Parameter
from qmono.quantum.bell.inequality import (
    Inequality,
    Realisation,
    correlator_coefficients,
    marginal_coefficients,
)
from qmono.quantum.bell.planes import xz_directions
from qmono.quantum.states import State


def _build(alpha: float) -> Inequality:
    double = asin(sqrt((4 - alpha**2) / (4 + alpha**2)))
    psi = np.array([cos(double / 2), 0, 0, sin(double / 2)], dtype=np.complex128)
    bob = degrees(atan(sin(double)))
    marginal = marginal_coefficients(0, np.array([[alpha, 0], [-alpha, 0]]), 2, np.ones((2, 2)))
    return Inequality(
        name=f"tilted:{alpha:g}",
        title=f"tilted CHSH, alpha {alpha:g}",
        coefficients=correlator_coefficients(np.array([[1.0, 1], [1, -1]])) + marginal,
        local_bound=2 + alpha,
        quantum_bound=sqrt(8 + 2 * alpha**2),
        no_signalling_bound=4.0,
        best=Realisation(
            State(f"tilted:{alpha:g}", (2, 2), psi=psi),
            (xz_directions(np.array([0.0, 90])), xz_directions(np.array([bob, -bob]))),
        ),
        reference="Acin, Massar, Pironio, Phys. Rev. Lett. 108 (2012) 100402",
    )


FAMILY = Family(_build, (Parameter("--tilt", 1.0, 0.0, 1.9, whole=False),))
