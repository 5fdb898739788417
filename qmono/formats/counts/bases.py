"""Local bases as files spell them: Pauli letters, inputs, angles, Bloch vectors, amplitudes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import atan2, copysign, degrees, hypot

import numpy as np

from qmono.core.counts import PAULI_DIRECTIONS, FloatArray, angle_direction
from qmono.errors import InputError
from qmono.quantum.types import Vector

PAULI_LABEL = re.compile(r"[XYZ]+")
INPUT_LABEL = re.compile(r"[0-9]+")
PAULI_TOLERANCE = 1e-4
"""A Bloch vector this close to a Pauli axis is that axis: amplitudes in files have four digits or more."""

_KETS = {"0": (0, 0, 1), "1": (0, 0, -1), "+": (1, 0, 0), "-": (-1, 0, 0), "r": (0, 1, 0), "l": (0, -1, 0)}


def bloch_vector(amplitudes: Sequence[complex], place: str = "") -> tuple[float, float, float]:
    """Bloch vector of the ket a|0> + b|1>, normalised: (2 Re a*b, 2 Im a*b, |a|^2 - |b|^2)."""
    a, b = amplitudes
    if not 1e-3 < max(abs(a.real), abs(a.imag), abs(b.real), abs(b.imag)) < 1e3:
        raise InputError(f"the amplitudes {a:g}, {b:g} are no state", place=place)
    norm = abs(a) ** 2 + abs(b) ** 2
    overlap = 2 * a.conjugate() * b / norm
    return overlap.real, overlap.imag, (abs(a) ** 2 - abs(b) ** 2) / norm


def ket_amplitudes(direction: Sequence[float]) -> Vector:
    """Amplitudes (2,) of the ket with a Bloch vector, the larger of the two real and positive."""
    x, y, z = direction
    psi = np.array([1 + z, complex(x, y)] if z >= 0 else [complex(x, -y), 1 - z])
    normalised: Vector = psi / np.linalg.norm(psi)
    return normalised


def direction_angles(direction: Sequence[float]) -> tuple[float, float]:
    """Polar angle and azimuth in degrees of a Bloch vector: inverse of `angle_direction` to 1e-9.

    The azimuth lies in (-90, 90] and the polar angle in (-180, 180], as polarisers are turned.
    """
    x, y, z = direction
    theta, phi = degrees(atan2(hypot(x, y), z)), degrees(atan2(y, x))
    if not -90 < phi <= 90:
        theta, phi = -theta, phi - copysign(180, phi)
    return round(theta, 9) + 0.0, round(phi, 9) + 0.0 if hypot(x, y) > 0 else 0.0


def nearest_pauli(direction: Sequence[float]) -> tuple[str, int] | None:
    """`("X", -1)` for the Bloch vector of -X, None for one that is no Pauli direction."""
    for letter, axis in PAULI_DIRECTIONS.items():
        for sign in (1, -1):
            if all(abs(d - sign * a) <= PAULI_TOLERANCE for d, a in zip(direction, axis, strict=True)):
                return letter, sign
    return None


def ket_label(directions: FloatArray) -> str:
    """Name of a product projector: characters 0 1 + - r l as in `product:01+-rl`, else angles in degrees."""
    return "".join(_ket_name(direction) for direction in directions.tolist())


def _ket_name(direction: Sequence[float]) -> str:
    for name, axis in _KETS.items():
        if all(abs(d - a) <= PAULI_TOLERANCE for d, a in zip(direction, axis, strict=True)):
            return name
    return angle_name(direction)


def angle_name(direction: Sequence[float]) -> str:
    """Name of a basis that is no Pauli basis: its polar angle and azimuth to 1e-4 degrees, `(22.5,0)`."""
    theta, phi = direction_angles(direction)
    return f"({round(theta, 4):.8g},{round(phi, 4):.8g})"


def is_unit(directions: FloatArray) -> bool:
    """Whether every Bloch vector has length one within 1e-6."""
    return bool(np.all(np.abs(np.linalg.norm(directions, axis=-1) - 1) <= 1e-6))


def directions_from_angles(angles: Sequence[Sequence[float]]) -> FloatArray:
    """Bloch vectors (n, 3) of pairs (theta, phi) in degrees."""
    return np.array([angle_direction(theta, phi) for theta, phi in angles], dtype=np.float64)
