"""POVMs that a `qmono.counts/1` file defines once, by name, for its rows to use.

    "povms": {"bell": {"kets": [[[0.7071, 0], [0, 0], [0, 0], [0.7071, 0]], ...]},
              "noisy": {"effects": [[[[0.97, 0], [0, 0]], [[0, 0], [0.04, 0]]], ...]}}

A POVM is a list of effects, matrices (2**m, 2**m) of pairs [re, im], or of kets v (2**m) where the effects
are |v><v|, the norms of the kets included. Its outcomes are numbered as they are listed. X, Y and Z need no
definition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from qmono.core.povms import Povm
from qmono.core.vocabulary import Order
from qmono.errors import InputError, did_you_mean
from qmono.formats.strict_text import as_list, as_number, as_object, refuse_unknown_keys, shown, within
from qmono.quantum.povms import PAULI_POVMS, checked_effects, rank_one_effects, with_qubits_reversed
from qmono.quantum.types import Matrix

MAX_POVM_QUBITS = 6
"""Operators are held as dense matrices."""
MAX_POVM_ENTRIES = 2**23
"""Entries of all the operators of a file together."""
MAX_NAME = 60


def read_povms(value: Any, n_qubits: int, setting_order: Order) -> dict[str, Povm]:
    """Every POVM of the member `povms`, qubit 0 first, rounding of its entries mended."""
    povms: dict[str, Povm] = {}
    entries = 0
    for name, definition in as_object({} if value is None else value, "povms").items():
        place = within("povms", name)
        if (
            name in PAULI_POVMS
            or not name.isprintable()
            or not 0 < len(name.split()) == 1
            or len(name) > MAX_NAME
        ):
            raise InputError(
                f"a POVM is named by one word of up to {MAX_NAME} characters, not X, Y or Z", place=place
            )
        effects = _effects(as_object(definition, place), n_qubits, place)
        entries += effects.size
        if entries > MAX_POVM_ENTRIES:
            raise InputError(f"the operators of a file have at most {MAX_POVM_ENTRIES} entries", place=place)
        effects = checked_effects(effects, place)
        reverse = setting_order == "qubit0-last"
        povms[name] = Povm(name, with_qubits_reversed(effects) if reverse else effects)
    return povms


def find_povm(name: Any, povms: Mapping[str, Povm], place: str) -> Povm:
    """The POVM of a name that the file defines, or the basis X, Y or Z."""
    known = {**PAULI_POVMS, **povms}
    if not isinstance(name, str) or name not in known:
        hint = did_you_mean(str(name)[:MAX_NAME], known)
        raise InputError(f"unknown POVM {shown(name)}{hint}", place=place)
    return known[name]


def _effects(definition: dict[str, Any], n_qubits: int, place: str) -> Matrix:
    refuse_unknown_keys(definition, ("kets", "effects"), place)
    if len(definition) != 1:
        raise InputError("a POVM is given by its kets or by its effects", place=place)
    (key,) = definition
    listed, where = as_list(definition[key], f"{place}.{key}"), f"{place}.{key}"
    if len(listed) < 2:
        raise InputError(f"a POVM has two outcomes or more, found {len(listed)}", place=where)
    dimension = _dimension(as_list(listed[0], f"{where}[0]"), n_qubits, f"{where}[0]")
    if len(listed) * dimension**2 > MAX_POVM_ENTRIES:
        raise InputError(f"{len(listed)} outcomes are too many for operators of this size", place=where)
    if key == "kets":
        return rank_one_effects(
            np.array([_ket(ket, dimension, f"{where}[{index}]") for index, ket in enumerate(listed)])
        )
    return np.array([_matrix(effect, dimension, f"{where}[{index}]") for index, effect in enumerate(listed)])


def _dimension(first: list[Any], n_qubits: int, place: str) -> int:
    """2**m from the number of entries of a ket or rows of a matrix."""
    size = len(first)
    if size < 2 or size & (size - 1):
        raise InputError(
            f"expected 2, 4, 8, ... entries, one for each basis state, found {size}", place=place
        )
    qubits = size.bit_length() - 1
    if qubits > n_qubits:
        raise InputError(f"a POVM of {qubits} qubits, but the file has {n_qubits}", place=place)
    if qubits > MAX_POVM_QUBITS:
        raise InputError(
            f"a POVM of {qubits} qubits; operators of up to {MAX_POVM_QUBITS} qubits are taken", place=place
        )
    return size


def _ket(value: Any, dimension: int, place: str) -> list[complex]:
    entries = as_list(value, place, dimension)
    return [_complex(entry, f"{place}[{index}]") for index, entry in enumerate(entries)]


def _matrix(value: Any, dimension: int, place: str) -> list[list[complex]]:
    rows = as_list(value, place, dimension)
    return [_ket(row, dimension, f"{place}[{index}]") for index, row in enumerate(rows)]


def _complex(value: Any, place: str) -> complex:
    """[re, im]; entries of effects and kets are at most 1 in magnitude."""
    real, imaginary = (as_number(part, place) for part in as_list(value, place, 2))
    if max(abs(real), abs(imaginary)) > 1.01:
        raise InputError(f"an entry of an effect is at most 1, found {shown(value)}", place=place)
    return complex(real, imaginary)


def povms_json(povms: Iterable[Povm]) -> dict[str, Any]:
    """The member `povms` of a file; reads back to exactly the same numbers."""
    return {
        povm.name: {
            "effects": np.stack([povm.effects.real, povm.effects.imag], axis=-1).tolist(),
        }
        for povm in povms
        if povm.name not in PAULI_POVMS
    }
