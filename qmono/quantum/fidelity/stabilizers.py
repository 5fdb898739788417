"""The stabiliser group of a target, found from its vector: Pauli strings of expectation +1 or -1.

A pure state of n qubits is a stabiliser state exactly if 2^n strings have expectation +-1; then
|psi><psi| = 2^-n sum_g s_g P_g over them. Bell, GHZ and cluster states are; W and Dicke states are not.
"""

from __future__ import annotations

import numpy as np

from qmono.quantum.content_cache import cached_by_content
from qmono.quantum.operations import projector
from qmono.quantum.paulis import LETTERS, pauli_vector
from qmono.quantum.states import State
from qmono.quantum.types import Real

MAX_QUBITS = 8
"""Above this a target is not searched: its Pauli vector has 4^n entries."""


def stabilizer_group(target: State) -> dict[str, int] | None:
    """Label -> sign of the 2^n stabilisers of a pure target, or None if it is not a stabiliser state.

    `stabilizer_group(bell("phi+"))` is `{"II": 1, "XX": 1, "YY": -1, "ZZ": 1}`.
    """
    n = target.n_qubits
    if target.psi is None or n > MAX_QUBITS or set(target.dims) != {2}:
        return None
    found = _group(np.ascontiguousarray(target.psi).view(np.float64))
    return None if found is None else dict(found)


@cached_by_content
def _group(parts: Real) -> dict[str, int] | None:
    """Of a vector by its real and imaginary parts in turn, (2**(n+1),)."""
    psi = np.ascontiguousarray(parts).view(np.complex128)
    n = len(psi).bit_length() - 1
    expectations = pauli_vector(projector(psi)).reshape(-1)
    (members,) = np.nonzero(np.abs(expectations) > 1 - 1e-9)
    if len(members) != 2**n:
        return None
    return {_label(int(index), n): int(np.sign(expectations[index])) for index in members}


def times(first: str, second: str) -> str:
    """The product of two Pauli strings, without its phase: `times("XZ", "ZZ") == "YI"`."""
    return "".join(LETTERS[LETTERS.index(a) ^ LETTERS.index(b)] for a, b in zip(first, second, strict=True))


def is_measured_by(label: str, setting: str) -> bool:
    """Whether a full setting such as "XZX" measures the string, such as "XIX"."""
    return all(letter in ("I", basis) for letter, basis in zip(label, setting, strict=True))


def _label(index: int, n: int) -> str:
    return "".join(LETTERS[index // 4 ** (n - 1 - qubit) % 4] for qubit in range(n))
