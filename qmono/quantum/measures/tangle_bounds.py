"""Bounds of the tangle across a cut of a mixed state, whose convex roof has no formula.

tangle_low: the largest of 2 (Tr rho^2 - Tr rho_A^2), the same with B (Mintert, Buchleitner, PRL 98 (2007)
140505), and 2/(m (m - 1)) (max(||rho^Gamma||_1, ||R||_1) - 1)^2, m the smaller side (Chen, Albeverio, Fei,
PRL 95 (2005) 040504). tangle_high: 2 (1 - max(Tr rho_A^2, Tr rho_B^2)), by concavity (Zhang et al., PRA 78
(2008) 042308). Both equal 2 (1 - Tr rho_A^2) on pure states of qubits against a rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from qmono.quantum.measures.measure import Measure, of_cuts
from qmono.quantum.measures.negativity import negativity
from qmono.quantum.measures.purity import purity
from qmono.quantum.measures.realignment import realignment
from qmono.quantum.operations import partial_trace
from qmono.quantum.types import Dims, Matrix


def tangle_low(rho: Matrix, dims: Dims = (2, 2), systems: Sequence[int] = (0,)) -> float:
    """Lower bound of the tangle (squared I-concurrence) between `systems` and the others, 0 or more."""
    whole, (left, right) = purity(rho), _local_purities(rho, dims, systems)
    a = prod(dims[part] for part in systems)
    m = min(a, int(rho.shape[0]) // a)
    excess = max(2 * negativity(rho, dims, systems), realignment(rho, dims, systems) - 1, 0.0)
    return max(0.0, 2 * (whole - left), 2 * (whole - right), 2 / (m * (m - 1)) * excess**2)


def tangle_high(rho: Matrix, dims: Dims = (2, 2), systems: Sequence[int] = (0,)) -> float:
    """Upper bound of the tangle (squared I-concurrence) between `systems` and the others."""
    return max(0.0, 2 * (1 - max(_local_purities(rho, dims, systems))))


def _local_purities(rho: Matrix, dims: Dims, systems: Sequence[int]) -> tuple[float, float]:
    rest = [part for part in range(len(dims)) if part not in systems]
    return purity(partial_trace(rho, dims, list(systems))), purity(partial_trace(rho, dims, rest))


LOW = Measure(
    name="tangle_low",
    function=tangle_low,
    formula="max of 2 (Tr rho^2 - Tr rho_A^2), of B, and of 2 (max(||rho^Gamma||, ||R||) - 1)^2/(m (m-1))",
    domain="any state and cut; a lower bound, equal to the tangle on pure states",
    source="Mintert, Buchleitner, PRL 98 140505 (2007); Chen, Albeverio, Fei, PRL 95 040504 (2005)",
    range=(0.0, 1.0),
    known=(("phi+", 1.0), ("w:3", 8 / 9), ("werner:0.8", 0.49), ("werner:0.2", 0.0), ("product:0+r", 0.0)),
    per="cut",
    trap="may lie below the sum of the pair tangles, which then contradicts nothing",
    why_not=of_cuts,
    zero_on_products=True,
)
HIGH = Measure(
    name="tangle_high",
    function=tangle_high,
    formula="2 (1 - max(Tr rho_A^2, Tr rho_B^2)); of a qubit and a pure rest 4 det rho_A",
    domain="any state and cut; an upper bound, equal to the tangle on pure states",
    source="Zhang et al., PRA 78 042308 (2008)",
    range=(0.0, 1.0),
    known=(("phi+", 1.0), ("w:3", 8 / 9), ("werner:0", 1.0), ("product:0+r", 0.0)),
    per="cut",
    trap="1 on the maximally mixed state: an upper bound shows no entanglement",
    why_not=of_cuts,
    zero_on_products=False,
)
