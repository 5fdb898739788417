r"""S against the angle between the two sides: Bob's directions turned step by step.

Bob's two directions turn together in their plane, from the first towards the second. On a Bell state
S(angle) = 2 sqrt2 V cos(angle - offset): the height shows the visibility V, the offset a misalignment.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, hypot

import numpy as np

from qmono.errors import UsageError
from qmono.quantum.bell.chsh import USUAL_SIGNS
from qmono.quantum.bell.chsh_settings import chsh_directions
from qmono.quantum.bell.plan import settings_plan
from qmono.quantum.plans import Plan
from qmono.quantum.states import State
from qmono.quantum.types import Real

FEWEST_STEPS, MOST_STEPS = 4, 360


@dataclass(frozen=True)
class CosineFit:
    """Least squares of amplitude * cos(angle - offset), offset in degrees."""

    amplitude: float
    offset: float


def scan_angles(steps: int) -> Real:
    """`steps` angles in degrees, equally spaced over the whole turn."""
    if not FEWEST_STEPS <= steps <= MOST_STEPS:
        raise UsageError(f"--scan takes {FEWEST_STEPS} to {MOST_STEPS} angles, got {steps}")
    angles: Real = 360 * np.arange(steps) / steps
    return angles


def scan_plan(state: State, steps: int, shots: int, rounds: int = 4) -> Plan:
    """Alice's two best directions, and Bob's turned by every angle: input 2k + y is his y at angle k."""
    alice, bob = chsh_directions(state)
    turned = np.concatenate([_turned(bob, angle) for angle in np.deg2rad(scan_angles(steps))])
    inputs = np.array(list(np.ndindex(2, 2 * steps)), dtype=np.int64)
    return settings_plan(inputs, (alice, turned), shots, rounds, signs=USUAL_SIGNS)


def turned_by(bob: Real) -> Real:
    """Angles (K,) in degrees by which directions (2K, 3) of a scan are turned against the first two."""
    first, across = bob[0], np.cross(_normal(bob[:2]), bob[0])
    degrees: Real = np.round(np.rad2deg(np.arctan2(bob[::2] @ across, bob[::2] @ first)), 6) % 360
    return degrees


def cosine_fit(degrees: Real, values: Real) -> CosineFit:
    """The fit to values at angles that span a plane of cosines (three different ones at least)."""
    radians = np.deg2rad(degrees)
    design = np.stack([np.cos(radians), np.sin(radians)], axis=1)
    (cosine, sine), *_ = np.linalg.lstsq(design, values, rcond=None)
    return CosineFit(float(hypot(cosine, sine)), float(np.rad2deg(atan2(sine, cosine))))


def _turned(bob: Real, radians: float) -> Real:
    turned: Real = np.cos(radians) * bob + np.sin(radians) * np.cross(_normal(bob), bob)
    return turned


def _normal(bob: Real) -> Real:
    normal = np.cross(bob[0], bob[1])
    length: Real = normal / np.linalg.norm(normal)
    return length
