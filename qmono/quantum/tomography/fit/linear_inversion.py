r"""Linear inversion: the least-squares Pauli vector of a table, physical or not.

For Pauli settings and parities every expectation is pooled over all rows that measure it,
x_P = sum of (signed counts) / sum of counts, which is the weighted least-squares solution because Pauli
strings are orthogonal within each setting. For other bases, projectors and POVMs the normal equations are
solved by conjugate gradients from zero, with the product structure of the effects; what the rows do not
determine stays 0 (the solution of least norm).
"""

from __future__ import annotations

import numpy as np

from qmono.core.counts import CountsTable, SettingRows
from qmono.core.progress import Progress, no_progress
from qmono.errors import UsageError
from qmono.quantum.paulis import pauli_index
from qmono.quantum.tomography.effects.forms import Effects, added_up
from qmono.quantum.tomography.effects.modes import pauli_sum
from qmono.quantum.tomography.effects.pauli_rows import measured_strings, pauli_letters, signed_sums
from qmono.quantum.tomography.effects.povm_effects import by_total, povm_effects
from qmono.quantum.tomography.effects.rows import parity_effects, projector_effects, setting_effects
from qmono.quantum.tomography.fit.estimate import StateEstimate
from qmono.quantum.types import Integers, Real


def estimate_linear(table: CountsTable, *, progress: Progress = no_progress) -> StateEstimate:
    """The linear estimate: Hermitian, trace one, often with negative eigenvalues."""
    x = linear_pauli_vector(table)
    progress(1, 1)
    return StateEstimate(pauli_sum(x / 2**table.n_qubits), "linear")


def linear_pauli_vector(table: CountsTable) -> Real:
    """Least-squares Pauli vector (4**n,) with x[0] = 1; components the rows do not determine are 0."""
    letters = None if table.settings is None else pauli_letters(table.settings.directions)
    by_letters = table.settings is None or letters is not None
    if by_letters and table.projectors is None and table.povms is None:
        signed, shots = np.zeros(4**table.n_qubits), np.zeros(4**table.n_qubits)
        if table.settings is not None and letters is not None:
            _add_settings(table.settings, letters, signed, shots)
        if table.parities is not None:
            index = [pauli_index(label) for label in table.parities.labels]
            np.add.at(signed, index, table.parities.counts[:, 0] - table.parities.counts[:, 1])
            np.add.at(shots, index, table.parities.counts.sum(axis=1))
        x = np.divide(signed, shots, out=np.zeros_like(signed), where=shots > 0)
    else:
        x = _least_squares(table)
    x[0] = 1.0
    return x


def _add_settings(rows: SettingRows, letters: Integers, signed: Real, shots: Real) -> None:
    strings = measured_strings(letters).reshape(-1)
    parities = signed_sums(np.asarray(rows.counts, dtype=np.float64))
    totals = np.broadcast_to(parities[:, :1], parities.shape)
    signed += added_up(strings, parities.reshape(-1), signed.size)
    shots += added_up(strings, totals.reshape(-1), shots.size)


def _least_squares(table: CountsTable) -> Real:
    """Minimise sum_i t_i (c_i/t_i - e_i x)**2, t the shots or the exposure times the flux."""
    blocks = _complete_blocks(table)
    if table.projectors is not None:
        counts = np.asarray(table.projectors.counts, dtype=np.float64)
        effects, cells = projector_effects(table.projectors, counts)
        exposure = projector_effects(table.projectors, table.projectors.exposure)[1]
        flux = _conjugate_gradients([(effects, cells, exposure)], table.n_qubits)[0] if blocks else 1.0
        blocks.append((effects, cells, exposure * (flux if flux > 0 else 1.0)))
    x = _conjugate_gradients(blocks, table.n_qubits)
    return x / x[0] if x[0] > 0 else x


def _complete_blocks(table: CountsTable) -> list[tuple[Effects, Real, Real]]:
    blocks = []
    if table.settings is not None:
        rows = table.settings
        if rows.directions is None:
            raise UsageError("the settings are known by their inputs only; tomography needs their bases")
        effects, cells = setting_effects(rows, rows.directions)
        blocks.append((effects, cells, setting_effects(rows, rows.directions, by_total=True)[1]))
    if table.parities is not None:
        effects, cells = parity_effects(table.parities, table.n_qubits)
        blocks.append((effects, cells, np.repeat(cells.reshape(-1, 2).sum(axis=1), 2)))
    if table.povms is not None:
        counts = povm_effects(table.povms, np.asarray(table.povms.counts, dtype=np.float64))
        totals = povm_effects(table.povms, by_total(table.povms))
        blocks += [(effects, own, total) for (effects, own), (_, total) in zip(counts, totals, strict=True)]
    return blocks


def _conjugate_gradients(blocks: list[tuple[Effects, Real, Real]], n_qubits: int) -> Real:
    x = np.zeros(4**n_qubits)
    residual: Real = sum((effects.adjoint(cells) for effects, cells, _ in blocks), start=np.zeros_like(x))
    direction, squared = residual, float(residual @ residual)
    target = 1e-24 * squared
    for _ in range(min(4 * x.size, 500)):
        if squared <= target:
            break
        image: Real = sum(
            (effects.adjoint(weight * effects.forward(direction)) for effects, _, weight in blocks),
            start=np.zeros_like(x),
        )
        step = squared / float(direction @ image)
        x = x + step * direction
        residual = residual - step * image
        previous, squared = squared, float(residual @ residual)
        direction = residual + squared / previous * direction
    return x
