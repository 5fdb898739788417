"""Squared fidelity of known states: F(rho, sigma) = (Tr sqrt(sqrt(rho) sigma sqrt(rho)))^2, in [0, 1].

Jozsa, J. Mod. Opt. 41 (1994) 2315. (Some libraries return its square root.)
"""

from __future__ import annotations

import numpy as np

from qmono.errors import UsageError
from qmono.quantum.states import BELL_STATES, State
from qmono.quantum.types import Matrix, Vector


def overlap(rho: Matrix, psi: Vector) -> float:
    """<psi|rho|psi>, the fidelity of rho (d, d) to a pure state (d,)."""
    return float(np.vdot(psi, rho @ psi).real)


def fidelity(rho: Matrix, sigma: Matrix) -> float:
    """Squared fidelity of two density matrices (d, d): (||sqrt(rho) sqrt(sigma)||_1)^2."""
    singular = np.linalg.svd(_square_root(rho) @ _square_root(sigma), compute_uv=False)
    return min(1.0, float(singular.sum()) ** 2)


def fidelity_to(rho: Matrix, target: State) -> float:
    """Squared fidelity of rho to a target; the overlap where the target is pure.

    UsageError if their dimensions differ.
    """
    d = int(np.prod(target.dims))
    if rho.shape != (d, d):
        raise UsageError(f"target {target.name!r} has dimension {d}, the state has {rho.shape[0]}")
    return overlap(rho, target.psi) if target.psi is not None else fidelity(rho, target.rho)


def bell_fidelities(rho: Matrix) -> dict[str, float]:
    """The fidelities of a state (4, 4) to the four Bell states; they add up to 1."""
    return {name: overlap(rho, psi) for name, psi in BELL_STATES.items()}


def _square_root(rho: Matrix) -> Matrix:
    eigenvalues, vectors = np.linalg.eigh(rho)
    root: Matrix = (vectors * np.sqrt(np.clip(eigenvalues, 0, None))) @ vectors.conj().T
    return root
