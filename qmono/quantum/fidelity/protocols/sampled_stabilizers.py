"""Stabiliser states from a random stabiliser for every shot: any number of qubits.

Drawn evenly from the 2^n - 1 strings other than the identity, a string passes with probability p and
F = 1 - (1 - p)(2^n - 1)/2^(n-1): the verification by the full group, whose spectral gap is
2^(n-1)/(2^n - 1) (Pallister, Linden and Montanaro, PRL 120 (2018) 170502).
"""

from __future__ import annotations

import numpy as np

from qmono.quantum.fidelity.protocols.protocol import FidelityProtocol
from qmono.quantum.fidelity.scheme import Line, Lottery, Probe, Scheme, parity_probe
from qmono.quantum.fidelity.tableau import (
    PauliTerm,
    random_stabilizer,
    sign_in_group,
    stabilizer_generators,
)
from qmono.quantum.states import State

NAME = "sampled-stabilizers"


def scheme(target: State) -> Scheme | str:
    """One string a shot, each of the group with the same probability."""
    generators = stabilizer_generators(target)
    if generators is None:
        return "the target is no stabiliser state"
    d = 2**target.n_qubits
    slope = 2 * (d - 1) / d
    line = Line(1 - slope, slope)
    return Scheme(
        NAME,
        target,
        low=line,
        high=line,
        n_settings=d - 1,
        lottery=_lottery(generators),
    )


def _lottery(generators: tuple[PauliTerm, ...]) -> Lottery:
    def draw(rng: np.random.Generator) -> Probe:
        drawn = random_stabilizer(generators, rng)
        return parity_probe(drawn.label, drawn.sign)

    def find(label: str) -> Probe | None:
        if len(label) != generators[0].n_qubits or set(label) - set("IXYZ") or set(label) == {"I"}:
            return None
        sign = sign_in_group(generators, label)
        return None if sign is None else parity_probe(label, sign)

    return Lottery(draw, find)


PROTOCOL = FidelityProtocol(
    NAME, "each shot's stabiliser drawn at random", "PRL 106 (2011) 230501; PRL 120 (2018) 170502", scheme
)
