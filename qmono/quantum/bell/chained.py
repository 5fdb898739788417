"""Chained inequalities: E(a0 b0) + E(a1 b0) + E(a1 b1) + ... + E(aN-1 bN-1) - E(a0 bN-1) <= 2N - 2.

Braunstein and Caves, Ann. Phys. 202 (1990) 22. Quantum theory reaches 2N cos(pi/2N): Wehner, Phys. Rev. A 73
(2006) 022110. N = 2 is CHSH.
"""

from __future__ import annotations

from math import cos, pi

import numpy as np

from qmono.quantum.bell.family import Family, Parameter
from qmono.quantum.bell.inequality import Inequality, Realisation, correlator_coefficients
from qmono.quantum.bell.planes import xz_directions
from qmono.quantum.states import bell


def _build(n: int) -> Inequality:
    weights = np.eye(n)
    weights[np.arange(1, n), np.arange(n - 1)] = 1
    weights[0, n - 1] = -1
    steps = 180 * np.arange(n) / n
    return Inequality(
        name=f"chained:{n}",
        title=f"chained, {n} settings per side",
        coefficients=correlator_coefficients(weights),
        local_bound=2.0 * n - 2,
        quantum_bound=2 * n * cos(pi / (2 * n)),
        no_signalling_bound=2.0 * n,
        best=Realisation(bell("phi+"), (xz_directions(steps), xz_directions(steps + 90 / n))),
        reference="Braunstein, Caves, Ann. Phys. 202 (1990) 22",
    )


FAMILY = Family(_build, (Parameter("--settings-per-side", 3, 2, 10),))
