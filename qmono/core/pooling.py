"""Adding up tables of the same state, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from qmono.core.counts import (
    CountArray,
    CountsTable,
    ParityRows,
    ProjectorRows,
    ReadoutCalibration,
    SettingRows,
)
from qmono.core.povms import PovmRows
from qmono.errors import InputError

_MUST_AGREE = ("n_qubits", "statistics", "values", "design", "source", "signs")


def pooled(tables: Sequence[CountsTable]) -> CountsTable:
    """One table with the counts of all of them; every table becomes a round, so that drift shows.

    Raises InputError, naming the file, if a table differs in more than its counts.
    """
    first = tables[0]
    for other in tables[1:]:
        _check_alike(first, other)
    settings = [table.settings for table in tables if table.settings is not None]
    projectors = [table.projectors for table in tables if table.projectors is not None]
    parities = [table.parities for table in tables if table.parities is not None]
    povms = [table.povms for table in tables if table.povms is not None]
    return replace(
        first,
        settings=_pooled_settings(settings) if settings else None,
        projectors=_pooled_projectors(projectors) if projectors else None,
        parities=_pooled_parities(parities) if parities else None,
        povms=_pooled_povms(povms) if povms else None,
        calibration=_pooled_calibration(tables),
        metadata={},
    )


def _check_alike(first: CountsTable, other: CountsTable) -> None:
    source = other.origin.name if other.origin else ""
    for name in _MUST_AGREE:
        mine, theirs = getattr(first, name), getattr(other, name)
        if mine != theirs:
            raise InputError(
                f"cannot be pooled: {name} is {theirs!r}, in the first file {mine!r}", source=source
            )
    for mine, theirs in zip(first.blocks, other.blocks, strict=False):
        if type(mine) is not type(theirs) or mine.labels != theirs.labels:
            raise InputError("cannot be pooled: its rows are not those of the first file", source=source)
        if isinstance(mine, PovmRows) and isinstance(theirs, PovmRows):
            _check_povms(mine, theirs, source)
        elif isinstance(mine, SettingRows | ProjectorRows) and isinstance(
            theirs, SettingRows | ProjectorRows
        ):
            _check_bases(mine, theirs, source)
    if len(first.blocks) != len(other.blocks):
        raise InputError("cannot be pooled: its rows are not those of the first file", source=source)


def _check_bases(mine: SettingRows | ProjectorRows, theirs: SettingRows | ProjectorRows, source: str) -> None:
    a, b = mine.directions, theirs.directions
    if (a is None) != (b is None) or (a is not None and b is not None and not np.allclose(a, b, atol=1e-9)):
        raise InputError("cannot be pooled: its bases are not those of the first file", source=source)


def _check_povms(mine: PovmRows, theirs: PovmRows, source: str) -> None:
    for row, (own, other) in enumerate(zip(mine.parts, theirs.parts, strict=True)):
        a, b = (
            [rows.povms[part].effects for part in parts] for rows, parts in ((mine, own), (theirs, other))
        )
        same = len(a) == len(b) and all(
            x.shape == y.shape and np.allclose(x, y, atol=1e-9) for x, y in zip(a, b, strict=True)
        )
        if not same:
            problem = f"cannot be pooled: row {mine.labels[row]!r} is not measured as in the first file"
            raise InputError(problem, source=source)


def _pooled_calibration(tables: Sequence[CountsTable]) -> ReadoutCalibration | None:
    """The calibrations added up, as the data they belong to are; all tables must have the same kind."""
    first = tables[0].calibration
    for other in tables[1:]:
        if not _same_calibration(first, other.calibration):
            source = other.origin.name if other.origin else ""
            raise InputError("cannot be pooled: its calibration is not that of the first file", source=source)
    if first is None or first.is_stated:
        return first
    counts = [table.calibration.counts for table in tables if table.calibration is not None]
    return replace(first, counts=np.sum(counts, axis=0))


def _same_calibration(a: ReadoutCalibration | None, b: ReadoutCalibration | None) -> bool:
    if a is None or b is None:
        return a is b
    if not a.is_stated and not b.is_stated:
        return a.prepared == b.prepared
    return all(
        (mine is None and theirs is None)
        or (mine is not None and theirs is not None and np.array_equal(mine, theirs))
        for mine, theirs in ((a.confusion, b.confusion), (a.crosstalk, b.crosstalk))
    )


def _summed(counts: Sequence[CountArray]) -> CountArray:
    total: CountArray = _stacked(counts).sum(axis=0)
    return total


def _stacked(counts: Sequence[CountArray]) -> CountArray:
    stacked: CountArray = np.stack(counts)  # type: ignore[assignment]
    return stacked


def _pooled_settings(rows: list[SettingRows]) -> SettingRows:
    counts = [row.counts for row in rows]
    return replace(rows[0], counts=_summed(counts), rounds=_stacked(counts))


def _pooled_projectors(rows: list[ProjectorRows]) -> ProjectorRows:
    exposure = np.sum([row.exposure for row in rows], axis=0)
    return replace(rows[0], counts=_summed([row.counts for row in rows]), exposure=exposure)


def _pooled_parities(rows: list[ParityRows]) -> ParityRows:
    return replace(rows[0], counts=_summed([row.counts for row in rows]))


def _pooled_povms(rows: list[PovmRows]) -> PovmRows:
    return replace(rows[0], counts=_summed([row.counts for row in rows]))
