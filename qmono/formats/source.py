"""Bytes from a file or standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

from qmono.errors import InputError

MAX_BYTES = 2**30


def read_bytes(source: str | Path, stdin: BinaryIO | None = None) -> tuple[str, bytes]:
    """Name and content of a file, or of standard input for "-"; InputError if it cannot be read."""
    name = "standard input" if str(source) == "-" else str(source)
    try:
        if str(source) == "-":
            content = (stdin or sys.stdin.buffer).read(MAX_BYTES + 1)
        else:
            with Path(source).open("rb") as file:
                content = file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise InputError(f"cannot be read: {problem.strerror or problem}", source=name) from None
    except ValueError as problem:
        raise InputError(f"cannot be read: {problem}", source=repr(name)) from None
    if len(content) > MAX_BYTES:
        raise InputError("is larger than 1 GiB", source=name)
    return name, content
