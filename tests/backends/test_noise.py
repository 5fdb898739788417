"""The noise grammar, and noise that strikes exactly as hard as it says."""

from __future__ import annotations

import numpy as np
import pytest

from qmono.backends.execution import run_plan
from qmono.backends.noise import Noise, parse_noise
from qmono.core.counts import CountsTable
from qmono.errors import UsageError
from qmono.quantum.born import probabilities
from qmono.quantum.plans import Plan, bell_plan, pauli_plan
from qmono.quantum.states import named_state

R = np.sqrt(0.5)
CHSH = np.array([[[0, 0, 1], [1, 0, 0]], [[R, 0, R], [-R, 0, R]]])
SIGNS = np.array([1, 1, 1, -1])
PARITY = np.array([1, -1, -1, 1])


def chsh_plan(shots: int) -> Plan:
    return bell_plan(CHSH, "+++-", shots)


def chsh_value(table: CountsTable) -> tuple[float, float]:
    """S and its standard error."""
    correlators = table.settings.counts @ PARITY / table.settings.totals
    variances = (1 - correlators**2) / table.settings.totals
    return float(SIGNS @ correlators), float(np.sqrt(variances.sum()))


@pytest.mark.parametrize(
    ("text", "noise"),
    [
        ("depolarizing=0.05,readout=0.02", Noise(0.05, 0.02)),
        ("readout=0.5", Noise(readout=0.5)),
        (" depolarizing = 1e-3 ", Noise(depolarizing=0.001)),
        ("depolarizing=1.0666,readout=0", Noise(1.0666, 0.0)),
    ],
)
def test_noise_is_parsed(text, noise):
    assert parse_noise(text) == noise


def test_noise_is_written_as_it_is_read():
    assert parse_noise(str(Noise(0.05, 0.02))) == Noise(0.05, 0.02)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("depolarising=0.1", "unknown noise 'depolarising'; did you mean 'depolarizing'"),
        ("0.1", "NAME=VALUE"),
        ("", "NAME=VALUE"),
        ("readout=0.1,", "NAME=VALUE"),
        ("readout=lots", "readout needs a number, got 'lots'"),
        ("readout=", "readout needs a number"),
        ("readout=nan", "readout lies between 0 and 0.5, got nan"),
        ("readout=0.6", "readout lies between 0 and 0.5, got 0.6"),
        ("depolarizing=-0.1", "depolarizing lies between 0 and 1.067, got -0.1"),
        ("depolarizing=1.07", "depolarizing lies between"),
        ("readout=0.1,readout=0.2", "given twice"),
    ],
)
def test_wrong_noise_is_refused(text, message):
    with pytest.raises(UsageError, match=message):
        parse_noise(text)


@pytest.mark.parametrize("p", [0.05, 0.25, 0.4, 1.0, 16 / 15])
def test_depolarizing_scales_chsh_by_one_minus_p(p):
    S, sigma = chsh_value(run_plan(chsh_plan(20_000), named_state("phi+"), noise=Noise(p), seed=1))
    assert abs(S - 2 * np.sqrt(2) * (1 - p)) < 5 * sigma


def test_depolarizing_of_0_4_is_below_the_local_bound():
    S, sigma = chsh_value(run_plan(chsh_plan(20_000), named_state("phi+"), noise=Noise(0.4), seed=2))
    assert S + 5 * sigma < 2


@pytest.mark.parametrize("r", [0.02, 0.2, 0.5])
def test_readout_scales_correlators_by_the_square_of_one_minus_2r(r):
    S, sigma = chsh_value(run_plan(chsh_plan(20_000), named_state("phi+"), noise=Noise(readout=r), seed=3))
    assert abs(S - 2 * np.sqrt(2) * (1 - 2 * r) ** 2) < 5 * sigma


def test_the_noiseless_value_is_outside_the_noisy_limits():
    """The statistical tests above can tell 5 % noise from none."""
    S, sigma = chsh_value(run_plan(chsh_plan(20_000), named_state("phi+"), noise=Noise(0.05), seed=1))
    assert abs(S - 2 * np.sqrt(2)) > 5 * sigma


@pytest.mark.parametrize("name", ["w:3", "cluster:3", "dicke:3,1", "ghz:3"])
def test_full_depolarizing_reaches_every_entangled_circuit(name):
    """With p = 1 every two-qubit gate leaves its qubits fully mixed, and each qubit meets one."""
    state = named_state(name)
    plan = pauli_plan(state.n_qubits, shots=500)
    noisy = run_plan(plan, state, noise=Noise(1.0), seed=4).settings.counts / 500
    exact = probabilities(state.rho, plan.directions)
    uniform = np.full_like(exact, 1 / 8)
    distances = [np.abs(noisy - p).sum(axis=1).mean() for p in (uniform, exact)]
    assert distances[0] < 0.12
    assert distances[1] > 0.3


def test_products_feel_no_two_qubit_noise():
    plan = pauli_plan(2, shots=50)
    table = run_plan(plan, named_state("product:01"), noise=Noise(1.0), seed=5)
    assert table.settings.counts[-1].tolist() == [0, 50, 0, 0]


def test_noise_beyond_density_matrices_is_sampled(monkeypatch):
    monkeypatch.setattr("qmono.backends.aer.DENSITY_MATRIX_QUBITS", 1)
    S, sigma = chsh_value(run_plan(chsh_plan(4000), named_state("phi+"), noise=Noise(0.25, 0.02), seed=6))
    assert abs(S - 2 * np.sqrt(2) * 0.75 * 0.96**2) < 5 * sigma
