"""`qmono measures`: every measure of a known state, and what its qubits share."""

from __future__ import annotations

from typing import Annotated

import typer

from qmono.cli import options as opt
from qmono.cli.context import run_context
from qmono.cli.demands import checked_requirements
from qmono.cli.emit import check_outlets, emit
from qmono.cli.groups import grouped

KIND = "measures"


@grouped
def command(
    state: Annotated[
        str,
        typer.Argument(help="A state: a name, a state file, an OpenQASM 3 file or a tomography report."),
    ],
    *,
    demands: opt.Demands,
    outlets: opt.Outlets,
) -> None:
    """How entangled is a state that is known? Every measure that applies, and why the others do not.

    Of three qubits or more also the residual of every monogamy relation.

    \b
    Examples:
      qmono measures ghz:3
      qmono measures werner:0.8 --min concurrence=0.5
      qmono measures state.json --format json
    """
    check_outlets(outlets)
    required = checked_requirements(demands, KIND)

    from qmono import api

    made = api.measures(state, require=required, accept=demands.accept or (), context=run_context())
    raise typer.Exit(emit([made], outlets, demands.on_inconclusive))
