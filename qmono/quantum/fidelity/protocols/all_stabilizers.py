"""Stabiliser states from all their stabilisers, parted into sets that one setting measures each.

F = 2^-n [1 + sum_H (|H| p_H - 1)] over subgroups H that share only the identity: with the share
mu_H = |H|/sum |H| of the shots, F = (1 - m)/2^n + (sum |H|/2^n) p for m sets.
"""

from __future__ import annotations

from itertools import product
from math import gcd

import numpy as np

from qmono.quantum.fidelity.direct import largest_subgroup, measured, parity_signs
from qmono.quantum.fidelity.protocols.protocol import FidelityProtocol
from qmono.quantum.fidelity.scheme import Line, Probe, Scheme, pauli_probe
from qmono.quantum.fidelity.stabilizers import stabilizer_group
from qmono.quantum.states import State

NAME = "all-stabilizers"
MAX_QUBITS = 6
"""Beyond, the settings are too many to choose among; sampled stabilisers take over."""


def scheme(target: State) -> Scheme | str:
    """A greedy choice of settings: the one that measures the largest new subgroup goes first."""
    n = target.n_qubits
    if n > MAX_QUBITS:
        return f"more than {MAX_QUBITS} qubits"
    group = stabilizer_group(target)
    if group is None:
        return "the target is no stabiliser state"
    parts = _parts(group, n)
    sizes = [len(subgroup) + 1 for subgroup, _ in parts]
    line = Line((1 - len(parts)) / 2**n, sum(sizes) / 2**n)
    probes = tuple(_probe(setting, subgroup, group, n) for subgroup, setting in parts)
    common = gcd(*sizes)
    return Scheme(
        NAME,
        target,
        low=line,
        high=line,
        n_settings=len(parts),
        probes=probes,
        units=tuple(size // common for size in sizes),
    )


def _parts(group: dict[str, int], n: int) -> list[tuple[set[str], str]]:
    wanted = [label for label in group if set(label) != {"I"}]
    settings = ["".join(letters) for letters in product("ZXY", repeat=n)]
    measures = measured(settings, wanted)
    left = np.ones(len(wanted))
    found = []
    while left.any():
        best = int(np.argmax(measures @ left))
        subgroup = largest_subgroup([wanted[index] for index in np.flatnonzero(measures[best] * left)])
        left[[wanted.index(label) for label in subgroup]] = 0
        found.append((subgroup, settings[best]))
        measures[best] = 0
    return found


def _probe(setting: str, subgroup: set[str], group: dict[str, int], n: int) -> Probe:
    passing = np.ones(2**n, dtype=np.bool_)
    for label in subgroup:
        passing &= parity_signs(label) == group[label]
    return pauli_probe(setting, passing)


PROTOCOL = FidelityProtocol(
    NAME, "shots in proportion to the sets, or stratified limits", "PRL 106 (2011) 230501", scheme
)
