"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from qmono.errors import UsageError


def write_atomically(path: str | Path, write: Callable[[BinaryIO], None]) -> None:
    """Let `write` fill a new file beside `path`, then put it in its place in one step.

    What stood there before stays if anything goes wrong. Devices and pipes are written directly. Raises
    UsageError if the place cannot be written to.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.is_dir():
            raise UsageError(f"cannot write {path}: it is a directory")
        if target.exists() and not target.is_file():
            with target.open("wb") as device:
                write(device)
            return
        if not target.parent.is_dir():
            raise UsageError(f"cannot write {path}: there is no directory {target.parent}")
        _replace(target, write)
    except OSError as problem:
        raise UsageError(f"cannot write {path}: {problem.strerror or problem}") from None


def write_text(path: str | Path, text: str) -> None:
    """Write UTF-8 text as `write_atomically` does."""

    def write(stream: BinaryIO) -> None:
        stream.write(text.encode())

    write_atomically(path, write)


def _replace(target: Path, write: Callable[[BinaryIO], None]) -> None:
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}")
    try:
        with beside.open("xb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            shutil.copymode(target, beside)
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)
