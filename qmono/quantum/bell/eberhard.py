"""The inequality of Clauser and Horne without marginals: J = P(++|00) - P(+-|01) - P(-+|10) - P(++|11) <= 0.

Eberhard, Phys. Rev. A 47 (1993) R747. Without signalling it is (S - 2)/4, and it keeps its bound when a
detector that stays silent is called -.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from qmono.quantum.bell.chsh import BEST
from qmono.quantum.bell.family import the_only
from qmono.quantum.bell.inequality import Inequality

_J = np.zeros((2, 2, 2, 2))
_J[0, 0, 0, 0] = 1
_J[0, 1, 0, 1] = _J[1, 0, 1, 0] = _J[0, 0, 1, 1] = -1

FAMILY = the_only(
    Inequality(
        name="eberhard",
        title="CH in Eberhard's form",
        coefficients=_J,
        local_bound=0.0,
        quantum_bound=(sqrt(2) - 1) / 2,
        no_signalling_bound=0.5,
        best=BEST,
        reference="Clauser, Horne, Phys. Rev. D 10 (1974) 526; Eberhard, Phys. Rev. A 47 (1993) R747",
    )
)
