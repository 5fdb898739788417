"""One line a trial: x, y, a, b become counts as they pass, so that the size of the file does not matter.

Inputs are 0 and 1. Outcomes are bits 0 and 1 (0 stands for +1) or signs 1 and -1; a party that saw nothing
has 2. What becomes of such trials is the reader's choice (`--no-click`): `assign` makes them the outcome -1,
which keeps every trial; `drop` keeps those where both saw something, and fair sampling has to be assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmono.core.counts import CountsTable, IntArray, Selection, SettingRows
from qmono.core.provenance import Origin
from qmono.core.vocabulary import Design
from qmono.errors import InputError, UsageError
from qmono.formats.contract import ReadOptions

ROUNDS = 16
"""Parts in time order that the counts are kept in, so that drift shows."""

LABELS = ("00", "01", "10", "11")
NO_CLICK = 2


class Tally:
    """Counts (ROUNDS, 2, 2, 4, 4) over round, x, y, a + 1, b + 1 of the trials added so far."""

    def __init__(self) -> None:
        self.counts = np.zeros((ROUNDS, 2, 2, 4, 4), dtype=np.int64)

    @property
    def trials(self) -> int:
        """How many there are."""
        return int(self.counts.sum())

    def add(self, columns: Sequence[NDArray[Any]], part: int, first: int) -> None:
        """Trials x, y, a, b of one part; `first` is the number of the first of them, for errors."""
        x, y, a, b = columns
        for name, values, low, high in (("x", x, 0, 1), ("y", y, 0, 1), ("a", a, -1, 2), ("b", b, -1, 2)):
            _check_range(name, values, low, high, first)
        code = (x.astype(np.uint8) * 2 + y.astype(np.uint8)) * 16
        code += (a.astype(np.int8) + 1).astype(np.uint8) * 4 + (b.astype(np.int8) + 1).astype(np.uint8)
        self.counts[part] += np.bincount(code, minlength=64).reshape(2, 2, 4, 4)

    def table(
        self, options: ReadOptions, name: str, design: Design | None = None, signs: str | None = None
    ) -> CountsTable:
        """The table of all trials; InputError if signs and bits are mixed."""
        by_outcome = self._as_bits()
        silent = by_outcome[..., 2, :].sum() + by_outcome[..., :, 2].sum()
        if options.no_click is not None and not silent:
            raise UsageError("--no-click: every trial of the file has two outcomes")
        dropped = options.no_click == "drop"
        kept = by_outcome[..., :2, :2] if dropped else _assigned(by_outcome)
        rounds = kept.reshape(ROUNDS, 4, 4)
        rounds = rounds[rounds.sum(axis=(1, 2)) > 0]
        n_kept, handled = int(kept.sum()), "dropped" if dropped else "assigned"
        return CountsTable(
            n_qubits=2,
            settings=SettingRows(
                LABELS,
                kept.sum(axis=0).reshape(4, 4),
                inputs=np.array([[0, 0], [0, 1], [1, 0], [1, 1]]),
                rounds=rounds if len(rounds) > 1 else None,
            ),
            design=design,
            signs=signs,
            selection=Selection(n_kept, self.trials - n_kept, "no click") if dropped else None,
            metadata={"no_click": _clicks(by_outcome, handled)} if silent else {},
            origin=Origin("", "", name, "qubit0-first", "qubit0-first"),
        )

    def _as_bits(self) -> IntArray:
        """Counts (ROUNDS, 2, 2, 3, 3) over outcomes +1, -1 and none."""
        seen = self.counts.sum(axis=(0, 1, 2, 4)) + self.counts.sum(axis=(0, 1, 2, 3))
        minus, zero = bool(seen[0]), bool(seen[1])
        if minus and zero:
            raise InputError(
                "outcomes are bits 0 and 1, or signs 1 and -1; here are -1 and 0 (no click is 2)"
            )
        order = [2, 0, 3] if minus else [1, 2, 3]
        return self.counts[..., order, :][..., order]


def _check_range(name: str, values: NDArray[Any], low: int, high: int, first: int) -> None:
    if values.size and (int(values.min()) < low or int(values.max()) > high):
        wrong = int(np.argmax((values < low) | (values > high)))
        expected = "0 or 1" if low == 0 else "0 or 1, or 1 or -1, or 2 for no click"
        raise InputError(
            f"{name} is {int(values[wrong])}; expected {expected}", place=f"trial {first + wrong}"
        )


def _assigned(by_outcome: IntArray) -> IntArray:
    """No click is the outcome -1."""
    kept = by_outcome[..., :2, :2].copy()
    kept[..., :, 1] += by_outcome[..., :2, 2]
    kept[..., 1, :] += by_outcome[..., 2, :2]
    kept[..., 1, 1] += by_outcome[..., 2, 2]
    return kept


def _clicks(by_outcome: IntArray, handled: str) -> dict[str, Any]:
    """How many trials had no click, and how often each party had one where the other had."""
    total = by_outcome.sum(axis=(0, 1, 2))
    both = int(total[:2, :2].sum())
    a, b = int(total[:2].sum()), int(total[:, :2].sum())
    return {
        "handled": handled,
        "trials": int(total.sum()),
        "a": int(total[2].sum()),
        "b": int(total[:, 2].sum()),
        "efficiency_a": both / b if b else None,
        "efficiency_b": both / a if a else None,
    }
