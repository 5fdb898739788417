"""`qmono catalogue`: every name that can be given to an option, and the published schemas."""

from __future__ import annotations

from itertools import zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from qmono.core.registry import Entry, Registry
    from qmono.quantum.monogamy.relation import Relation

WIDTH = 80


def command(
    schema: Annotated[
        str | None,
        typer.Option("--schema", metavar="NAME", help="Print a JSON Schema, such as qmono.counts/1."),
    ] = None,
    inequality: Annotated[
        str | None,
        typer.Option("--inequality", metavar="NAME", help="Print a Bell inequality as JSON."),
    ] = None,
) -> None:
    """List states, inequalities, measures, estimators, models, protocols,
    relations, formats, backends and report formats.

    \b
    Examples:
      qmono catalogue
      qmono catalogue --schema qmono.report/1
      qmono catalogue --inequality chained:4
    """
    if schema is not None:
        from qmono.report.schema import schema_text

        typer.echo(schema_text(schema))
        return
    if inequality is not None:
        from qmono.api import read_inequality
        from qmono.formats.documents.inequality_file import inequality_text

        typer.echo(inequality_text(read_inequality(inequality)))
        return
    for title, rows in catalogue():
        typer.echo(title)
        width = max(len(name) for name, _ in rows)
        for name, summary in rows:
            for label, line in zip_longest([name], _lines(summary, WIDTH - width - 4), fillvalue=""):
                typer.echo(f"  {label:<{width}}  {line}")
        typer.echo()


def _lines(summary: str, width: int) -> list[str]:
    return [line for part in summary.split("\n") for line in wrap(part, width)]


def catalogue() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every table of qmono: a title, and a name and a summary, of several lines perhaps, for each entry."""
    from qmono.api.suite_kinds import KINDS
    from qmono.backends import SAMPLERS
    from qmono.core.metric import METRIC_NAMES
    from qmono.formats import FORMATS
    from qmono.quantum.bell import INEQUALITIES
    from qmono.quantum.fidelity.protocols import PROTOCOLS
    from qmono.quantum.measures import MEASURES
    from qmono.quantum.monogamy import JOINT_RELATIONS, RELATIONS
    from qmono.quantum.states import STATES
    from qmono.quantum.tomography import ESTIMATORS
    from qmono.quantum.tomography.models.model import MODELS
    from qmono.report import RENDERERS

    tables = (
        INEQUALITIES,
        MEASURES,
        ESTIMATORS,
        MODELS,
        PROTOCOLS,
        RELATIONS,
        JOINT_RELATIONS,
        FORMATS,
        SAMPLERS,
        RENDERERS,
        KINDS,
    )
    states = [(family.usage, family.summary) for family in STATES.values()]
    metrics = [(name, entry.meaning) for name, entry in METRIC_NAMES.items()]
    return [
        ("states", states),
        *((table.plural, [(entry.name, _summary(table, entry)) for entry in table]) for table in tables),
        ("metrics", metrics),
    ]


def _summary(table: Registry, entry: Entry) -> str:
    """An entry's own; of a monogamy relation also what it judges and what follows where it is broken."""
    from qmono.quantum.monogamy import RELATIONS

    if table is not RELATIONS:
        return entry.summary
    relation: Relation = entry.load()
    details = (relation.domain, " or ".join(relation.needs), relation.meaning)
    return entry.summary + "\nfor: {}\nneeds: {}\nif broken: {}".format(*details)
