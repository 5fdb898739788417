"""A counts table as a CHSH test: counts by inputs x, y and outcomes a, b, and what was assumed for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from qmono.core.counts import (
    CountArray,
    CountsTable,
    FloatArray,
    IntArray,
    ParityRows,
    SettingRows,
    pauli_directions,
)
from qmono.errors import InputError

_SAME_DIRECTION = 1e-6


@dataclass(frozen=True, eq=False)
class BellCounts:
    """Counts of the four settings.

    counts: (2, 2, 2, 2) over x, y, a, b; rounds: (R, 2, 2, 2, 2) or None; directions: (2, 2, 3), party and
    input, or None; mapping: how directions became inputs, or None if the table names its inputs.
    has_outcomes: whether a and b are known; else only whether they are equal, written as b with a = 0.
    """

    counts: CountArray
    rounds: CountArray | None
    directions: FloatArray | None
    mapping: str | None
    has_outcomes: bool = True

    @property
    def totals(self) -> CountArray:
        """Trials (2, 2) of each setting."""
        totals: CountArray = self.counts.sum(axis=(2, 3))
        return totals

    @property
    def empty_settings(self) -> tuple[str, ...]:
        """Settings without counts, as "xy"."""
        return tuple(f"{x}{y}" for x, y in np.argwhere(self.totals <= 0))


def bell_counts(table: CountsTable) -> BellCounts:
    """The four settings of a CHSH test; rows of one setting are added up, missing settings are empty.

    Raises InputError if the table is no test with two inputs on each of two qubits.
    """
    if table.settings is None and table.parities is not None and table.n_qubits == 2:
        return _of_correlations(table, table.parities)
    rows = table.settings
    if table.n_qubits != 2 or rows is None:
        raise _refusal(table, f"a CHSH test needs four settings on two qubits; here are {_instead(table)}")
    if rows.inputs is not None:
        inputs, mapping = _checked_inputs(table, rows.inputs), None
    elif rows.directions is not None:
        inputs, mapping = _inputs_of_directions(table, rows, rows.directions)
    else:
        raise _refusal(table, "the settings name neither inputs nor directions")
    return BellCounts(
        _by_inputs(rows.counts, inputs),
        None if rows.rounds is None else _stacked([_by_inputs(part, inputs) for part in rows.rounds]),
        None if rows.directions is None else _common_directions(table, rows.directions, inputs),
        mapping,
    )


def _instead(table: CountsTable) -> str:
    """What a table that is no CHSH test holds."""
    if table.settings is None:
        other = "single effects" if table.povms is None else "rows of POVMs"
        return f"{other}, no complete settings"
    hint = "; qmono monogamy tests every pair" if table.n_qubits > 2 else ""
    return f"{table.n_qubits} qubits{hint}"


def _of_correlations(table: CountsTable, rows: ParityRows) -> BellCounts:
    """Equal outcomes as (0, 0), different ones as (0, 1)."""
    counts: CountArray = np.hstack([rows.counts, np.zeros_like(rows.counts)])  # type: ignore[assignment]
    directions = inputs = None
    if all(set(label) <= {"0", "1"} for label in rows.labels):
        inputs = np.array([list(map(int, label)) for label in rows.labels], dtype=np.int64)
    elif all(set(label) <= set("XYZ") for label in rows.labels):
        directions = pauli_directions(rows.labels)
    else:
        raise _refusal(table, "single effects, no complete settings; a CHSH test needs four settings")
    as_settings = SettingRows(rows.labels, counts, directions, inputs)
    return replace(bell_counts(replace(table, settings=as_settings, parities=None)), has_outcomes=False)


def _refusal(table: CountsTable, problem: str) -> InputError:
    return InputError(problem, source=table.origin.name if table.origin else "")


def _checked_inputs(table: CountsTable, inputs: IntArray) -> IntArray:
    wrong = inputs[(inputs < 0) | (inputs > 1)]
    if wrong.size:
        raise _refusal(table, f"a CHSH test has the inputs 0 and 1; found {int(wrong[0])}")
    return inputs


def _by_inputs(counts: CountArray, inputs: IntArray) -> CountArray:
    table = np.zeros((2, 2, 4), dtype=counts.dtype)
    np.add.at(table, (inputs[:, 0], inputs[:, 1]), counts)
    arranged: CountArray = table.reshape(2, 2, 2, 2)  # type: ignore[assignment]
    return arranged


def _stacked(parts: list[CountArray]) -> CountArray:
    stacked: CountArray = np.stack(parts)  # type: ignore[assignment]
    return stacked


def _inputs_of_directions(
    table: CountsTable, rows: SettingRows, directions: FloatArray
) -> tuple[IntArray, str]:
    """Inputs (S, 2), numbered as the directions of each qubit appear, and the sentence that says so."""
    columns, named = [], []
    for qubit in (0, 1):
        index, first = order_of_appearance(directions[:, qubit])
        names = [direction_name(rows, row, qubit) for row in first]
        if len(first) != 2:
            raise _refusal(
                table,
                "a CHSH test has exactly two directions on each qubit; "
                f"qubit {qubit} has {len(first)}: {', '.join(names)}",
            )
        columns.append(index)
        named.append(", ".join(f"{'ab'[qubit]}{number} = {name}" for number, name in enumerate(names)))
    inputs = np.array(columns, dtype=np.int64).T
    present = {(int(x), int(y)) for x, y in inputs}
    absent = [f"a{x} b{y}" for x in (0, 1) for y in (0, 1) if (x, y) not in present]
    if absent:
        raise _refusal(
            table, f"no rows for {', '.join(absent)} ({'; '.join(named)}); a CHSH test needs all four"
        )
    return inputs, f"inputs by order of appearance: {'; '.join(named)}"


def order_of_appearance(vectors: FloatArray) -> tuple[list[int], list[int]]:
    """For every vector the number of its kind, and the row in which each kind appears first."""
    index: list[int] = []
    first: list[int] = []
    for row, vector in enumerate(vectors):
        distances = [float(np.abs(vectors[known] - vector).max()) for known in first]
        kind = next((number for number, away in enumerate(distances) if away < _SAME_DIRECTION), len(first))
        if kind == len(first):
            first.append(row)
        index.append(kind)
    return index, first


def direction_name(rows: SettingRows, row: int, qubit: int) -> str:
    """The letter of a Pauli label, else the angle, of what a row measures on a qubit."""
    label = rows.labels[row]
    if set(label) <= set("XYZ") and qubit < len(label):
        return label[qubit]
    return angle_text(rows.directions[row, qubit]) if rows.directions is not None else label


def _common_directions(table: CountsTable, directions: FloatArray, inputs: IntArray) -> FloatArray | None:
    """The direction (2, 2, 3) of each party and input; None if a setting is missing."""
    common = np.zeros((2, 2, 3))
    for qubit in (0, 1):
        for value in (0, 1):
            used = directions[inputs[:, qubit] == value, qubit]
            if not len(used):
                return None
            if np.abs(used - used[0]).max() > _SAME_DIRECTION:
                raise _refusal(table, f"qubit {qubit} has several directions for its input {value}")
            common[qubit, value] = used[0]
    return common


def angle_text(direction: FloatArray) -> str:
    """Degrees in the XZ plane from +Z towards +X: `"45"`; elsewhere polar angle and azimuth: `"90/30"`."""
    x, y, z = (float(part) for part in direction)
    if abs(y) < _SAME_DIRECTION:
        return _degrees(np.arctan2(x, z))
    return f"{_degrees(np.arccos(np.clip(z, -1, 1)))}/{_degrees(np.arctan2(y, x))}"


def _degrees(radians: float) -> str:
    return f"{round(float(np.rad2deg(radians)), 2) + 0.0:g}"
