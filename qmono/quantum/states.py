"""States by name: `phi+`, `ghz:3`, `w:3`, `cluster:4`, `dicke:4,2`, `product:01+-rl`, `werner:psi-:0.8`.

A `State` is exact: a vector or a density matrix with the dimensions of its parts. STATES lists the
families.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import comb, sqrt

import numpy as np

from qmono.errors import UsageError, did_you_mean
from qmono.quantum.operations import projector
from qmono.quantum.types import Dims, Matrix, Vector

MAX_QUBITS = 24


@dataclass(frozen=True)
class State:
    """An exact state: `psi` (d,) if it is pure, else `mixed` (d, d); d is the product of `dims`."""

    name: str
    dims: Dims
    psi: Vector | None = None
    mixed: Matrix | None = None

    @property
    def is_pure(self) -> bool:
        """Whether a state vector is known."""
        return self.psi is not None

    @property
    def n_qubits(self) -> int:
        """Number of parts."""
        return len(self.dims)

    @cached_property
    def rho(self) -> Matrix:
        """The density matrix (d, d)."""
        if self.psi is not None:
            return projector(self.psi)
        if self.mixed is None:
            raise ValueError(f"state {self.name!r} has neither vector nor matrix")
        return self.mixed


def _ket(amplitudes: Mapping[str, complex]) -> Vector:
    n = len(next(iter(amplitudes)))
    psi = np.zeros(2**n, dtype=np.complex128)
    for bits, amplitude in amplitudes.items():
        psi[int(bits, 2)] = amplitude
    normalised: Vector = psi / np.linalg.norm(psi)
    return normalised


BELL_STATES: Mapping[str, Vector] = {
    "phi+": _ket({"00": 1, "11": 1}),
    "phi-": _ket({"00": 1, "11": -1}),
    "psi+": _ket({"01": 1, "10": 1}),
    "psi-": _ket({"01": 1, "10": -1}),
}
"""The four Bell vectors: phi+- = (|00> +- |11>)/sqrt2, psi+- = (|01> +- |10>)/sqrt2."""

PRODUCT_KETS: Mapping[str, Vector] = {
    "0": np.array([1, 0], dtype=np.complex128),
    "1": np.array([0, 1], dtype=np.complex128),
    "+": np.array([1, 1], dtype=np.complex128) / sqrt(2),
    "-": np.array([1, -1], dtype=np.complex128) / sqrt(2),
    "r": np.array([1, 1j], dtype=np.complex128) / sqrt(2),
    "l": np.array([1, -1j], dtype=np.complex128) / sqrt(2),
}
"""One-qubit kets by character: 0 1 (Z), + - (X), r l (Y: |0> + i|1>, |0> - i|1>)."""


def bell(name: str) -> State:
    """One of the four Bell states."""
    return State(name, (2, 2), psi=BELL_STATES[name])


def ghz(n: int) -> State:
    """(|0...0> + |1...1>)/sqrt2."""
    return State(f"ghz:{n}", (2,) * n, psi=_ket({"0" * n: 1, "1" * n: 1}))


def w(n: int) -> State:
    """Equal superposition of all n strings with a single 1."""
    return State(f"w:{n}", (2,) * n, psi=dicke(n, 1).psi)


def dicke(n: int, excitations: int) -> State:
    """Equal superposition of all n-bit strings with the given number of ones."""
    psi = np.zeros(2**n, dtype=np.complex128)
    for ones in combinations(range(n), excitations):
        psi[sum(1 << bit for bit in ones)] = 1 / sqrt(comb(n, excitations))
    return State(f"dicke:{n},{excitations}", (2,) * n, psi=psi)


def cluster(n: int) -> State:
    """Linear cluster state: |+>^n followed by a controlled-Z between neighbours."""
    index = np.arange(2**n)
    neighbours = index & (index >> 1)
    parity = np.zeros(2**n, dtype=np.int64)
    while np.any(neighbours):
        parity ^= neighbours & 1
        neighbours = neighbours >> 1
    return State(f"cluster:{n}", (2,) * n, psi=((1 - 2 * parity) / sqrt(2**n)).astype(np.complex128))


def product(characters: str) -> State:
    """Product of the one-qubit kets named by the characters 0 1 + - r l, qubit 0 first."""
    psi: Vector = np.ones(1, dtype=np.complex128)
    for character in characters:
        psi = np.kron(psi, PRODUCT_KETS[character]).astype(np.complex128)
    return State(f"product:{characters}", (2,) * len(characters), psi=psi)


def werner(visibility: float, of: str = "phi+") -> State:
    """visibility |bell><bell| + (1 - visibility) I/4, for a visibility in [-1/3, 1]."""
    rho = visibility * projector(BELL_STATES[of]) + (1 - visibility) * np.eye(4) / 4
    name = f"werner:{visibility:g}" if of == "phi+" else f"werner:{of}:{visibility:g}"
    return State(name, (2, 2), mixed=rho.astype(np.complex128))


@dataclass(frozen=True)
class Family:
    """A family of named states: how it is written, what it is, and how its arguments become a state."""

    usage: str
    summary: str
    build: Callable[[str], State]


def _size(text: str, smallest: int, what: str) -> int:
    if not text.isdecimal() or not smallest <= int(text) <= MAX_QUBITS:
        raise UsageError(f"{what} must be a whole number from {smallest} to {MAX_QUBITS}, got {text!r}")
    return int(text)


def _build_dicke(text: str) -> State:
    size, comma, excitations = text.partition(",")
    n = _size(size, 2, "number of qubits of dicke:N,K")
    if not comma or not excitations.isdecimal() or not 0 <= int(excitations) <= n:
        raise UsageError(f"dicke:N,K needs K from 0 to {n} excitations, got {text!r}")
    return dicke(n, int(excitations))


def _build_product(text: str) -> State:
    wrong = sorted(set(text) - set(PRODUCT_KETS))
    if not text or wrong or len(text) > MAX_QUBITS:
        raise UsageError(f"product: needs 1 to {MAX_QUBITS} of the characters 0 1 + - r l, got {text!r}")
    return product(text)


def _build_werner(text: str) -> State:
    of, colon, visibility = text.rpartition(":")
    of = of if colon else "phi+"
    if of not in BELL_STATES:
        raise UsageError(f"werner:BELL:V needs a Bell state, got {of!r}{did_you_mean(of, BELL_STATES)}")
    try:
        number = float(visibility)
    except ValueError:
        number = float("nan")
    if not -1 / 3 <= number <= 1:
        raise UsageError(f"a Werner visibility lies between -1/3 and 1, got {visibility!r}")
    return werner(number, of)


STATES: Mapping[str, Family] = {
    **{
        name: Family(name, f"Bell state ({ket})/sqrt2", lambda _, name=name: bell(name))  # type: ignore[misc]
        for name, ket in {
            "phi+": "|00>+|11>",
            "phi-": "|00>-|11>",
            "psi+": "|01>+|10>",
            "psi-": "|01>-|10>",
        }.items()
    },
    "ghz": Family("ghz:N", "(|0..0>+|1..1>)/sqrt2", lambda text: ghz(_size(text, 2, "N of ghz:N"))),
    "w": Family("w:N", "all strings with a single 1, equally", lambda text: w(_size(text, 2, "N of w:N"))),
    "cluster": Family(
        "cluster:N", "linear cluster state", lambda text: cluster(_size(text, 2, "N of cluster:N"))
    ),
    "dicke": Family("dicke:N,K", "equal superposition of the strings with K ones", _build_dicke),
    "product": Family("product:CHARS", "product of 0 1 + - r l, qubit 0 first", _build_product),
    "werner": Family("werner:[BELL:]V", "V |bell><bell| + (1-V) I/4, of phi+ unless said", _build_werner),
}


def named_state(text: str) -> State:
    """The state of a name such as `"phi+"`, `"ghz:3"` or `"werner:psi-:0.8"`; UsageError if there is none."""
    family, colon, arguments = text.partition(":")
    if family not in STATES:
        raise UsageError(f"unknown state {text!r}{did_you_mean(family, STATES)}")
    takes_arguments = ":" in STATES[family].usage
    if takes_arguments != bool(colon):
        raise UsageError(f"state {text!r} is written {STATES[family].usage}")
    return STATES[family].build(arguments)
