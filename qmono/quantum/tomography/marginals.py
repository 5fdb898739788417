"""Counts of some of the qubits, pooled over what was done to the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmono.core.counts import CountArray, CountsTable, ParityRows, ReadoutCalibration, SettingRows
from qmono.core.povms import PovmRows
from qmono.errors import UsageError
from qmono.quantum.types import Integers


def marginal_table(table: CountsTable, keep: Sequence[int]) -> CountsTable:
    """The table of the qubits `keep`, in the order given.

    Settings that agree on the kept qubits are added up, rounds and calibration too: by no-signalling the
    counts of the kept qubits do not depend on the rest. Of Pauli parities those that act on kept qubits
    only remain, of POVM rows those whose parts keep their qubits together or lose them all. Single
    projectors fix an outcome of every qubit and have no marginal: UsageError, also for a qubit that is not
    there or named twice, and where nothing remains.
    """
    if len(set(keep)) != len(keep) or not set(keep) <= set(range(table.n_qubits)) or not keep:
        raise UsageError(f"cannot keep qubits {list(keep)} of a table of {table.n_qubits}")
    if tuple(keep) == tuple(range(table.n_qubits)):
        return table
    if table.projectors is not None:
        raise UsageError("single projectors of all qubits have no marginal counts of a few of them")
    settings = None if table.settings is None else _marginal_settings(table.settings, keep)
    parities = None if table.parities is None else _marginal_parities(table.parities, keep)
    povms = None if table.povms is None else _marginal_povms(table.povms, keep)
    if settings is None and parities is None and povms is None:
        raise UsageError(f"no row of the table measures qubits {list(keep)} alone")
    calibration = None if table.calibration is None else _marginal_calibration(table.calibration, keep)
    return replace(
        table,
        n_qubits=len(keep),
        settings=settings,
        parities=parities,
        povms=povms,
        calibration=calibration,
        signs=None,
        design=None,
    )


def _outcomes_of(counts: CountArray, n: int, keep: Sequence[int]) -> CountArray:
    """(..., 2**n) -> (..., 2**len(keep)): summed over the outcomes of the other qubits."""
    lead = counts.ndim - 1
    tensor = counts.reshape(*counts.shape[:-1], *(2,) * n)
    rest = tuple(lead + q for q in range(n) if q not in keep)
    kept = sorted(keep)
    order = [*range(lead), *(lead + kept.index(q) for q in keep)]
    summed: CountArray = tensor.sum(axis=rest).transpose(order).reshape(*counts.shape[:-1], 2 ** len(keep))
    return summed


def _marginal_settings(rows: SettingRows, keep: Sequence[int]) -> SettingRows:
    n = rows.counts.shape[1].bit_length() - 1
    directions = None if rows.directions is None else rows.directions[:, list(keep)]
    inputs = None if rows.inputs is None else rows.inputs[:, list(keep)]
    labels = [_kept_letters(label, n, keep) for label in rows.labels]
    first, group = _groups([_key(directions, inputs, row) for row in range(len(labels))])
    rounds = None if rows.rounds is None else _pooled(_outcomes_of(rows.rounds, n, keep), group, 1)
    return SettingRows(
        labels=tuple(labels[row] for row in first),
        counts=_pooled(_outcomes_of(rows.counts, n, keep), group, 0),
        directions=None if directions is None else directions[first],
        inputs=None if inputs is None or directions is not None else inputs[first],
        rounds=rounds,
    )


def _key(directions: CountArray | None, inputs: Integers | None, row: int) -> tuple[float, ...]:
    if directions is not None:
        return tuple((np.round(directions[row], 12) + 0.0).reshape(-1).tolist())
    return () if inputs is None else tuple(inputs[row].tolist())


def _kept_letters(label: str, n: int, keep: Sequence[int]) -> str:
    return "".join(label[q] for q in keep) if len(label) == n else label


def _groups(keys: Sequence[object]) -> tuple[list[int], Integers]:
    """The first row of each distinct key, and the group (S,) of every row, in order of appearance."""
    groups: dict[object, int] = {}
    first = []
    for row, key in enumerate(keys):
        if key not in groups:
            groups[key] = len(groups)
            first.append(row)
    return first, np.array([groups[key] for key in keys], dtype=np.int64)


def _pooled(counts: CountArray, group: Integers, axis: int) -> CountArray:
    shape = list(counts.shape)
    shape[axis] = int(group.max()) + 1
    sums: NDArray[Any] = np.zeros(shape, dtype=counts.dtype)
    np.add.at(np.moveaxis(sums, axis, 0), group, np.moveaxis(counts, axis, 0))
    return sums


def _marginal_parities(rows: ParityRows, keep: Sequence[int]) -> ParityRows | None:
    inside = [
        row
        for row, label in enumerate(rows.labels)
        if all(letter == "I" or q in keep for q, letter in enumerate(label))
        and any(letter != "I" for letter in label)
    ]
    if not inside:
        return None
    return ParityRows(
        tuple("".join(rows.labels[row][q] for q in keep) for row in inside), rows.counts[inside]
    )


def _marginal_povms(rows: PovmRows, keep: Sequence[int]) -> PovmRows | None:
    """Rows measured alike are added up; a POVM of some kept and some other qubits has no marginal."""
    labels, parts, counts = [], [], []
    for row, label in enumerate(rows.labels):
        order = _kept_parts(rows.qubits(row), keep)
        if order is not None:
            labels.append(label)
            parts.append(tuple(rows.parts[row][p] for p in order))
            counts.append(_outcomes_of_parts(rows.counts[rows.cells[row]], rows.shape(row), order))
    first, group = _groups(parts)
    if not first:
        return None
    summed = [
        np.sum([counts[row] for row in np.flatnonzero(group == own)], axis=0) for own in range(len(first))
    ]
    return PovmRows(
        tuple(labels[row] for row in first),
        rows.povms,
        tuple(parts[row] for row in first),
        np.concatenate(summed),
    )


def _kept_parts(sizes: Sequence[int], keep: Sequence[int]) -> list[int] | None:
    """The parts, of `sizes` qubits each, that measure `keep` in its order; None if parts do not fit it."""
    first = np.cumsum([0, *sizes]).tolist()
    place = {first[part]: part for part in range(len(sizes))}
    order, left = [], list(keep)
    while left:
        part = place.get(left[0])
        if part is None or left[: sizes[part]] != list(range(first[part], first[part + 1])):
            return None
        order.append(part)
        left = left[sizes[part] :]
    return order


def _outcomes_of_parts(counts: CountArray, shape: Sequence[int], order: Sequence[int]) -> CountArray:
    tensor = counts.reshape(shape)
    summed: CountArray = tensor.sum(axis=tuple(part for part in range(len(shape)) if part not in order))
    kept = sorted(order)
    return summed.transpose([kept.index(part) for part in order]).reshape(-1)


def _marginal_calibration(calibration: ReadoutCalibration, keep: Sequence[int]) -> ReadoutCalibration | None:
    """None for crosstalk of all outcomes together: what it does to some depends on the others' state."""
    if calibration.crosstalk is not None:
        return None
    if calibration.confusion is not None:
        return replace(calibration, confusion=calibration.confusion[list(keep)])
    n = calibration.counts.shape[1].bit_length() - 1
    prepared = ["".join(bits[q] for q in keep) for bits in calibration.prepared]
    first, group = _groups(prepared)
    counts = _pooled(_outcomes_of(calibration.counts, n, keep), group, 0).astype(np.int64)
    return ReadoutCalibration(tuple(prepared[row] for row in first), counts, calibration.taken)
