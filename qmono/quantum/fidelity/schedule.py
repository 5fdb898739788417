"""How the shots of a scheme fall on rounds: always complete blocks of settings."""

from __future__ import annotations

from math import ceil

from qmono.errors import UsageError
from qmono.quantum.fidelity.scheme import Scheme


def total_shots(scheme: Scheme, shots: int) -> int:
    """Shots in all, in complete blocks: `shots` per setting on average, in all where they are drawn."""
    if shots < 1:
        raise UsageError(f"--shots must be at least 1, got {shots}")
    wanted = shots if scheme.lottery else shots * scheme.n_settings
    return ceil(wanted / scheme.block) * scheme.block


def shots_of_rounds(scheme: Scheme, total: int, rounds: int) -> tuple[int, ...]:
    """`total` shots in at most that many rounds, as equal as blocks allow, none of them empty."""
    if rounds < 1:
        raise UsageError(f"--rounds must be at least 1, got {rounds}")
    blocks = total // scheme.block
    parts = min(rounds, blocks)
    return tuple(scheme.block * (blocks // parts + (part < blocks % parts)) for part in range(parts))
