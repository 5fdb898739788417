"""What counts say about any Bell inequality: value, limits and p value, valid for the design that was run."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log10, nextafter
from typing import Literal

from qmono.core.counts import CountArray
from qmono.core.vocabulary import Design
from qmono.quantum.bell import score_game, score_tails
from qmono.quantum.bell.inequality import Inequality
from qmono.quantum.bell.scores import Scores, scores_of

Method = Literal["game", "tails"]


@dataclass(frozen=True, eq=False)
class Evidence:
    """low, high: one-sided limits of the value at `level`; p <= 1 - level exactly where low > bound.

    method: `game` if trials are won or lost and wins are added up, else `tails`, exponential bounds.
    log10_p_above: of "the value is at most the quantum bound"; 0 if that bound is unknown.
    """

    bound: float
    design: Design
    level: float
    scores: Scores
    method: Method
    log10_p: float
    log10_p_above: float
    low: float
    high: float

    @property
    def value(self) -> float:
        """The value of the inequality."""
        return self.scores.value

    @property
    def std_error(self) -> float:
        """Its standard error."""
        return self.scores.std_error

    @property
    def trials(self) -> int:
        """Trials of all settings."""
        return round(float(self.scores.totals.sum()))

    @property
    def wins(self) -> int | None:
        """Trials with the higher score, where there are only two."""
        return round(float(self.scores.sums.sum())) if self.method == "game" else None

    @property
    def is_violated(self) -> bool:
        """Whether every behaviour that the inequality rules out is rejected at the level."""
        return self.low > self.bound


def evidence_of(counts: CountArray, inequality: Inequality, design: Design, level: float) -> Evidence:
    """From counts (m, outcomes) of the settings of the inequality, every one with at least one trial."""
    scores = scores_of(counts, inequality.setting_coefficients)
    bound, above = inequality.local_bound, inequality.quantum_bound
    method: Method = "game" if score_game.is_game(scores, design, bound) else "tails"
    tool = score_game if method == "game" else score_tails
    log10_p = tool.log10_p(scores, design, bound)
    low = tool.value_low(scores, design, 1 - level)
    return Evidence(
        bound=bound,
        design=design,
        level=level,
        scores=scores,
        method=method,
        log10_p=log10_p,
        log10_p_above=0.0 if above is None else tool.log10_p(scores, design, above),
        low=_beside_p(low, bound, log10_p, level),
        high=-tool.value_low(scores.turned(), design, 1 - level),
    )


def _beside_p(low: float, bound: float, log10_p: float, level: float) -> float:
    """The limit on the side of the bound where the p value stands: rounding may part them at the edge."""
    if log10_p <= log10(1 - level):
        return max(low, nextafter(bound, inf))
    return min(low, bound)
