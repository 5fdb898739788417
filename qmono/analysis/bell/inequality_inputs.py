"""A counts table as a test of any Bell inequality: counts of the settings that it plays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qmono.analysis.bell.inputs import order_of_appearance
from qmono.core.counts import CountArray, CountsTable, FloatArray, IntArray, SettingRows
from qmono.errors import InputError
from qmono.quantum.bell.inequality import Inequality
from qmono.quantum.bell.marginals import party_name

_SAME_DIRECTION = 1e-6


@dataclass(frozen=True, eq=False)
class PlayedCounts:
    """Counts (m, outcomes) of the settings of an inequality, in its order.

    rounds: (R, m, outcomes) or None; directions: (m, parties, 3) or None, NaN where a setting is missing;
    mapping: how directions became inputs, or None; unused: rows of settings the inequality does not play.
    """

    names: tuple[str, ...]
    counts: CountArray
    rounds: CountArray | None
    directions: FloatArray | None
    mapping: str | None
    unused: int

    @property
    def totals(self) -> CountArray:
        """Trials (m,) of each setting."""
        totals: CountArray = self.counts.sum(axis=1)
        return totals

    @property
    def empty_settings(self) -> tuple[str, ...]:
        """Names of the settings without counts."""
        return tuple(name for name, total in zip(self.names, self.totals, strict=True) if total <= 0)


def played_counts(table: CountsTable, inequality: Inequality) -> PlayedCounts:
    """Rows of one setting are added up, missing settings are empty.

    Raises InputError if the table has other parties, outcomes or inputs than the inequality.
    """
    rows = table.settings
    if rows is None:
        raise _refusal(table, f"{inequality.title} needs complete settings; here are single effects")
    if table.n_qubits != inequality.parties or table.outcomes != max(inequality.outcomes):
        here = "qubits" if table.outcomes == 2 else f"parties with {table.outcomes}"
        raise _refusal(
            table,
            f"{inequality.title} needs {inequality.parties} parties with {_listed(inequality.outcomes)} "
            f"outcomes; here are {table.n_qubits} {here}",
        )
    inside = _possible_outcomes(table, rows, inequality)
    inputs, mapping = _inputs(table, rows, inequality)
    number = {tuple(row): index for index, row in enumerate(inequality.settings.tolist())}
    place = np.array([number.get(tuple(row), -1) for row in inputs.tolist()], dtype=np.int64)
    played = place >= 0
    return PlayedCounts(
        names=tuple(setting_name(row) for row in inequality.settings.tolist()),
        counts=_gathered(rows.counts[:, inside], place, len(number)),
        rounds=None
        if rows.rounds is None
        else _stacked([_gathered(part[:, inside], place, len(number)) for part in rows.rounds]),
        directions=_directions(rows, place, len(number)),
        mapping=mapping,
        unused=int(np.count_nonzero(~played)),
    )


def _possible_outcomes(table: CountsTable, rows: SettingRows, inequality: Inequality) -> IntArray:
    """Index of the outcomes that the inequality has, where parties differ in their number."""
    n = inequality.parties
    all_of_them = np.arange(table.outcomes**n).reshape((table.outcomes,) * n)
    inside = all_of_them[tuple(slice(count) for count in inequality.outcomes)].reshape(-1)
    outside = np.setdiff1d(all_of_them, inside)
    if np.any(rows.counts[:, outside]):
        raise _refusal(
            table, f"{inequality.title} has {_listed(inequality.outcomes)} outcomes; the counts have others"
        )
    return inside


def setting_name(inputs: list[int]) -> str:
    """`"a0 b1"` of the inputs 0, 1."""
    return " ".join(f"{party_name(party)}{value}" for party, value in enumerate(inputs))


def _inputs(table: CountsTable, rows: SettingRows, inequality: Inequality) -> tuple[IntArray, str | None]:
    if rows.inputs is not None:
        for party, most in enumerate(inequality.inputs):
            wrong = rows.inputs[(rows.inputs[:, party] < 0) | (rows.inputs[:, party] >= most), party]
            if wrong.size:
                raise _refusal(
                    table,
                    f"{inequality.title} has the inputs 0 to {most - 1} on qubit {party}; "
                    f"found {int(wrong[0])}",
                )
        return rows.inputs, None
    if rows.directions is None:
        raise _refusal(table, "the settings name neither inputs nor directions")
    known = inequality.best.directions if inequality.best else None
    columns, exact = [], True
    for qubit in range(inequality.parties):
        index = None if known is None else _nearest(rows.directions[:, qubit], known[qubit])
        exact = exact and index is not None
        columns.append(index if index is not None else order_of_appearance(rows.directions[:, qubit])[0])
        if (found := int(np.max(columns[-1])) + 1) > inequality.inputs[qubit]:
            raise _refusal(
                table,
                f"{inequality.title} has {inequality.inputs[qubit]} directions on qubit {qubit}; "
                f"here are {found}",
            )
    how = "by the directions of the inequality" if exact else "by order of appearance of the directions"
    return np.array(columns, dtype=np.int64).T, f"inputs numbered {how}"


def _nearest(vectors: FloatArray, known: FloatArray) -> IntArray | None:
    """The number of the known direction that each vector is; None if one is none of them."""
    away = np.abs(vectors[:, None, :] - known[None]).max(axis=2)
    return away.argmin(axis=1) if np.all(away.min(axis=1) < _SAME_DIRECTION) else None


def _gathered(counts: CountArray, place: IntArray, settings: int) -> CountArray:
    gathered = np.zeros((settings, counts.shape[1]), dtype=counts.dtype)
    np.add.at(gathered, place[place >= 0], counts[place >= 0])
    return gathered  # type: ignore[return-value]


def _directions(rows: SettingRows, place: IntArray, settings: int) -> FloatArray | None:
    if rows.directions is None:
        return None
    directions = np.full((settings, *rows.directions.shape[1:]), np.nan)
    directions[place[place >= 0]] = rows.directions[place >= 0]
    return directions


def _stacked(parts: list[CountArray]) -> CountArray:
    stacked: CountArray = np.stack(parts)  # type: ignore[assignment]
    return stacked


def _listed(outcomes: tuple[int, ...]) -> str:
    return str(outcomes[0]) if len(set(outcomes)) == 1 else ", ".join(map(str, outcomes))


def _refusal(table: CountsTable, problem: str) -> InputError:
    return InputError(problem, source=table.origin.name if table.origin else "")
