"""Running a plan: rounds, progress, what is recorded, and what goes wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from qmono.backends import aer, execution
from qmono.backends.execution import run_plan
from qmono.backends.noise import Noise
from qmono.circuits.preparation import preparation
from qmono.circuits.qasm import parse_qasm_state
from qmono.core.seeds import derive_seeds
from qmono.errors import BackendError, UsageError
from qmono.quantum.born import probabilities
from qmono.quantum.plans import Plan, bell_plan, pauli_plan
from qmono.quantum.states import State, named_state

PHI_PLUS = named_state("phi+")
GATES = "ry(1.0) q[0];\ncx q[0], q[1];\nry(0.6) q[1];\ns q[0];\n"
PROBE = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\n' + GATES


def test_the_table_after_each_round_is_whole():
    plan = pauli_plan(2, shots=22)
    tables, steps = [], []
    final = run_plan(
        plan,
        PHI_PLUS,
        seed=1,
        on_round=tables.append,
        progress=lambda done, total: steps.append((done, total)),
    )
    assert steps == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    assert [table.settings.totals.tolist() for table in tables] == [[n] * 9 for n in (6, 12, 17, 22)]
    assert np.array_equal(tables[-1].settings.counts, final.settings.counts)
    for number, table in enumerate(tables, start=1):
        assert np.array_equal(table.settings.rounds, final.settings.rounds[:number])


def test_an_interruption_leaves_the_rounds_that_were_finished():
    tables = []

    def stop(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_plan(pauli_plan(2, shots=20), PHI_PLUS, seed=1, on_round=tables.append, progress=stop)
    assert tables[-1].settings.totals.tolist() == [15] * 9


def test_the_table_says_how_it_was_made():
    table = run_plan(pauli_plan(2, shots=8), PHI_PLUS, seed=7, noise=Noise(0.05, 0.02))
    assert (table.source, table.values, table.statistics) == ("simulated", "counts", "multinomial")
    assert table.metadata["backend"] == "aer"
    assert table.metadata["backend_version"].startswith("qiskit-aer ")
    assert table.metadata["noise"] == {"depolarizing": 0.05, "readout": 0.02}
    assert (table.metadata["state"], table.metadata["shots"]) == ("phi+", 8)
    assert table.metadata["seed"] == 7
    assert table.metadata["seeds"] == derive_seeds(7).to_json()
    json.dumps(table.metadata)


def test_a_drawn_seed_is_recorded_and_repeats_the_run():
    plan = pauli_plan(2, shots=100)
    drawn = run_plan(plan, PHI_PLUS)
    again = run_plan(plan, PHI_PLUS, seed=drawn.metadata["seed"])
    assert np.array_equal(drawn.settings.rounds, again.settings.rounds)
    assert run_plan(plan, PHI_PLUS).metadata["seed"] != drawn.metadata["seed"]


def test_a_bell_plan_keeps_its_inputs_design_and_signs():
    directions = np.tile([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]], (2, 1, 1))
    table = run_plan(bell_plan(directions, "+++-", shots=4), PHI_PLUS, seed=1)
    assert table.settings.inputs.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert (table.design, table.signs) == ("fixed-blocks", "+++-")


@pytest.mark.parametrize("give", ["state", "circuit"])
def test_an_openqasm_program_runs_as_written(give):
    state = parse_qasm_state(PROBE, name="probe.qasm")
    prepared = state if give == "state" else preparation(state)[0].circuit
    plan = pauli_plan(2, shots=2000)
    table = run_plan(plan, prepared, seed=2)
    p = probabilities(state.rho, plan.directions)
    assert np.all(np.abs(table.settings.counts - 2000 * p) < 5 * np.sqrt(2000 * p * (1 - p)) + 1e-6)
    mirrored = probabilities(state.rho, plan.directions[:, ::-1])[:, [0, 2, 1, 3]]
    assert np.any(np.abs(table.settings.counts - 2000 * mirrored) > 10 * np.sqrt(2000 * 0.25))
    assert table.metadata["state"] == "probe.qasm"


def test_noise_strikes_the_gates_of_a_program_as_written():
    """Two CX that cancel each other still cost two gates."""
    text = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\ncx q[0], q[1];\ncx q[0], q[1];\n'
    plan = Plan(("ZZ",), np.tile([0.0, 0.0, 1.0], (1, 2, 1)), shots=20_000)
    table = run_plan(plan, parse_qasm_state(text), noise=Noise(0.2), seed=3)
    exact = 0.8**2 + (1 - 0.8**2) / 4
    assert abs(table.settings.counts[0, 0] / 20_000 - exact) < 5 * np.sqrt(exact * (1 - exact) / 20_000)


def test_any_mixed_state_is_run_as_its_mixture():
    rho = np.diag([0.5, 0.3, 0.2, 0.0]).astype(complex)
    plan = Plan(("ZZ",), np.tile([0.0, 0.0, 1.0], (1, 2, 1)), shots=10_000)
    counts = run_plan(plan, State("mixed", (2, 2), mixed=rho), seed=4).settings.counts[0]
    assert np.all(np.abs(counts - [5000, 3000, 2000, 0]) < 5 * np.sqrt([2500, 2100, 1600, 1e-9]))


def test_the_ensemble_split_is_random_within_each_setting():
    """Werner counts are multinomial, not stratified: fixed shares would shrink their scatter."""
    plan = Plan(tuple(map(str, range(60))), np.tile([0.0, 0.0, 1.0], (60, 2, 1)), shots=200, rounds=1)
    counts = run_plan(plan, named_state("werner:0.0"), seed=5).settings.counts
    odd = counts[:, 1] + counts[:, 2]
    # Binomial(200, 1/2) has variance 50, fixed shares would give 0; relative sigma sqrt(2/59) = 0.18.
    assert 50 * (1 - 5 * 0.18) < odd.var(ddof=1) < 50 * (1 + 5 * 0.18)


def test_a_failing_backend_is_one_line(monkeypatch):
    working = aer.backend

    def failing(n_qubits, noise=None):
        def sampler(seed):
            raise RuntimeError("queue lost\n  at line 3")

        return replace(working(n_qubits, noise), sampler=sampler)

    monkeypatch.setattr(aer, "backend", failing)
    with pytest.raises(BackendError, match=r"^backend 'aer' failed: queue lost at line 3$"):
        run_plan(pauli_plan(2, shots=4), PHI_PLUS, seed=1)


def test_circuits_are_translated_once(monkeypatch):
    working, seen = aer.backend, []

    def counting(n_qubits, noise=None):
        made = working(n_qubits, noise)
        return replace(made, prepare=lambda circuit, seed: seen.append(seed) or made.prepare(circuit, seed))

    monkeypatch.setattr(aer, "backend", counting)
    run_plan(pauli_plan(2, shots=40), PHI_PLUS, seed=1)
    assert seen == [derive_seeds(1).transpiler]


@pytest.mark.parametrize("per_job", [4, 9])
def test_jobs_of_a_part_of_the_settings_add_up(monkeypatch, per_job):
    monkeypatch.setattr(execution, "SETTINGS_PER_JOB", per_job)
    plan, state = pauli_plan(2, shots=1000), named_state("werner:psi-:0.6")
    counts = run_plan(plan, state, seed=9).settings.counts
    p = probabilities(state.rho, plan.directions)
    assert np.all(counts.sum(axis=1) == 1000)
    assert np.all(np.abs(counts - 1000 * p) < 5 * np.sqrt(1000 * p * (1 - p)))


def test_what_does_not_fit_into_memory_is_refused_before_it_runs(monkeypatch):
    monkeypatch.setattr(execution, "physical_memory", lambda: 10**8)
    plan = Plan(("Z" * 24,), np.tile([0.0, 0.0, 1.0], (1, 24, 1)), shots=10)
    with pytest.raises(
        UsageError, match=r"24 qubits in 1 settings of 10 shots need about 1\.07 GB of memory"
    ):
        run_plan(plan, named_state("ghz:24"), seed=1)


def test_noise_needs_the_memory_of_a_density_matrix():
    assert aer.backend(10).state_bytes == 16 * 2**10
    assert aer.backend(10, Noise(0.1)).state_bytes == 16 * 4**10
    assert aer.backend(16, Noise(0.1)).state_bytes == 16 * 2**16


def test_no_shots_are_refused():
    with pytest.raises(UsageError, match="shots must be at least 1"):
        run_plan(pauli_plan(2, shots=0), PHI_PLUS, seed=1)


def test_a_plan_for_another_number_of_qubits_is_refused():
    with pytest.raises(UsageError, match="plan measures 3 qubits"):
        run_plan(pauli_plan(3, shots=4), PHI_PLUS, seed=1)


def test_listing_backends_loads_no_qiskit():
    code = (
        "import sys, qmono.backends, qmono.backends.execution, qmono.backends.aer, qmono.circuits.qasm\n"
        "print([m for m in sys.modules if m.partition('.')[0] in ('qiskit', 'qiskit_aer', 'openqasm3')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
