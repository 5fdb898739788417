r"""The cells of a table of few qubits one by one: what fired, in which direction, for how long.

Photonic models and crosstalk act on cells: on an outcome of a setting, or on a single projector.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qmono.core.counts import CountsTable
from qmono.quantum.born import local_effects
from qmono.quantum.readout import stated_crosstalk
from qmono.quantum.tomography.effects.forms import DenseEffects
from qmono.quantum.tomography.effects.rows import distinct_directions
from qmono.quantum.types import Integers, Real

MAX_QUBITS = 3
"""Effects are held as one dense matrix, cells times 4**n."""


@dataclass(frozen=True)
class Cells:
    """The cells of a table, one a row.

    counts (m,), directions (m, n, 3), detectors (m, n) by index, or None where rows of exchanged detectors
    were added up, outcomes (m,) in bits, exposure (m,), products of the single rates relative to their mean
    (m,). crosstalk: chances (2**n, 2**n) [true, read], or None.
    """

    counts: Real
    directions: Real
    detectors: Integers | None
    outcomes: Integers
    exposure: Real
    accidentals: Real
    crosstalk: Real | None

    @property
    def n_qubits(self) -> int:
        """n."""
        return int(self.directions.shape[1])

    def effects(self, directions: Real, factor: Real, constant: Real) -> DenseEffects:
        """Pauli coefficients (m, 4**n) of factor times what fires plus constant times identity.

        Without crosstalk the cell's own projector fires; else sum_l C[l, own] E_l over all outcomes l.
        """
        if self.crosstalk is None:
            fired = _products(directions)
        else:
            fired = np.zeros((len(directions), 4**self.n_qubits))
            places = np.arange(self.n_qubits - 1, -1, -1)
            for true, read in enumerate(self.crosstalk):
                opposite = (true ^ self.outcomes)[:, None] >> places & 1
                fired += read[self.outcomes, None] * _products(directions * (1 - 2 * opposite)[..., None])
        fired = fired * factor[:, None]
        fired[:, 0] += constant
        return DenseEffects(fired)

    def ideal_effects(self) -> DenseEffects:
        """The cells' own projectors for as long as they were measured."""
        return DenseEffects(_products(self.directions) * self.exposure[:, None])


def _products(directions: Real) -> Real:
    """Pauli coefficients (m, 4**n) of the products of the projectors on directions (m, n, 3)."""
    product = np.ones((len(directions), 1))
    for own in local_effects(directions)[:, :, 0].swapaxes(0, 1):
        product = (product[:, :, None] * own[:, None, :]).reshape(len(directions), -1)
    return product


def cells_of(table: CountsTable) -> Cells | str:
    """The cells of a table of complete settings or of projectors; else why it has none."""
    if table.values != "counts" or table.total == 0:
        return "models of single cells need counts"
    if table.n_qubits > MAX_QUBITS:
        return f"models of single cells are fitted up to {MAX_QUBITS} qubits"
    if len(table.blocks) > 1 or (table.settings is None and table.projectors is None):
        return "models of single cells need complete settings or projectors, and nothing else"
    crosstalk = None if table.calibration is None else stated_crosstalk(table.calibration)
    if table.projectors is None:
        return _of_settings(table, crosstalk)
    rows = table.projectors
    _, which = distinct_directions(rows.directions)
    singles = _recorded(table, "singles", (len(rows.labels), table.n_qubits))
    accidentals = np.ones(len(rows.labels)) if singles is None else singles.prod(axis=1)
    return Cells(
        np.asarray(rows.counts, dtype=np.float64),
        rows.directions,
        which,
        np.zeros(len(rows.labels), dtype=np.int64),
        rows.exposure,
        accidentals / accidentals.mean(),
        crosstalk,
    )


def _of_settings(table: CountsTable, crosstalk: Real | None) -> Cells | str:
    rows, n = table.settings, table.n_qubits
    if rows is None or rows.directions is None:
        return "the settings are known by their inputs only"
    size = len(rows.labels)
    bits = np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1) & 1
    signed = rows.directions[:, None] * (1 - 2 * bits)[None, :, :, None]
    time = _recorded(table, "time", (size,))
    singles = _recorded(table, "singles", (size, 2 * n))
    accidentals = np.ones((size, 2**n))
    if singles is not None:
        by_outcome = singles.reshape(size, n, 2)
        accidentals = np.stack([by_outcome[:, np.arange(n), row].prod(axis=1) for row in bits], axis=1)
    return Cells(
        np.asarray(rows.counts, dtype=np.float64).reshape(-1),
        signed.reshape(-1, n, 3),
        _detectors(table, bits, size),
        np.tile(np.arange(2**n), size),
        np.repeat(np.ones(size) if time is None else time / time.mean(), 2**n),
        (accidentals / accidentals.mean()).reshape(-1),
        crosstalk,
    )


def _detectors(table: CountsTable, bits: Integers, size: int) -> Integers | None:
    """Which detector of each qubit (size * 2**n, n) fired: the outcome, unless the reader exchanged them."""
    recorded = table.metadata.get("outcomes_exchanged")
    if recorded is None:
        return np.tile(bits, (size, 1))
    try:
        exchanged = np.array(recorded, dtype=np.int64)
    except (TypeError, ValueError):
        return None
    if exchanged.shape != (size, bits.shape[1]) or not set(exchanged.flat) <= {0, 1}:
        return None
    return (bits[None] ^ exchanged[:, None]).reshape(-1, bits.shape[1])


def _recorded(table: CountsTable, key: str, shape: tuple[int, ...]) -> Real | None:
    """Numbers that the file's reader kept beside the counts, if they are one a row."""
    try:
        found = np.array(table.metadata.get(key), dtype=np.float64)
    except (TypeError, ValueError):
        return None
    usable = found.shape == shape and bool(np.all(np.isfinite(found))) and bool(np.all(found > 0))
    return found if usable else None
