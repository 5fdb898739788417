"""What is to be measured, before anything is run: a state, settings, shots, rounds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from qmono.core.counts import FloatArray, IntArray, pauli_directions
from qmono.core.vocabulary import Design
from qmono.errors import UsageError

MAX_TOMOGRAPHY_QUBITS = 10


@dataclass(frozen=True)
class Plan:
    """Settings to run on one state.

    labels: S names; directions: (S, n, 3) Bloch vectors of outcome 0; inputs: (S, n) for a Bell test.
    shots: per setting; rounds: how many interleaved parts the shots of each setting are split into.
    schedule: shots per setting of each round, adding up to `shots`, instead of equal rounds.
    """

    labels: tuple[str, ...]
    directions: FloatArray
    shots: int
    rounds: int = 4
    inputs: IntArray | None = None
    design: Design | None = None
    signs: str | None = None
    schedule: tuple[int, ...] | None = None

    @property
    def n_qubits(self) -> int:
        """Number of qubits measured."""
        return int(self.directions.shape[1])

    @property
    def shots_per_round(self) -> tuple[int, ...]:
        """How the shots of one setting fall on the rounds: as equal as possible, never empty."""
        if self.schedule is not None:
            return self.schedule
        rounds = min(self.rounds, self.shots)
        return tuple(self.shots // rounds + (index < self.shots % rounds) for index in range(rounds))


def growing_rounds(shots: int, first: int = 10, growth: float = 1.15) -> tuple[int, ...]:
    """Rounds that grow with what was measured before: an early look costs little, a late one loses little."""
    rounds: list[int] = []
    size, left = float(first), shots
    while left > 0:
        rounds.append(min(int(size), left))
        left -= rounds[-1]
        size *= growth
    return tuple(rounds)


def pauli_plan(n_qubits: int, shots: int, rounds: int = 4) -> Plan:
    """Full Pauli tomography: all 3**n settings over X Y Z, in lexicographic order.

    Raises UsageError beyond MAX_TOMOGRAPHY_QUBITS, where the settings alone would fill the memory.
    """
    if n_qubits > MAX_TOMOGRAPHY_QUBITS:
        raise UsageError(
            f"full Pauli tomography of {n_qubits} qubits needs 3^{n_qubits} settings; "
            f"at most {MAX_TOMOGRAPHY_QUBITS} qubits are measured that way"
        )
    labels = tuple("".join(letters) for letters in product("XYZ", repeat=n_qubits))
    return Plan(labels, pauli_directions(labels), shots, rounds)


def bell_plan(
    directions: FloatArray, signs: str, shots: int, rounds: int = 4, design: Design = "fixed-blocks"
) -> Plan:
    """The four settings of a CHSH test. directions: (2, 2, 3), party and input to Bloch vector.

    In a random design `shots` are those of a setting on average.
    """
    inputs = np.array(list(product((0, 1), repeat=2)), dtype=np.int64)
    return Plan(
        labels=tuple(f"{x}{y}" for x, y in inputs),
        directions=np.stack([directions[0][inputs[:, 0]], directions[1][inputs[:, 1]]], axis=1),
        shots=shots,
        rounds=rounds,
        inputs=inputs,
        design=design,
        signs=signs,
    )
