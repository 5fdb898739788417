"""Array types of the physics. Qubit 0 is the leftmost tensor factor and the most significant index bit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.complex128]
"""A density matrix or operator, (d, d)."""

Vector = NDArray[np.complex128]
"""A state vector, (d,)."""

Real = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]
Dims = tuple[int, ...]
