"""What the user or the file said about a Bell test, checked: version, design, random bits, statistic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar, get_args

from qmono.analysis.bell.certificates import check_request
from qmono.analysis.sequential import is_stopped_by_looking
from qmono.core.counts import CountsTable
from qmono.core.vocabulary import Design, Statistic
from qmono.errors import InputError, UsageError, did_you_mean
from qmono.quantum.bell.chsh import SIGN_VERSIONS, sign_array

DESIGNS: tuple[Design, ...] = get_args(Design)
STATISTICS: tuple[Statistic, ...] = get_args(Statistic)
_Word = TypeVar("_Word", bound=str)


@dataclass(frozen=True)
class Declared:
    """Signs and design are None where nobody said; rng_bias is eps of settings that were drawn."""

    signs: str | None
    design: Design | None
    rng_bias: float = 0.0
    statistic: Statistic = "wins"
    certificates: str = "usual"
    qber: float | None = None

    def bias_of(self, design: Design) -> float:
        """The bias that matters for a design: blocks are not drawn."""
        return self.rng_bias if design == "random" else 0.0


def declared(
    table: CountsTable,
    *,
    signs: str | None,
    design: str | None,
    rng_bias: float,
    statistic: str | None,
    certificates: str = "usual",
    qber: float | None = None,
) -> Declared:
    """The options, and where they say nothing, the table; UsageError or InputError for what cannot be."""
    chosen_design = _known(design, DESIGNS, "design") if design is not None else table.design
    chosen = _statistic(table, statistic)
    if not 0 <= rng_bias < 1:
        raise UsageError(f"--rng-bias is a number from 0 up to 1, got {rng_bias:g}")
    if rng_bias and chosen_design != "random":
        raise UsageError("--rng-bias has a meaning only for settings drawn in every trial: --design random")
    if signs is not None:
        sign_array(signs)
    elif table.signs is not None and table.signs not in SIGN_VERSIONS:
        source = table.origin.name if table.origin else ""
        raise InputError(f"{table.signs!r} is no version of CHSH", source=source, place="signs")
    check_request(certificates, qber)
    chosen_signs = table.signs if signs is None else signs
    return Declared(chosen_signs, chosen_design, rng_bias, chosen, certificates, qber)


def _statistic(table: CountsTable, asked: str | None) -> Statistic:
    """Wins, unless the run was stopped by looking at it: then only what holds at any stop."""
    if asked is not None:
        chosen = _known(asked, STATISTICS, "statistic")
        if is_stopped_by_looking(table) and chosen in ("wins", "clicks"):
            raise UsageError(
                f"--statistic {chosen} is not valid for a run that was stopped by looking at it; use betting"
            )
        return chosen
    return "betting" if is_stopped_by_looking(table) else "wins"


def _known(text: str, words: Sequence[_Word], what: str) -> _Word:
    for word in words:
        if word == text:
            return word
    raise UsageError(f"unknown {what} {text!r}{did_you_mean(text, words)}")
