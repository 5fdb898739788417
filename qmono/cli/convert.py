"""`qmono convert`: counts from any readable format to `qmono.counts/1`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qmono.cli import options as opt
from qmono.cli.counts_source import read
from qmono.cli.groups import grouped


@grouped
def command(
    counts: Annotated[str, typer.Argument(help="A file of counts ('-': standard input).")],
    output: Annotated[Path, typer.Argument(help="Where to write them: .json or .npz.")],
    *,
    reading: opt.Reading,
) -> None:
    """Convert a file of counts to qmono.counts/1, with the orders settled once and for all.

    \b
    Examples:
      qmono convert plain.json counts.json --bit-order qiskit
      qmono convert averages.csv counts.npz --mean-of 50
    """
    from qmono.api import write_counts

    table = read(counts, reading)
    write_counts(table, output)
    typer.echo(f"qmono: {table.total:.0f} counts of {table.n_qubits} qubits written to {output}", err=True)
