"""Realignment: the trace norm of R(rho), R_(ij),(kl) = rho_(ik),(jl); above 1 only on entangled states.

Chen, Wu, Quantum Inf. Comput. 3 (2003) 193; Rudolph, Quantum Inf. Process. 4 (2005) 219. Sees some bound
entangled states, on which the negativity is 0; a value of 1 or less says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod, sqrt

import numpy as np

from qmono.quantum.measures.measure import Measure, of_cuts
from qmono.quantum.types import Dims, Matrix


def realignment(rho: Matrix, dims: Dims = (2, 2), systems: Sequence[int] = (0,)) -> float:
    """||R(rho)||_1 between the subsystems `systems` and the others; 1 or less on separable states."""
    n, rest = len(dims), [part for part in range(len(dims)) if part not in systems]
    tensor = rho.reshape(*dims, *dims)
    axes = [*systems, *(n + part for part in systems), *rest, *(n + part for part in rest)]
    left = prod(dims[part] for part in systems)
    realigned = tensor.transpose(axes).reshape(left * left, -1)
    return float(np.linalg.svd(realigned, compute_uv=False).sum())


MEASURE = Measure(
    name="realignment",
    function=realignment,
    formula="||R(rho)||_1; entangled if above 1",
    domain="any state and cut",
    source="Chen, Wu, QIC 3 193 (2003)",
    range=(0.5, 2.0),
    known=(("phi+", 2.0), ("product:0+", 1.0), ("werner:0", 0.5), ("ghz:3", 2.0), ("w:3", 1 + sqrt(8) / 3)),
    per="cut",
    trap="only sufficient: 1 or less does not mean separable",
    why_not=of_cuts,
    zero_on_products=False,
)
