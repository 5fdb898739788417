"""Bell states from three settings: F = (3p - 1)/2.

The target's three stabilisers other than the identity act on both qubits, so each is one setting;
F = (1 + s1 E1 + s2 E2 + s3 E3)/4 with E = 2p - 1. At the same time the optimal verification of a maximally
entangled pair, spectral gap 2/3 (Pallister, Linden and Montanaro, PRL 120 (2018) 170502).
"""

from __future__ import annotations

from qmono.quantum.fidelity.direct import parity_signs
from qmono.quantum.fidelity.protocols.protocol import FidelityProtocol
from qmono.quantum.fidelity.scheme import Line, Scheme, pauli_probe
from qmono.quantum.fidelity.tableau import stabilizer_generators
from qmono.quantum.states import State

NAME = "three-settings"


def scheme(target: State) -> Scheme | str:
    """XX, YY, ZZ (or what stands in their place), equally often."""
    generators = stabilizer_generators(target) if target.n_qubits == 2 else None
    if generators is None:
        return "the target is no Bell state"
    first, second = generators
    members = sorted((first, second, first * second), key=lambda item: item.label)
    if any("I" in item.label for item in members):
        return "the target is a product state"
    line = Line(-0.5, 1.5)
    return Scheme(
        NAME,
        target,
        low=line,
        high=line,
        n_settings=3,
        probes=tuple(pauli_probe(item.label, parity_signs(item.label) == item.sign) for item in members),
        units=(1, 1, 1),
    )


PROTOCOL = FidelityProtocol(
    NAME, "equal shots in the three settings, or their limits added", "PRL 120 (2018) 170502", scheme
)
