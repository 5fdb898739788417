"""I3322 of Collins and Gisin, three inputs per side: local bound 0, quantum bound unknown in closed form.

J. Phys. A 37 (2004) 1775. Two qubits reach 1/4; no quantum behaviour is above 0.2508754: Pal and Vertesi,
Phys. Rev. A 82 (2010) 022116.
"""

from __future__ import annotations

import numpy as np

from qmono.quantum.bell.family import the_only
from qmono.quantum.bell.inequality import Inequality, Realisation, marginal_coefficients
from qmono.quantum.bell.planes import xz_directions
from qmono.quantum.states import bell
from qmono.quantum.types import Real

_BOTH_PLUS = np.array([[1.0, 1, 1], [1, 1, -1], [1, -1, 0]])
_ALICE = np.array([-1.0, 0, 0])
_BOB = np.array([-2.0, -1, 0])


def _coefficients() -> Real:
    """sum J P(++|xy) - P(+|a0) - 2 P(+|b0) - P(+|b1)."""
    played = np.abs(_BOTH_PLUS)
    c = np.zeros((2, 2, 3, 3))
    c[0, 0] = _BOTH_PLUS
    silent = np.zeros(3)
    return (
        c
        + marginal_coefficients(0, np.array([_ALICE, silent]), 2, played)
        + marginal_coefficients(1, np.array([_BOB, silent]), 2, played)
    )


FAMILY = the_only(
    Inequality(
        name="i3322",
        title="I3322",
        coefficients=_coefficients(),
        local_bound=0.0,
        quantum_bound=0.2508754,
        no_signalling_bound=1.0,
        best=Realisation(
            bell("phi+"), (xz_directions(np.array([0.0, 60, 120])), xz_directions(np.array([60.0, 0, -60])))
        ),
        reference="Collins, Gisin, J. Phys. A 37 (2004) 1775",
    )
)
