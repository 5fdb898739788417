"""Shared measures against QuTiP and Qiskit, and against what toqito said of random states.

toqito pins its own dependencies and cannot be installed beside them: its values are a file here.
"""

from __future__ import annotations

import json
import warnings
from itertools import combinations
from math import log2
from pathlib import Path

import numpy as np
import pytest

from qmono.quantum.measures import MEASURES
from qmono.quantum.measures.concurrence import concurrence
from qmono.quantum.measures.entanglement_of_formation import formation_of_concurrence
from qmono.quantum.measures.extension_margin import extension_margin_of
from qmono.quantum.measures.i_concurrence import i_concurrence
from qmono.quantum.measures.negativity import negativity
from qmono.quantum.measures.schmidt_number import schmidt_number
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


def as_qiskit(rho: np.ndarray, dims: tuple[int, ...]) -> object:
    """Its first subsystem is the last factor, so the dimensions are given in reverse."""
    return quantum_info.DensityMatrix(rho, dims=dims[::-1])


def as_qutip(rho: np.ndarray, dims: tuple[int, ...] = (2, 2)) -> object:
    return qutip.Qobj(rho, dims=[list(dims), list(dims)])


@pytest.mark.parametrize("index", range(len(STATES)))
def test_two_qubits(index: int) -> None:
    rho = STATES[index]
    theirs, dm = as_qutip(rho), quantum_info.DensityMatrix(rho)
    # Both libraries return (||rho^Gamma||_1 - 1)/2 as the negativity as well.
    pairs = {
        "concurrence": (qutip.concurrence(theirs), quantum_info.concurrence(dm)),
        "tangle": (qutip.concurrence(theirs) ** 2, quantum_info.concurrence(dm) ** 2),
        "entanglement_of_formation": (
            formation_of_concurrence(qutip.concurrence(theirs)),
            quantum_info.entanglement_of_formation(dm),
        ),
        "negativity": (qutip.negativity(theirs, 0), quantum_info.negativity(dm, [0])),
        "log_negativity": (
            qutip.negativity(theirs, 0, logarithmic=True),
            log2(2 * quantum_info.negativity(dm, [0]) + 1),
        ),
        "purity": (theirs.purity(), dm.purity().real),
        "von_neumann_entropy": (qutip.entropy_vn(theirs, base=2), quantum_info.entropy(dm, base=2)),
        "linear_entropy": (qutip.entropy_linear(theirs) * 4 / 3, (1 - dm.purity().real) * 4 / 3),
        "coherent_information": (
            -min(qutip.entropy_conditional(theirs, part, base=2) for part in (0, 1)),
            max(quantum_info.entropy(quantum_info.partial_trace(dm, [part])) for part in (0, 1))
            - quantum_info.entropy(dm),
        ),
    }
    for name, peers in pairs.items():
        (ours,) = MEASURES.load(name).evaluate(rho, (2, 2)).values()
        assert peers == pytest.approx((ours, ours), abs=AGREE), name


@pytest.mark.parametrize("dims", [(2, 2, 2), (2, 3, 2)])
@pytest.mark.parametrize("rank", [1, 2, 5])
def test_cuts_of_three_parts(dims: tuple[int, ...], rank: int) -> None:
    rng = np.random.default_rng(23 + rank)
    d = int(np.prod(dims))
    a = rng.normal(size=(d, rank)) + 1j * rng.normal(size=(d, rank))
    rho = a @ a.conj().T / np.trace(a @ a.conj().T).real
    theirs, dm = as_qutip(rho, dims), as_qiskit(rho, dims)
    for part in range(3):
        transposed = qutip.partial_transpose(theirs, [int(k == part) for k in range(3)])
        norm = np.abs(np.linalg.eigvalsh(transposed.full())).sum()
        by_qiskit = quantum_info.negativity(dm, [2 - part])  # its first subsystem is the last factor
        ours = negativity(rho, dims, [part])
        assert ((norm - 1) / 2, by_qiskit) == pytest.approx((ours, ours), abs=AGREE)
        if rank == 1:
            reduced = (
                theirs.ptrace(part).purity(),
                quantum_info.partial_trace(dm, [k for k in range(3) if k != 2 - part]).purity().real,
            )
            ours = i_concurrence(rho, dims, (part,))
            assert [(2 * (1 - p)) ** 0.5 for p in reduced] == pytest.approx([ours] * 2, abs=AGREE)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_all_qubits_of_pure_states(n: int) -> None:
    """Meyer-Wallach from the purities of both libraries; the three-tangle from their concurrences."""
    rng = np.random.default_rng(31 + n)
    psi = rng.normal(size=2**n) + 1j * rng.normal(size=2**n)
    rho = np.outer(psi, psi.conj()) / np.linalg.norm(psi) ** 2
    dims = (2,) * n
    theirs, dm = as_qutip(rho, dims), as_qiskit(rho, dims)

    def both(kept: tuple[int, ...]) -> tuple[object, object]:
        dropped = [n - 1 - k for k in range(n) if k not in kept]
        return theirs.ptrace(list(kept)), quantum_info.partial_trace(dm, dropped)

    purities = np.array([[both((k,))[0].purity(), both((k,))[1].purity().real] for k in range(n)])
    ours = MEASURES.load("meyer_wallach").function(rho)
    assert 2 * (1 - purities.mean(axis=0)) == pytest.approx([ours] * 2, abs=AGREE)
    if n == 3:
        tangles = [
            [qutip.concurrence(both(pair)[0]) ** 2, quantum_info.concurrence(both(pair)[1]) ** 2]
            for pair in combinations(range(3), 2)
            if 0 in pair
        ]
        left = 2 * (1 - purities[0]) - np.sum(tangles, axis=0)
        assert left == pytest.approx([MEASURES.load("three_tangle").function(rho)] * 2, abs=AGREE)


TOQITO = json.loads(Path(__file__).with_name("toqito_values.json").read_text())["cases"]


@pytest.mark.parametrize("index", range(len(TOQITO)))
def test_what_toqito_says(index: int) -> None:
    case = dict(TOQITO[index])
    rho = np.array([[complex(*entry) for entry in row] for row in case["matrix"]])
    assert (extension_margin_of(rho, 1) >= 0) == case["has_a_copy_of_1"]
    for name in MEASURES.names:
        if name in case:
            (ours,) = MEASURES.load(name).evaluate(rho, (2, 2)).values()
            assert ours == pytest.approx(case[name], abs=AGREE), name


def test_toqito_saw_copies_that_exist_and_copies_that_do_not() -> None:
    assert {case["has_a_copy_of_1"] for case in TOQITO} == {True, False}


def test_schmidt_number_of_random_vectors() -> None:
    rng = np.random.default_rng(29)
    psi = rng.normal(size=8) + 1j * rng.normal(size=8)
    psi /= np.linalg.norm(psi)
    terms = quantum_info.schmidt_decomposition(quantum_info.Statevector(psi), [0])
    assert schmidt_number(np.outer(psi, psi.conj()), (2, 2, 2), (2,)) == len(terms)


@pytest.mark.parametrize("seed", range(20))
def test_where_ours_has_more_digits(seed: int) -> None:
    """A pair of a W-like vector has rank 2 and C = 2 |b c| in every local frame.

    Ours keeps 14 digits; the square roots of eigenvalues of the others lose up to half of them.
    """
    psi = np.zeros(8, dtype=complex)
    psi[[1, 2, 4]] = 0.6, 0.48, 0.64
    rng = np.random.default_rng(seed)
    first, second = (np.linalg.qr(rng.normal(size=(2, 2)) + 1j * rng.normal(size=(2, 2)))[0] for _ in "AB")
    turn = np.kron(first, second)
    pair = turn @ partial_trace(np.outer(psi, psi), (2, 2, 2), [0, 1]) @ turn.conj().T
    exact = 2 * 0.64 * 0.48
    assert concurrence(pair) == pytest.approx(exact, abs=1e-14)
    theirs = qutip.concurrence(as_qutip(pair)), quantum_info.concurrence(quantum_info.DensityMatrix(pair))
    assert theirs == pytest.approx((exact, exact), abs=AGREE)
