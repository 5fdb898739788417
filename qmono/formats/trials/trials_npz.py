"""Trials as NPZ: one-dimensional integer arrays x, y, a, b of one length, read in pieces.

Any integer type will do. Strings `design` and `signs` may stand beside them. No pickles.
"""

from __future__ import annotations

import io
import zipfile
from contextlib import ExitStack
from typing import IO, Any, BinaryIO, cast, get_args

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from qmono.core.counts import CountsTable
from qmono.core.vocabulary import Design
from qmono.errors import InputError
from qmono.formats.broken_archive import BROKEN_ARCHIVE
from qmono.formats.contract import Format, ReadOptions
from qmono.formats.strict_text import as_choice, one_line
from qmono.formats.trials.tally import ROUNDS, Tally

NAMES = ("x", "y", "a", "b")
WORDS = ("design", "signs")
CHUNK = 2**20


def sniff(head: bytes, name: str) -> bool:
    """A zip archive whose first member is one of the arrays."""
    if not head.startswith(b"PK\x03\x04") or len(head) < 30:
        return False
    length = int.from_bytes(head[26:28], "little")
    members = {f"{item}.npy".encode() for item in (*NAMES, *WORDS)}
    return head[30 : 30 + length] in members


def read(content: bytes, options: ReadOptions) -> CountsTable:
    """The table of the bytes of an NPZ file."""
    return stream(io.BytesIO(content), options)


def stream(file: BinaryIO, options: ReadOptions) -> CountsTable:
    """The table of an open NPZ file, a million trials at a time."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _read(archive, options)
    except BROKEN_ARCHIVE as problem:
        raise InputError(f"not a whole NPZ file: {one_line(problem)}") from None


def _read(archive: zipfile.ZipFile, options: ReadOptions) -> CountsTable:
    members = [name.removesuffix(".npy") for name in archive.namelist()]
    for name in members:
        if name not in (*NAMES, *WORDS):
            raise InputError(f"unknown array {name[:40]!r}; trials are x, y, a, b")
    for name in NAMES:
        if name not in members:
            raise InputError("the array is missing", place=name)
    design, signs = _word(archive, members, "design"), _word(archive, members, "signs")
    if design is not None:
        as_choice(design, get_args(Design), "design")
    tally = Tally()
    with ExitStack() as stack:
        columns = [_Column(name, stack.enter_context(archive.open(f"{name}.npy"))) for name in NAMES]
        size = columns[0].size
        for column in columns:
            if column.size != size:
                raise InputError(f"{column.size} trials, but {size} of x", place=column.name)
        for part in range(ROUNDS):
            start, end = size * part // ROUNDS, size * (part + 1) // ROUNDS
            for first in range(start, end, CHUNK):
                pieces = [column.next(min(CHUNK, end - first)) for column in columns]
                tally.add(pieces, part, first)
    return tally.table(options, "trials-npz", cast(Design | None, design), signs)


def _word(archive: zipfile.ZipFile, members: list[str], name: str) -> str | None:
    if name not in members:
        return None
    with archive.open(f"{name}.npy") as file:
        array = npy.read_array(file, allow_pickle=False)
    if array.ndim or array.dtype.kind != "U":
        raise InputError("expected a string", place=name)
    return str(array.item())


class _Column:
    """An array read piece by piece."""

    def __init__(self, name: str, file: IO[bytes]) -> None:
        self.name, self.file = name, file
        version = npy.read_magic(file)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, self.dtype = read_header(file)
        if len(shape) != 1 or self.dtype.kind not in "iub":
            raise InputError(
                f"expected one dimension of integers, found {self.dtype} of shape {shape}", place=name
            )
        self.size = int(shape[0])

    def next(self, count: int) -> NDArray[Any]:
        """The next `count` numbers."""
        content = self.file.read(count * self.dtype.itemsize)
        if len(content) != count * self.dtype.itemsize:
            raise InputError("the array ends early", place=self.name)
        return np.frombuffer(content, dtype=self.dtype)


FORMAT = Format("trials-npz", sniff, read, stream=stream, has_no_clicks=True)
