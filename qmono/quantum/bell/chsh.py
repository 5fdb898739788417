"""The inequality of Clauser, Horne, Shimony and Holt: S = E00 + E01 + E10 - E11 <= 2, and its eight versions.

Phys. Rev. Lett. 23 (1969) 880; quantum bound: Tsirelson, Lett. Math. Phys. 4 (1980) 93; no-signalling:
Popescu and Rohrlich, Found. Phys. 24 (1994) 379.
"""

from __future__ import annotations

from itertools import product
from math import sqrt

import numpy as np

from qmono.errors import UsageError
from qmono.quantum.bell.family import the_only
from qmono.quantum.bell.inequality import Inequality, Realisation, correlator_coefficients
from qmono.quantum.states import bell
from qmono.quantum.types import Integers

LOCAL_BOUND = 2.0
QUANTUM_BOUND = 2 * sqrt(2)
USUAL_SIGNS = "+++-"
SIGN_VERSIONS: tuple[str, ...] = tuple(
    sorted(
        ("".join(signs) for signs in product("+-", repeat=4) if signs.count("-") % 2 == 1),
        key=lambda signs: (signs.count("-"), signs),
    )
)
"""The eight versions with local bound 2: an odd number of minus signs of E00 E01 E10 E11, usual first."""


def sign_array(signs: str) -> Integers:
    """`"+++-"` as [[1, 1], [1, -1]], indexed by the inputs x, y; UsageError if it is no version of CHSH."""
    if signs not in SIGN_VERSIONS:
        raise UsageError(
            f"--signs needs four of + and - for E00 E01 E10 E11, an odd number of them -, got {signs!r}"
        )
    return np.array([1 if sign == "+" else -1 for sign in signs], dtype=np.int64).reshape(2, 2)


_HALF = sqrt(0.5)
_ALICE = np.array([[0.0, 0, 1], [1, 0, 0]])
_BOB = np.array([[_HALF, 0, _HALF], [-_HALF, 0, _HALF]])
BEST = Realisation(bell("phi+"), (_ALICE, _BOB))
"""phi+ in the XZ plane, from +Z towards +X: a 0, 90 and b 45, -45 degrees."""

INEQUALITY = Inequality(
    name="chsh",
    title="CHSH",
    coefficients=correlator_coefficients(sign_array(USUAL_SIGNS).astype(np.float64)),
    local_bound=LOCAL_BOUND,
    quantum_bound=QUANTUM_BOUND,
    no_signalling_bound=4.0,
    best=BEST,
    reference="Clauser, Horne, Shimony, Holt, Phys. Rev. Lett. 23 (1969) 880",
)

FAMILY = the_only(INEQUALITY)
