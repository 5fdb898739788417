"""Requirements as given on the command line: parsed and checked before anything is run."""

from __future__ import annotations

from qmono.cli.emit import checked_choice
from qmono.cli.options import Demands


def checked_requirements(demands: Demands, kind: str) -> list[str]:
    """The canonical expressions of --min, --max and --require; UsageError for the first that is wrong."""
    from qmono.gate.requirement import check_accepted, parse_bound, parse_requirement

    checked_choice(demands.on_inconclusive)
    check_accepted(tuple(demands.accept or ()), kind)
    parsed = [parse_bound(text, ">=", kind) for text in demands.minimum or ()]
    parsed += [parse_bound(text, "<=", kind) for text in demands.maximum or ()]
    parsed += [parse_requirement(text, kind) for text in demands.require or ()]
    return [str(requirement) for requirement in parsed]
