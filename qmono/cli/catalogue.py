"""`qmono catalogue`: every name that can be given to an option, and the published schemas."""

from __future__ import annotations

from typing import Annotated

import typer


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
            typer.echo(f"  {name:<{width}}  {summary}")
        typer.echo()


def catalogue() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every table of qmono: a title, and a name and a summary for each entry."""
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
    from qmono.quantum.tomography.models import MODELS
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
        *((table.plural, [(entry.name, entry.summary) for entry in table]) for table in tables),
        ("metrics", metrics),
    ]
