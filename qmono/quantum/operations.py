"""Operations on multipartite operators: partial trace, partial transpose, reordering."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from qmono.quantum.types import Dims, Matrix, Vector


def projector(psi: Vector) -> Matrix:
    """|psi><psi| of a normalised vector (d,)."""
    return np.outer(psi, psi.conj())


def partial_trace(rho: Matrix, dims: Dims, keep: Sequence[int]) -> Matrix:
    """The reduced operator on the subsystems `keep`, in the order given.

    rho: (d, d) with d the product of `dims`.
    """
    n = len(dims)
    order = [*keep, *(axis for axis in range(n) if axis not in keep)]
    kept = math.prod(dims[axis] for axis in keep)
    traced = rho.shape[0] // kept
    tensor = rho.reshape(*dims, *dims).transpose([*order, *(n + axis for axis in order)])
    return np.ascontiguousarray(np.einsum("iaja->ij", tensor.reshape(kept, traced, kept, traced)))


def partial_transpose(rho: Matrix, dims: Dims, systems: Sequence[int]) -> Matrix:
    """rho with the indices of the subsystems `systems` transposed."""
    n = len(dims)
    axes = list(range(2 * n))
    for system in systems:
        axes[system], axes[n + system] = axes[n + system], axes[system]
    return np.ascontiguousarray(rho.reshape(*dims, *dims).transpose(axes).reshape(rho.shape))


def bipartitions(n: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Every split of n parties into two non-empty sides, each split once, qubit 0 on the left side."""
    splits = []
    for mask in range(1, 2 ** (n - 1)):
        right = tuple(q for q in range(1, n) if mask >> (n - 1 - q) & 1)
        left = tuple(q for q in range(n) if q not in right)
        splits.append((left, right))
    return splits
