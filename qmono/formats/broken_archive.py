"""What reading a damaged or forged NPZ archive can raise: each of it is about the file."""

from __future__ import annotations

import zipfile
import zlib

BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,  # a compression that zipfile does not know
    OSError,
    OverflowError,
    RuntimeError,  # an encrypted member
    SyntaxError,
    TypeError,
    ValueError,
)
