"""Running measurement schemes: the fidelity that comes out, reproducibly, for twenty qubits too."""

from __future__ import annotations

from unittest.mock import Mock

import numpy as np
import pytest

from qmono.backends import probing
from qmono.backends.aer import crossing_gates
from qmono.backends.noise import Noise
from qmono.backends.probing import run_scheme
from qmono.circuits.preparation import preparation
from qmono.errors import UsageError
from qmono.quantum.fidelity.choice import Goal, choose
from qmono.quantum.fidelity.protocols import PROTOCOLS
from qmono.quantum.fidelity.scheme import Scheme
from qmono.quantum.fidelity.tally import fidelity_limits, tally_of
from qmono.quantum.states import named_state

CASES = [
    (entry.name, name)
    for entry in PROTOCOLS
    for name in ("phi+", "ghz:3", "cluster:4", "w:3")
    if isinstance(entry.load().scheme(named_state(name)), Scheme)
]


@pytest.mark.parametrize(("protocol", "name"), CASES)
def test_the_target_itself_has_fidelity_one(protocol: str, name: str) -> None:
    """A wrong sign, angle or bit order would show as fidelity far below one."""
    target = named_state(name)
    scheme = choose(target, protocol, Goal())
    table = run_scheme(scheme, target, [2 * scheme.block, 100 * scheme.block], seed=3)
    tally = tally_of(scheme, table)
    if protocol != "direct" or name != "w:3":
        assert tally.passes == tally.trials
    limits = fidelity_limits(tally, 0.9999)
    assert limits.high == 1
    assert limits.low > 0.3


def test_an_asymmetric_state_keeps_its_qubits_in_order() -> None:
    """product:01+ measured for itself and for its mirror image."""
    state = named_state("product:01+")
    for name, passes in (("product:01+", True), ("product:+10", False)):
        scheme = choose(named_state(name), "sampled-stabilizers", Goal())
        tally = tally_of(scheme, run_scheme(scheme, state, [400], seed=5))
        assert (tally.passes == tally.trials) == passes


def test_a_mixed_state_is_prepared_as_a_mixture() -> None:
    scheme = choose(named_state("phi+"), "three-settings", Goal())
    table = run_scheme(scheme, named_state("werner:0.6"), [6000], seed=2)
    found = fidelity_limits(tally_of(scheme, table), 0.9999)
    assert found.low < 0.7 < found.high  # (1 + 3 V)/4


def test_one_seed_one_table_and_a_run_that_ends_early_is_a_prefix() -> None:
    target = named_state("ghz:3")
    for protocol in ("ghz-parity", "verification"):
        scheme = choose(target, protocol, Goal())
        schedule = [12 * scheme.block] * 3
        tables: list = []
        whole = run_scheme(scheme, target, schedule, seed=4, noise=Noise(0.1), on_round=tables.append)
        again = run_scheme(scheme, target, schedule, seed=4, noise=Noise(0.1))
        short = run_scheme(
            scheme,
            target,
            schedule,
            seed=4,
            noise=Noise(0.1),
            is_enough=Mock(side_effect=[False, True]),
        )
        assert len(tables) == 3
        for first, second in ((whole, again), (tables[1], short)):
            for mine, theirs in zip(first.blocks, second.blocks, strict=True):
                assert np.array_equal(mine.counts, theirs.counts)
        assert whole.metadata["protocol"] == protocol


def test_twenty_noisy_qubits_agree_with_the_exact_fidelity() -> None:
    """The limits hold what 19 depolarized gates leave: all of an error harms, or at least half of it."""
    target = named_state("ghz:20")
    scheme = choose(target, "auto", Goal())
    table = run_scheme(scheme, target, [600], seed=6, noise=Noise(depolarizing=0.002))
    limits = fidelity_limits(tally_of(scheme, table), 0.9999)
    assert limits.low < 1 - 19 * 0.002 * 0.5
    assert limits.high > (1 - 15 / 16 * 0.002) ** 19


def test_the_simulator_is_chosen_by_how_much_a_circuit_entangles() -> None:
    (branch,) = preparation(named_state("ghz:5"))
    assert crossing_gates(branch.circuit) == 1
    circuit = branch.circuit.copy()
    for _ in range(3):
        circuit.cx(0, 4)
    assert crossing_gates(circuit) == 4


def test_what_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    scheme = choose(named_state("ghz:3"), "auto", Goal())
    with pytest.raises(UsageError, match="2 qubits, target 'ghz:3' 3"):
        run_scheme(scheme, named_state("phi+"), [12])
    monkeypatch.setattr(probing, "physical_memory", lambda: 10)
    with pytest.raises(UsageError, match="GB of memory"):
        run_scheme(scheme, named_state("ghz:3"), [12])


def test_drawn_settings_keep_passes_of_every_round() -> None:
    scheme = choose(named_state("ghz:3"), "verification", Goal())
    table = run_scheme(scheme, named_state("ghz:3"), [50, 70], seed=4, noise=Noise(0.1))
    rounds = np.array(table.metadata["passes_by_round"])
    tally = tally_of(scheme, table)
    assert rounds[:, 1].tolist() == [50, 70]
    assert rounds.sum(axis=0).tolist() == [tally.passes[0], tally.trials[0]]
