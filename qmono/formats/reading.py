"""Counts from a file or standard input, whatever their format: the border where orders are settled."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from qmono.core.counts import CountsTable
from qmono.core.provenance import Origin
from qmono.core.vocabulary import Order
from qmono.errors import InputError, UsageError
from qmono.formats import FORMATS
from qmono.formats.contract import Format, ReadOptions
from qmono.formats.counts.averages import restore_counts
from qmono.formats.source import open_file, read_bytes, source_name

__all__ = ["ReadOptions", "read_counts", "recognise"]

_HEAD_BYTES = 2**16
_REFUSED = {
    b"\x80": "a pickle can run code and is not read; save the counts as JSON, NPZ or CSV",
    b"\x93NUMPY": "a bare NumPy array says nothing about settings; it can only be a state",
}


def read_counts(
    source: str | Path, options: ReadOptions | None = None, *, stdin: BinaryIO | None = None
) -> CountsTable:
    """The counts of a file ("-": of `stdin`), qubit 0 first, with their origin.

    Raises InputError `file: place: problem` for what is malformed, UsageError for options that the file
    contradicts or has no use for.
    """
    options = options or ReadOptions()
    name = source_name(source)
    try:
        form, table, digest = _read(source, options, stdin)
    except InputError as problem:
        raise problem.at(name) from None
    try:
        _check_options(table, form, options)
        table = restore_counts(table, options.mean_of) if options.mean_of else table
    except UsageError as problem:
        raise UsageError(f"{name}: {problem}") from None
    origin = table.origin or Origin("", "", form.name)
    return replace(table, origin=replace(origin, name=name, sha256=digest))


def _read(
    source: str | Path, options: ReadOptions, stdin: BinaryIO | None
) -> tuple[Format, CountsTable, str]:
    """Format, table and SHA-256; a file whose format can be streamed is never whole in memory."""
    if str(source) != "-":
        with open_file(source) as file:
            form = recognise(file.read(_HEAD_BYTES), str(source), options.input_format)
            if form.stream is not None:
                file.seek(0)
                table = form.stream(file, options)
                file.seek(0)
                return form, table, _sha256(file)
    name, content = read_bytes(source, stdin)
    form = recognise(content, name, options.input_format)
    return form, form.read(content, options), hashlib.sha256(content).hexdigest()


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := file.read(2**20):
        digest.update(piece)
    return digest.hexdigest()


def recognise(content: bytes, name: str, input_format: str | None = None) -> Format:
    """The format named, else the first of FORMATS that takes the content for its own."""
    form: Format
    if input_format is not None:
        form = FORMATS.load(input_format)
        return form
    head = content[:_HEAD_BYTES]
    if not head.strip():
        raise InputError("the file is empty")
    for entry in FORMATS:
        form = entry.load()
        if form.sniff(head, name):
            return form
    for start, why in _REFUSED.items():
        if head.startswith(start):
            raise InputError(why)
    raise InputError(f"no known format (tried {', '.join(FORMATS.names)}); name one with --input-format")


def _check_options(table: CountsTable, form: Format, options: ReadOptions) -> None:
    if table.outcomes != options.outcomes:
        raise UsageError(
            f"{options.outcomes} outcomes are read from plain JSON and CSV; this is a {form.name} file"
        )
    if options.column is not None and not form.has_columns:
        raise UsageError(f"--column {options.column}: a {form.name} file has one kind of numbers only")
    if options.no_click is not None and not form.has_no_clicks:
        raise UsageError(f"--no-click {options.no_click}: only a file of single trials shows who saw nothing")
    if table.origin is not None:
        origin = table.origin
        _check_order("--bit-order", options.asked_bit_order(), origin.bit_order, form)
        _check_order("--setting-order", options.asked_setting_order(), origin.setting_order, form)


def _check_order(option: str, asked: Order | None, stated: Order | None, form: Format) -> None:
    if asked is None or asked == stated:
        return
    why = f"it is {stated} by itself" if stated else "it has no such order"
    raise UsageError(f"{option} {asked} contradicts the file: a {form.name} file; {why}")
