r"""GHZ states from n + 1 settings: populations, and the parity at n angles.

With M_k = (cos(k pi/n) X + sin(k pi/n) Y)^(x)n the coherence is exactly
|0..0><1..1| + h.c. = (1/n) sum_k (-1)^k M_k (Guehne, Lu, Gao and Pan, PRA 76 (2007) 030305), so
F = P/2 + sum_k p_k/n - 1/2: populations with a third of the shots, the angles with the rest, F = (3p - 1)/2.
No amplitude is fitted, so nothing is biased upward.
"""

from __future__ import annotations

from math import gcd

import numpy as np

from qmono.core.counts import angle_direction
from qmono.quantum.fidelity.direct import parity_signs
from qmono.quantum.fidelity.protocols.protocol import FidelityProtocol
from qmono.quantum.fidelity.scheme import Line, Probe, Scheme, pauli_probe
from qmono.quantum.states import State, ghz

NAME = "ghz-parity"
MAX_QUBITS = 10
"""Beyond, tables of n + 1 settings with 2^n outcomes get large; the sampled protocols keep parities."""


def is_ghz(target: State) -> bool:
    """Whether the target is (|0..0> + |1..1>)/sqrt2, up to its global phase."""
    psi, expected = target.psi, ghz(target.n_qubits).psi if target.n_qubits > 1 else None
    if psi is None or expected is None or set(target.dims) != {2}:
        return False
    return bool(abs(np.vdot(expected, psi)) > 1 - 1e-9)


def populations(n: int) -> Probe:
    """Z on every qubit; all equal passes."""
    passing = np.zeros(2**n, dtype=np.bool_)
    passing[[0, -1]] = True
    return pauli_probe("Z" * n, passing)


def parity_at(n: int, step: int) -> Probe:
    """Every qubit along the angle step*pi/n of the equator; the parity (-1)^step passes."""
    label = "X" * n if step == 0 else "Y" * n if 2 * step == n else f"parity {step}/{n} pi"
    directions = np.tile(angle_direction(90.0, 180.0 * step / n), (n, 1))
    return Probe(label, directions, parity_signs("Z" * n) == (-1) ** step)


def scheme(target: State) -> Scheme | str:
    """Z...Z with a third of the shots, and n angles with the rest."""
    n = target.n_qubits
    if not is_ghz(target):
        return "the target is no GHZ state"
    if n > MAX_QUBITS:
        return f"more than {MAX_QUBITS} qubits"
    line, common = Line(-0.5, 1.5), gcd(n, 2)
    return Scheme(
        NAME,
        target,
        low=line,
        high=line,
        n_settings=n + 1,
        probes=(populations(n), *(parity_at(n, step) for step in range(n))),
        units=(n // common, *(2 // common for _ in range(n))),
    )


PROTOCOL = FidelityProtocol(NAME, "the angles of the scan are right", "PRA 76 (2007) 030305", scheme)
