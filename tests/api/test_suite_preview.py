"""What `--check` predicts is what happens; `--selftest` finds requirements that anything would pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import qmono.analysis.power
from qmono import api
from qmono.analysis.power import Power, noisy, power
from qmono.api.suite_preview import nearest_product
from qmono.core.counts import CountsTable
from qmono.core.report import Report
from qmono.gate.requirement import MetricRequirement, parse_requirement
from qmono.quantum.bell.chsh_settings import chsh_plan
from qmono.quantum.born import simulate_counts
from qmono.quantum.fidelity.direct import direct_fidelity
from qmono.quantum.plans import pauli_plan
from qmono.quantum.states import State, named_state
from qmono.quantum.tomography.diagnosis.resampling import redrawn

PHI = named_state("phi+")


def metric_requirement(text: str, kind: str) -> MetricRequirement:
    parsed = parse_requirement(text, kind)
    assert isinstance(parsed, MetricRequirement)
    return parsed


def predicted(
    text: str, shots: int, measure: str, state: State = PHI
) -> tuple[CountsTable, tuple[Power, ...]]:
    rng = np.random.default_rng(3)
    plan = chsh_plan(state, shots) if measure == "bell-test" else pauli_plan(state.n_qubits, shots)
    table = simulate_counts(state.rho, plan, rng)
    report: Report = api.bell_test(table) if measure == "bell-test" else api.tomography(table, target=state)
    return table, power(report, table, state, metric_requirement(text, measure), rng)


def test_predictions_for_s_agree_with_the_whole_analysis() -> None:
    table, powers = predicted("S >= 2.4", 500, "bell-test")
    rng, draws = np.random.default_rng(8), 150
    checked = [power for power in powers if 0.02 < power.passes < 0.98]
    assert len(checked) >= 3
    for one in checked:
        rho = noisy(PHI, 0.25 + 0.75 * one.value / np.sqrt(8))
        reports = [api.bell_test(redrawn(table, rho, rng), require=["S >= 2.4"]) for _ in range(draws)]
        share = np.mean([report.requirements[0].status == "pass" for report in reports])
        assert abs(share - one.passes) < 4 * np.sqrt(one.passes * (1 - one.passes) / draws)


@pytest.mark.parametrize(("text", "target"), [("fidelity >= 0.9", "phi+"), ("fidelity <= 0.9", "psi-")])
def test_predictions_for_a_bell_fidelity_agree_with_simulation(text: str, target: str) -> None:
    state = named_state(target)
    table, powers = predicted(text, 300, "tomography", state)
    requirement = metric_requirement(text, "tomography")
    rng, draws = np.random.default_rng(9), 150
    assert all(power.draws == 0 for power in powers)
    for one in powers:
        passes = refuted = 0
        for _ in range(draws):
            found = direct_fidelity(redrawn(table, noisy(state, one.value), rng), state, 0.95)
            assert found.low is not None
            assert found.high is not None
            low, high = (found.low, found.high) if requirement.wants_more else (found.high, found.low)
            passes += requirement.holds_for(low)
            refuted += not requirement.holds_for(high)
        for share, expected in ((passes / draws, one.passes), (refuted / draws, one.refuted)):
            assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / draws) + 0.005


def test_at_the_threshold_neither_answer_comes_more_often_than_its_error() -> None:
    for text, measure in (("S > 2", "bell-test"), ("fidelity >= 0.9", "tomography")):
        _, powers = predicted(text, 400, measure)
        (at,) = [power for power in powers if power.value == metric_requirement(text, measure).threshold]
        assert 0 < at.passes <= 0.05
        assert 0 < at.refuted <= 0.05
        assert [power.passes for power in powers] == sorted(power.passes for power in powers)


def test_other_limits_are_drawn_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qmono.analysis.power, "DRAWS", 10)
    _, powers = predicted("fidelity >= 0.9", 100, "tomography", named_state("ghz:3"))
    assert {power.draws for power in powers} == {10}
    assert powers[0].passes < powers[-1].passes


def test_what_is_not_understood_is_not_predicted() -> None:
    assert predicted("concurrence >= 0.5", 300, "tomography")[1] == ()


@pytest.mark.parametrize(("name", "overlap"), [("phi+", 1 / 2), ("ghz:3", 1 / 2), ("product:0+l", 1.0)])
def test_the_nearest_product_state(name: str, overlap: float) -> None:
    """A GHZ or Bell state has overlap 1/2 at most with product states; a product state with itself 1."""
    target = named_state(name)
    psi = named_state(nearest_product(target)).psi
    assert psi is not None
    assert float((psi.conj() @ target.rho @ psi).real) == pytest.approx(overlap)


HEAD = 'schema = "qmono.suite/1"\nseed = 1\n[defaults]\nmeasure = "tomography"\nstate = "phi+"\nshots = 200\n'


def suite(path: Path, *requirements: str, head: str = HEAD) -> Path:
    entries = [f'[[entry]]\nname = "e{n}"\nrequire = ["{text}"]\n' for n, text in enumerate(requirements)]
    path.write_text(head + "".join(entries))
    return path


def test_check_finds_what_the_shots_cannot_decide(qmono: Callable[..., Any], tmp_path: Path) -> None:
    suite(tmp_path / "s.toml", "fidelity >= 0.9", "fidelity >= 0.9999", "purity >= 0.5")
    done = qmono("gate", "s.toml", "--check")
    assert done.code == 98
    assert "2 of 3 requirements cannot pass with their shots" in done.out
    assert "e0: fidelity >= 0.9:" in done.out
    assert not (tmp_path / "s.results").exists()
    suite(tmp_path / "s.toml", "fidelity >= 0.9")
    assert qmono("gate", "s.toml", "--check").code == 0
    suite(tmp_path / "s.toml", "fidelty >= 0.9")
    assert qmono("gate", "s.toml", "--check").code == 2


def test_selftest_refutes_what_a_product_state_passes(qmono: Callable[..., Any], tmp_path: Path) -> None:
    suite(tmp_path / "s.toml", "fidelity >= 0.9", "verdict == entangled")
    assert qmono("gate", "s.toml", "--selftest").code == 0
    suite(tmp_path / "s.toml", "fidelity >= 0.9", "fidelity >= 0.3")
    done = qmono("gate", "s.toml", "--selftest", "--report", "junit=s.xml")
    assert done.code == 99
    assert "product states fail 1 of 2 entries" in done.out
    assert "product:00: fidelity &gt;= 0.3 passes" in (tmp_path / "s.xml").read_text()


def test_selftest_draws_saved_counts_anew(qmono: Callable[..., Any], tmp_path: Path, samples: Path) -> None:
    for name, measure, text in (
        ("simulated/bell.json", "tomography", "fidelity >= 0.9"),
        ("delft_2015/counts.json", "bell-test", "S > 2"),
    ):
        head = (
            f'schema = "qmono.suite/1"\n[defaults]\nmeasure = "{measure}"\ncounts = "{samples / name}"\n'
            + ('target = "phi+"\n' if measure == "tomography" else "")
        )
        suite(tmp_path / "s.toml", text, head=head)
        assert qmono("gate", "s.toml", "--selftest").code == 0


def test_questions_without_a_run_take_no_options_of_one(qmono: Callable[..., Any], tmp_path: Path) -> None:
    suite(tmp_path / "s.toml", "fidelity >= 0.9")
    assert qmono("gate", "s.toml", "--check", "--selftest").code == 2
    done = qmono("gate", "s.toml", "--check", "--resume")
    assert done.code == 2
    assert "--resume has no meaning here" in done.err


@pytest.mark.slow
@pytest.mark.parametrize(("text", "state"), [("fidelity >= 0.9", "phi+"), ("fidelity >= 0.85", "ghz:3")])
def test_predictions_agree_with_whole_tomographies(text: str, state: str) -> None:
    """Every check and every void included, not only the limits."""
    target = named_state(state)
    table, powers = predicted(text, 300, "tomography", target)
    rng, draws = np.random.default_rng(10), 150
    for one in (item for item in powers if 0.05 < item.passes < 0.95):
        reports = [
            api.tomography(redrawn(table, noisy(target, one.value), rng), target=target, require=[text])
            for _ in range(draws)
        ]
        share = np.mean([report.requirements[0].status == "pass" for report in reports])
        variance = one.passes * (1 - one.passes)
        drawn = variance / one.draws if one.draws else 0.0
        assert abs(share - one.passes) < 4 * np.sqrt(variance / draws + drawn)
