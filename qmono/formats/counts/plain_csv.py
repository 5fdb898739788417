"""Plain CSV with the columns `setting,outcome,count`, one cell a line."""

from __future__ import annotations

import csv
import io
from typing import BinaryIO

import numpy as np

from qmono.core.counts import CountsTable, pauli_directions
from qmono.errors import InputError, UsageError
from qmono.formats.contract import Format, ReadOptions
from qmono.formats.counts.bases import INPUT_LABEL, PAULI_LABEL
from qmono.formats.counts.cells import check_size, outcome_positions, real_values
from qmono.formats.counts.plain_settings import check_labels, plain_table
from qmono.formats.csv_rows import Line, check_width, columns, csv_lines, first_line, parse_number

COLUMNS = ("setting", "outcome", "count")


def sniff(head: bytes, name: str) -> bool:
    """A first line that names at least the settings and one of the other columns."""
    names = {cell.strip(' "') for cell in first_line(head).split(",")}
    return "setting" in names and bool(names & {"outcome", "count"})


def read(content: bytes, options: ReadOptions) -> CountsTable:
    """The table of plain CSV; the orders are those asked for, qubit 0 first where nothing is said."""
    header, *lines = csv_lines(content)
    position = columns(header, COLUMNS, COLUMNS)
    check_width(lines, len(position))
    setting, outcome, count = (position[name] for name in COLUMNS)
    first: dict[str, Line] = {}
    for line in lines:
        first.setdefault(line.cells[setting].strip(), line)
    labels = tuple(first)
    kind, n_qubits = check_labels(labels, [line.place for line in first.values()])
    check_size(n_qubits, len(labels), base=options.outcomes)
    row_of = {label: index for index, label in enumerate(labels)}
    rows = [row_of[line.cells[setting].strip()] for line in lines]
    where = rows, _positions(lines, outcome, n_qubits, options.outcomes)
    values = np.zeros((len(labels), options.outcomes**n_qubits))
    _check_once(lines, where, (len(labels), values.shape[1]))
    numbers = [parse_number(line.cells[count], line) for line in lines]
    values[where] = real_values(numbers, lambda index: lines[index].place, negative=False)
    return plain_table(labels, kind, values, options, "plain-csv")


def _positions(lines: list[Line], column: int, n_qubits: int, base: int) -> list[int]:
    """Index of the outcome of every line."""
    known: dict[str, int] = {}
    for line in lines:
        outcome = line.cells[column]
        if outcome not in known:
            try:
                (known[outcome],) = outcome_positions([outcome.strip()], n_qubits, "", "qubit0-first", base)
            except InputError as problem:
                raise InputError(problem.problem, place=line.place) from None
    return [known[line.cells[column]] for line in lines]


def _check_once(lines: list[Line], where: tuple[list[int], list[int]], shape: tuple[int, int]) -> None:
    cells = np.ravel_multi_index(where, shape) if lines else np.zeros(0, dtype=np.int64)
    _, first = np.unique(cells, return_index=True)
    again = np.setdiff1d(np.arange(len(lines)), first)
    if again.size:
        line = lines[int(again[0])]
        raise InputError("this outcome of this setting has a line already", place=line.place)


def write(table: CountsTable, stream: BinaryIO) -> None:
    """The table as plain CSV, qubit 0 first; UsageError if it says more than plain CSV can."""
    lost = what_would_be_lost(table)
    if lost or table.settings is None:
        raise UsageError(f"plain CSV would lose {', '.join(lost)}; write .json or .npz")
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for label, row in zip(table.settings.labels, table.settings.counts, strict=True):
        writer.writerows((label, format(k, f"0{table.n_qubits}b"), row[k].item()) for k in range(row.size))
    stream.write(text.getvalue().encode())


def what_would_be_lost(table: CountsTable) -> list[str]:
    """What of a table cannot stand in plain CSV."""
    rows = table.settings
    holds = {
        "more than two outcomes": table.outcomes != 2,
        "the projectors": table.projectors is not None,
        "the Pauli parities": table.parities is not None,
        "the POVMs": table.povms is not None,
        "the bases": rows is not None and not _labels_say_all(table),
        "the rounds": rows is not None and rows.rounds is not None,
        "that totals are Poisson": table.statistics != "multinomial",
        f"that these are {table.values}": table.values != "counts",
        "the design": table.design is not None,
        f"that the counts are from {table.source}": table.source != "file",
        "the signs": table.signs is not None,
        "what the averages were taken of": table.mean_of is not None,
        "the selection": table.selection is not None,
        "the readout calibration": table.calibration is not None,
        "the metadata": bool(table.metadata),
    }
    return [what for what, held in holds.items() if held]


def _labels_say_all(table: CountsTable) -> bool:
    rows = table.settings
    if rows is None or any(len(label) != table.n_qubits for label in rows.labels):
        return False
    if rows.directions is not None:
        return (
            rows.inputs is None
            and all(PAULI_LABEL.fullmatch(label) for label in rows.labels)
            and np.array_equal(rows.directions, pauli_directions(rows.labels))
        )
    return rows.inputs is not None and all(
        INPUT_LABEL.fullmatch(label) and [int(x) for x in label] == list(inputs)
        for label, inputs in zip(rows.labels, rows.inputs, strict=True)
    )


FORMAT = Format("plain-csv", sniff, read, write)
