"""A file of single trials that is still being written: every complete line counts once it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from qmono.errors import InputError
from qmono.formats.source import open_file
from qmono.formats.trials.tally import ROUNDS, Tally
from qmono.formats.trials.trials_csv import CHUNK, LONGEST_LINE, add_lines, read_header, sniff

FIRST_ROUND = 64


class GrowingTally(Tally):
    """A tally without a known end: when all rounds are full, neighbours are put together."""

    def __init__(self) -> None:
        super().__init__()
        self.part, self.size = 0, FIRST_ROUND

    def close_round(self) -> None:
        """Go on to the next round if this one is full."""
        if self.counts[self.part].sum() < self.size:
            return
        if self.part < ROUNDS - 1:
            self.part += 1
            return
        half = ROUNDS // 2
        self.counts[:half] = self.counts[0::2] + self.counts[1::2]
        self.counts[half:] = 0
        self.part, self.size = half, 2 * self.size


def follow_trials(path: Path, wait: Callable[[], bool]) -> Iterator[GrowingTally]:
    """The tally after every piece that was read; ends when `wait` says that nothing more will come.

    `wait` is called when the file has no further complete line; it returns whether to look again. Raises
    InputError for the first line that is wrong, at once for a file that is no CSV of trials.
    """
    try:
        yield from _tallies(path, wait)
    except InputError as problem:
        raise problem.at(path.name) from None


def _tallies(path: Path, wait: Callable[[], bool]) -> Iterator[GrowingTally]:
    tally, order, line, rest = GrowingTally(), None, 2, b""
    with open_file(path) as file:
        while True:
            if order is None:
                order = read_header(file) if _has_line(path) else None
            piece = file.read(CHUNK) if order is not None else b""
            lines, newline, tail = (rest + piece).rpartition(b"\n")
            rest = tail if newline else rest + piece
            if newline and order is not None:
                line += add_lines(lines + newline, order, tally, tally.part, line)
                tally.close_round()
                yield tally
            elif not wait():
                return


def _has_line(path: Path) -> bool:
    """Whether the header is complete; InputError if it can never become one, such as that of an NPZ file."""
    with open_file(path) as file:
        head, newline, _ = file.read(LONGEST_LINE).partition(b"\n")
    if head.translate(None, b"xyab, \t\r") or (newline and not sniff(head, "")):
        raise InputError(
            "--follow reads a growing CSV, whose first line names the columns x,y,a,b", place="line 1"
        )
    return bool(newline)
