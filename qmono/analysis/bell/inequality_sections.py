"""What a report on any Bell inequality says to people: title, settings and notes."""

from __future__ import annotations

from math import floor

import numpy as np

from qmono.analysis.bell.inequality_inputs import PlayedCounts
from qmono.analysis.bell.inputs import angle_text
from qmono.analysis.bell.words import at_least, at_most, percent, values_text
from qmono.core.counts import PAULI_DIRECTIONS, CountsTable, FloatArray
from qmono.core.report import Cell, Note, Section, Table
from qmono.quantum.bell.evidence import Evidence
from qmono.quantum.bell.inequality import Inequality
from qmono.quantum.types import Real

MOST_ROWS = 32
"""More settings than this are summed up in one line; all are in the payload."""


def title(inequality: Inequality, verdict: str, evidence: Evidence) -> str:
    """`Mermin, 3 parties: 3.81 +- 0.02, at least 3.77 (95 %); local bound 2`."""
    spread = f" +- {evidence.std_error:.3f}" if evidence.std_error else ""
    low = at_least(evidence.low, evidence.bound)
    high, level = at_most(evidence.high, evidence.bound), percent(evidence.level)
    limits = {
        "violated": f", at least {low} ({level})",
        "not-violated": f", at most {high} ({level})",
        "inconclusive": f", at least {low}, at most {high} ({level} each)",
    }.get(verdict, "")
    return f"{inequality.title}: {evidence.value:.3f}{spread}{limits}; {bound_words(inequality)}"


def estimate_title(
    inequality: Inequality, table: CountsTable, value: float | None, empty: tuple[str, ...]
) -> str:
    """The title where no limits can be given."""
    if value is None:
        return f"{inequality.title}: no value, no counts in setting {', '.join(empty)}"
    kind = values_text(table.values)
    return f"{inequality.title}: {value:.3f} from {kind}, no limits; {bound_words(inequality)}"


def bound_words(inequality: Inequality) -> str:
    """`local bound 2`, or `bound 4 of any two groups`."""
    if inequality.model == "hybrid":
        return f"bound {inequality.local_bound:.6g} of any two groups"
    return f"local bound {inequality.local_bound:.6g}"


def sections(
    table: CountsTable,
    inequality: Inequality,
    played: PlayedCounts,
    verdict: str,
    evidence: Evidence | None,
) -> tuple[Section, ...]:
    """Every section, in the order of importance."""
    notes = [_bounds(inequality), _assumed(table, played, evidence)]
    if evidence and (flips := _flips_if(verdict, evidence)):
        notes.append(flips)
    if evidence and evidence.std_error and evidence.value > evidence.bound:
        z = (evidence.value - evidence.bound) / evidence.std_error
        notes.append(
            Note("naive", (f"{z:.1f} standard errors above {evidence.bound:.6g}: no substitute for p",))
        )
    return (_settings(inequality, played), *notes)


def mean_scores(inequality: Inequality, played: PlayedCounts) -> Real:
    """Mean score (m,) of each setting, NaN without counts; they add up to the value."""
    totals = played.totals.astype(np.float64)
    summed = (played.counts * inequality.setting_coefficients).sum(axis=1)
    scores: Real = np.where(totals > 0, summed / np.where(totals > 0, totals, 1.0), np.nan)
    return scores


def _settings(inequality: Inequality, played: PlayedCounts) -> Section:
    scores = mean_scores(inequality, played)
    if len(scores) > MOST_ROWS:
        lines = (
            f"{len(scores)} settings, mean scores {np.nanmin(scores):+.3f} to {np.nanmax(scores):+.3f}; "
            "each of them is in the JSON report",
        )
        return Note("settings", lines)
    angles = played.directions is not None and not np.isnan(played.directions).any()
    rows: list[tuple[Cell, ...]] = []
    for index, name in enumerate(played.names):
        coefficients = inequality.setting_coefficients[index]
        score = float(scores[index])
        rows.append(
            (
                name,
                *((_angles(played, index),) if angles else ()),
                played.totals[index].item(),
                None if np.isnan(score) else score,
                float(coefficients.min()),
                float(coefficients.max()),
            )
        )
    columns = ("setting", *(("angles",) if angles else ()), "trials", "mean score", "lowest", "highest")
    return Table("settings", columns, tuple(rows))


def _angles(played: PlayedCounts, index: int) -> str:
    return "" if played.directions is None else " ".join(map(_direction_text, played.directions[index]))


def _direction_text(direction: FloatArray) -> str:
    """X, Y or Z, else the angle."""
    letters = [name for name, axis in PAULI_DIRECTIONS.items() if np.allclose(direction, axis, atol=1e-6)]
    return letters[0] if letters else angle_text(direction)


def _bounds(inequality: Inequality) -> Note:
    known = [
        ("quantum", inequality.quantum_bound),
        ("no-signalling", inequality.no_signalling_bound),
    ]
    others = ", ".join(f"{name} {bound:.6g}" for name, bound in known if bound is not None)
    lines = [f"{bound_words(inequality)}{', ' + others if others else ''} ({inequality.reference})"]
    if inequality.model == "hybrid":
        lines.append("a violation shows that all parties share it: no two groups can do it")
    return Note("bounds", tuple(lines))


def _assumed(table: CountsTable, played: PlayedCounts, evidence: Evidence | None) -> Note:
    lines = []
    if evidence and evidence.design == "random":
        lines.append("settings random and uniform in every trial; memory allowed")
    elif evidence:
        lines.append("fixed blocks, independent trials")
    if played.mapping:
        lines.append(played.mapping)
    if played.unused:
        lines.append(f"{played.unused} settings of the file have no part in the inequality")
    if table.selection and table.selection.dropped:
        kept = table.selection
        lines.append(f"fair sampling: {kept.kept} trials kept, {kept.dropped} dropped before ({kept.reason})")
    lines.append("counts cannot show locality, free choice or full detection")
    return Note("assumed", tuple(lines))


def _flips_if(verdict: str, evidence: Evidence) -> Note | None:
    bias = {"violated": evidence.low - evidence.bound, "not-violated": evidence.bound - evidence.high}
    if verdict not in bias:
        return None
    side = "high" if verdict == "violated" else "low"
    size = bias[verdict]
    shown = f"{floor(size * 1000) / 1000:.3f}" if size >= 0.001 else f"{size:.1e}"
    return Note("flips if", (f"the value is biased {side} by more than {shown}",))
