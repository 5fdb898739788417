"""What the files of separate pairs say about themselves: do their pairs bind each other, and what to doubt.

Monogamy binds pairs that end on one physical qubit, in one time window, in one ensemble. Read from a
table: `metadata` (times under TIME_KEYS, the qubits under QUBIT_KEYS, the device under DEVICE_KEYS),
`selection`, `calibration`, `origin`. Only what both files declare can take two pairs apart; what one of
them leaves out is assumed to agree and named as an assumption.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from qmono.core.counts import CountsTable

Pair = tuple[int, int]
Pairs = Mapping[Pair, CountsTable]

TIME_KEYS = ("time", "taken", "measured", "timestamp", "date", "started", "created")
QUBIT_KEYS = ("physical_qubits", "qubits", "qubit_labels", "layout")
DEVICE_KEYS = ("device", "backend")


def pair_name(pair: Pair) -> str:
    """`(0, 1)` -> `"0-1"`."""
    return f"{pair[0]}-{pair[1]}"


def file_name(pair: Pair, table: CountsTable) -> str:
    """The file a pair came from, without its folders, or `"pair 0-1"`."""
    name = table.origin.name if table.origin else ""
    return name.replace("\\", "/").rpartition("/")[2] or f"pair {pair_name(pair)}"


def why_not_bound(hub: int, pairs: Pairs) -> str | None:
    """Why the pairs at a hub are declared not to bind each other, or None if nothing says so."""
    devices = _distinct({pair: _first(table, DEVICE_KEYS) for pair, table in pairs.items()})
    if len(devices) > 1:
        return f"the files come from different devices: {', '.join(devices)}"
    qubits = _distinct({pair: _physical_qubit(hub, pair, table) for pair, table in pairs.items()})
    if len(qubits) > 1:
        return f"qubit {hub} is not the same physical qubit: {', '.join(qubits)}"
    events = _distinct({pair: _condition(table) for pair, table in pairs.items()})
    if len(events) > 1:
        return f"the pairs of qubit {hub} are conditioned on different events: {', '.join(events)}"
    return None


class Suggests(IntEnum):
    """What records say of a cause, the most suspicious first."""

    IT = 0
    NOTHING = 1
    OTHERWISE = 2


@dataclass(frozen=True)
class Cause:
    """A cause of a contradiction, and what the records say of it."""

    suggests: Suggests
    sentence: str


LEAKAGE = "leakage: a qubit with a third level in use looks alike, and the tangle sum fails for it"


def in_order(causes: Sequence[Cause]) -> tuple[str, ...]:
    """The sentences: what the records suggest first, then what they are silent on, then the rest."""
    return tuple(cause.sentence for cause in sorted(causes, key=lambda cause: cause.suggests))


def doubts(pairs: Pairs) -> tuple[str, ...]:
    """What to look at, in this order, if the files contradict each other: one line each."""
    named = {file_name(pair, table): table for pair, table in pairs.items()}
    return in_order(
        [
            _times(named),
            _identities(named),
            _selections(named),
            _calibrations(named),
            Cause(Suggests.NOTHING, LEAKAGE),
        ]
    )


def _first(table: CountsTable, keys: Sequence[str]) -> Any:
    return next((table.metadata[key] for key in keys if table.metadata.get(key) not in (None, "", [])), None)


def _distinct(found: Mapping[Pair, Any]) -> list[str]:
    """The declared values, each once, as `"0-1 says 'q5'"`."""
    said: dict[str, str] = {}
    for pair, value in found.items():
        if value is not None:
            said.setdefault(str(value), f"{pair_name(pair)} says {value!r}")
    return list(said.values())


def _physical_qubit(hub: int, pair: Pair, table: CountsTable) -> str | None:
    """The declared physical qubit behind a hub; only `physical_qubits` is a declaration, qubit 0 first."""
    declared = table.metadata.get("physical_qubits")
    if not isinstance(declared, list | tuple) or len(declared) != 2:
        return None
    return str(declared[pair.index(hub)])


def _condition(table: CountsTable) -> str | None:
    selection = table.selection
    return selection.reason or None if selection is not None and selection.dropped > 0 else None


def _times(named: Mapping[str, CountsTable]) -> Cause:
    times = {name: _first(table, TIME_KEYS) for name, table in named.items()}
    known = [f"{name} {time}" for name, time in times.items() if time is not None]
    silent = [name for name, time in times.items() if time is None]
    if silent:
        said = ", ".join([*known, *(f"{name} gives no time" for name in silent)])
        return Cause(Suggests.NOTHING, f"time: {said}: measured together?")
    if len({str(time) for time in times.values()}) == 1:
        return Cause(Suggests.OTHERWISE, f"time: {', '.join(known)}: the same")
    return Cause(Suggests.IT, f"time: {', '.join(known)}: drift or re-preparation")


def _identities(named: Mapping[str, CountsTable]) -> Cause:
    said = {name: _first(table, QUBIT_KEYS) for name, table in named.items()}
    if all(value is None for value in said.values()):
        words = "no file names its physical qubits: is the shared qubit the same one?"
        return Cause(Suggests.NOTHING, f"identity: {words}")
    parts = [f"{name} says {_words(value)}" if value is not None else f"{name} says nothing"
             for name, value in said.items()]  # fmt: skip
    words = f"identity: {', '.join(parts)}: is the shared qubit the same one?"
    if None in said.values():
        return Cause(Suggests.NOTHING, words)
    together = set.intersection(*({*_labels(value)} for value in said.values()))
    return Cause(Suggests.OTHERWISE if together else Suggests.IT, words)


def _labels(value: Any) -> list[str]:
    return list(map(str, value)) if isinstance(value, list | tuple) else str(value).split()


def _words(value: Any) -> str:
    return '"' + " ".join(_labels(value)) + '"'


def _selections(named: Mapping[str, CountsTable]) -> Cause:
    parts = []
    for name, table in named.items():
        selection = table.selection
        if selection is not None and selection.dropped > 0:
            share = selection.kept / (selection.kept + selection.dropped)
            parts.append(f"{name} kept {share:.0%} of its shots ({selection.reason})")
    if parts:
        return Cause(Suggests.IT, f"selection: {', '.join(parts)}: heralded or post-selected?")
    if all(table.selection is not None for table in named.values()):
        return Cause(Suggests.OTHERWISE, "selection: every file says that no shot was dropped")
    words = "no file says that shots were dropped: heralded or post-selected all the same?"
    return Cause(Suggests.NOTHING, f"selection: {words}")


def _calibrations(named: Mapping[str, CountsTable]) -> Cause:
    with_times = [
        f"{name} calibrated {table.calibration.taken or 'at an unknown time'}"
        for name, table in named.items()
        if table.calibration is not None
    ]
    if not with_times:
        words = "no calibration in any file: no systematic error is in these limits"
        return Cause(Suggests.NOTHING, f"readout: {words}")
    without = [f"{name} not calibrated" for name, table in named.items() if table.calibration is None]
    taken = {table.calibration and table.calibration.taken for table in named.values()}
    suggests = Suggests.OTHERWISE if len(taken) == 1 and taken != {None} and not without else Suggests.IT
    words = f"{', '.join([*with_times, *without])}; no systematic error is in these limits"
    return Cause(suggests, f"readout: {words}")
