"""Every inequality of the catalogue: bounds by enumeration and by measuring, the same loop for all."""

from __future__ import annotations

import dataclasses
from itertools import product

import numpy as np
import pytest
from bell_bounds import full_correlations, no_signalling_bound, npa_bound, planar_bounds
from hypothesis import given, settings
from hypothesis import strategies as st

from qmono.errors import UsageError
from qmono.quantum.bell import INEQUALITIES, named_inequality
from qmono.quantum.bell.chsh import SIGN_VERSIONS, sign_array
from qmono.quantum.bell.inequality import (
    Inequality,
    bell_value,
    correlator_coefficients,
    deterministic_strategies,
    hybrid_bound,
    local_bound,
)
from qmono.quantum.states import State

MEMBERS: list[tuple[str, dict[str, float]]] = [
    *((name, {}) for name in INEQUALITIES.names),
    *(("tilted", {"tilt": tilt}) for tilt in (0.5, 1.5)),
    *(("chained", {"settings_per_side": n}) for n in (2, 4, 5, 6)),
    *((name, {"qubits": n}) for name in ("mermin", "mabk", "svetlichny") for n in (4, 5)),
    *((name, {"qubits": 6}) for name in ("mermin", "mabk")),
]
EVERY = [pytest.param(member, id=member.name) for member in (named_inequality(n, **p) for n, p in MEMBERS)]
SMALL = [param for param in EVERY if param.values[0].parties < 5]
TIGHT = [param for param in EVERY if param.values[0].parties < 4 and param.id != "i3322"]

# Local, quantum, no-signalling; the papers named in each module, and for MABK Werner and Wolf,
# Phys. Rev. A 64 (2001) 032112
KNOWN = {
    "chsh": (2, 2.8284271247, 4),
    "eberhard": (0, 0.2071067812, 0.5),
    "chained:3": (4, 5.1961524227, 6),
    "chained:4": (6, 7.3910362601, 8),
    "chained:5": (8, 9.5105651630, 10),
    "chained:6": (10, 11.5911099155, 12),
    "mermin:3": (2, 4, 4),
    "mermin:4": (4, 8, 8),
    "mermin:5": (4, 16, 16),
    "mabk:3": (1, 2, 2),
    "mabk:4": (1, 2.8284271247, 4),
    "mabk:5": (1, 4, 4),
    "svetlichny:3": (4, 5.6568542495, 8),
    "cglmp": (2, 2.9148542155, 4),
    "tilted:0.5": (2.5, 2.9154759474, 4),
    "tilted:1": (3, 3.1622776602, 4),
    "tilted:1.5": (3.5, 3.5355339059, 4),
    "elegant": (6, 6.9282032303, 12),
}


def enumerated(inequality: Inequality) -> float:
    return {"local": local_bound, "hybrid": hybrid_bound}[inequality.model](inequality.coefficients)


@pytest.mark.parametrize("member", EVERY)
def test_the_bound_is_the_largest_value_of_its_models(member: Inequality) -> None:
    assert enumerated(member) == pytest.approx(member.local_bound, abs=1e-12)


@pytest.mark.parametrize("member", EVERY)
def test_the_measurements_reach_the_quantum_bound(member: Inequality) -> None:
    assert member.best is not None
    reached = bell_value(member.coefficients, member.best.behaviour())
    expected = 0.25 if member.name == "i3322" else member.quantum_bound
    assert reached == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("member", SMALL)
def test_the_no_signalling_bound_is_that_of_linear_programming(member: Inequality) -> None:
    assert no_signalling_bound(member.coefficients) == pytest.approx(member.no_signalling_bound, abs=1e-7)


@pytest.mark.parametrize("member", TIGHT)
def test_no_quantum_value_is_above_the_quantum_bound(member: Inequality) -> None:
    """Tight at level 1 + AB, with three parties 1 + A + AB + ABC."""
    assert npa_bound(member.coefficients, member.parties) == pytest.approx(member.quantum_bound, abs=2e-5)


MANY = [
    pytest.param(named_inequality(name, qubits=n), points, id=f"{name}:{n}")
    for name in ("mermin", "mabk", "svetlichny")
    for n, points in ((3, 256), (4, 128), (5, 32), (6, 16))
]


@pytest.mark.parametrize(("member", "points"), MANY)
def test_planar_qubits_reach_the_bound_of_many_parties_and_no_more(member: Inequality, points: int) -> None:
    """Werner and Wolf's form of all quantum values, from the coefficients alone; proven to 0.02 to 5 %."""
    reached, most = planar_bounds(full_correlations(member.coefficients), points)
    assert reached == pytest.approx(member.quantum_bound, rel=1e-9)
    assert member.quantum_bound is not None
    assert most < member.quantum_bound * 1.051
    if member.parties < 5:
        assert most < member.quantum_bound * 1.001


@pytest.mark.parametrize("name", ["mermin", "mabk", "svetlichny"])
def test_moment_matrices_of_four_parties(name: str) -> None:
    """1 + A + AB is tight: it asks nothing about qubits, planes or GHZ states."""
    member = named_inequality(name, qubits=4)
    assert npa_bound(member.coefficients, 2) == pytest.approx(member.quantum_bound, rel=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_planar_qubits_and_moment_matrices_agree_on_inequalities_of_no_name(seed: int) -> None:
    """Random weights of two and three parties: neither method echoes the catalogue."""
    rng = np.random.default_rng(seed)
    parties = 2 + seed % 2
    weights = rng.normal(size=(2,) * parties)
    reached, most = planar_bounds(weights, 256)
    above = npa_bound(correlator_coefficients(weights), parties)
    assert reached - 1e-6 <= above <= most + 1e-5
    assert local_bound(correlator_coefficients(weights)) < above + 1e-6


def test_i3322_lies_between_two_qubits_and_the_moment_matrix() -> None:
    """Level 1 + AB gives 0.25147 (Navascues, Pironio, Acin 2008); the bound filed is from a higher level."""
    member = named_inequality("i3322")
    above = npa_bound(member.coefficients, 2)
    assert above == pytest.approx(0.25147091, abs=1e-6)
    assert member.quantum_bound is not None
    assert 0.25 < member.quantum_bound < above


def test_the_moment_matrix_of_a_local_bound_is_loose() -> None:
    """The bound can fail: it is no echo of the local one."""
    assert npa_bound(named_inequality("chsh").coefficients, 1) > 2.8


@pytest.mark.parametrize("member", EVERY)
def test_the_bounds_are_the_published_ones_and_in_order(member: Inequality) -> None:
    bounds = (member.local_bound, member.quantum_bound, member.no_signalling_bound)
    if member.name in KNOWN:
        assert bounds == pytest.approx(KNOWN[member.name], abs=1e-9)
    assert bounds[0] < bounds[1] <= bounds[2]
    assert member.name.partition(":")[0] in INEQUALITIES
    with pytest.raises(dataclasses.FrozenInstanceError):
        member.local_bound = 3.0  # type: ignore[misc]


def test_maximally_entangled_qutrits_reach_less() -> None:
    """2.8729340512 (Collins et al. 2002): the best state of CGLMP is not maximally entangled."""
    member = named_inequality("cglmp")
    assert member.best is not None
    psi = np.eye(3).reshape(-1).astype(complex) / np.sqrt(3)
    flat = dataclasses.replace(member.best, state=State("qutrits", (3, 3), psi=psi))
    assert bell_value(member.coefficients, flat.behaviour()) == pytest.approx(2.8729340512, abs=1e-9)


def test_svetlichny_is_no_bound_of_local_models_only() -> None:
    """Five parties, each for itself, reach 8; two groups reach 16."""
    member = named_inequality("svetlichny", qubits=5)
    assert local_bound(member.coefficients) == pytest.approx(8, abs=1e-12)
    assert hybrid_bound(member.coefficients) == pytest.approx(16, abs=1e-12)


@pytest.mark.parametrize("n", range(2, 6))
def test_mabk_is_the_recursion_of_klyshko(n: int) -> None:
    """M_n = M_(n-1) (a + a')/2 + M'_(n-1) (a - a')/2."""
    weights = np.array([1.0, 0.0])
    for _ in range(n - 1):
        other = weights[(slice(None, None, -1),) * weights.ndim]
        weights = np.stack([(weights + other) / 2, (weights - other) / 2], axis=-1)
    if n > 2:
        assert np.allclose(
            correlator_coefficients(weights), named_inequality("mabk", qubits=n).coefficients, atol=1e-12
        )
    assert local_bound(correlator_coefficients(weights)) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("mermin", {"qubits": 2}, "--qubits must be a whole number from 3 to 8, got 2"),
        ("mermin", {"qubits": 3.5}, "whole number"),
        ("chained", {"settings_per_side": 99}, "--settings-per-side"),
        ("tilted", {"tilt": -1}, "--tilt must be a number from 0 to 1.9, got -1"),
        ("chsh", {"qubits": 3}, "--qubits has no meaning for this inequality, which takes no parameters"),
        ("mermin", {"tilt": 1}, "--tilt has no meaning for this inequality, which takes --qubits"),
        ("mermin:4", {"qubits": 5}, "--qubits is given twice"),
        ("chsh:3", {}, "takes no parameters, got :3"),
        ("mermin:x", {}, "is a number, got 'x'"),
        ("mermaid", {}, "did you mean 'mermin'"),
    ],
)
def test_wrong_parameters_are_refused(name: str, given: dict[str, float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        named_inequality(name, **given)


def test_too_many_strategies_are_refused() -> None:
    with pytest.raises(UsageError, match="strategies, at most"):
        local_bound(np.ones((2, 2, 23, 23)))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6))
def test_a_hybrid_bound_is_never_below_the_local_one(seed: int) -> None:
    c = np.random.default_rng(seed).normal(size=(2,) * 6)
    assert hybrid_bound(c) >= local_bound(c) - 1e-12


def test_a_popescu_rohrlich_box_reaches_four() -> None:
    """P(ab|xy) = 1/2 if a xor b = x y (Popescu and Rohrlich 1994)."""
    chsh = named_inequality("chsh")
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
