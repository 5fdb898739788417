"""Simulated noise in two numbers, written `depolarizing=0.05,readout=0.02`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from qmono.errors import UsageError, did_you_mean

RANGES: Mapping[str, float] = {"depolarizing": 16 / 15, "readout": 0.5}
"""Largest value of each number; the smallest is 0."""


@dataclass(frozen=True)
class Noise:
    """Noise of a simulated device.

    depolarizing: Qiskit's parameter p in [0, 16/15] of the two-qubit channel
    rho -> (1 - p) rho + p I/4 after every two-qubit gate.
    readout: probability in [0, 1/2] that the readout of a qubit is flipped, either way.
    """

    depolarizing: float = 0.0
    readout: float = 0.0

    def __post_init__(self) -> None:
        for name, largest in RANGES.items():
            value = getattr(self, name)
            if not 0 <= value <= largest:
                raise UsageError(f"noise {name} lies between 0 and {largest:.4g}, got {value:g}")

    def __str__(self) -> str:
        return f"depolarizing={self.depolarizing:g},readout={self.readout:g}"

    def to_json(self) -> dict[str, float]:
        """As a plain mapping, for the metadata of a table."""
        return asdict(self)


def parse_noise(text: str) -> Noise:
    """`"depolarizing=0.05,readout=0.02"` -> Noise; UsageError says which part is wrong and why."""
    values: dict[str, float] = {}
    for part in text.split(","):
        name, equals, number = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise UsageError(f"noise is written NAME=VALUE,..., such as depolarizing=0.05; got {part!r}")
        if name not in RANGES:
            raise UsageError(f"unknown noise {name!r}{did_you_mean(name, RANGES)}")
        if name in values:
            raise UsageError(f"noise {name!r} is given twice in {text!r}")
        values[name] = _number(name, number)
    return Noise(**values)


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"noise {name} needs a number, got {text!r}") from None


def noise_model(noise: Noise, two_qubit_gates: tuple[str, ...]) -> Any:
    """Aer's NoiseModel: depolarizing after each of the named gates, a flip at each readout."""
    from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error

    model = NoiseModel()
    if noise.depolarizing:
        error = depolarizing_error(noise.depolarizing, 2)
        model.add_all_qubit_quantum_error(error, list(two_qubit_gates))
    if noise.readout:
        r = noise.readout
        model.add_all_qubit_readout_error(ReadoutError([[1 - r, r], [r, 1 - r]]))
    return model
