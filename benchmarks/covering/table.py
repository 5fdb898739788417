"""Coverages as tables, one of perfect readout and one of flips: a cell is the least over what it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from covering.experiment import Coverage, Key

OTHERS = ("tangle", "negativity", "log_negativity", "entanglement_of_formation")
"""Functions of the concurrence, and the negativities of cuts."""


@dataclass(frozen=True)
class Column:
    """A column: from where, of which metrics (without pair or cut), which side."""

    title: str
    source: str
    metrics: tuple[str, ...]
    side: str

    def keys(self, found: Coverage) -> list[Key]:
        """The limits that belong into it; of a report only those that may gate."""
        ours = self.source in ("report", "rigorous")
        return [
            key
            for key in found.tallies
            if (key.source, key.side) == (self.source, self.side)
            and key.metric.partition("[")[0] in self.metrics
            and (key in found.gates or not ours)
        ]

    def cell(self, found: Coverage) -> str:
        """The least coverage, marked where it is short of the level; -- if no such limit is offered."""
        shares = [found.held(key) for key in self.keys(found)]
        if not shares:
            return "--"
        return f"{min(shares):.3f}{'!' if min(shares) < found.floor else ''}"


OWN = (
    Column("F low", "report", ("fidelity",), "low"),
    Column("F high", "report", ("fidelity",), "high"),
    Column("C low", "report", ("concurrence",), "low"),
    Column("rest low", "report", OTHERS, "low"),
    Column("F low r", "rigorous", ("fidelity_mle",), "low"),
    Column("F high r", "rigorous", ("fidelity_mle",), "high"),
    Column("C low r", "rigorous", ("concurrence", *OTHERS), "low"),
)
PERFECT = (
    *OWN,
    Column("F low b", "bootstrap", ("fidelity",), "low"),
    Column("F high b", "bootstrap", ("fidelity",), "high"),
    Column("C low b", "bootstrap", ("concurrence",), "low"),
)
CORRECTED = ("fidelity_readout_corrected",)
FLIPPED = (
    *OWN,
    Column("F' low", "report", CORRECTED, "low"),
    Column("F' high", "report", CORRECTED, "high"),
    Column("F' low m", "exact matrix", CORRECTED, "low"),
    Column("F' low i", "inverted", CORRECTED, "low"),
    Column("F' high i", "inverted", CORRECTED, "high"),
)
LEGEND = """\
Share of runs in which a limit was right; ! below the level by more than three standard errors of the runs.
F: fidelity (of what was read, where readout flips); C: concurrence, the least over the pairs;
rest: tangle, negativity, log. negativity, entanglement of formation, of pairs or cuts. -- is not offered.
r: --rigorous (F of the fit, C and rest). b: others' habit, percentiles of bootstrapped fits.
F': fidelity before readout. m: its limits if the calibrated matrix were exact. i: others' habit, that
matrix inverted and the data bootstrapped."""


def header(columns: tuple[Column, ...]) -> list[str]:
    """The head of a Markdown table."""
    titles = ["state", "shots", *(column.title for column in columns)]
    return [f"| {' | '.join(titles)} |", "|---" * len(titles) + "|"]


def line(found: Coverage) -> str:
    """The row of a case."""
    columns = FLIPPED if found.case.flips else PERFECT
    cells = [found.case.name, str(found.case.shots), *(column.cell(found) for column in columns)]
    return f"| {' | '.join(cells)} |"


def short(found: Coverage) -> Iterator[Key]:
    """The limits that may gate and hold less often than their level allows."""
    return (key for key in sorted(found.gates) if found.held(key) < found.floor)
