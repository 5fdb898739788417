"""Bloch vectors in a plane, by angles in degrees."""

from __future__ import annotations

import numpy as np

from qmono.quantum.types import Real


def xz_directions(degrees: Real) -> Real:
    """Vectors (..., 3) in the XZ plane, from +Z towards +X."""
    radians = np.deg2rad(degrees)
    return _clean(np.stack([np.sin(radians), np.zeros_like(radians), np.cos(radians)], axis=-1))


def xy_directions(degrees: Real) -> Real:
    """Vectors (..., 3) in the XY plane, from +X towards +Y."""
    radians = np.deg2rad(degrees)
    return _clean(np.stack([np.cos(radians), np.sin(radians), np.zeros_like(radians)], axis=-1))


def _clean(vectors: Real) -> Real:
    """Zeros where rounding of right angles left 1e-17."""
    return np.where(np.abs(vectors) < 1e-15, 0.0, vectors)
