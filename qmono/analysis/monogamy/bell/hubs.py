"""A qubit and the pairs tested by CHSH that end on it: the two largest S^2 against 8."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor, sqrt

from qmono.analysis.monogamy.bell.pairs import PairTest
from qmono.analysis.monogamy.bell.table import BellTable
from qmono.analysis.monogamy.hubs import Judgement
from qmono.analysis.monogamy.records import Pair, pair_name
from qmono.quantum.bell.pair_trials import PairTrials
from qmono.quantum.monogamy import bell
from qmono.quantum.monogamy.relation import Budget

ALLOWED = 8.0


@dataclass(frozen=True)
class BellHub:
    """A qubit on which two tested pairs or more end."""

    qubit: int
    tests: tuple[PairTest, ...]

    @cached_property
    def judgement(self) -> Judgement:
        """S^2 + S'^2 of the two largest at their limits."""
        return Judgement(bell.RELATION, tuple(test.magnitude for test in self.tests))

    @property
    def measured(self) -> Budget:
        """The same at the values."""
        return self.judgement.evaluate([test.measured for test in self.tests])

    @property
    def strongest(self) -> PairTest:
        """The pair with the largest lower limit."""
        return max(self.tests, key=lambda test: (test.least, test.measured))

    @property
    def left_for_others(self) -> float:
        """The largest |S| of any other pair beside the lower limit of the strongest."""
        return sqrt(max(0.0, ALLOWED - self.strongest.least**2))

    @property
    def common_bias(self) -> float:
        """By how much |S| of all its pairs would have to be off, all alike, for the verdict to change.

        x with (S - x)^2 + (S' - x)^2 = 8 at the lower limits where they break the rule, else with + x at the
        upper ones: |sqrt(16 - (S - S')^2) - (S + S')|/2.
        """
        is_broken = self.judgement.is_broken
        limits = [test.least if is_broken else test.most for test in self.tests]
        first, second = sorted(limits, reverse=True)[:2]
        return abs(sqrt(max(0.0, 16 - (first - second) ** 2)) - (first + second)) / 2


def left_beside(hub: BellHub) -> str:
    """`0-1 at 2.459 or more leaves other pairs of qubit 0 at most 1.396`."""
    least, left = floor(1000 * hub.strongest.least) / 1000, ceil(1000 * hub.left_for_others) / 1000
    return (
        f"{pair_name(hub.strongest.pair)} at {least:.3f} or more leaves every other pair "
        f"at qubit {hub.qubit} at most {left:.3f}"
    )


def bias_that_flips(hub: BellHub) -> str:
    """`every S at qubit 0 is biased high by more than 0.123`."""
    bias, side = hub.common_bias, "high" if hub.judgement.is_broken else "low"
    shown = f"{floor(1000 * bias) / 1000:.3f}" if bias >= 0.001 else f"{bias:.1e}"
    return f"every |S| at qubit {hub.qubit} is biased {side} by more than {shown}"


@dataclass(frozen=True, eq=False)
class JudgedPairs:
    """A table, the trials and the test of every pair that has its four settings, and the hubs they make."""

    found: BellTable
    trials: Mapping[Pair, PairTrials]
    tests: tuple[PairTest, ...]
    hubs: tuple[BellHub, ...]
    level: float


def hubs_of(tests: Sequence[PairTest]) -> tuple[BellHub, ...]:
    """Every qubit with two tested pairs or more."""
    qubits = sorted({qubit for test in tests for qubit in test.pair})
    ends = {qubit: tuple(test for test in tests if qubit in test.pair) for qubit in qubits}
    return tuple(BellHub(qubit, here) for qubit, here in ends.items() if len(here) > 1)
