"""Complete measurements that are no projective bases: POVMs, each on one qubit or on neighbouring ones.

A row measures every qubit once: its parts are POVMs whose qubits add up to those of the table, in order.
Four-outcome tetrahedra on every qubit, a Bell measurement of qubits 0 and 1 beside a basis of qubit 2, and
one POVM of all qubits are rows of the same kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from math import prod

import numpy as np
from numpy.typing import NDArray

from qmono.errors import InputError


@dataclass(frozen=True)
class Povm:
    """Effects (k, 2**m, 2**m) of a measurement of m qubits: positive semidefinite, their sum the identity."""

    name: str
    effects: NDArray[np.complex128]

    @property
    def outcomes(self) -> int:
        """k."""
        return len(self.effects)

    @property
    def n_qubits(self) -> int:
        """m, the number of qubits it measures."""
        return int(self.effects.shape[-1]).bit_length() - 1


@dataclass(frozen=True)
class PovmRows:
    """Complete measurements by POVMs.

    labels: R names. povms: the distinct POVMs. parts: for each row the positions in `povms` of what measures
    its qubits, qubit 0 first. counts: (C,), one row after the other, each with its outcomes in order, the
    outcome of the first part the slowest.
    """

    labels: tuple[str, ...]
    povms: tuple[Povm, ...]
    parts: tuple[tuple[int, ...], ...]
    counts: NDArray[np.int64] | NDArray[np.float64]

    def shape(self, row: int) -> tuple[int, ...]:
        """Outcomes of each part of a row."""
        return tuple(self.povms[part].outcomes for part in self.parts[row])

    def qubits(self, row: int) -> tuple[int, ...]:
        """Qubits of each part of a row."""
        return tuple(self.povms[part].n_qubits for part in self.parts[row])

    @cached_property
    def cells(self) -> tuple[slice, ...]:
        """Where the counts of each row stand."""
        ends = accumulate((prod(self.shape(row)) for row in range(len(self.parts))), initial=0)
        return tuple(slice(first, last) for first, last in pairwise(ends))

    @property
    def totals(self) -> NDArray[np.int64] | NDArray[np.float64]:
        """Shots of each row, (R,)."""
        starts = [cells.start for cells in self.cells]
        totals: NDArray[np.int64] | NDArray[np.float64] = np.add.reduceat(self.counts, starts)
        return totals


def check_povm_shapes(rows: PovmRows, n_qubits: int) -> None:
    """InputError unless every row measures every qubit once and has a count for every outcome."""
    if len({povm.name for povm in rows.povms}) != len(rows.povms):
        raise InputError("two POVMs have the same name")
    if len(rows.parts) != len(rows.labels) or not rows.labels:
        raise InputError(f"{len(rows.labels)} labels for {len(rows.parts)} rows of POVMs")
    for row, label in enumerate(rows.labels):
        if sum(rows.qubits(row)) != n_qubits:
            measured = "+".join(map(str, rows.qubits(row)))
            raise InputError(f"POVMs of {measured} qubits do not measure {n_qubits}", place=f"row {label!r}")
    if rows.counts.shape != (rows.cells[-1].stop,):
        raise InputError(f"counts have shape {rows.counts.shape}, expected {(rows.cells[-1].stop,)}")
