"""The largest fidelity to a target that a state without entanglement across some cut can have.

max over the cuts of the largest squared Schmidt coefficient (Bourennane et al., PRL 92 (2004) 087902): 1/2
for GHZ and cluster states, (n-1)/n for W states. Above it a state is genuinely multipartite entangled.
"""

from __future__ import annotations

import numpy as np

from qmono.quantum.fidelity.tableau import is_connected, stabilizer_generators
from qmono.quantum.operations import bipartitions
from qmono.quantum.states import State

EVERY_CUT_UP_TO_QUBITS = 10


def separable_bound(target: State) -> float | None:
    """The bound for a pure target of qubits; None where there are too many cuts to try.

    Stabiliser states of any size are decided by their generators: across a cut their Schmidt coefficients
    squared are all 2^-r, so the largest is 1/2 at most if the generators connect all qubits.
    """
    n, psi = target.n_qubits, target.psi
    if psi is None or n < 2:
        return None
    if n > EVERY_CUT_UP_TO_QUBITS:
        generators = stabilizer_generators(target)
        if generators is None:
            return None
        return 0.5 if is_connected(generators) else 1.0
    tensor = psi.reshape(target.dims)
    largest = 0.0
    for left, right in bipartitions(n):
        rows = int(np.prod([target.dims[axis] for axis in left]))
        matrix = tensor.transpose([*left, *right]).reshape(rows, -1)
        largest = max(largest, float(np.linalg.norm(matrix, 2)) ** 2)
    return min(1.0, largest)
