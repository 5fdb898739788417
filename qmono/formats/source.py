"""Bytes from a file or standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from qmono.errors import InputError

MAX_BYTES = 2**30


def source_name(source: str | Path) -> str:
    """How errors and reports name a file, or standard input for "-"."""
    return "standard input" if str(source) == "-" else str(source)


@contextmanager
def open_file(source: str | Path) -> Iterator[BinaryIO]:
    """A file opened for reading; InputError if it cannot be opened or read."""
    name = str(source)
    try:
        file = Path(source).open("rb")  # noqa: SIM115  closed below, where reading it may fail too
    except OSError as problem:
        raise InputError(f"cannot be read: {problem.strerror or problem}", source=name) from None
    except ValueError as problem:
        raise InputError(f"cannot be read: {problem}", source=repr(name)) from None
    with file:
        try:
            yield file
        except OSError as problem:
            raise InputError(f"cannot be read: {problem.strerror or problem}", source=name) from None


def read_bytes(source: str | Path, stdin: BinaryIO | None = None) -> tuple[str, bytes]:
    """Name and content of a file, or of standard input for "-"; InputError if it cannot be read."""
    name = source_name(source)
    if str(source) == "-":
        content = (stdin or sys.stdin.buffer).read(MAX_BYTES + 1)
    else:
        with open_file(source) as file:
            content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise InputError("is larger than 1 GiB", source=name)
    return name, content
