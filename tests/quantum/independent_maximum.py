"""The largest likelihood of a state by another algorithm: an interior-point solver of cone programs.

Complete rows: minimise -sum f_i t_i with exp(t_i) <= Tr(E_i X), X >= 0, Tr X = 1. Projectors behind one flux:
minimise -sum f_i t_i + Tr(G X) for any X >= 0; at its minimum Tr(G X) = 1.
"""

from __future__ import annotations

from math import sqrt

import clarabel
import numpy as np
from povm_cases import dense_effects
from scipy import sparse

from qmono.quantum.born import local_effects
from qmono.quantum.paulis import pauli_string

LETTERS = "IXYZ"


def independent_maximum(table):
    """Largest log likelihood in nats of a table of complete rows, or of projectors alone."""
    effects, counts = written_out(table)
    seen = counts > 0
    effects, counts = effects[seen], counts[seen].astype(np.float64)
    n = table.n_qubits
    strings = [pauli_string("".join(LETTERS[k >> 2 * q & 3] for q in range(n))) for k in range(4**n)]
    a = np.array([[np.vdot(p, e).real for p in strings] for e in effects]) / 2**n
    total = counts.sum()
    flux = None
    if table.projectors is not None:
        every, _ = written_out(table)
        g = np.einsum("k,kab->ab", table.projectors.exposure, every)
        flux = np.array([np.vdot(p, g).real for p in strings])
        flux /= 2**n
        flux /= flux[0]
    best = solved(a, counts / total, np.array(strings) / 2**n, flux)
    return total * (best + 1.0 if flux is not None else best)


def written_out(table):
    """Every effect (M, d, d) of a table, and its counts (M,)."""
    effects, counts = [], []
    if table.settings is not None:
        effects += [products(row) for row in local_effects(table.settings.directions)]
        counts.append(table.settings.counts.reshape(-1))
    if table.parities is not None:
        for label in table.parities.labels:
            one, string = np.eye(2**table.n_qubits), pauli_string(label)
            effects.append(np.array([(one + string) / 2, (one - string) / 2]))
        counts.append(table.parities.counts.reshape(-1))
    if table.povms is not None:
        effects += [dense_effects([table.povms.povms[part] for part in row]) for row in table.povms.parts]
        counts.append(table.povms.counts)
    if table.projectors is not None:
        effects += [products(row)[:1] for row in local_effects(table.projectors.directions)]
        counts.append(table.projectors.counts)
    return np.concatenate(effects), np.concatenate(counts)


def products(local):
    """(k**n, d, d) of the Pauli coefficients (n, k, 4) of one row."""
    matrices = np.einsum("nka,aij->nkij", local, np.array([pauli_string(letter) for letter in LETTERS]))
    found = np.ones((1, 1, 1))
    for own in matrices:
        d = found.shape[1] * 2
        found = np.einsum("iab,jcd->ijacbd", found, own).reshape(-1, d, d)
    return found


def solved(a, f, basis, flux):
    """max sum f ln p - (flux x, if there is one) over X = sum x_k basis_k >= 0; else of trace one."""
    m, size = a.shape
    real = np.array([np.block([[b.real, -b.imag], [b.imag, b.real]]) for b in basis])
    rows, columns = np.triu_indices(real.shape[1])
    order = np.lexsort((rows, columns))
    rows, columns = rows[order], columns[order]
    scale = np.where(rows == columns, 1.0, sqrt(2))
    cone = (real[:, rows, columns] * scale).T
    exponential = np.zeros((3 * m, size + m))
    exponential[np.arange(0, 3 * m, 3), size + np.arange(m)] = -1.0
    exponential[2::3, :size] = -a
    bound = np.zeros(3 * m)
    bound[1::3] = 1.0
    positive = np.hstack([-cone, np.zeros((len(cone), m))])
    pinned = np.zeros((1, size + m))
    pinned[0, 0] = 1.0
    parts, sides = [exponential, positive], [bound, np.zeros(len(cone))]
    cones = [clarabel.ExponentialConeT()] * m + [clarabel.PSDTriangleConeT(real.shape[1])]
    if flux is None:
        parts, sides, cones = [pinned, *parts], [np.ones(1), *sides], [clarabel.ZeroConeT(1), *cones]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    solver = clarabel.DefaultSolver(
        sparse.csc_matrix((size + m, size + m)),
        np.concatenate([np.zeros(size) if flux is None else flux, -f]),
        sparse.csc_matrix(np.vstack(parts)),
        np.concatenate(sides),
        cones,
        settings,
    )
    solution = solver.solve()
    assert str(solution.status) in ("Solved", "AlmostSolved"), solution.status
    return -float(solution.obj_val)
