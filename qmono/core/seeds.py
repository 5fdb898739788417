"""Three independent seeds from one: transpiler, simulator, resampling."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Seeds:
    """Seeds (31-bit) derived from the one that the user gave."""

    transpiler: int
    simulator: int
    resampling: int

    def to_json(self) -> dict[str, int]:
        """As a plain mapping, for provenance."""
        return asdict(self)


def derive_seeds(seed: int) -> Seeds:
    """The three seeds of a run: SHA-256 of "<seed>:<purpose>", its first 31 bits."""
    return Seeds(*(_derived(seed, purpose) for purpose in ("transpiler", "simulator", "resampling")))


def _derived(seed: int, purpose: str) -> int:
    digest = hashlib.sha256(f"{seed}:{purpose}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1
