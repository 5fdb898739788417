"""Shots whose settings are drawn on the device: both registers, shot by shot, to counts per setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qmono.backends.contract import Backend
from qmono.circuits.measurement import REGISTER
from qmono.circuits.random_settings import SETTING_REGISTER
from qmono.core.counts import IntArray
from qmono.errors import UsageError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def check_feeds_forward(device: Backend) -> None:
    """UsageError if a backend cannot measure a bit and act on it within a shot."""
    if not device.feeds_forward:
        raise UsageError(
            f"backend {device.name!r} cannot draw settings in every shot; run --design fixed-blocks there"
        )


def drawn_counts(
    device: Backend, circuit: QuantumCircuit, shots: int, inputs: IntArray, seed: int
) -> IntArray:
    """Counts (S, 2**n) of shots whose settings were drawn, in the order of `inputs` (S, n)."""
    n = inputs.shape[1]
    (result,) = device.sampler(seed).run([(circuit,)], shots=shots).result()
    settings, outcomes = (_indices(getattr(result.data, name), n) for name in (SETTING_REGISTER, REGISTER))
    counts = np.zeros((2**n, 2**n), dtype=np.int64)
    np.add.at(counts, (settings, outcomes), 1)
    return counts[inputs @ (1 << np.arange(n)[::-1])]


def _indices(bits: Any, n: int) -> NDArray[np.int64]:
    """The value of every shot with qubit 0 as the most significant bit; clbit 0 is last in the bytes."""
    columns = np.unpackbits(bits.array, axis=-1)[:, -n:]
    return columns.astype(np.int64) @ (1 << np.arange(n))
