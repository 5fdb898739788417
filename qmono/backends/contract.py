"""What a backend is: a way to translate circuits and a sampler to run them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from qmono.backends import SAMPLERS
from qmono.backends.noise import Noise
from qmono.errors import UsageError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.primitives import BaseSamplerV2


@dataclass(frozen=True)
class Backend:
    """A place where circuits run.

    name, version: as recorded with the counts. source: what its counts may be called.
    prepare: a circuit with free angles and a transpiler seed to the circuit that the sampler accepts.
    sampler: a sampler for one job from a seed; a simulator's seed decides its samples, and the settings
    of one job are sampled independently.
    state_bytes: memory that simulating one circuit takes, 0 for a device.
    feeds_forward: whether circuits may act on what they have measured.
    """

    name: str
    version: str
    source: Literal["simulated", "hardware"]
    prepare: Callable[[QuantumCircuit, int], QuantumCircuit]
    sampler: Callable[[int], BaseSamplerV2]
    state_bytes: int = 0
    feeds_forward: bool = False


def load_backend(name: str, n_qubits: int, noise: Noise | None = None) -> Backend:
    """The backend of that name for circuits of n qubits; UsageError if there is none."""
    base, mark, arguments = name.partition("?")
    entry = SAMPLERS[base]
    if mark:
        raise UsageError(f"backend {base!r} takes no arguments, got {arguments!r}")
    made: Backend = entry.load()(n_qubits, noise)
    return made
