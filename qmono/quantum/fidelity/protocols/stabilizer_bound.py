"""Limits of a stabiliser state's fidelity from its generators alone: two settings for GHZ and cluster states.

The generators are parted into m sets that one setting measures each; P_i is the probability that all of set i
come out right. Union bound and inclusion (Toth and Guehne, PRL 94 (2005) 060501):

    1 - sum_i (1 - P_i)  <=  F  <=  min_i P_i  <=  mean P_i.
"""

from __future__ import annotations

import numpy as np

from qmono.quantum.fidelity.direct import parity_signs
from qmono.quantum.fidelity.protocols.protocol import FidelityProtocol
from qmono.quantum.fidelity.scheme import Line, Probe, Scheme, pauli_probe
from qmono.quantum.fidelity.tableau import PauliTerm, stabilizer_generators
from qmono.quantum.states import State

NAME = "stabilizer-bound"
MAX_QUBITS = 12
"""Whole outcomes are kept for each setting, 2^n numbers."""


def scheme(target: State) -> Scheme | str:
    """One setting for each set of generators, equally often."""
    generators = stabilizer_generators(target) if target.n_qubits <= MAX_QUBITS else None
    if generators is None:
        many = target.n_qubits > MAX_QUBITS
        return f"more than {MAX_QUBITS} qubits" if many else "the target is no stabiliser state"
    sets = _colour(generators)
    n, m = target.n_qubits, len(sets)
    probes = tuple(_probe(members, n) for members in sets)
    white = float(np.mean([probe.passing.mean() for probe in probes if probe.passing is not None]))
    return Scheme(
        NAME,
        target,
        low=Line(1 - m, m),
        high=Line(0.0, 1.0),
        white=white,
        n_settings=m,
        probes=probes,
        units=(1,) * m,
    )


def _colour(generators: tuple[PauliTerm, ...]) -> list[list[PauliTerm]]:
    """Sets of generators that one setting measures, greedily."""
    sets: list[list[PauliTerm]] = []
    for item in generators:
        home = next((members for members in sets if all(map(item.compatible, members))), None)
        if home is None:
            sets.append([item])
        else:
            home.append(item)
    return sets


def _probe(members: list[PauliTerm], n: int) -> Probe:
    """The setting of a set; a qubit that none of its generators touches is measured along Z."""
    labels = [item.label for item in members]
    setting = "".join(
        next((label[qubit] for label in labels if label[qubit] != "I"), "Z") for qubit in range(n)
    )
    passing = np.ones(2**n, dtype=np.bool_)
    for item in members:
        passing &= parity_signs(item.label) == item.sign
    return pauli_probe(setting, passing)


PROTOCOL = FidelityProtocol(NAME, "equal shots in every setting", "PRL 94 (2005) 060501", scheme)
