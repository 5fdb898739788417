"""Measurement counts, wherever they came from.

A `CountsTable` holds rows of up to four kinds, each a block of arrays:

- `SettingRows`: complete measurements, every qubit in one basis, one count per outcome string;
- `ProjectorRows`: single product projectors with the counts and exposure of each;
- `ParityRows`: Pauli strings (or settings of a Bell test) with the counts of +1 and of -1;
- `PovmRows` (`core.povms`): complete measurements that are no projective bases.

Conventions: qubit 0 is the leftmost character of every label and outcome string and the most
significant bit of an outcome index; outcome 0 stands for the eigenvalue +1. A local basis is the
Bloch vector (x, y, z) of its outcome 0; outcome 1 is the opposite point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmono.core.povms import PovmRows, check_povm_shapes
from qmono.core.provenance import Origin
from qmono.core.vocabulary import Design, Source, Statistics, Values
from qmono.errors import InputError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
CountArray = NDArray[np.int64] | NDArray[np.float64]

PAULI_DIRECTIONS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {"X": (1.0, 0.0, 0.0), "Y": (0.0, 1.0, 0.0), "Z": (0.0, 0.0, 1.0)}
)


def pauli_directions(labels: tuple[str, ...]) -> FloatArray:
    """Bloch vectors (S, n, 3) of Pauli setting labels such as `("XX", "XY")`."""
    return np.array([[PAULI_DIRECTIONS[letter] for letter in label] for label in labels], dtype=np.float64)


def angle_direction(theta_deg: float, phi_deg: float = 0.0) -> tuple[float, float, float]:
    """Bloch vector of the polar angle theta (from +Z) and azimuth phi (from +X), in degrees."""
    theta, phi = np.deg2rad(theta_deg), np.deg2rad(phi_deg)
    return (
        float(np.sin(theta) * np.cos(phi)),
        float(np.sin(theta) * np.sin(phi)),
        float(np.cos(theta)),
    )


@dataclass(frozen=True)
class SettingRows:
    """Complete local measurements.

    labels: S names, as in the file with qubit 0 first ("XY", "01").
    directions: (S, n, 3) Bloch vectors, or None where only the inputs of a Bell test are known.
    inputs: (S, n) integers, the inputs of a Bell test, or None.
    counts: (S, outcomes**n), integers, or floats where the table's values are averages or corrected.
    rounds: (R, S, 2**n) the same counts split by round in time order, or None.
    """

    labels: tuple[str, ...]
    counts: CountArray
    directions: FloatArray | None = None
    inputs: IntArray | None = None
    rounds: CountArray | None = None

    @property
    def totals(self) -> CountArray:
        """Shots of each setting, (S,)."""
        totals: CountArray = self.counts.sum(axis=1)
        return totals


@dataclass(frozen=True)
class ProjectorRows:
    """Single product projectors: labels (R), directions (R, n, 3), counts (R,), exposure (R,) > 0."""

    labels: tuple[str, ...]
    directions: FloatArray
    counts: CountArray
    exposure: FloatArray


WINS = "wins"
"""The label of a Bell test of which only the trials won and lost are known."""


@dataclass(frozen=True)
class ParityRows:
    """Pauli strings over I X Y Z with the counts (R, 2) of outcome +1 and of outcome -1.

    Of a Bell test also the inputs "xy" (outcomes same and different), or the one label WINS (won and lost).
    """

    labels: tuple[str, ...]
    counts: CountArray


Block = SettingRows | ProjectorRows | ParityRows | PovmRows
"""Rows of one kind."""


@dataclass(frozen=True)
class Selection:
    """Trials kept and dropped before the counts were made, and why (heralding, no-clicks, ...)."""

    kept: int
    dropped: int
    reason: str


@dataclass(frozen=True)
class ReadoutCalibration:
    """Readout calibration: prepared basis state -> counts (2**n,) of the outcomes.

    confusion: (n, 2, 2) probabilities [qubit, prepared, read] where somebody gave those instead of counts
    (then there are no rows). crosstalk: the same of all outcomes together, (2**n, 2**n) [true, read]; rows
    that add up to less than 1 lose outcomes. taken: RFC 3339 time.
    """

    prepared: tuple[str, ...]
    counts: IntArray
    taken: str | None = None
    confusion: FloatArray | None = None
    crosstalk: FloatArray | None = None

    @property
    def is_stated(self) -> bool:
        """Whether it is a matrix without counts, of which nobody knows the shot noise."""
        return self.confusion is not None or self.crosstalk is not None


@dataclass(frozen=True)
class CountsTable:
    """Counts of one state, with everything that decides what may be concluded from them.

    design: how the settings of a Bell test were chosen; None where nobody said.
    signs: the four CHSH signs if the file declares them, such as "+++-".
    mean_of: the numbers were averages of this many repeats and have been multiplied back.
    outcomes: of every part; more than two are no qubits, and only a Bell test takes them.
    """

    n_qubits: int
    settings: SettingRows | None = None
    projectors: ProjectorRows | None = None
    parities: ParityRows | None = None
    povms: PovmRows | None = None
    statistics: Statistics = "multinomial"
    values: Values = "counts"
    design: Design | None = None
    source: Source = "file"
    signs: str | None = None
    mean_of: int | None = None
    selection: Selection | None = None
    calibration: ReadoutCalibration | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    origin: Origin | None = None
    outcomes: int = 2

    def __post_init__(self) -> None:
        check_table(self)

    @property
    def total(self) -> float:
        """All counts together."""
        return float(sum(block.counts.sum() for block in self.blocks))

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The kinds of rows that are present."""
        kinds = (self.settings, self.projectors, self.parities, self.povms)
        return tuple(block for block in kinds if block is not None)

    @property
    def holds_settings_only(self) -> bool:
        """Whether all rows are complete settings."""
        return self.settings is not None and len(self.blocks) == 1

    def with_outcomes_reversed(self) -> CountsTable:
        """The table read with the other bit order: outcome strings mirrored, labels kept."""
        if self.settings is None:
            return self
        mirror = mirrored_outcomes(self.n_qubits, self.outcomes)
        rounds = self.settings.rounds
        rows = replace(
            self.settings,
            counts=self.settings.counts[:, mirror],
            rounds=None if rounds is None else rounds[:, :, mirror],
        )
        return replace(self, settings=rows)

    def with_labels_reversed(self) -> CountsTable:
        """The table read with the other setting order: labels and bases mirrored, outcomes kept."""
        if self.settings is None:
            return self
        rows = self.settings
        return replace(
            self,
            settings=replace(
                rows,
                labels=tuple(label[::-1] for label in rows.labels),
                directions=None if rows.directions is None else rows.directions[:, ::-1],
                inputs=None if rows.inputs is None else rows.inputs[:, ::-1],
            ),
        )


def cells_of(table: CountsTable) -> CountArray:
    """The counts of a table as one row (M,): its blocks one after the other, row by row."""
    cells: CountArray = np.concatenate([block.counts.reshape(-1) for block in table.blocks])
    return cells


def with_cells(table: CountsTable, cells: CountArray) -> CountsTable:
    """The table with other counts (M,) in the order of `cells_of`; rounds are forgotten."""
    start = 0

    def next_like(counts: CountArray) -> CountArray:
        nonlocal start
        start += counts.size
        return cells[start - counts.size : start].reshape(counts.shape)

    settings, projectors, parities, povms = table.settings, table.projectors, table.parities, table.povms
    if settings is not None:
        settings = replace(settings, counts=next_like(settings.counts), rounds=None)
    if projectors is not None:
        projectors = replace(projectors, counts=next_like(projectors.counts))
    if parities is not None:
        parities = replace(parities, counts=next_like(parities.counts))
    if povms is not None:
        povms = replace(povms, counts=next_like(povms.counts))
    return replace(table, settings=settings, projectors=projectors, parities=parities, povms=povms)


def mirrored_outcomes(n_qubits: int, outcomes: int = 2) -> IntArray:
    """Index (outcomes**n,) that reads every outcome string backwards."""
    index = np.arange(outcomes**n_qubits).reshape((outcomes,) * n_qubits)
    return index.transpose().reshape(-1)


def check_table(table: CountsTable) -> None:
    """Shapes, finiteness and signs of every block; InputError names the first offender.

    Corrected values may be negative (that is what makes them corrected); counts and averages may not.
    """
    if table.n_qubits < 1:
        raise InputError(f"a table needs at least one qubit, not {table.n_qubits}")
    if not table.blocks:
        raise InputError("there are no rows")
    for block in table.blocks:
        _check_block(block, table.outcomes**table.n_qubits, table)


def _check_block(block: Block, width: int, table: CountsTable) -> None:
    n_qubits, values = table.n_qubits, table.values
    if isinstance(block, PovmRows):
        check_povm_shapes(block, n_qubits)
    else:
        _check_shapes(block, width, n_qubits)
    if not np.all(np.isfinite(block.counts)):
        raise InputError("counts must be finite", place=_first(block, ~np.isfinite(block.counts)))
    if values != "corrected" and np.any(block.counts < 0):
        raise InputError("counts must not be negative", place=_first(block, block.counts < 0))
    if values == "counts" and not np.issubdtype(block.counts.dtype, np.integer):
        raise InputError("counts must be integers; say that they are averages or corrected values")


def _check_shapes(block: SettingRows | ProjectorRows | ParityRows, width: int, n_qubits: int) -> None:
    columns = {SettingRows: (width,), ProjectorRows: (), ParityRows: (2,)}[type(block)]
    expected = (len(block.labels), *columns)
    if block.counts.shape != expected:
        raise InputError(f"counts have shape {block.counts.shape}, expected {expected}")
    directions = None if isinstance(block, ParityRows) else block.directions
    if directions is not None and directions.shape != (len(block.labels), n_qubits, 3):
        raise InputError(f"bases have shape {directions.shape}, expected {(len(block.labels), n_qubits, 3)}")


def _first(block: Block, offends: NDArray[np.bool_]) -> str:
    if isinstance(block, PovmRows):
        row = next(row for row, cells in enumerate(block.cells) if offends[cells].any())
    else:
        row = int(np.argmax(offends.reshape(len(block.labels), -1).any(axis=1)))
    return f"row {block.labels[row]!r}"
