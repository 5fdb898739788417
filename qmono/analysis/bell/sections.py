"""What a Bell report says to people: title, settings table and notes, all from numbers that exist."""

from __future__ import annotations

from math import ceil, floor, log10

import numpy as np

from qmono.analysis.bell.inputs import BellCounts, angle_text
from qmono.analysis.bell.loopholes import loopholes
from qmono.analysis.bell.words import at_least, at_most, percent, values_text
from qmono.analysis.sequential import savings
from qmono.core.counts import CountsTable
from qmono.core.report import Cell, Note, Section, Table
from qmono.quantum.bell.chsh import LOCAL_BOUND
from qmono.quantum.bell.chsh_estimate import ChshEvidence, Correlators
from qmono.quantum.bell.clicks import is_mostly_silent
from qmono.quantum.bell.game import is_played_as_game

OUTCOMES = ("++", "+-", "-+", "--")


def title(verdict: str, evidence: ChshEvidence) -> str:
    """`S = 2.797 +- 0.045, at least 2.721 (95 %); local bound 2`."""
    places = 3 if evidence.std_error == 0 else max(3, ceil(-log10(evidence.std_error)))
    spread = f" +- {evidence.std_error:.{places}f}" if evidence.std_error else ""
    value = f"S = {evidence.s_value:.{places}f}{spread}"
    low, high, level = at_least(evidence.low), at_most(evidence.high), percent(evidence.level)
    limits = {
        "violated": f", at least {low} ({level})",
        "not-violated": f", at most {high} ({level})",
        "inconclusive": f", at least {low}, at most {high} ({level} each)",
    }.get(verdict, "")
    return f"{value}{limits}; local bound 2"


def estimate_title(table: CountsTable, s_value: float | None, empty: tuple[str, ...]) -> str:
    """The title where no limits can be given."""
    if empty:
        return f"S cannot be given: no counts in setting {', '.join(empty)}"
    return f"S = {s_value:.3f} from {values_text(table.values)}, no limits; local bound 2"


def settings_table(bell: BellCounts, found: Correlators) -> Table:
    """The four settings with directions where they are known, counts and correlators."""
    rows: list[tuple[Cell, ...]] = []
    for x in (0, 1):
        for y in (0, 1):
            cells = tuple(value.item() for value in bell.counts[x, y].reshape(-1))
            cells = cells if bell.has_outcomes else cells[:2]
            correlator = float(found.values[x, y])
            rows.append(
                (
                    f"a{x} b{y}",
                    *_angles(bell, x, y),
                    *cells,
                    None if np.isnan(correlator) else correlator,
                )
            )
    angles = () if bell.directions is None else ("angle a", "angle b")
    outcomes = OUTCOMES if bell.has_outcomes else ("same", "different")
    return Table("settings", ("setting", *angles, *outcomes, "E"), tuple(rows))


def _angles(bell: BellCounts, x: int, y: int) -> tuple[str, ...]:
    if bell.directions is None:
        return ()
    return angle_text(bell.directions[0, x]), angle_text(bell.directions[1, y])


def assumed(table: CountsTable, bell: BellCounts, evidence: ChshEvidence | None) -> Note:
    """Design, independence, signs, mapping, selection."""
    lines = assumed_lines(table, evidence)
    return Note("assumed", (*lines, bell.mapping) if bell.mapping else lines)


def assumed_lines(table: CountsTable, evidence: ChshEvidence | None) -> tuple[str, ...]:
    """The same without what only settings have."""
    lines = [_design_line(evidence)] if evidence else []
    if evidence and evidence.versions > 1:
        lines.append(
            f"signs not declared: best of the {evidence.versions} versions is {evidence.signs}; "
            f"p times {evidence.versions}, limits at {percent(1 - (1 - evidence.level) / evidence.versions)}"
        )
    if table.selection and table.selection.dropped:
        kept = table.selection
        lines.append(f"fair sampling: {kept.kept} trials kept, {kept.dropped} dropped before ({kept.reason})")
    return tuple(lines)


def _design_line(evidence: ChshEvidence) -> str:
    if evidence.design == "random":
        return random_settings_line(evidence.rng_bias)
    if not is_played_as_game(evidence.totals, evidence.design):
        return "fixed blocks, independent trials; blocks too unequal to add up wins: limits of each are added"
    return "fixed blocks, independent trials"


def random_settings_line(rng_bias: float) -> str:
    """What is assumed of settings that were drawn."""
    if rng_bias:
        return f"settings random in every trial, bits biased by at most {rng_bias:g}; memory allowed"
    return "settings random and uniform in every trial; memory allowed"


def flips_if(verdict: str, evidence: ChshEvidence) -> Note | None:
    """How large a bias of S, or how many more trials, would change the verdict."""
    if verdict == "violated":
        return Note("flips if", (f"S is biased high by more than {_down(evidence.low - LOCAL_BOUND)}",))
    if verdict == "not-violated":
        return Note("flips if", (f"S is biased low by more than {_down(LOCAL_BOUND - evidence.high)}",))
    if verdict == "inconclusive" and (needed := _trials_needed(evidence)):
        return Note(
            "flips if", (f"S stays and about {needed} trials are run (here {evidence.totals.sum()})",)
        )
    return None


def _down(bias: float) -> str:
    return f"{floor(bias * 1000) / 1000:.3f}" if bias >= 0.001 else f"{bias:.1e}"


def _trials_needed(evidence: ChshEvidence) -> int | None:
    """Trials at which the limit would pass 2, widths shrinking as one over root n; None if they would not.

    Unequal blocks cost a part that does not shrink.
    """
    limit = evidence.low if evidence.s_value > LOCAL_BOUND else evidence.high
    distance = abs(evidence.s_value - LOCAL_BOUND)
    equal = evidence.totals.min() == evidence.totals.max()
    if distance < 0.01 or not (equal or evidence.design == "random"):
        return None
    needed = float(evidence.totals.sum()) * ((evidence.s_value - limit) / distance) ** 2
    digits = max(floor(log10(needed)) - 1, 0)
    unit = int(10**digits)
    return ceil(needed / unit) * unit


def standard_errors(evidence: ChshEvidence) -> Note | None:
    """The naive significance, which is no evidence by itself."""
    z = evidence.naive_z
    if z is None or z <= 0:
        return None
    return Note("naive", (f"S is {z:.1f} standard errors above 2: no substitute for p",))


def sections(
    table: CountsTable,
    bell: BellCounts,
    found: Correlators,
    verdict: str,
    evidence: ChshEvidence | None,
) -> tuple[Section, ...]:
    """Every section, in the order of importance."""
    notes = [assumed(table, bell, evidence)] if evidence or bell.mapping else []
    if evidence and bell.has_outcomes and is_mostly_silent(bell.counts.astype(np.int64)):
        silent = "most trials show no click: wins have little power, --statistic clicks has more"
        notes.append(Note("hint", (silent,)))
    if note := savings(table):
        notes.append(note)
    if evidence:
        rest = flips_if(verdict, evidence), loopholes(table, evidence.design), standard_errors(evidence)
        notes += [note for note in rest if note]
    return (settings_table(bell, found), *notes)
