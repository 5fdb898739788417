"""Tables the tomography tests share: random states measured by every kind of row."""

from __future__ import annotations

import numpy as np

from qmono.core.counts import CountsTable, ParityRows, ProjectorRows, SettingRows
from qmono.quantum.born import probabilities, simulate_counts
from qmono.quantum.paulis import LETTERS, pauli_string
from qmono.quantum.plans import pauli_plan
from qmono.quantum.states import named_state

SIX = np.concatenate([np.eye(3), -np.eye(3)])


def random_state(n, rank, rng):
    a = rng.normal(size=(2**n, rank)) + 1j * rng.normal(size=(2**n, rank))
    rho = a @ a.conj().T
    return rho / rho.trace().real


def noisy(name, noise=0.1):
    rho = named_state(name).rho
    return (1 - noise) * rho + noise * np.eye(len(rho)) / len(rho)


def pauli_table(rho, shots, seed=0):
    n = len(rho).bit_length() - 1
    return simulate_counts(rho, pauli_plan(n, shots, rounds=1), np.random.default_rng(seed))


def exact_table(rho, scale=10**6):
    """Counts equal to their expectation, as averages (no shot noise)."""
    n = len(rho).bit_length() - 1
    plan = pauli_plan(n, 1)
    rows = SettingRows(plan.labels, scale * probabilities(rho, plan.directions), plan.directions)
    return CountsTable(n_qubits=n, settings=rows, values="averages")


def random_directions(rows, n, rng):
    directions = rng.normal(size=(rows, n, 3))
    return directions / np.linalg.norm(directions, axis=-1, keepdims=True)


def direction_rows(rho, rows, shots, rng):
    directions = random_directions(rows, len(rho).bit_length() - 1, rng)
    p = probabilities(rho, directions)
    counts = np.array([rng.multinomial(shots, row / row.sum()) for row in p])
    return SettingRows(tuple(f"s{row}" for row in range(rows)), counts, directions)


def projector_rows(rho, rng, rows=40, flux=500.0, equal=False):
    """Random product projectors, or the 6**n products of the axes with equal exposures."""
    n = len(rho).bit_length() - 1
    if equal:
        grid = np.stack(np.meshgrid(*[np.arange(6)] * n, indexing="ij"), axis=-1).reshape(-1, n)
        directions, exposure = SIX[grid], np.ones(6**n)
    else:
        directions, exposure = random_directions(rows, n, rng), rng.uniform(0.5, 2.0, rows)
    p = probabilities(rho, directions)[:, 0]
    labels = tuple(f"p{row}" for row in range(len(p)))
    return ProjectorRows(labels, directions, rng.poisson(flux * p * exposure), exposure)


def parity_rows(rho, shots, rng, labels=None):
    n = len(rho).bit_length() - 1
    if labels is None:
        labels = ["".join(LETTERS[index >> 2 * q & 3] for q in range(n)) for index in range(1, 4**n)]
    plus = [rng.binomial(shots, (1 + np.trace(pauli_string(k) @ rho).real) / 2) for k in labels]
    return ParityRows(tuple(labels), np.array([[k, shots - k] for k in plus]))


def every_kind(rho, rng):
    """Tables of one state: settings, parities, projectors, and what can be mixed without loss."""
    n = len(rho).bit_length() - 1
    yield "settings", CountsTable(n_qubits=n, settings=direction_rows(rho, 4**n, 200, rng))
    yield "parities", CountsTable(n_qubits=n, parities=parity_rows(rho, 200, rng))
    yield "projectors", CountsTable(n_qubits=n, projectors=projector_rows(rho, rng), statistics="poisson")
    yield (
        "mixture",
        CountsTable(
            n_qubits=n,
            settings=direction_rows(rho, 5, 200, rng),
            parities=parity_rows(rho, 100, rng),
            projectors=projector_rows(rho, rng, equal=True, flux=100.0),
            statistics="poisson",
        ),
    )


def fidelity(rho, name):
    psi = named_state(name).psi
    return float(np.vdot(psi, rho @ psi).real)
