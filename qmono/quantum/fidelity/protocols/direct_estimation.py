r"""Direct fidelity estimation for any pure target: a random Pauli string for every shot.

F = 2^-n sum_k t_k <P_k>, t_k = <psi|P_k|psi>. Drawing string k != I with probability |t_k|/(2^n A),
A = 2^-n sum_{k != I} |t_k|, and asking for the sign of t_k makes every shot one bit with
F = 2^-n + A (2p - 1): exact binomial limits. (Drawing with t_k^2 instead, as Flammia and Liu,
PRL 106 (2011) 230501, and da Silva et al., PRL 107 (2011) 210404, needs weights 1/t_k without a bound.)
The shots grow with A^2; A = 1 - 2^-n for stabiliser states.
"""

from __future__ import annotations

import numpy as np

from qmono.quantum.fidelity.protocols.protocol import FidelityProtocol
from qmono.quantum.fidelity.scheme import Line, Scheme, listed, parity_probe
from qmono.quantum.operations import projector
from qmono.quantum.paulis import LETTERS, pauli_vector
from qmono.quantum.states import State

NAME = "direct"
MAX_QUBITS = 8
"""The Pauli vector of the target has 4^n entries."""
NEGLIGIBLE = 1e-12


def scheme(target: State) -> Scheme | str:
    """One string a shot, in proportion to its expectation in the target."""
    n = target.n_qubits
    if target.psi is None:
        return "the target is not pure"
    if set(target.dims) != {2} or n > MAX_QUBITS:
        return f"more than {MAX_QUBITS} qubits"
    expectations = pauli_vector(projector(target.psi)).reshape(-1)
    kept = np.flatnonzero(np.abs(expectations) > NEGLIGIBLE)[1:]
    weights = np.abs(expectations[kept])
    reach = float(weights.sum()) / 2**n
    line = Line(1 / 2**n - reach, 2 * reach)
    probes = [
        parity_probe(_label(int(index), n), 1 if expectations[index] > 0 else -1) for index in kept.tolist()
    ]
    return Scheme(
        NAME,
        target,
        low=line,
        high=line,
        n_settings=len(probes),
        lottery=listed(probes, weights.tolist()),
    )


def _label(index: int, n: int) -> str:
    return "".join(LETTERS[index // 4 ** (n - 1 - qubit) % 4] for qubit in range(n))


PROTOCOL = FidelityProtocol(
    NAME,
    "each shot's Pauli string drawn at random",
    "PRL 106 (2011) 230501; PRL 107 (2011) 210404",
    scheme,
)
