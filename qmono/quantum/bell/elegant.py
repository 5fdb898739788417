"""Gisin's elegant inequality: three inputs against four, the axes against a tetrahedron; local bound 6.

quant-ph/0702021; quantum bound 4 sqrt3: Acin, Pironio, Vertesi and Wittek, Phys. Rev. A 93 (2016) 040102.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from qmono.quantum.bell.family import the_only
from qmono.quantum.bell.inequality import Inequality, Realisation, correlator_coefficients
from qmono.quantum.states import bell

_WEIGHTS = np.array([[1.0, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]])

FAMILY = the_only(
    Inequality(
        name="elegant",
        title="elegant",
        coefficients=correlator_coefficients(_WEIGHTS),
        local_bound=6.0,
        quantum_bound=4 * sqrt(3),
        no_signalling_bound=12.0,
        # phi+ has <Y Y> = -1, so Bob's tetrahedron has its y turned round
        best=Realisation(bell("phi+"), (np.eye(3), _WEIGHTS.T * np.array([1, -1, 1]) / sqrt(3))),
        reference="Gisin, quant-ph/0702021",
    )
)
