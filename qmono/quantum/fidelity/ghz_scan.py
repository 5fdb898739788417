r"""GHZ fidelity from populations and a parity scan at whatever angles were measured.

The parity with every qubit at the angle phi of the equator is M(phi) = sum_m e^(i m phi) K_m, where m runs
from -n to n in steps of two and K_-n = |0..0><1..1|. Real weights w_j with

    sum_j w_j e^(-i n phi_j) = 1,   sum_j w_j e^(i m phi_j) = 0 for every other m >= 0

turn the scan into the coherence itself, sum_j w_j M(phi_j) = |0..0><1..1| + h.c., so that

    F = P/2 + sum_j |w_j| p_j - sum_j |w_j|/2,

P the populations, p_j the probability of the parity sign(w_j): strata with exact limits. Of all weights
those of least variance are taken, for the shots of each angle. No amplitude is fitted: a fit of |V| is
biased upward.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from qmono.core.counts import CountsTable
from qmono.quantum.fidelity.direct import parity_signs
from qmono.quantum.fidelity.pauli_settings import AXIS_TOLERANCE
from qmono.quantum.fidelity.protocols.ghz_parity import is_ghz, populations
from qmono.quantum.fidelity.strata import Stratum, stratified_limits
from qmono.quantum.fidelity.tally import FidelityLimits, counts_of
from qmono.quantum.states import State
from qmono.quantum.types import Integers, Real

NAME = "ghz-scan"


def scan_limits(
    table: CountsTable, target: State, level: float
) -> tuple[FidelityLimits, tuple[Stratum, ...]] | str:
    """Fidelity to a GHZ state from a table with Z...Z and a scan of parities; a sentence if it holds none."""
    if not is_ghz(target) or target.n_qubits != table.n_qubits:
        return "the target is no GHZ state of these qubits"
    in_z = populations(table.n_qubits)
    counts = counts_of(in_z, table)
    if counts is None:
        return f"not measured with any shots: {in_z.label}"
    angles, even, trials, names = _scan(table)
    weights = _weights(table.n_qubits, angles, trials)
    if weights is None:
        return f"the {len(angles)} angles of the scan do not determine the coherence"
    used = np.flatnonzero(np.abs(weights) > 1e-9)
    passes = np.where(weights > 0, even, trials - even)
    strata = (
        Stratum(in_z.label, 0.5, int(counts[in_z.passing].sum()), int(counts.sum())),
        *(Stratum(names[j], float(abs(weights[j])), int(passes[j]), int(trials[j])) for j in used.tolist()),
    )
    offset = -float(np.abs(weights[used]).sum()) / 2
    value = offset + sum(s.weight * s.passes / s.trials for s in strata)
    variance = sum(s.weight**2 * s.passes * (s.trials - s.passes) / s.trials**3 for s in strata)
    low, high = (min(1.0, max(0.0, offset + limit)) for limit in stratified_limits(strata, level))
    return FidelityLimits(value, sqrt(variance), low, high, "stratified"), strata


def _scan(table: CountsTable) -> tuple[Real, Integers, Integers, list[str]]:
    """Angles, even counts, trials and names of the settings with all qubits at one angle of the equator."""
    rows, n = table.settings, table.n_qubits
    if rows is None or rows.directions is None:
        empty = np.zeros(0, dtype=np.int64)
        return np.zeros(0), empty, empty, []
    first = rows.directions[:, :1]
    together = np.abs(rows.directions - first).max(axis=(1, 2)) < AXIS_TOLERANCE
    chosen = np.flatnonzero(together & (np.abs(first[:, 0, 2]) < AXIS_TOLERANCE) & (rows.totals > 0))
    is_even = parity_signs("Z" * n) > 0
    angles = np.arctan2(first[chosen, 0, 1], first[chosen, 0, 0])
    even = rows.counts[chosen][:, is_even].sum(axis=1).astype(np.int64)
    return (
        angles,
        even,
        rows.totals[chosen].astype(np.int64),
        [rows.labels[index] for index in chosen.tolist()],
    )


def _weights(n: int, angles: Real, trials: Integers) -> Real | None:
    """Weights of least sum w_j^2/trials_j that single out the coherence; None if there are none."""
    if angles.size == 0:
        return None
    orders = np.arange(n, -1, -2)
    waves = np.exp(-1j * orders[:, None] * angles)
    conditions = np.concatenate([waves.real, waves.imag])
    wanted = np.zeros(len(conditions))
    wanted[0] = 1.0
    scale = np.sqrt(trials)
    weights: Real = scale * (np.linalg.pinv(conditions * scale, rcond=1e-9) @ wanted)
    return weights if np.allclose(conditions @ weights, wanted, atol=1e-7) else None
