"""Counts, reports and states from files, and counts into files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from qmono.errors import UsageError

if TYPE_CHECKING:
    from qmono.core.claims import Claims
    from qmono.core.counts import CountsTable
    from qmono.core.report import Report
    from qmono.quantum.bell.inequality import Inequality
    from qmono.quantum.states import State


def read_counts(
    source: str | Path,
    *,
    input_format: str | None = None,
    bit_order: str | None = None,
    setting_order: str | None = None,
    column: str | None = None,
    mean_of: int | None = None,
    no_click: str | None = None,
    outcomes: int = 2,
    stdin: BinaryIO | None = None,
) -> CountsTable:
    """Counts from a file ("-": from `stdin`), in any format of the catalogue.

    `outcomes` of every part: more than two are for a Bell test such as cglmp, from plain JSON or CSV.
    Raises InputError (file, place) for what is malformed, UsageError for options the format has no use for.
    """
    from qmono.formats.reading import ReadOptions, read_counts as read  # noqa: I001

    options = ReadOptions(input_format, bit_order, setting_order, column, mean_of, no_click, outcomes)
    return read(source, options, stdin=stdin)


def write_counts(table: CountsTable, path: str | Path) -> None:
    """Write counts to a file in the format of its extension, whole or not at all."""
    from qmono.formats.writing import write_counts as write

    write(table, Path(path))


def read_claims(source: str | Path, *, stdin: BinaryIO | None = None) -> Claims:
    """The claims of a `qmono.claims/1` file, JSON Lines or CSV; InputError names file and line."""
    from qmono.formats.documents.claims_file import read_claims as read

    return read(source, stdin=stdin)


def is_claims(source: str | Path) -> bool:
    """Whether a file holds claims rather than counts, by its first line."""
    from qmono.formats.documents.claims_file import is_claims as recognise

    return recognise(source)


def read_report(path: str | Path, *, stdin: BinaryIO | None = None) -> Report:
    """A saved `qmono.report/1` document."""
    from qmono.formats.documents.report_file import read_report as read

    return read(path, stdin=stdin)


def read_state(text: str) -> State:
    """The state that a name ("ghz:3"), a state file, an OpenQASM 3 file or a tomography report stands for."""
    from qmono.quantum.states import named_state

    path = Path(text)
    if not path.is_file():
        if path.suffix in (".json", ".npy", ".qasm"):
            raise UsageError(f"there is no file {text!r} to read a state from")
        return named_state(text)
    if path.suffix == ".qasm":
        from qmono.circuits.qasm import read_qasm_state

        return read_qasm_state(path)
    from qmono.formats.documents.state_file import read_state as read

    return read(path)


def read_inequality(
    text: str,
    *,
    qubits: int | None = None,
    settings_per_side: int | None = None,
    tilt: float | None = None,
) -> Inequality:
    """The Bell inequality of a file, or of a name in the catalogue ("mermin" with qubits=5, "mermin:5")."""
    path = Path(text)
    if path.suffix == ".json" or path.is_file():
        if qubits is not None or settings_per_side is not None or tilt is not None:
            raise UsageError(f"{text}: an inequality from a file takes no parameters")
        if not path.is_file():
            raise UsageError(f"there is no file {text!r} to read an inequality from")
        from qmono.formats.documents.inequality_file import read_inequality as read

        return read(path)
    from qmono.quantum.bell import named_inequality

    return named_inequality(text, qubits=qubits, settings_per_side=settings_per_side, tilt=tilt)
