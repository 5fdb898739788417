"""POVMs: what makes a set of effects one, and the Pauli coefficients of its effects."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from qmono.core.povms import Povm
from qmono.errors import InputError
from qmono.quantum.paulis import PAULIS
from qmono.quantum.types import Matrix

POVM_TOLERANCE = 1e-3
"""How far entries of a file may be from a POVM, because they were rounded to four digits or more."""
EXACT = 1e-12
"""Effects this near to a POVM are taken as they are."""


def checked_effects(effects: Matrix, place: str = "") -> Matrix:
    """Effects (k, d, d) as a POVM: Hermitian, positive, of sum one; rounding up to POVM_TOLERANCE is mended.

    Mended are E -> S^-1/2 E+ S^-1/2 with E+ the positive part of E and S the sum of all E+. Raises InputError
    with the effect and the value where more is missing.
    """
    for index, effect in enumerate(effects):
        own = f"{place}[{index}]" if place else f"effect {index}"
        skew = float(np.abs(effect - effect.conj().T).max())
        if skew > POVM_TOLERANCE:
            raise InputError(f"the effect is not Hermitian: entries differ by {skew:.3g}", place=own)
        lowest = float(np.linalg.eigvalsh((effect + effect.conj().T) / 2)[0])
        if lowest < -POVM_TOLERANCE:
            raise InputError(f"the effect has the negative eigenvalue {lowest:.3g}", place=own)
    missing = _off_identity(effects)
    if missing > POVM_TOLERANCE:
        raise InputError(f"the effects add up to a matrix {missing:.3g} away from the identity", place=place)
    return effects if missing <= EXACT and _is_exact(effects) else _mended(effects)


def _off_identity(effects: Matrix) -> float:
    return float(np.abs(effects.sum(axis=0) - np.eye(effects.shape[-1])).max())


def _is_exact(effects: Matrix) -> bool:
    adjoint = effects.conj().swapaxes(1, 2)
    return bool(np.abs(effects - adjoint).max() <= EXACT and np.linalg.eigvalsh(effects).min() >= -EXACT)


def _mended(effects: Matrix) -> Matrix:
    values, vectors = np.linalg.eigh((effects + effects.conj().swapaxes(1, 2)) / 2)
    positive = (vectors * np.maximum(values, 0.0)[:, None, :]) @ vectors.conj().swapaxes(1, 2)
    values, vectors = np.linalg.eigh(positive.sum(axis=0))
    root = (vectors / np.sqrt(values)) @ vectors.conj().T
    mended: Matrix = root @ positive @ root
    return mended


def rank_one_effects(kets: Matrix) -> Matrix:
    """|v><v| (k, d, d) of vectors (k, d) whose norms are part of the effects."""
    effects: Matrix = kets[:, :, None] * kets[:, None, :].conj()
    return effects


def with_qubits_reversed(effects: Matrix) -> Matrix:
    """The same effects (k, 2**m, 2**m) with the order of their qubits reversed."""
    m = effects.shape[-1].bit_length() - 1
    tensor = effects.reshape(-1, *(2,) * (2 * m))
    axes = [0, *range(m, 0, -1), *range(2 * m, m, -1)]
    reordered: Matrix = tensor.transpose(axes).reshape(effects.shape)
    return reordered


def _basis(pauli: Matrix) -> Matrix:
    effects: Matrix = np.stack([(PAULIS[0] + sign * pauli) / 2 for sign in (1, -1)])
    return effects


PAULI_POVMS: Mapping[str, Povm] = MappingProxyType(
    {letter: Povm(letter, _basis(PAULIS[index])) for index, letter in enumerate("XYZ", start=1)}
)
"""The bases a row can name without defining them; outcome 0 is the eigenvalue +1."""
