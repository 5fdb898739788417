"""POVMs the tests share, and counts of rows measured by them."""

from __future__ import annotations

from functools import reduce

import numpy as np

from qmono.core.counts import CountsTable
from qmono.core.povms import Povm, PovmRows
from qmono.quantum.povms import PAULI_POVMS, rank_one_effects
from qmono.quantum.states import BELL_STATES

TETRAHEDRON = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / np.sqrt(3)


def qubit_effects(vectors, weights):
    """w (1 + b.sigma)/2 of Bloch vectors b (k, 3)."""
    paulis = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
    return np.asarray(weights)[:, None, None] * (np.eye(2) + np.einsum("ka,aij->kij", vectors, paulis)) / 2


SIC = Povm("sic", qubit_effects(TETRAHEDRON, [0.5] * 4))
TRINE = Povm(
    "trine",
    qubit_effects(
        [[np.sin(t), 0, np.cos(t)] for t in np.arange(3) * 2 * np.pi / 3],
        [2 / 3] * 3,
    ),
)
BELL = Povm("bell", rank_one_effects(np.array(list(BELL_STATES.values()))))
X, Y, Z = (PAULI_POVMS[letter] for letter in "XYZ")


def noisy_basis(axis, visibility):
    """A basis whose detectors see only part of the axis."""
    vectors = visibility * np.array([axis, [-part for part in axis]])
    return Povm(f"noisy {axis}".replace(" ", ""), qubit_effects(vectors, [1, 1]))


def random_povm(name, n, outcomes, rng, rank=None):
    shape = (outcomes, 2**n, rank or 2**n)
    a = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    positive = a @ a.conj().swapaxes(1, 2)
    values, vectors = np.linalg.eigh(positive.sum(axis=0))
    root = (vectors / np.sqrt(values)) @ vectors.conj().T
    return Povm(name, root @ positive @ root)


def dense_effects(parts):
    """All products of the parts' effects (K, d, d), the first part's outcome the slowest."""

    def joined(a, b):
        product = np.einsum("iab,jcd->ijacbd", a, b)
        d = a.shape[1] * b.shape[1]
        return product.reshape(len(a) * len(b), d, d)

    return reduce(joined, [povm.effects for povm in parts])


def povm_rows(rho, measured, shots, rng):
    """Rows, each measured by a list of POVMs, with counts of `shots` on a state."""
    distinct = list({povm.name: povm for parts in measured for povm in parts}.values())
    place = {povm.name: index for index, povm in enumerate(distinct)}
    counts = []
    for parts in measured:
        p = np.maximum(np.einsum("kab,ba->k", dense_effects(parts), rho).real, 0.0)
        counts.append(rng.multinomial(shots, p / p.sum()))
    return PovmRows(
        tuple(" ".join(povm.name for povm in parts) for parts in measured),
        tuple(distinct),
        tuple(tuple(place[povm.name] for povm in parts) for parts in measured),
        np.concatenate(counts),
    )


def povm_table(rho, measured, shots, rng):
    n = len(rho).bit_length() - 1
    return CountsTable(n_qubits=n, povms=povm_rows(rho, measured, shots, rng))
