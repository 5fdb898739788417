"""How the shots of a scheme fall on rounds: always complete blocks of settings."""

from __future__ import annotations

from math import ceil

from qmono.errors import UsageError
from qmono.quantum.fidelity.scheme import Scheme

FIRST_LOOK = 12
"""Shots before the first look, about."""
GROWTH = 1 / 32
"""Shots between two looks as a share of those before."""


def total_shots(scheme: Scheme, shots: int) -> int:
    """Shots in all, in complete blocks: `shots` per setting on average, in all where they are drawn."""
    if shots < 1:
        raise UsageError(f"--shots must be at least 1, got {shots}")
    wanted = shots if scheme.lottery else shots * scheme.n_settings
    return ceil(wanted / scheme.block) * scheme.block


def shots_of_looks(scheme: Scheme, max_shots: int) -> tuple[int, ...]:
    """Rounds after each of which one may look: each about 3 % of what was before: few shots wasted, few jobs.

    Together at most `max_shots`; UsageError if that is not even one block.
    """
    if max_shots < scheme.block:
        raise UsageError(
            f"--max-shots must allow a block of all settings, {scheme.block} shots here, got {max_shots}"
        )
    blocks, used = max_shots // scheme.block, 0
    rounds: list[int] = []
    while used < blocks:
        step = min(max(ceil(FIRST_LOOK / scheme.block), ceil(used * GROWTH)), blocks - used)
        rounds.append(step * scheme.block)
        used += step
    return tuple(rounds)


def shots_of_rounds(scheme: Scheme, total: int, rounds: int) -> tuple[int, ...]:
    """`total` shots in at most that many rounds, as equal as blocks allow, none of them empty."""
    if rounds < 1:
        raise UsageError(f"--rounds must be at least 1, got {rounds}")
    blocks = total // scheme.block
    parts = min(rounds, blocks)
    return tuple(scheme.block * (blocks // parts + (part < blocks % parts)) for part in range(parts))
