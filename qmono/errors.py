"""What can go wrong, and the exit code that says so.

    QmonoError
    ├── UsageError         the command line or a call asks for something that does not exist       exit 2
    │   └── MissingExtra   an optional package is needed and not installed                         exit 2
    ├── InputError         a file cannot be read, or says something impossible                     exit 3
    └── BackendError       a device, simulator or job failed                                       exit 4

Every message is one line: what, where, with which value, what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command, the first applicable one of PRECEDENCE."""

    OK = 0
    BUG = 1
    USAGE = 2
    INPUT = 3
    BACKEND = 4
    NOTHING_TO_JUDGE = 5
    INCONCLUSIVE = 98
    REFUTED = 99
    INTERRUPTED = 130


EXIT_MEANINGS: dict[ExitCode, str] = {
    ExitCode.OK: "done; every requirement holds",
    ExitCode.REFUTED: "a requirement is refuted",
    ExitCode.INCONCLUSIVE: "a requirement is inconclusive at this level",
    ExitCode.USAGE: "bad usage",
    ExitCode.INPUT: "unreadable or invalid input",
    ExitCode.BACKEND: "backend or job failed",
    ExitCode.NOTHING_TO_JUDGE: "requirements were given and there was nothing to judge",
    ExitCode.INTERRUPTED: "interrupted",
    ExitCode.BUG: "a bug in qmono, nothing else",
}

PRECEDENCE = (
    ExitCode.INTERRUPTED,
    ExitCode.BUG,
    ExitCode.USAGE,
    ExitCode.INPUT,
    ExitCode.BACKEND,
    ExitCode.REFUTED,
    ExitCode.NOTHING_TO_JUDGE,
    ExitCode.INCONCLUSIVE,
    ExitCode.OK,
)


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """The code that decides for a batch: the first of PRECEDENCE that occurs (OK for none)."""
    return min(codes, key=PRECEDENCE.index, default=ExitCode.OK)


class QmonoError(Exception):
    """Base of all errors a user can cause; carries its exit code."""

    exit_code = ExitCode.BUG


class UsageError(QmonoError):
    """The request itself is wrong: an unknown name, contradictory options, a missing choice."""

    exit_code = ExitCode.USAGE


class MissingExtra(UsageError):  # noqa: N818
    """An optional package is needed; the message holds the command that installs it."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs an optional package: pip install 'qmono[{extra}]'")
        self.extra = extra


class InputError(QmonoError):
    """A file or stream that cannot be read as what it should be: `source: place: problem`."""

    exit_code = ExitCode.INPUT

    def __init__(self, problem: str, *, source: str = "", place: str = "") -> None:
        super().__init__(": ".join(part for part in (source, place, problem) if part))
        self.problem, self.source, self.place = problem, source, place

    def at(self, source: str) -> InputError:
        """The same error, naming the file it came from (kept if one is already named)."""
        return InputError(self.problem, source=self.source or source, place=self.place)


class BackendError(QmonoError):
    """A device, simulator or job failed."""

    exit_code = ExitCode.BACKEND


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`"; did you mean 'x'?"` for the closest of `known`, or the list of what there is."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; there is: {', '.join(names)}" if names else ""
