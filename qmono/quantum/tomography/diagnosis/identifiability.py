r"""What the rows of a table determine, whatever the counts are.

Pauli settings determine the product of their letters on every subset of the qubits, so their answer is
exact for any number of qubits. Rows that are all products of local effects which span every qubit determine
everything. Other bases, projectors and POVMs are answered by the span of all effects, for up to DENSE_QUBITS
qubits; above, only what the Pauli rows determine counts as determined.
"""

from __future__ import annotations

import numpy as np

from qmono.core.counts import CountsTable
from qmono.quantum.paulis import pauli_index
from qmono.quantum.tomography.effects.forms import Effects, ProductEffects
from qmono.quantum.tomography.effects.modes import expectations
from qmono.quantum.tomography.effects.pauli_rows import measured_strings, pauli_letters
from qmono.quantum.tomography.effects.povm_effects import by_total, povm_effects
from qmono.quantum.tomography.effects.rows import parity_effects, projector_effects, setting_effects
from qmono.quantum.types import Matrix, Real

DENSE_QUBITS = 4
TOLERANCE = 1e-9


def identified_paulis(table: CountsTable) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Boolean tensor (4,)*n: which components of the Pauli vector the rows with counts determine."""
    known = _by_letters(table)
    if _needs_span(table) and _is_full_product(table):
        known[:] = True
    elif _needs_span(table) and table.n_qubits <= DENSE_QUBITS:
        basis = _span(table)
        known |= (basis**2).sum(axis=0) > 1 - TOLERANCE
    return known.reshape((4,) * table.n_qubits)


def determines(table: CountsTable, observable: Matrix) -> bool:
    """Whether the rows determine Tr(A rho) of a Hermitian A (2**n, 2**n)."""
    y = expectations(observable)
    y = y / max(float(np.linalg.norm(y)), 1e-300)
    if not np.any(y[~identified_paulis(table).reshape(-1)] ** 2 > TOLERANCE):
        return True
    if not _needs_span(table) or table.n_qubits > DENSE_QUBITS:
        return False
    basis = _span(table)
    return float(((basis @ y) ** 2).sum()) > 1 - TOLERANCE


def is_complete(table: CountsTable) -> bool:
    """Whether the rows determine every state."""
    return bool(identified_paulis(table).all())


def identified_parameters(table: CountsTable) -> int:
    """How many of the 4**n - 1 parameters of a state the rows determine."""
    known = int(identified_paulis(table).sum())
    if known < 4**table.n_qubits and _needs_span(table) and table.n_qubits <= DENSE_QUBITS:
        known = max(1, len(_span(table)))
    return known - 1


def _needs_span(table: CountsTable) -> bool:
    rows = table.settings
    other_bases = rows is not None and rows.directions is not None and pauli_letters(rows.directions) is None
    return table.projectors is not None or table.povms is not None or other_bases


def _is_full_product(table: CountsTable) -> bool:
    """Whether one block measures every product of its local effects and these span each qubit."""
    blocks = _setting_block(table) + _povm_blocks(table)
    if table.projectors is not None:
        blocks.append(projector_effects(table.projectors, table.projectors.exposure))
    return any(
        isinstance(effects, ProductEffects)
        and bool(np.all(weights > 0))
        and all(np.linalg.matrix_rank(local) == local.shape[1] for local in effects.local)
        for effects, weights in blocks
    )


def _by_letters(table: CountsTable) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    known = np.zeros(4**table.n_qubits, dtype=np.bool_)
    known[0] = True
    if table.settings is not None:
        letters = pauli_letters(table.settings.directions)
        if letters is not None:
            known[measured_strings(letters[table.settings.totals > 0]).reshape(-1)] = True
    if table.parities is not None:
        for label, counts in zip(table.parities.labels, table.parities.counts, strict=True):
            known[pauli_index(label)] |= bool(counts.sum() > 0)
    return known


def _span(table: CountsTable) -> Real:
    """Orthonormal rows (k, 4**n) whose span holds what is determined; the trace always is.

    Projectors have one unknown flux: they count if they determine it, alone (the identity lies in their
    span) or together with the complete rows (the spans overlap).
    """
    identity = np.eye(1, 4**table.n_qubits)
    dense = [_dense(block, table.n_qubits) for block in _complete_effects(table)]
    complete = _orthonormal(np.concatenate([identity, *dense]))
    if table.projectors is None:
        return complete
    block = projector_effects(table.projectors, table.projectors.exposure)
    singles = _orthonormal(_dense(block, table.n_qubits))
    union = _orthonormal(np.concatenate([complete, singles]))
    return union if len(union) < len(complete) + len(singles) else complete


def _complete_effects(table: CountsTable) -> list[tuple[Effects, Real]]:
    blocks = _setting_block(table) + _povm_blocks(table)
    if table.parities is not None:
        effects, counts = parity_effects(table.parities, table.n_qubits)
        blocks.append((effects, np.repeat(counts.reshape(-1, 2).sum(axis=1), 2)))
    return blocks


def _setting_block(table: CountsTable) -> list[tuple[Effects, Real]]:
    if table.settings is None or table.settings.directions is None:
        return []
    return [setting_effects(table.settings, table.settings.directions, by_total=True)]


def _povm_blocks(table: CountsTable) -> list[tuple[Effects, Real]]:
    return [] if table.povms is None else povm_effects(table.povms, by_total(table.povms))


def _dense(block: tuple[Effects, Real], n_qubits: int) -> Real:
    """Rows (at most 4**n, 4**n) with the span of the Pauli coefficients of the effects with weight."""
    effects, weights = block
    columns = [effects.forward(unit)[weights > 0] for unit in np.eye(4**n_qubits)]
    rows: Real = np.linalg.qr(np.stack(columns, axis=1)).R
    return rows


def _orthonormal(rows: Real) -> Real:
    _, singular, right = np.linalg.svd(rows, full_matrices=False)
    basis: Real = right[singular > TOLERANCE * singular[0]]
    return basis
