r"""Stabiliser generators of a target, read from its amplitudes: n strings instead of a search among 4^n.

The amplitudes of a stabiliser state live on an affine space x0 + span(v_1..v_k) of bit strings, all of one
size, with phases i^(l.u) (-1)^(u.Q.u) in the coordinates u (Dehaene and De Moor, PRA 68 (2003) 042318). A bit
string is an integer whose most significant bit is qubit 0.

With the v_j in reduced echelon form, a string with prescribed parities on the v_j has its ones at their
pivots. That gives n - k generators of Z only, and one generator X^(v_j) Z^(z_j) for each v_j.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from qmono.quantum.states import State
from qmono.quantum.types import Vector

TOLERANCE = 1e-9


@dataclass(frozen=True)
class PauliTerm:
    """A Hermitian string: bit masks of its X and Z parts (both set: Y) and its sign +1 or -1."""

    n_qubits: int
    x: int
    z: int
    sign: int

    @property
    def label(self) -> str:
        """The string without its sign, qubit 0 first."""
        bits = range(self.n_qubits - 1, -1, -1)
        return "".join("IZXY"[2 * (self.x >> bit & 1) + (self.z >> bit & 1)] for bit in bits)

    @property
    def support(self) -> int:
        """Bit mask of the qubits on which the string acts."""
        return self.x | self.z

    def __mul__(self, other: PauliTerm) -> PauliTerm:
        """The product of two commuting strings, with its sign."""
        x, z = self.x ^ other.x, self.z ^ other.z
        # X^a Z^b X^c Z^d = (-1)^(b.c) X^(a+c) Z^(b+d), and a string is i^(a.b) X^a Z^b.
        quarter_turns = 2 * (self.z & other.x).bit_count()
        quarter_turns += sum((term.x & term.z).bit_count() for term in (self, other)) - (x & z).bit_count()
        return PauliTerm(self.n_qubits, x, z, self.sign * other.sign * (1 - quarter_turns % 4))

    def compatible(self, other: PauliTerm) -> bool:
        """Whether one local setting measures both."""
        both = self.support & other.support
        return (self.x ^ other.x) & both == 0 and (self.z ^ other.z) & both == 0


def term(label: str, sign: int = 1) -> PauliTerm:
    """The string of a label such as `"XYZI"`."""
    x, z = (int("".join("01"[letter in letters] for letter in label), 2) for letters in ("XY", "YZ"))
    return PauliTerm(len(label), x, z, sign)


def stabilizer_generators(target: State) -> tuple[PauliTerm, ...] | None:
    """n independent signed strings that leave a pure target unchanged; None if it is no stabiliser state."""
    if target.psi is None or set(target.dims) != {2}:
        return None
    psi, n = target.psi, target.n_qubits
    support = np.flatnonzero(np.abs(psi) > TOLERANCE)
    k = int(support.size).bit_length() - 1
    if support.size != 2**k:
        return None
    basis, pivots = _echelon([int(index) ^ int(support[0]) for index in support], k)
    if len(basis) != k:
        return None
    x0 = int(support[0])
    for vector, pivot in zip(basis, pivots, strict=True):
        x0 ^= vector if x0 & pivot else 0
    found = (*_diagonal(n, x0, basis, pivots), *_others(psi, n, x0, basis, pivots))
    wanted = tuple(item for item in found if item is not None)
    return wanted if len(wanted) == n and all(stabilises(psi, item) for item in wanted) else None


def stabilises(psi: Vector, string: PauliTerm) -> bool:
    """Whether a string leaves a vector (2**n,) as it is."""
    index = np.arange(psi.size)
    signs = 1 - 2 * (np.bitwise_count(index & string.z).astype(np.int64) & 1)
    phase = string.sign * (1j) ** ((string.x & string.z).bit_count() % 4)
    moved = phase * signs * psi
    return bool(np.allclose(moved[index ^ string.x], psi, atol=TOLERANCE))


def is_connected(generators: Sequence[PauliTerm]) -> bool:
    """Whether generators in echelon form link all qubits, which is so unless some cut leaves a product."""
    everything = 2 ** generators[0].n_qubits - 1
    reached, grown = generators[0].support, 0
    while grown != reached:
        grown = reached
        for item in generators:
            reached |= item.support if item.support & reached else 0
    return bool(reached == everything)


def random_stabilizer(generators: Sequence[PauliTerm], rng: np.random.Generator) -> PauliTerm:
    """A string drawn uniformly from the group without its identity."""
    identity = PauliTerm(generators[0].n_qubits, 0, 0, 1)
    while True:
        product = identity
        for chosen, item in zip(rng.integers(2, size=len(generators)), generators, strict=True):
            product = product * item if chosen else product
        if product.support:
            return product


def sign_in_group(generators: Sequence[PauliTerm], label: str) -> int | None:
    """The sign with which a string belongs to the group; None if it does not."""
    wanted, found = term(label), PauliTerm(generators[0].n_qubits, 0, 0, 1)
    rows = [((item.x << item.n_qubits) | item.z, item) for item in generators]
    rest = (wanted.x << wanted.n_qubits) | wanted.z
    while rows:
        row, item = max(rows, key=lambda pair: pair[0])
        rows.remove((row, item))
        top = 1 << (row.bit_length() - 1)
        rows = [(bits ^ row, other * item) if bits & top else (bits, other) for bits, other in rows]
        if rest & top:
            rest, found = rest ^ row, found * item
    return found.sign if rest == 0 else None


def _echelon(vectors: Sequence[int], most: int) -> tuple[list[int], list[int]]:
    """Reduced echelon basis of a span over two elements, and the pivot bit of each; stops beyond `most`."""
    basis: list[int] = []
    pivots: list[int] = []
    for vector in vectors:
        rest = vector
        for row, pivot in zip(basis, pivots, strict=True):
            rest ^= row if rest & pivot else 0
        if rest:
            pivot = 1 << (rest.bit_length() - 1)
            basis = [row ^ rest if row & pivot else row for row in basis]
            basis.append(rest)
            pivots.append(pivot)
        if len(basis) > most:
            break
    return basis, pivots


def _diagonal(n: int, x0: int, basis: Sequence[int], pivots: Sequence[int]) -> list[PauliTerm | None]:
    """The n - k generators that consist of Z: one for each qubit without a pivot."""
    found: list[PauliTerm | None] = []
    for qubit in range(n - 1, -1, -1):
        bit = 1 << qubit
        if bit in pivots:
            continue
        z = bit | sum(pivot for row, pivot in zip(basis, pivots, strict=True) if row & bit)
        found.append(PauliTerm(n, 0, z, 1 - 2 * ((z & x0).bit_count() % 2)))
    return found


def _others(
    psi: Vector, n: int, x0: int, basis: Sequence[int], pivots: Sequence[int]
) -> list[PauliTerm | None]:
    """One generator X^(v_j) Z^(z_j) for each basis vector; None where a phase is no power of i."""
    turns = [_quarter_turns(psi[x0 ^ row] / psi[x0]) for row in basis]
    if any(turn is None for turn in turns):
        return [None]
    z_parts = [pivot if (turn or 0) % 2 else 0 for turn, pivot in zip(turns, pivots, strict=True)]
    for j, k in combinations(range(len(basis)), 2):
        ratio = psi[x0 ^ basis[j] ^ basis[k]] * psi[x0] / (psi[x0 ^ basis[j]] * psi[x0 ^ basis[k]])
        if ratio.real < 0:
            z_parts[j] |= pivots[k]
            z_parts[k] |= pivots[j]
    found: list[PauliTerm | None] = []
    for row, z, turn in zip(basis, z_parts, turns, strict=True):
        total = ((turn or 0) + 2 * (z & x0).bit_count() - (row & z).bit_count()) % 4
        found.append(PauliTerm(n, row, z, 1 - total) if total % 2 == 0 else None)
    return found


def _quarter_turns(phase: complex) -> int | None:
    """The power of i that a phase is."""
    power = round(float(np.angle(phase)) / (np.pi / 2)) % 4
    return power if abs(phase - 1j**power) < 1e-6 else None
