"""The contract that every backend of the catalogue keeps."""

from __future__ import annotations

import numpy as np
import pytest

from qmono.backends import SAMPLERS
from qmono.backends.contract import Backend, load_backend
from qmono.backends.execution import run_plan
from qmono.backends.noise import Noise
from qmono.errors import UsageError
from qmono.quantum.born import probabilities
from qmono.quantum.plans import Plan, pauli_plan
from qmono.quantum.states import named_state

BACKENDS = pytest.mark.parametrize("backend", SAMPLERS.names)
FAMILIES = [
    *("phi+", "phi-", "psi+", "psi-", "ghz:3", "w:3", "cluster:3", "dicke:3,2", "product:0+r", "product:1-l"),
    *("werner:0.8", "werner:psi-:0.3", "werner:-0.3"),
]


def random_plan(n: int, settings: int, shots: int, seed: int) -> Plan:
    directions = np.random.default_rng(seed).normal(size=(settings, n, 3))
    directions /= np.linalg.norm(directions, axis=-1, keepdims=True)
    return Plan(tuple(f"r{k}" for k in range(settings)), directions, shots)


def worst_deviation(counts: np.ndarray, p: np.ndarray) -> float:
    """Largest deviation of a count from its expectation in standard deviations; inf where p = 0."""
    shots = counts.sum(axis=1, keepdims=True)
    sigma = np.sqrt(np.maximum(shots * p * (1 - p), 1.0))
    impossible = (p < 1e-12) & (counts > 0)
    return float(np.where(impossible, np.inf, np.abs(counts - shots * p) / sigma).max())


@BACKENDS
def test_the_entry_is_a_backend(backend):
    made = load_backend(backend, 2)
    assert isinstance(made, Backend)
    assert made.name == backend
    assert made.source in ("simulated", "hardware")


@BACKENDS
@pytest.mark.parametrize("characters", ["01", "10", "001", "100", "011"])
def test_basis_states_keep_their_qubits_apart(backend, characters):
    n = len(characters)
    plan = Plan(("Z" * n,), np.tile([0.0, 0.0, 1.0], (1, n, 1)), shots=8)
    counts = run_plan(plan, named_state(f"product:{characters}"), backend=backend, seed=1).settings.counts
    assert counts[0, int(characters, 2)] == 8


@BACKENDS
@pytest.mark.parametrize("characters", ["0+r", "r1-"])
def test_each_qubit_is_measured_in_its_own_basis(backend, characters):
    """Measured along its own axes the state answers with certainty; mirrored axes give coin tosses."""
    axes = {"0": "Z", "1": "Z", "+": "X", "-": "X", "r": "Y", "l": "Y"}
    label = "".join(axes[character] for character in characters)
    plan = pauli_plan(3, shots=16)
    counts = run_plan(plan, named_state(f"product:{characters}"), backend=backend, seed=2).settings.counts
    expected = int("".join(str(int(character in "1-l")) for character in characters), 2)
    assert counts[plan.labels.index(label), expected] == 16
    assert counts[plan.labels.index(label[::-1])].max() < 16


@BACKENDS
@pytest.mark.parametrize("name", FAMILIES)
def test_counts_follow_borns_rule_in_random_directions(backend, name):
    state = named_state(name)
    plan = random_plan(state.n_qubits, settings=6, shots=1000, seed=3)
    counts = run_plan(plan, state, backend=backend, seed=4).settings.counts
    assert worst_deviation(counts, probabilities(state.rho, plan.directions)) < 5


@BACKENDS
def test_another_state_does_not_pass_for_this_one(backend):
    plan = random_plan(2, settings=6, shots=1000, seed=3)
    counts = run_plan(plan, named_state("phi+"), backend=backend, seed=4).settings.counts
    assert worst_deviation(counts, probabilities(named_state("werner:0.8").rho, plan.directions)) > 5


@BACKENDS
@pytest.mark.parametrize(("shots", "rounds"), [(1, 4), (30, 4), (103, 4), (10, 1)])
@pytest.mark.parametrize("name", ["phi+", "werner:0.5"])
def test_shots_are_conserved_in_every_setting_and_round(backend, name, shots, rounds):
    plan = pauli_plan(2, shots, rounds)
    rows = run_plan(plan, named_state(name), backend=backend, seed=5).settings
    assert np.all(rows.totals == shots)
    assert np.array_equal(rows.rounds.sum(axis=0), rows.counts)
    assert rows.rounds.sum(axis=2).tolist() == [[part] * 9 for part in plan.shots_per_round]


@BACKENDS
def test_the_seed_decides_the_counts(backend):
    def counts(seed: int) -> bytes:
        state = named_state("werner:0.7")
        return run_plan(pauli_plan(2, 200), state, backend=backend, seed=seed).settings.rounds.tobytes()

    assert counts(6) == counts(6)
    assert counts(6) != counts(7)


@BACKENDS
def test_settings_and_rounds_are_sampled_independently(backend):
    """Twenty times the same setting, four rounds each: 80 samples that are not copies of each other."""
    plan = Plan(tuple(f"same{k}" for k in range(20)), np.tile([0.0, 0.0, 1.0], (20, 1, 1)), shots=400)
    rounds = run_plan(plan, named_state("product:+"), backend=backend, seed=8).settings.rounds
    ones = rounds[:, :, 1].reshape(-1)
    # Variance of a binomial count of 100 is 25; the sample variance of 80 has a relative sigma of 0.16.
    assert 25 * (1 - 5 * 0.16) < ones.var(ddof=1) < 25 * (1 + 5 * 0.16)
    assert len({tuple(part) for part in rounds[:, :, 1]}) == 4


def test_an_unknown_backend_gets_a_suggestion():
    with pytest.raises(UsageError, match="unknown backend 'aerr'; did you mean 'aer'"):
        load_backend("aerr", 2)


def test_arguments_that_nobody_takes_are_refused():
    with pytest.raises(UsageError, match="backend 'aer' takes no arguments, got 'method=mps'"):
        load_backend("aer?method=mps", 2)


def test_the_reference_sampler_refuses_noise():
    with pytest.raises(UsageError, match="'statevector' is noiseless"):
        load_backend("statevector", 2, Noise(0.1))
