"""Comparisons: bounds that no pair of states breaks, limits that hold, doubts that are passed on."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qmono import api
from qmono.analysis.power import noisy
from qmono.core.report import Check
from qmono.errors import UsageError
from qmono.gate.suite import Suite
from qmono.gate.suite_report import suite_report
from qmono.quantum.born import simulate_counts
from qmono.quantum.fidelity.exact import overlap
from qmono.quantum.fidelity.two_states import (
    largest_distance,
    largest_overlap,
    smallest_overlap,
    state_overlap,
    trace_distance,
)
from qmono.quantum.plans import pauli_plan
from qmono.quantum.states import named_state

PHI = named_state("phi+")


def random_state(rng: np.random.Generator, near: np.ndarray, rank: int) -> np.ndarray:
    """A random mixed state, often close to a given pure one."""
    g = rng.normal(size=(4, rank)) + 1j * rng.normal(size=(4, rank))
    noise = g @ g.conj().T
    weight = rng.choice([0.0, 0.3, 0.9, 0.99])
    vector = near + rng.choice([0.0, 0.2]) * (rng.normal(size=4) + 1j * rng.normal(size=4))
    vector /= np.linalg.norm(vector)
    return weight * np.outer(vector, vector.conj()) + (1 - weight) * noise / np.trace(noise).real


def test_no_pair_of_states_breaks_the_bounds() -> None:
    rng = np.random.default_rng(11)
    assert PHI.psi is not None
    closest = 1.0
    for _ in range(3000):
        rho, sigma = (random_state(rng, PHI.psi, int(rng.integers(1, 5))) for _ in range(2))
        a, b = (min(overlap(state, PHI.psi), 1.0) for state in (rho, sigma))
        distance, common = trace_distance(rho, sigma), state_overlap(rho, sigma)
        assert abs(a - b) - 1e-12 <= distance <= largest_distance(a, b) + 1e-9
        assert smallest_overlap(a, b) - 1e-9 <= common <= largest_overlap(min(a, b), max(a, b)) + 1e-9
        closest = min(closest, common - smallest_overlap(a, b))
    assert closest < 0.02


def test_the_bounds_of_the_overlap_are_reached_by_pure_states_in_one_plane() -> None:
    """|cos x, sin x> and |cos y, +-sin y> have overlaps cos^2(x -+ y) (elementary)."""
    x, y = 0.3, 0.5
    f_a, f_b = np.cos(x) ** 2, np.cos(y) ** 2
    assert smallest_overlap(f_a, f_b) == pytest.approx(np.cos(x + y) ** 2)
    assert largest_overlap(f_b, f_a) == pytest.approx(np.cos(x - y) ** 2)


def test_known_distances() -> None:
    """Orthogonal states: 1. |0> and |+>: sqrt(1 - 1/2). (Nielsen and Chuang, 9.2.1 and eq. 9.99)."""
    zero, plus, one = (named_state(f"product:{name}").rho for name in "0+1")
    assert trace_distance(zero, one) == pytest.approx(1)
    assert trace_distance(zero, plus) == pytest.approx(sqrt(1 / 2))
    assert trace_distance(zero, zero) == 0
    assert state_overlap(zero, plus) == pytest.approx(1 / 2)


@pytest.mark.parametrize("difference", [0.0, 0.03])
def test_limits_of_a_change_hold_their_level(difference: float) -> None:
    rng, plan, trials, level = np.random.default_rng(21), pauli_plan(2, 120, 1), 150, 0.8
    too_high = too_low = different = 0
    for _ in range(trials):
        tables = [simulate_counts(noisy(PHI, f), plan, rng) for f in (0.93, 0.93 + difference)]
        report = api.compare_counts(tables[0], tables[1], measure="fidelity", target="phi+", level=level)
        change = report.metric("fidelity_difference")
        assert change is not None
        assert change.low is not None
        assert change.high is not None
        assert change.level == pytest.approx(level)
        too_high += change.low.value > difference
        too_low += change.high.value < difference
        different += report.verdict == "different"
    most = (1 - level) * trials + 3 * sqrt(level * (1 - level) * trials)
    assert too_high <= most
    assert too_low <= most
    if difference == 0:
        assert different == too_high + too_low


def tomographies(samples: Path) -> list[Any]:
    return [
        api.tomography(api.read_counts(samples / "simulated" / name), target="phi+")
        for name in ("bell.json", "ab.json")
    ]


def test_distance_and_overlap_of_two_measured_states(samples: Path) -> None:
    """Both are Bell-diagonal: F 0.9475 and 0.88, T = their difference, Tr AB = sum of products."""
    report = api.compare(*tomographies(samples))
    distance, common = report.metric("trace_distance"), report.metric("state_overlap")
    assert report.verdict == "different"
    assert distance is not None
    assert common is not None
    assert distance.level == pytest.approx(0.8)
    assert distance.low is not None
    assert distance.high is not None
    assert distance.low.value <= 0.0675 <= distance.high.value
    assert common.low is not None
    assert common.high is not None
    true_overlap = 0.9475 * 0.88 + 3 * (0.0525 / 3) * (0.12 / 3)
    assert common.low.value <= true_overlap <= common.high.value


def test_what_is_void_in_a_report_is_void_in_its_comparison(samples: Path) -> None:
    first, second = tomographies(samples)
    doubt = Check("no-signalling", "fail", "seen", voids=("fidelity",))
    report = api.compare(first, replace(second, checks=(doubt,)), require=["fidelity_difference <= 0"])
    assert report.trust == "failed"
    assert report.verdict == "not-distinguished"
    assert report.requirements[0].status == "inconclusive"
    accepted = api.compare(first, replace(second, checks=(doubt,), accepted=("no-signalling",)))
    assert accepted.verdict == "different"


def test_two_targets_are_two_quantities(samples: Path) -> None:
    first, _ = tomographies(samples)
    other = api.tomography(api.read_counts(samples / "simulated" / "bell.json"), target="psi-")
    report = api.compare(first, other)
    assert report.verdict == "not-distinguished"
    assert report.voided_by("fidelity_difference") == ("same-target",)


def test_two_kinds_have_nothing_to_compare(samples: Path) -> None:
    chsh = api.bell_test(api.read_counts(samples / "simulated" / "chsh.json"))
    with pytest.raises(UsageError, match="nothing to compare"):
        api.compare(chsh, tomographies(samples)[0])


def test_reports_without_a_common_number_are_refused() -> None:
    suite = Suite("nightly", ())
    with pytest.raises(UsageError, match="no common number"):
        api.compare(suite_report(suite, []), suite_report(suite, []))


def test_the_command(qmono: Any, samples: Path, tmp_path: Path) -> None:
    bell, ab = (samples / "simulated" / name for name in ("bell.json", "ab.json"))
    gate = ["--min", "fidelity_difference=-0.02"]
    assert qmono("compare", bell, ab, "--target", "phi+", *gate).code == 99
    assert qmono("compare", bell, bell, "--target", "phi+", *gate).code == 98
    for path in (bell, ab):
        qmono("tomography", path, "--target", "phi+", "--report", f"json={path.name}")
    done = qmono("compare", "bell.json", "ab.json", "--format", "json")
    assert done.code == 0
    assert '"level": 0.8999' in done.out or '"level": 0.9,' in done.out
    assert qmono("compare", "bell.json", bell).code == 2
    assert qmono("compare", "bell.json", "ab.json", "--level", "0.9").code == 2
    assert qmono("compare", "none.json", bell).code == 3
    assert qmono("compare", bell, ab, "--measure", "tomografy").code == 2
