"""Every protocol on every target it takes: its lines hold as operator inequalities, its fractions too."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest

from qmono.quantum.fidelity.protocols import PROTOCOLS
from qmono.quantum.fidelity.scheme import Probe, Scheme
from qmono.quantum.limits import clopper_pearson_low
from qmono.quantum.operations import projector
from qmono.quantum.paulis import PAULIS, pauli_string
from qmono.quantum.states import State, named_state


def random_state(n: int, seed: int) -> State:
    rng = np.random.default_rng(seed)
    psi = rng.normal(size=2**n) + 1j * rng.normal(size=2**n)
    return State("random", (2,) * n, psi=psi / np.linalg.norm(psi))


def pair(angle: float) -> State:
    return State("pair", (2, 2), psi=np.array([np.cos(angle), 0, 0, np.sin(angle)], dtype=np.complex128))


TARGETS = {
    **{name: named_state(name) for name in ("phi+", "psi-", "ghz:3", "ghz:5", "cluster:4", "w:3")},
    "pair pi/8": pair(np.pi / 8),
    "random pair": random_state(2, 1),
    "random three": random_state(3, 2),
}
SCHEMES = {
    f"{entry.name} {name}": scheme
    for entry in PROTOCOLS
    for name, target in TARGETS.items()
    if isinstance(scheme := entry.load().scheme(target), Scheme)
}


def operator(probe: Probe) -> np.ndarray:
    """The projector on "passes"."""
    n = len(probe.directions)
    if probe.passing is None:
        return (np.eye(2**n) + probe.sign * pauli_string(probe.label)) / 2
    bases = [np.einsum("k,kij->ij", direction, PAULIS[1:]) for direction in probe.directions]
    found = np.zeros((2**n, 2**n), dtype=np.complex128)
    for outcome in np.flatnonzero(probe.passing):
        part = np.ones((1, 1))
        for qubit in range(n):
            sign = 1 - 2 * (int(outcome) >> (n - 1 - qubit) & 1)
            part = np.kron(part, (np.eye(2) + sign * bases[qubit]) / 2)
        found += part
    return found


def mean_operator(scheme: Scheme) -> np.ndarray:
    """sum mu_i P_i: exact for blocks; for a lottery from the probabilities that its protocol states."""
    if scheme.lottery is None:
        assert np.isclose(sum(scheme.units), scheme.block)
        return sum(
            units / scheme.block * operator(probe)
            for units, probe in zip(scheme.units, scheme.probes, strict=True)
        )
    n, psi = scheme.target.n_qubits, scheme.target.psi
    labels = ["".join(letters) for letters in product("IXYZ", repeat=n)][1:]
    weights = {label: abs(np.vdot(psi, pauli_string(label) @ psi)) for label in labels}
    if scheme.protocol == "verification" and n > 2:
        weights = {label: 2 / 3 / 2 ** (n - 1) * (set(label) <= {"X", "Y"}) for label in labels}
        weights["Z" * n] = 1 / 3
    elif scheme.protocol == "verification":
        rng, seen = np.random.default_rng(5), {}
        for _ in range(200):
            probe = scheme.lottery.draw(rng)
            seen[probe.label] = probe
        s = abs(np.linalg.det(psi.reshape(2, 2)))
        first = 1 / 3 if len(seen) == 3 else (1 - s) / (2 + s)
        if len(seen) == 3:  # a Bell state
            return sum(operator(probe) for probe in seen.values()) / 3
        return sum(
            (first if label == "schmidt" else (1 - first) / 3) * operator(probe)
            for label, probe in seen.items()
        )
    found = {
        label: (weight, scheme.lottery.find(label)) for label, weight in weights.items() if weight > 1e-12
    }
    total = sum(weight for weight, probe in found.values() if probe is not None)
    return sum(weight / total * operator(probe) for weight, probe in found.values() if probe is not None)


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_the_lines_hold_for_every_state(scheme: Scheme) -> None:
    d = 2**scheme.target.n_qubits
    omega, target = mean_operator(scheme), projector(scheme.target.psi)
    low, high = (line.offset * np.eye(d) + line.slope * omega for line in (scheme.low, scheme.high))
    assert np.linalg.eigvalsh(target - low).min() > -1e-9
    assert np.linalg.eigvalsh(high - target).min() > -1e-9
    assert scheme.is_value == np.allclose(low, high)
    assert np.trace(omega).real / d == pytest.approx(scheme.expected_pass(1 / d))
    passing = np.vdot(scheme.target.psi, omega @ scheme.target.psi).real
    assert passing == pytest.approx(scheme.expected_pass(1.0))
    assert passing == pytest.approx(1.0) or scheme.protocol == "direct"


@pytest.mark.parametrize(
    "scheme", [scheme for scheme in SCHEMES.values() if scheme.lottery], ids=lambda s: s.protocol
)
def test_settings_are_drawn_with_their_probabilities(scheme: Scheme) -> None:
    """The mean over many draws is the operator of the lines, within five sigma."""
    rng, draws = np.random.default_rng(11), 4000
    drawn = [scheme.lottery.draw(rng) for _ in range(draws)]
    probes = {probe.label: probe for probe in drawn}
    counts = Counter(probe.label for probe in drawn)
    omega = sum(counts[label] / draws * operator(probe) for label, probe in probes.items())
    assert np.abs(omega - mean_operator(scheme)).max() < 5 * 0.5 / np.sqrt(draws)
    for label, probe in probes.items():
        found = scheme.lottery.find(label)
        assert (found.sign, found.label) == (probe.sign, label)
    assert scheme.lottery.find("nonsense") is None


def test_settings_and_spectral_gaps_of_the_literature() -> None:
    """nu = 1/slope: Bell 2/3, pi/8 1/(2 + sin cos), GHZ 2/3, full group 2^(n-1)/(2^n - 1)."""
    slopes = {name: scheme.low.slope for name, scheme in SCHEMES.items()}
    assert slopes["three-settings phi+"] == slopes["ghz-parity ghz:5"] == 1.5
    assert slopes["verification ghz:5"] == pytest.approx(1.5)
    assert slopes["verification pair pi/8"] == pytest.approx(2 + np.sin(np.pi / 8) * np.cos(np.pi / 8))
    assert 1 / slopes["sampled-stabilizers cluster:4"] == pytest.approx(8 / 15)
    settings = {name: scheme.n_settings for name, scheme in SCHEMES.items()}
    assert settings["stabilizer-bound cluster:4"] == settings["stabilizer-bound ghz:5"] == 2
    assert settings["all-stabilizers ghz:5"] == 17
    assert settings["ghz-parity ghz:5"] == 6


@pytest.mark.parametrize("entry", PROTOCOLS, ids=lambda entry: entry.name)
def test_what_a_protocol_cannot_do_it_says_in_a_sentence(entry: object) -> None:
    protocol = entry.load()
    assert protocol.name == entry.name
    mixed = protocol.scheme(named_state("werner:0.8"))
    assert isinstance(mixed, str)
    assert mixed


@pytest.mark.parametrize("scheme", [s for s in SCHEMES.values() if s.is_value], ids=lambda s: s.protocol)
def test_shots_needed_are_no_more_than_the_formula(scheme: Scheme) -> None:
    """slope^2 z^2 p(1-p)/w^2, within 20 %; and never above Hoeffding's slope^2 ln(1/alpha)/(2 w^2)."""
    needed = scheme.shots_needed(0.02, 0.9, 0.95)
    p = scheme.expected_pass(0.9)
    assert needed <= 1.2 * (scheme.low.slope * 1.6449 / 0.02) ** 2 * p * (1 - p) + 2 * scheme.block
    assert needed <= scheme.low.slope**2 * np.log(20) / (2 * 0.02**2)
    assert scheme.half_width(needed, 0.9, 0.95) <= 0.02


@pytest.mark.parametrize(("name", "passes"), [("three-settings phi+", 448), ("verification pair pi/8", 704)])
def test_passes_in_a_row_of_the_literature(name: str, passes: int) -> None:
    """ln(0.05)/ln(1 - 0.01 nu) passes prove F >= 0.99 at 95 %, one fewer do not."""
    scheme, limit = SCHEMES[name], clopper_pearson_low
    enough, fewer = (scheme.low.at(limit(n, n, 0.95)) for n in (passes, passes - 1))
    assert fewer < 0.99 <= enough


def test_a_bound_that_no_number_of_shots_narrows_says_so() -> None:
    assert SCHEMES["stabilizer-bound ghz:5"].shots_needed(0.001, 0.9, 0.95) is None
