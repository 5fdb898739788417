"""Do all pairs fit one state? The likelihood's answer beside that of the rules, for a report of pairs.

The bootstrap p value is indicative: it can take the verdict `satisfied` away, not make it `violated`. The e
value, asked for with `rigorous`, holds for any number of shots and can; the rules then have half of the error
and the e value the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, log

import numpy as np

from qmono.analysis.monogamy.records import Pairs
from qmono.core.metric import Metric
from qmono.core.progress import Progress
from qmono.quantum.monogamy.likelihood_tests import (
    Comparison,
    bootstrap_p,
    compare,
    log_e_value,
    why_not_asked,
)
from qmono.quantum.monogamy.one_state import RELATION

FEWEST_REPLICATES = 99
MOST_REPLICATES = 999
LARGEST = 300.0
"""Decades up to which an e value is written as a number."""


@dataclass(frozen=True)
class OneState:
    """What the likelihood says; reason: why it says nothing. log_e: only if asked for."""

    level: float
    joint: Comparison | None = None
    p_value: float | None = None
    log_e: float | None = None
    reason: str | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether one state explains the pairs worse than it would in all but 1 - level of cases."""
        return self.p_value is not None and self.p_value <= 1 - self.level

    @property
    def is_refuted(self) -> bool:
        """Whether the e value excludes one state with its half of the error."""
        return self.log_e is not None and self.log_e >= log(2 / (1 - self.level))

    @property
    def was_asked(self) -> bool:
        """Whether the likelihood says anything."""
        return self.joint is not None

    def evidence(self) -> str:
        """The e value for people, `"10^23.8"`; "" without one."""
        return "" if self.log_e is None else f"10^{self.log_e / log(10):.1f}"

    def sentence(self) -> str:
        """What is found, for people."""
        if self.joint is None:
            return f"not asked of the likelihood: {self.reason}"
        found = f"likelihood ratio {self.joint.ratio:.1f} against a state for each file"
        if self.is_doubtful:
            return f"one state explains all files worse than chance allows; {found}"
        return f"one state explains all files; {found}"

    def metrics(self) -> tuple[Metric, ...]:
        """`compatibility_p`, and `e_value` where it was asked for."""
        if self.joint is None:
            return ()
        found = [
            Metric(
                "compatibility_p", self.p_value, level=self.level, reason="parametric bootstrap: indicative"
            )
        ]
        if self.log_e is not None:
            decades = self.log_e / log(10)
            value = exp(self.log_e) if abs(decades) < LARGEST else None
            reason = f"shots split at random; {2 / (1 - self.level):.0f} refutes one state"
            found.append(Metric("e_value", value, level=self.level, reason=reason))
            found.append(Metric("log10_e_value", decades, level=self.level, reason=reason))
        return tuple(found)


def judge_one_state(
    pairs: Pairs, level: float, *, rng: np.random.Generator | None, rigorous: bool, progress: Progress
) -> OneState:
    """Fit one state to all pairs that bind each other, and say how well it does; nothing without an rng."""
    if rng is None:
        return OneState(level, reason="nothing may be drawn at random")
    reason = "no two pairs bind each other" if not pairs else why_not_asked(pairs)
    if reason is not None:
        return OneState(level, reason=reason)
    log_e = log_e_value(RELATION, pairs, rng) if rigorous else None
    joint = compare(RELATION, pairs)
    replicates = min(MOST_REPLICATES, max(FEWEST_REPLICATES, 2 * ceil(1 / (1 - level)) - 1))
    p = (
        bootstrap_p(RELATION, pairs, joint, replicates=replicates, rng=rng, progress=progress)
        if joint.ratio > 0
        else 1.0
    )
    return OneState(level, joint, p, log_e)
