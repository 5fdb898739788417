"""Certificates: the table of the reference, the ends of the range, and states that they must hold for."""

from __future__ import annotations

from math import log2, sqrt

import numpy as np
import pytest

from qmono.quantum.bell.certificates import (
    FIDELITY_THRESHOLD,
    bell_fidelity_at,
    concurrence_at,
    conditional_entropy_at,
    entanglement_of_formation_at,
    ghz_fidelity_at,
    guessing_probability_at,
    key_rate_at,
    min_entropy_at,
    negativity_at,
)
from qmono.quantum.bell.chsh_settings import chsh_maximum
from qmono.quantum.measures.concurrence import concurrence
from qmono.quantum.measures.entanglement_of_formation import entanglement_of_formation
from qmono.quantum.measures.negativity import negativity
from qmono.quantum.states import bell

TSIRELSON = 2 * sqrt(2)

# S, concurrence, Bell fidelity, negativity, H_min, H(A|E), key rate on the Werner line
TABLE = [
    (2.0747, 0.2758532626, 0.5, 0.0450854383, 0.0282635102, 0.0556092071, -0.5107),
    (2.1058229337, 0.3295793638, 0.5, 0.0638697904, 0.0408768852, 0.0798386066, -0.4714),
    (2.2, 0.4582575695, 0.5651650429, 0.1207106781, 0.0825152035, 0.1572880007, -0.3459108089),
    (2.4, 0.6633249581, 0.7035533906, 0.2414213562, 0.1940212594, 0.3461124358, -0.0408608700),
    (2.5, 0.75, 0.7727475644, 0.3017766953, 0.2675676927, 0.4564355568, 0.1367473302),
    (2.7, 0.9069178574, 0.9111359121, 0.4224873734, 0.4927812960, 0.7284821254, 0.5721232114),
    (2.8, 0.9797958971, 0.9803300859, 0.4828427125, 0.7369655942, 0.9185310850, 0.8729236360),
    (TSIRELSON, 1, 1, 0.5, 1, 1, 1),
]


@pytest.mark.parametrize(("s", "c", "fidelity", "neg", "h_min", "h", "rate"), TABLE)
def test_the_table(
    s: float, c: float, fidelity: float, neg: float, h_min: float, h: float, rate: float
) -> None:
    near_end = 1e-7 if s == TSIRELSON else 6e-11
    assert concurrence_at(s) == pytest.approx(c, abs=near_end)
    assert bell_fidelity_at(s) == pytest.approx(fidelity, abs=near_end)
    assert negativity_at(s) == pytest.approx(neg, abs=near_end)
    assert min_entropy_at(s) == pytest.approx(h_min, abs=near_end)
    assert conditional_entropy_at(s) == pytest.approx(h, abs=near_end)
    digits = 6e-5 if len(str(rate)) < 8 else near_end
    assert key_rate_at(s, (1 - s / TSIRELSON) / 2) == pytest.approx(rate, abs=digits)


def test_the_threshold_of_fidelity_and_the_zero_of_the_key_rate() -> None:
    assert pytest.approx(2.105822933719, abs=1e-12) == FIDELITY_THRESHOLD
    s = 2.424008664923
    q = (1 - s / TSIRELSON) / 2
    assert q == pytest.approx(0.071491758844, abs=1e-12)
    assert key_rate_at(s, q) == pytest.approx(0, abs=1e-10)


def test_ghz_from_mermin() -> None:
    """1/2 at the biseparable bound 2 sqrt2, 1 at the quantum bound 4, linear in between."""
    assert [ghz_fidelity_at(m) for m in (-4.0, 2.0, TSIRELSON)] == [0.5, 0.5, 0.5]
    assert ghz_fidelity_at((TSIRELSON + 4) / 2) == pytest.approx(0.75)
    assert ghz_fidelity_at(4.0) == ghz_fidelity_at(4.5) == 1


@pytest.mark.parametrize("visibility", [0.8, 0.95, 1.0])
def test_the_ghz_certificate_holds_for_noisy_states(visibility: float) -> None:
    """GHZ with white noise: M = 4 V, F = (1 + 7 V)/8."""
    assert ghz_fidelity_at(4 * visibility) <= (1 + 7 * visibility) / 8


@pytest.mark.parametrize("s", [-4.0, 0.0, 2.0])
def test_nothing_is_proven_without_a_violation(s: float) -> None:
    zero = (
        concurrence_at,
        entanglement_of_formation_at,
        negativity_at,
        min_entropy_at,
        conditional_entropy_at,
    )
    assert [function(s) for function in zero] == [0] * 5
    assert (bell_fidelity_at(s), guessing_probability_at(s)) == (0.5, 1.0)


@pytest.mark.parametrize("s", [TSIRELSON, 3.0, 4.0])
def test_beyond_the_quantum_bound_nothing_more_is_proven(s: float) -> None:
    assert concurrence_at(s) == pytest.approx(1, abs=1e-7)
    assert guessing_probability_at(s) == pytest.approx(0.5, abs=1e-7)
    assert min_entropy_at(s) == -log2(guessing_probability_at(s))


def test_certificates_hold_for_states_measured_with_their_best_directions() -> None:
    """Random mixtures near Bell states: no certificate exceeds what the state has."""
    rng = np.random.default_rng(11)
    tried = 0
    for _ in range(400):
        a = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
        noise = a @ a.conj().T
        psi = bell("phi+").psi + 0.6 * (rng.normal(size=4) + 1j * rng.normal(size=4))
        rho = 0.92 * np.outer(psi, psi.conj()) / np.vdot(psi, psi).real + 0.08 * noise / np.trace(noise).real
        s = chsh_maximum(rho)
        if s > 2:
            tried += 1
            assert concurrence(rho) >= concurrence_at(s) - 1e-7
            assert entanglement_of_formation(rho) >= entanglement_of_formation_at(s) - 1e-7
            assert negativity(rho) >= negativity_at(s) - 1e-9
    assert tried > 50
