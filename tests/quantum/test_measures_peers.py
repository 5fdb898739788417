"""Shared measures against QuTiP and Qiskit, two independent implementations."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from qmono.quantum.measures.concurrence import concurrence
from qmono.quantum.measures.entanglement_of_formation import entanglement_of_formation
from qmono.quantum.measures.linear_entropy import linear_entropy
from qmono.quantum.measures.log_negativity import log_negativity
from qmono.quantum.measures.negativity import negativity
from qmono.quantum.measures.schmidt_number import schmidt_number
from qmono.quantum.measures.von_neumann_entropy import von_neumann_entropy
from qmono.quantum.operations import partial_trace
from qmono.quantum.states import named_state

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    qutip = pytest.importorskip("qutip")
    from qiskit import quantum_info

AGREE = 1e-7


def states() -> list[np.ndarray]:
    """Pure, low-rank and full-rank states of two qubits, and separable ones."""
    rng = np.random.default_rng(17)
    found = []
    for rank in (1, 2, 3, 4) * 12:
        a = rng.normal(size=(4, rank)) + 1j * rng.normal(size=(4, rank))
        found.append(a @ a.conj().T / np.trace(a @ a.conj().T).real)
    return [*found, named_state("werner:0.3").rho, named_state("product:0+").rho, named_state("psi-").rho]


STATES = states()


def as_qutip(rho: np.ndarray, dims: tuple[int, ...] = (2, 2)) -> object:
    return qutip.Qobj(rho, dims=[list(dims), list(dims)])


@pytest.mark.parametrize("index", range(len(STATES)))
def test_two_qubits(index: int) -> None:
    rho = STATES[index]
    theirs, dm = as_qutip(rho), quantum_info.DensityMatrix(rho)
    assert concurrence(rho) == pytest.approx(qutip.concurrence(theirs), abs=AGREE)
    assert concurrence(rho) == pytest.approx(quantum_info.concurrence(dm), abs=AGREE)
    assert entanglement_of_formation(rho) == pytest.approx(
        quantum_info.entanglement_of_formation(dm), abs=AGREE
    )
    # Both libraries return (||rho^Gamma||_1 - 1)/2 as well.
    assert negativity(rho) == pytest.approx(qutip.negativity(theirs, 0), abs=AGREE)
    assert negativity(rho) == pytest.approx(quantum_info.negativity(dm, [0]), abs=AGREE)
    assert log_negativity(rho) == pytest.approx(qutip.negativity(theirs, 0, logarithmic=True), abs=AGREE)
    assert von_neumann_entropy(rho) == pytest.approx(qutip.entropy_vn(theirs, base=2), abs=AGREE)
    assert von_neumann_entropy(rho) == pytest.approx(quantum_info.entropy(dm, base=2), abs=AGREE)
    assert linear_entropy(rho) * 3 / 4 == pytest.approx(qutip.entropy_linear(theirs), abs=AGREE)


def test_cuts_of_three_parts() -> None:
    rng = np.random.default_rng(23)
    for dims in ((2, 2, 2), (2, 3, 2)):
        d = int(np.prod(dims))
        for rank in (1, 2, 5):
            a = rng.normal(size=(d, rank)) + 1j * rng.normal(size=(d, rank))
            rho = a @ a.conj().T / np.trace(a @ a.conj().T).real
            for part in range(3):
                theirs = qutip.partial_transpose(as_qutip(rho, dims), [int(k == part) for k in range(3)])
                norm = np.abs(np.linalg.eigvalsh(theirs.full())).sum()
                assert negativity(rho, dims, [part]) == pytest.approx((norm - 1) / 2, abs=AGREE)


def test_schmidt_number_of_random_vectors() -> None:
    rng = np.random.default_rng(29)
    psi = rng.normal(size=8) + 1j * rng.normal(size=8)
    psi /= np.linalg.norm(psi)
    terms = quantum_info.schmidt_decomposition(quantum_info.Statevector(psi), [0])
    assert schmidt_number(np.outer(psi, psi.conj()), (2, 2, 2), (2,)) == len(terms)


def test_where_ours_has_more_digits() -> None:
    """A pair of a W-like state has rank 2: C = 2 |b c|, and the roots of eigenvalues lose half the digits."""
    psi = np.zeros(8, dtype=complex)
    psi[[1, 2, 4]] = 0.6, 0.48, 0.64
    pair = partial_trace(np.outer(psi, psi), (2, 2, 2), [0, 1])
    exact = 2 * 0.64 * 0.48
    assert concurrence(pair) == pytest.approx(exact, abs=4e-16)
    assert abs(qutip.concurrence(as_qutip(pair)) - exact) < AGREE
