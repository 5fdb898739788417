"""`qmono monogamy`: what qubits measured together share, or whether separate pairs can belong together."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from qmono.cli import options as opt
from qmono.cli.context import run_context
from qmono.cli.counts_source import read
from qmono.cli.demands import checked_requirements
from qmono.cli.emit import check_outlets, emit
from qmono.cli.groups import grouped
from qmono.cli.live import progress_bar
from qmono.errors import UsageError

KIND = "monogamy"


@grouped
def command(
    counts: Annotated[
        str | None,
        typer.Argument(
            metavar="INPUT",
            help="Counts of qubits measured together, or a claims file ('-': standard input).",
        ),
    ] = None,
    pair: Annotated[
        list[str] | None,
        typer.Option(
            "--pair", metavar="I,J=FILE", help="Counts of qubits I and J, measured separately; repeatable."
        ),
    ] = None,
    rigorous: Annotated[
        bool,
        typer.Option("--rigorous", help="Of pairs: also an e value from split shots, valid at any number."),
    ] = False,
    level: opt.Level = 0.95,
    seed: opt.Seed = None,
    *,
    demands: opt.Demands,
    outlets: opt.Outlets,
    reading: opt.Reading,
) -> None:
    """Does anyone else share this entanglement?

    One tomography of n qubits can only satisfy monogamy: the command prints its residuals, and for two
    qubits what they leave for a third party. Settings of two inputs a qubit ("011") are judged as Bell
    tests of all pairs, S^2 + S'^2 <= 8 at every qubit. Pairs that
    were measured separately can contradict each other: the command says whether one state could have
    given all of them. A claims file (JSON Lines or CSV, see docs/monogamy.md) says what the links of a
    network promise: the command judges every physical qubit that several of them share.

    \b
    Examples:
      qmono monogamy ghz.json
      qmono monogamy bell-tests-of-three-qubits.json
      qmono monogamy claims.jsonl --level 0.99
      qmono monogamy --pair 0,1=ab.json --pair 0,2=ac.json --require 'verdict == satisfied'
    """
    check_outlets(outlets)
    required = checked_requirements(demands, KIND)
    if (counts is None) == (not pair):
        raise UsageError("give either one file (counts or claims), or --pair I,J=FILE for each pair")

    from qmono import api

    asked = {
        "level": level,
        "seed": seed or 0,
        "require": required,
        "accept": demands.accept or (),
        "context": run_context(),
    }
    if counts is not None and (reading.input_format == "claims" or api.is_claims(counts)):
        claims = api.read_claims(counts, stdin=sys.stdin.buffer)
        made = api.monogamy_of_claims(
            claims, level=level, require=required, accept=demands.accept or (), context=run_context()
        )
    elif counts is not None:
        made = api.monogamy(read(counts, reading), **asked)  # type: ignore[arg-type]
    else:
        files = parse_pairs(pair or [])
        tables = {qubits: read(path, reading) for qubits, path in files.items()}
        with progress_bar(KIND, shown=not outlets.quiet and sys.stderr.isatty()) as progress:
            made = api.monogamy_of_pairs(tables, rigorous=rigorous, progress=progress, **asked)  # type: ignore[arg-type]
    raise typer.Exit(emit([made], outlets, demands.on_inconclusive))


def parse_pairs(texts: list[str]) -> dict[tuple[int, int], str]:
    """`["0,1=ab.json"]` -> `{(0, 1): "ab.json"}`; UsageError for anything else, or a pair given twice."""
    files: dict[tuple[int, int], str] = {}
    for text in texts:
        qubits, equals, path = text.partition("=")
        first, comma, second = qubits.partition(",")
        if not (equals and comma and path and first.isdecimal() and second.isdecimal()):
            raise UsageError(f"--pair needs I,J=FILE, such as 0,1=ab.json; got {text!r}")
        key = (int(first), int(second))
        if key[0] == key[1]:
            raise UsageError(f"--pair {text!r}: a qubit makes no pair with itself")
        if key in files or key[::-1] in files:
            raise UsageError(f"--pair {qubits} is given twice; add repeated measurements up before")
        files[key] = path
    return files
