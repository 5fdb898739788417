"""Directions that give a state its largest CHSH value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmono.errors import UsageError
from qmono.quantum.bell import named_inequality
from qmono.quantum.bell.chsh_settings import chsh_directions, chsh_maximum, chsh_plan
from qmono.quantum.bell.inequality import behaviour_of, bell_value
from qmono.quantum.states import BELL_STATES, State, named_state

CHSH = named_inequality("chsh")


def s_of(state: State) -> float:
    return bell_value(CHSH.coefficients, behaviour_of(state.rho, chsh_directions(state)))


def random_state(seed: int, rank: int) -> State:
    rng = np.random.default_rng(seed)
    g = rng.normal(size=(4, rank)) + 1j * rng.normal(size=(4, rank))
    rho = g @ g.conj().T
    return State("random", (2, 2), mixed=rho / np.trace(rho).real)


@pytest.mark.parametrize("name", BELL_STATES)
def test_every_bell_state_reaches_two_root_two_with_one_set_of_signs(name: str) -> None:
    assert s_of(named_state(name)) == pytest.approx(2 * np.sqrt(2), abs=1e-12)


@pytest.mark.parametrize(
    ("name", "bob"),
    [("phi+", (45, -45)), ("phi-", (-45, 45)), ("psi+", (135, -135)), ("psi-", (-135, 135))],
)
def test_the_documented_angles(name: str, bob: tuple[int, int]) -> None:
    directions = chsh_directions(named_state(name))
    angles = np.rad2deg(np.arctan2(directions[..., 0], directions[..., 2]))
    assert np.allclose(angles, [(0, 90), bob])
    assert np.allclose(directions[..., 1], 0)


@pytest.mark.parametrize("state", ["werner:0.8", "werner:psi-:0.8", "werner:-0.2"])
def test_werner_states_reach_visibility_times_two_root_two(state: str) -> None:
    visibility = abs(float(state.rpartition(":")[2]))
    assert s_of(named_state(state)) == pytest.approx(2 * np.sqrt(2) * visibility, abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 4))
def test_the_directions_reach_the_horodecki_maximum(seed: int, rank: int) -> None:
    state = random_state(seed, rank)
    directions = chsh_directions(state)
    assert np.allclose(np.linalg.norm(directions, axis=-1), 1)
    assert s_of(state) == pytest.approx(chsh_maximum(state.rho), abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_no_other_directions_do_better(seed: int) -> None:
    state = random_state(seed, 1)
    rng = np.random.default_rng(seed)
    for _ in range(10):
        other = rng.normal(size=(2, 2, 3))
        other /= np.linalg.norm(other, axis=-1, keepdims=True)
        assert bell_value(CHSH.coefficients, behaviour_of(state.rho, other)) <= s_of(state) + 1e-12


@pytest.mark.parametrize("name", ["product:01", "product:+r", "ghz:2", "dicke:2,1"])
def test_states_without_or_with_entanglement(name: str) -> None:
    state = named_state(name)
    expected = 2.0 if name.startswith("product") else 2 * np.sqrt(2)
    assert s_of(state) == pytest.approx(expected, abs=1e-9)


def test_white_noise_has_directions_all_the_same() -> None:
    directions = chsh_directions(State("white", (2, 2), mixed=np.eye(4, dtype=complex) / 4))
    assert np.allclose(np.linalg.norm(directions, axis=-1), 1)


def test_a_state_of_three_qubits_is_refused() -> None:
    with pytest.raises(UsageError, match="two qubits"):
        chsh_directions(named_state("ghz:3"))


def test_the_plan_declares_what_it_is() -> None:
    plan = chsh_plan(named_state("psi-"), 1000, 5)
    assert (plan.labels, plan.signs, plan.design) == (("00", "01", "10", "11"), "+++-", "fixed-blocks")
    assert (plan.shots, plan.rounds) == (1000, 5)
    assert np.allclose(
        plan.directions[2], [chsh_directions(named_state("psi-"))[0, 1], [-np.sqrt(0.5), 0, -np.sqrt(0.5)]]
    )
