"""Settings drawn in every shot: uniform, fed forward to the right party, correlations as in blocks."""

from __future__ import annotations

import numpy as np
import pytest

import qmono
from qmono.backends.execution import run_plan
from qmono.core.counts import CountsTable, IntArray
from qmono.errors import UsageError
from qmono.quantum.born import probabilities
from qmono.quantum.plans import Plan, bell_plan, growing_rounds
from qmono.quantum.states import named_state

# Four directions without any symmetry: an exchange of parties, inputs or outcomes shows.
DIRECTIONS = np.array([[[0.0, 0.0, 1.0], [0.6, 0.0, 0.8]], [[0.0, 0.6, 0.8], [1.0, 0.0, 0.0]]])


def counts(table: CountsTable) -> IntArray:
    assert table.settings is not None
    return np.asarray(table.settings.counts)


def plan(shots: int, rounds: int = 4) -> Plan:
    return bell_plan(DIRECTIONS, "+++-", shots, rounds, "random")


@pytest.mark.parametrize("name", ["product:01", "phi+", "werner:psi-:0.6"])
def test_every_party_gets_its_own_setting(name: str) -> None:
    """Against Born's rule, in every cell of every setting."""
    state = named_state(name)
    table = run_plan(plan(2000), state, seed=5)
    found, totals = counts(table), counts(table).sum(axis=1)
    expected = probabilities(state.rho, plan(1).directions)
    sigma = np.sqrt(expected * (1 - expected) * totals[:, None]) + 1e-9
    assert np.abs(found - totals[:, None] * expected).max() <= (5 * sigma + 1e-6).max()
    assert np.all(np.abs(found - totals[:, None] * expected) <= 5 * sigma + 1e-6)


def test_settings_are_uniform_and_shots_conserved() -> None:
    table = run_plan(plan(2500, rounds=3), named_state("phi+"), seed=9)
    totals = counts(table).sum(axis=1)
    assert totals.sum() == 10_000
    assert np.all(np.abs(totals - 2500) < 5 * np.sqrt(10_000 * 3 / 16))
    assert len(set(totals.tolist())) > 1
    assert table.design == "random"
    assert table.settings is not None
    assert table.settings.rounds is not None
    assert len(table.settings.rounds) == 3


def test_one_seed_one_table() -> None:
    first, again, other = (run_plan(plan(50), named_state("phi+"), seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(counts(first), counts(again))
    assert not np.array_equal(counts(first), counts(other))


def test_noise_reaches_drawn_settings() -> None:
    clean, noisy = (
        qmono.bell_test(qmono.measure_bell(design="random", seed=3, noise=noise)).metric("S")
        for noise in (None, "depolarizing=0.2,readout=0.02")
    )
    assert clean is not None
    assert noisy is not None
    assert clean.value is not None
    assert noisy.value is not None
    assert noisy.value < clean.value - 0.3


def test_a_memory_robust_p_value_from_circuit_to_verdict() -> None:
    report = qmono.bell_test(qmono.measure_bell(design="random", seed=7))
    assert report.verdict == "violated"
    p = report.metric("log10_p_value")
    assert p is not None
    assert p.low is not None
    assert p.low.method == "exact for random settings"
    assert any("memory allowed" in str(part) for part in report.sections)


def test_backends_that_cannot_feed_forward_say_so() -> None:
    with pytest.raises(UsageError, match="backend 'statevector' cannot draw settings"):
        qmono.measure_bell(design="random", backend="statevector")
    with pytest.raises(UsageError, match="unknown design 'randon'"):
        qmono.measure_bell(design="randon")
    with pytest.raises(UsageError, match="design and until are for CHSH"):
        qmono.measure_bell(inequality="mermin", design="random")


@pytest.mark.parametrize("design", ["random", "fixed-blocks"])
def test_a_run_stops_when_the_bets_have_decided(design: str) -> None:
    table = qmono.measure_bell(design=design, until="violated", max_shots=40_000, seed=2)
    report = qmono.bell_test(table)
    assert report.verdict == "violated"
    assert table.total < 1000
    assert report.payload["statistic"] == "betting"
    assert f"after {int(table.total)} of 40000 trials allowed" in str(report.sections)
    with pytest.raises(UsageError, match="stopped by looking"):
        qmono.bell_test(table, statistic="wins")


def test_a_run_without_violation_plays_all_or_is_decided_the_other_way() -> None:
    table = qmono.measure_bell("werner:0.5", until="violated", max_shots=2000, seed=2)
    assert table.total == 2000
    assert "all 2000 trials allowed were played" in str(qmono.bell_test(table).sections)
    stopped = qmono.measure_bell("werner:0.5", until="decided", max_shots=40_000, seed=2)
    assert stopped.total < 10_000
    assert qmono.bell_test(stopped).verdict == "not-violated"


def test_what_was_stopped_is_remembered_in_the_file(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "run.json"
    qmono.write_counts(qmono.measure_bell(until="violated", max_shots=4000, seed=2), path)
    assert qmono.bell_test(qmono.read_counts(path)).payload["statistic"] == "betting"


@pytest.mark.parametrize("shots", [1, 9, 10, 11, 1000, 25_000])
def test_growing_rounds_add_up(shots: int) -> None:
    rounds = growing_rounds(shots)
    assert sum(rounds) == shots
    assert min(rounds) >= 1
    assert len(rounds) < 60
