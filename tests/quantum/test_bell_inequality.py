"""Every inequality of the catalogue: bounds by enumeration and by measuring, the same loop for all."""

from __future__ import annotations

import dataclasses
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmono.errors import UsageError
from qmono.quantum.bell import INEQUALITIES
from qmono.quantum.bell.chsh import SIGN_VERSIONS, sign_array
from qmono.quantum.bell.inequality import (
    Inequality,
    behaviour_of,
    bell_value,
    correlator_coefficients,
    deterministic_strategies,
    local_bound,
)
from qmono.quantum.states import named_state

EVERY = [pytest.param(INEQUALITIES.load(name), id=name) for name in INEQUALITIES.names]


@pytest.mark.parametrize("inequality", EVERY)
def test_local_bound_is_the_largest_deterministic_value(inequality: Inequality) -> None:
    assert local_bound(inequality.coefficients) == pytest.approx(inequality.local_bound, abs=1e-12)


@pytest.mark.parametrize("inequality", EVERY)
def test_the_directions_reach_the_quantum_bound(inequality: Inequality) -> None:
    behaviour = behaviour_of(named_state(inequality.state).rho, inequality.directions)
    assert bell_value(inequality.coefficients, behaviour) == pytest.approx(
        inequality.quantum_bound, abs=1e-12
    )


@pytest.mark.parametrize("inequality", EVERY)
def test_the_bounds_are_in_order_and_it_is_named(inequality: Inequality) -> None:
    assert inequality.local_bound < inequality.quantum_bound <= inequality.no_signalling_bound
    assert inequality.name in INEQUALITIES
    assert inequality.directions.shape[0] == inequality.parties
    assert np.allclose(np.linalg.norm(inequality.directions, axis=-1), 1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        inequality.local_bound = 3.0  # type: ignore[misc]


def test_a_popescu_rohrlich_box_reaches_four() -> None:
    """P(ab|xy) = 1/2 if a xor b = x y (Popescu and Rohrlich 1994)."""
    chsh = INEQUALITIES.load("chsh")
    box = np.zeros((2, 2, 2, 2))
    for a, b, x, y in product((0, 1), repeat=4):
        box[a, b, x, y] = 0.5 if (a ^ b) == x * y else 0.0
    assert bell_value(chsh.coefficients, box) == chsh.no_signalling_bound


def test_local_bound_of_other_inequalities() -> None:
    """Mermin 3: X X X - X Y Y - Y X Y - Y Y X, local bound 2; chained with three inputs: 4."""
    mermin = np.zeros((2, 2, 2))
    for x in product((0, 1), repeat=3):
        mermin[x] = {0: 1, 2: -1}.get(sum(x), 0)
    assert local_bound(correlator_coefficients(mermin)) == 2
    chained = np.zeros((3, 3))
    for i, j, sign in [(0, 0, 1), (1, 0, 1), (1, 1, 1), (2, 1, 1), (2, 2, 1), (0, 2, -1)]:
        chained[i, j] = sign
    assert local_bound(correlator_coefficients(chained)) == 4


@given(st.lists(st.floats(-3, 3), min_size=16, max_size=16))
def test_local_bound_agrees_with_brute_force(numbers: list[float]) -> None:
    c = np.array(numbers).reshape(2, 2, 2, 2)
    strategies = deterministic_strategies(2, 2)
    values = [
        sum(c[a, b, x, y] * s[a, x] * t[b, y] for a, b, x, y in product((0, 1), repeat=4))
        for s, t in product(strategies, repeat=2)
    ]
    assert local_bound(c) == pytest.approx(max(values), abs=1e-12)


@pytest.mark.parametrize("signs", SIGN_VERSIONS)
def test_all_eight_versions_have_local_bound_two(signs: str) -> None:
    assert local_bound(correlator_coefficients(sign_array(signs).astype(float))) == 2


def test_there_are_eight_versions_and_the_usual_is_first() -> None:
    assert len(set(SIGN_VERSIONS)) == 8
    assert SIGN_VERSIONS[0] == "+++-"


@pytest.mark.parametrize("signs", ["++++", "++--", "+++", "+++-+", "abcd", ""])
def test_signs_that_are_no_version_are_refused(signs: str) -> None:
    with pytest.raises(UsageError, match="--signs"):
        sign_array(signs)
