"""The catalogue of measures: known values, ranges, invariance; and the witness that bounds concurrence."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmono.errors import UsageError
from qmono.quantum.measures import MEASURES
from qmono.quantum.measures.concurrence import (
    concurrence,
    concurrence_witness,
    signed_concurrence,
    takagi,
)
from qmono.quantum.measures.entanglement_of_formation import formation_of_concurrence
from qmono.quantum.measures.measure import Measure
from qmono.quantum.measures.negativity import negativity
from qmono.quantum.operations import projector
from qmono.quantum.states import bell, named_state, werner

NAMES = MEASURES.names
SEEDS = st.integers(0, 2**32 - 1)


def random_state(rng: np.random.Generator, d: int = 4, rank: int = 4) -> np.ndarray:
    a = rng.normal(size=(d, rank)) + 1j * rng.normal(size=(d, rank))
    rho = a @ a.conj().T
    return rho / np.trace(rho).real


def random_unitary(rng: np.random.Generator, d: int = 2) -> np.ndarray:
    q, r = np.linalg.qr(rng.normal(size=(d, d)) + 1j * rng.normal(size=(d, d)))
    return q * (np.diag(r) / np.abs(np.diag(r)))


def load(name: str) -> Measure:
    return MEASURES.load(name)


@pytest.mark.parametrize("name", NAMES)
def test_known_values(name):
    measure = load(name)
    assert measure.name == name
    assert measure.known
    for state_name, expected in measure.known:
        state = named_state(state_name)
        for value in measure.evaluate(state.rho, state.dims).values():
            assert value == pytest.approx(expected, abs=1e-9), state_name


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, rank=st.integers(1, 4))
def test_range_and_local_unitary_invariance(name, seed, rank):
    rng = np.random.default_rng(seed)
    measure, rho = load(name), random_state(rng, rank=rank)
    if measure.why_not(rho, (2, 2)) is not None:
        with pytest.raises(UsageError, match=f"{name} does not apply"):
            measure.evaluate(rho, (2, 2))
        return
    local = np.kron(random_unitary(rng), random_unitary(rng))
    before = measure.evaluate(rho, (2, 2))
    after = measure.evaluate(local @ rho @ local.conj().T, (2, 2))
    low, high = measure.range
    for key, value in before.items():
        assert low - 1e-9 <= value <= high + 1e-9
        assert after[key] == pytest.approx(value, abs=2e-7)


@pytest.mark.parametrize("name", [name for name in NAMES if load(name).zero_on_products])
def test_zero_on_mixed_products(name):
    rng = np.random.default_rng(5)
    for _ in range(20):
        rho = np.kron(random_state(rng, 2, 2), random_state(rng, 2, 1))
        if load(name).why_not(rho, (2, 2)) is not None:
            continue
        assert max(load(name).evaluate(rho, (2, 2)).values()) == pytest.approx(0, abs=1e-7)


def test_every_cut_and_pair_is_named():
    state = named_state("ghz:3")
    assert load("negativity").evaluate(state.rho, state.dims) == pytest.approx(
        {"0,1|2": 0.5, "0,2|1": 0.5, "0|1,2": 0.5}
    )
    assert load("concurrence").evaluate(state.rho, state.dims) == pytest.approx(
        {"0,1": 0, "0,2": 0, "1,2": 0}, abs=1e-9
    )


def test_x_state_closed_form():
    """C = 2 max(0, |r14| - sqrt(r22 r33), |r23| - sqrt(r11 r44)); Yu, Eberly, QIC 7 (2007) 459."""
    rho = np.diag([0.4, 0.2, 0.1, 0.3]).astype(complex)
    rho[0, 3] = rho[3, 0] = 0.3
    rho[1, 2] = rho[2, 1] = 0.1
    assert concurrence(rho) == pytest.approx(2 * (0.3 - sqrt(0.02)), abs=1e-12)


@pytest.mark.parametrize("f", [0.2, 0.5, 0.9])
def test_bell_with_product_noise(f):
    """F psi- + (1-F)|00>: C = F, N = (sqrt((1-F)^2 + F^2) - (1-F))/2.

    Verstraete et al, J. Phys. A 34 (2001) 10327.
    """
    rho = f * bell("psi-").rho + (1 - f) * named_state("product:00").rho
    assert concurrence(rho) == pytest.approx(f, abs=1e-12)
    assert negativity(rho) == pytest.approx((sqrt((1 - f) ** 2 + f**2) - (1 - f)) / 2, abs=1e-12)


def test_signed_concurrence_goes_below_zero():
    assert signed_concurrence(werner(0.2).rho) == pytest.approx((3 * 0.2 - 1) / 2)
    assert signed_concurrence(np.eye(4) / 4) == pytest.approx(-0.5)


def test_pure_product_state_keeps_its_digits():
    """The root of eigenvalues would give about 1e-8 here."""
    rng = np.random.default_rng(2)
    psi = np.kron(random_unitary(rng)[0], random_unitary(rng)[0])
    assert abs(signed_concurrence(projector(psi))) < 1e-14


def test_formation_of_w_pair():
    """C = 2/3 gives 0.55005 ebits."""
    assert formation_of_concurrence(2 / 3) == pytest.approx(0.5500477596, abs=1e-9)


@pytest.mark.parametrize("name", ["concurrence", "tangle", "entanglement_of_formation"])
def test_pairs_only(name):
    with pytest.raises(UsageError, match="two qubits"):
        load(name).function(np.eye(8) / 8)


REFERENCES = {
    "bell": bell("psi-").rho,
    "werner": werner(0.9).rho,
    "identity": np.eye(4) / 4,
    "product": named_state("product:0r").rho,
    "rank 1 and white noise": 0.7 * projector(np.array([0.8, 0, 0, 0.6], complex)) + 0.3 * np.eye(4) / 4,
}


@pytest.mark.parametrize("name", REFERENCES)
def test_witness_is_tight_at_degenerate_references(name):
    rho = REFERENCES[name]
    mixed = 0.995 * rho + 0.005 * np.eye(4) / 4
    assert np.trace(concurrence_witness(rho) @ mixed).real == pytest.approx(
        signed_concurrence(mixed), abs=1e-9
    )


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, rank=st.integers(1, 4), name=st.sampled_from([*REFERENCES, "random"]))
def test_concurrence_is_at_least_the_witness(seed, rank, name):
    rng = np.random.default_rng(seed)
    witness = concurrence_witness(REFERENCES.get(name, random_state(rng, rank=rank)))
    for sigma in (random_state(rng, rank=r) for r in (1, 2, 4)):
        assert concurrence(sigma) >= np.trace(witness @ sigma).real - 1e-9


def test_takagi_survives_degenerate_values_where_a_phase_fixed_svd_does_not():
    rng = np.random.default_rng(0)
    unitary = random_unitary(rng, 4)
    symmetric = unitary @ np.diag([0.9, 0.1, 0.1, 0.1]) @ unitary.T
    values, vectors = takagi(symmetric)
    assert values == pytest.approx([0.9, 0.1, 0.1, 0.1])
    assert vectors @ np.diag(values) @ vectors.T == pytest.approx(symmetric, abs=1e-12)
    assert vectors.conj().T @ vectors == pytest.approx(np.eye(4), abs=1e-12)

    left, singular, _ = np.linalg.svd(symmetric)
    phases = np.diag(left.conj().T @ symmetric @ left.conj()) / singular
    fixed = left * np.sqrt(phases)
    assert np.abs(fixed @ np.diag(singular) @ fixed.T - symmetric).max() > 0.01
