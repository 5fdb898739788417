"""The largest value of a convex function over a likelihood region, by uphill search: indicative."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from qmono.core.counts import CountsTable
from qmono.quantum.operations import projector
from qmono.quantum.paulis import LETTERS, pauli_string
from qmono.quantum.states import BELL_STATES
from qmono.quantum.tomography.fit.estimate import StateEstimate
from qmono.quantum.tomography.likelihood import Likelihood
from qmono.quantum.tomography.regions.region import Region, RegionLimit, likelihood_region
from qmono.quantum.tomography.regions.region_search import COARSE
from qmono.quantum.types import Matrix

STRAIGHT = 0.02
"""Share of the rise by which a function may exceed its linearisation for a second one to gain nothing."""


def maximise_over_region(
    data: CountsTable | Likelihood | Region,
    function: Callable[[Matrix], float],
    estimate: StateEstimate,
    level: float = 0.95,
    *,
    gradient: Callable[[Matrix], Matrix] | None = None,
    starts: Sequence[Matrix] | None = None,
    rounds: int = 3,
) -> RegionLimit:
    """The largest value found of a convex function over the region: indicative, no proof.

    Goes uphill from the estimate and from the region's extreme state of each Hermitian matrix in
    `starts`: linearise the function, go to the extreme state of its gradient, repeat. Convexity makes
    every step uphill. data: or the region itself. starts: for two qubits the four Bell projectors if None,
    because measures of entanglement have no slope at a separable estimate. gradient: (d, d) -> (d, d)
    Hermitian; by differences if None.
    """
    if starts is None:
        starts = [projector(psi) for psi in BELL_STATES.values()] if len(estimate.rho) == 4 else []
    region = data if isinstance(data, Region) else likelihood_region(data, estimate, level)
    gradient = gradient or (lambda rho: numerical_gradient(function, rho))
    first_value = function(estimate.rho)
    best, best_rho = first_value, estimate.rho
    for first in (gradient(estimate.rho), *starts):
        observable, last = first, -np.inf
        offset = first_value - float(np.vdot(first, estimate.rho).real)
        for _ in range(rounds):
            found = region.maximum(observable, COARSE)
            value = function(found.rho)
            if value > best:
                best, best_rho = value, found.rho
            bent = value - (found.attained + offset)
            if value <= last + 1e-6 or abs(bent) <= STRAIGHT * (value - first_value):
                break
            observable, last = gradient(found.rho), value
            offset = value - float(np.vdot(observable, found.rho).real)
    return RegionLimit(best, best, best_rho, f"{region.method} multistart", "indicative")


def numerical_gradient(function: Callable[[Matrix], float], rho: Matrix, step: float = 1e-5) -> Matrix:
    """Hermitian A with f(rho + D) = f(rho) + Tr(A D) for small traceless D, by central differences.

    The state is mixed with 1e-3 of the identity first, so that both neighbours are states.
    """
    dimension = len(rho)
    n = dimension.bit_length() - 1
    inside = rho + 1e-3 * (np.eye(dimension) / dimension - rho)
    total: Matrix = np.zeros((dimension, dimension), dtype=np.complex128)
    for index in range(1, 4**n):
        string = pauli_string("".join(LETTERS[index >> 2 * (n - 1 - q) & 3] for q in range(n)))
        rise = function(inside + step * string / dimension) - function(inside - step * string / dimension)
        total += rise / (2 * step) * string
    return total
