"""The CHSH test of two parties inside a test of many, where the others chose settings as well.

Every trial of the many is one of the pair. What the others were set to is the trial's context z, and trials
of one pair setting xy may come from several. Added up without thought they can fake a correlation: where the
shares f(z|xy) differ between settings, the sum over z of f(z|xy) P(ab|xyz) is no behaviour of anything, and
two local models, one a context, may exceed S = 2. So:

random settings: z is drawn apart from x and y; all trials count.
fixed blocks: contexts in which the pair's four settings were all measured are kept, and of their blocks as
    many trials, drawn at random, as give every context one share in all four settings. Equal blocks keep all.
fixed blocks without such a context: all trials count as they are, and S is one of a state and measurements
    that do not change with the context (`has_contexts` is false; that is then assumed).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np
from scipy.special import chdtrc

from qmono.core.vocabulary import Design
from qmono.errors import UsageError
from qmono.quantum.checks import Homogeneity, homogeneity
from qmono.quantum.types import Integers

_LARGEST_URN = 10**9
"""The random generator draws without replacement from fewer."""


@dataclass(frozen=True, eq=False)
class PairTrials:
    """counts (2, 2, 2, 2) over x, y, a, b that may be judged; trials: how many there were.

    has_contexts: whether the four settings are compared within the same contexts, or drawn at random.
    """

    counts: Integers
    trials: int
    has_contexts: bool

    @property
    def kept(self) -> int:
        """Trials that are left to judge."""
        return int(self.counts.sum())

    @property
    def empty_settings(self) -> tuple[str, ...]:
        """Settings of the pair that nobody measured, as "xy"."""
        return tuple(f"{x}{y}" for x, y in np.argwhere(self.counts.sum(axis=(2, 3)) <= 0))


def pair_trials(
    counts: Integers, inputs: Integers, pair: tuple[int, int], design: Design, rng: np.random.Generator
) -> PairTrials:
    """From counts (m, 2**n) of m settings with inputs (m, n) of 0 and 1."""
    contexts = by_context(counts, inputs, pair)
    everything = contexts.sum(axis=0)
    totals = contexts.sum(axis=(3, 4))
    complete = (totals > 0).all(axis=(1, 2))
    if design == "random" or not complete.any():
        return PairTrials(everything, int(everything.sum()), design == "random")
    wanted = equal_shares(totals[complete])
    drawn = _drawn(contexts[complete], wanted, rng)
    return PairTrials(drawn.sum(axis=0), int(everything.sum()), has_contexts=True)


def by_context(counts: Integers, inputs: Integers, pair: tuple[int, int]) -> Integers:
    """Counts (Z, 2, 2, 2, 2): context, inputs x y, outcomes a b of the pair, the smaller qubit first."""
    n, first, second = inputs.shape[1], *sorted(pair)
    others = tuple(1 + q for q in range(n) if q not in pair)
    own = counts.reshape(-1, *(2,) * n).sum(axis=others)
    _, z = np.unique(np.delete(inputs, [first, second], axis=1), axis=0, return_inverse=True)
    z = z.reshape(-1)
    table = np.zeros((int(z.max()) + 1, 2, 2, 2, 2), dtype=np.int64)
    np.add.at(table, (z, inputs[:, first], inputs[:, second]), own)
    return table


def equal_shares(totals: Integers) -> Integers:
    """Trials to keep (Z, 2, 2) of blocks (Z, 2, 2), none empty: whole multiples of one share a context.

    Shares are in proportion to the smallest block of each context, so that one context keeps all it has.
    """
    smallest = totals.min(axis=(1, 2))
    share = smallest // gcd(*smallest.tolist())
    times = (totals // share[:, None, None]).min(axis=0)
    kept: Integers = share[:, None, None] * times
    return kept


def context_shifts(contexts: Integers) -> Homogeneity | None:
    """Whether outcomes of a pair depend on the context (`by_context`); None if no setting has two of them."""
    parts = {f"{x}{y}": homogeneity(contexts[:, x, y].reshape(len(contexts), 4)) for x, y in np.ndindex(2, 2)}
    degrees = sum(part[1] for part in parts.values())
    if degrees == 0:
        return None
    where = max(parts, key=lambda name: parts[name][2])
    p_value = float(chdtrc(degrees, sum(part[0] for part in parts.values())))
    return Homogeneity(p_value, parts[where][2], where)


def _drawn(contexts: Integers, wanted: Integers, rng: np.random.Generator) -> Integers:
    """As many trials as wanted of each block, at random and without replacement."""
    kept = contexts.copy()
    for block in np.argwhere(wanted < contexts.sum(axis=(3, 4))):
        place = tuple(int(number) for number in block)
        kept[place] = _subset(contexts[place].reshape(4), int(wanted[place]), rng).reshape(2, 2)
    return kept


def _subset(cells: Integers, wanted: int, rng: np.random.Generator) -> Integers:
    if cells.sum() >= _LARGEST_URN:
        raise UsageError(
            f"unequal blocks are thinned up to {_LARGEST_URN:.0e} trials each; here is one of {cells.sum()}"
        )
    return rng.multivariate_hypergeometric(cells, wanted).astype(np.int64)
