"""What saved counts prove: the protocol their settings allow, scans at any angles, limits that hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qmono.core.counts import CountsTable, ParityRows, SettingRows, angle_direction, pauli_directions
from qmono.errors import UsageError
from qmono.quantum.born import probabilities
from qmono.quantum.fidelity.choice import Goal, choose
from qmono.quantum.fidelity.direct import direct_fidelity
from qmono.quantum.fidelity.evidence import Evidence, evidence_of
from qmono.quantum.fidelity.exact import overlap
from qmono.quantum.fidelity.ghz_scan import scan_limits
from qmono.quantum.fidelity.schedule import shots_of_rounds, total_shots
from qmono.quantum.fidelity.tally import fidelity_limits, tally_of
from qmono.quantum.states import named_state


def random_rho(n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(2**n, 2**n)) + 1j * rng.normal(size=(2**n, 2**n))
    rho = a @ a.conj().T
    return rho / np.trace(rho).real


def exact_table(
    rho: np.ndarray, labels: tuple[str, ...], directions: np.ndarray, shots: int = 10**6
) -> CountsTable:
    """Counts so many that they are the probabilities."""
    counts = np.round(shots * probabilities(rho, directions)).astype(np.int64)
    n = directions.shape[1]
    return CountsTable(n_qubits=n, settings=SettingRows(labels, counts, directions))


def scan(n: int, degrees: list[float]) -> tuple[tuple[str, ...], np.ndarray]:
    directions = [
        pauli_directions(("Z" * n,))[0],
        *(np.tile(angle_direction(90, a), (n, 1)) for a in degrees),
    ]
    return ("Z" * n, *(f"scan {a:g}" for a in degrees)), np.array(directions)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_a_parity_scan_at_odd_angles_gives_the_fidelity_of_any_state(n: int) -> None:
    degrees = sorted(np.random.default_rng(n).uniform(0, 180, size=2 * n + 1).tolist())
    rho, target = random_rho(n, n), named_state(f"ghz:{n}")
    found = scan_limits(exact_table(rho, *scan(n, degrees)), target, 0.95)
    assert not isinstance(found, str)
    limits, _ = found
    assert limits.value == pytest.approx(overlap(rho, target.psi), abs=1e-4)
    assert limits.low < limits.value < limits.high


def test_a_scan_with_too_few_angles_proves_nothing() -> None:
    table = exact_table(random_rho(3, 1), *scan(3, [10.0, 60.0]))
    assert "2 angles" in scan_limits(table, named_state("ghz:3"), 0.95)
    found = evidence_of([table], named_state("ghz:3"), 0.95)
    assert isinstance(found, str)
    assert "not measured with any shots" in found


def test_the_measured_protocol_is_found_by_its_settings() -> None:
    """n + 1 settings of a GHZ scan; full Pauli settings by all stabilisers; the bound from two."""
    rho, target = random_rho(3, 4), named_state("ghz:3")
    expected = overlap(rho, target.psi)
    cases = {
        "ghz-parity": ["ZZZ", "XXX", "parity 1/3 pi", "parity 2/3 pi"],
        "all-stabilizers": ["ZZZ", "XXX", "XYY", "YXY", "YYX"],
        "stabilizer-bound": ["ZZZ", "XXX"],
    }
    probes = {p.label: p for p in choose(target, "ghz-parity", Goal()).probes}
    for protocol, labels in cases.items():
        directions = np.array(
            [probes[x].directions if x in probes else pauli_directions((x,))[0] for x in labels]
        )
        found = evidence_of([exact_table(rho, tuple(labels), directions)], target, 0.95)
        assert isinstance(found, Evidence)
        assert found.protocol == protocol
        if found.limits.value is not None:
            assert found.limits.value == pytest.approx(expected, abs=1e-4)
        assert found.limits.low <= expected <= found.limits.high


def test_unequal_shots_are_never_pooled() -> None:
    target = named_state("phi+")
    rows = SettingRows(
        ("XX", "YY", "ZZ"),
        np.array([[45, 5, 5, 45], [20, 480, 480, 20], [10, 0, 0, 10]]),
        pauli_directions(("XX", "YY", "ZZ")),
    )
    table = CountsTable(n_qubits=2, settings=rows)
    found = evidence_of([table], target, 0.95)
    assert isinstance(found, Evidence)
    assert found.limits.method == "stratified"
    direct = direct_fidelity(table, target, 0.95)
    assert (found.limits.value, found.limits.low) == pytest.approx((direct.value, direct.low))
    bound = evidence_of([table], target, 0.95, protocol="stabilizer-bound")
    assert isinstance(bound, Evidence)
    assert bound.limits.method == "clopper-pearson, split"
    assert bound.limits.low <= found.limits.value <= bound.limits.high
    with pytest.raises(ValueError, match="complete blocks"):
        fidelity_limits(tally_of(choose(target, "three-settings", Goal()), table), 0.95, anytime=True)
    assert "same shots" in evidence_of([table], target, 0.95, anytime=True)


def test_drawn_settings_need_a_file_that_says_so_and_only_their_own_labels() -> None:
    target = named_state("cluster:4")
    parities = ParityRows(("XZII", "ZXZI"), np.array([[40, 1], [38, 2]]))
    table = CountsTable(n_qubits=4, parities=parities, design="random")
    found = evidence_of([table], target, 0.95, protocol="sampled-stabilizers")
    assert isinstance(found, Evidence)
    assert found.rows == (("drawn settings", 78, 81),)
    said = evidence_of([replace(table, design=None)], target, 0.95, protocol="sampled-stabilizers")
    assert "does not say" in said
    foreign = replace(table, parities=ParityRows(("XXXX",), np.array([[5, 5]])))
    assert "'XXXX' is no setting" in evidence_of([foreign], target, 0.95, protocol="sampled-stabilizers")


def test_averages_have_no_limits() -> None:
    rows = SettingRows(("XX", "YY", "ZZ"), np.full((3, 4), 0.25), pauli_directions(("XX", "YY", "ZZ")))
    table = CountsTable(n_qubits=2, settings=rows, values="averages")
    assert "shot noise unknown" in evidence_of([table], named_state("phi+"), 0.95)


def test_an_unknown_protocol_is_refused() -> None:
    table = CountsTable(n_qubits=2, parities=ParityRows(("XX",), np.array([[1, 1]])))
    with pytest.raises(UsageError, match="three-settings"):
        evidence_of([table], named_state("phi+"), 0.95, protocol="three-setings")


def test_rounds_are_complete_blocks() -> None:
    scheme = choose(named_state("ghz:5"), "ghz-parity", Goal())
    assert scheme.block == 15
    assert total_shots(scheme, 100) == 600
    assert shots_of_rounds(scheme, 600, 7) == (90, 90, 90, 90, 90, 75, 75)
    drawn = choose(named_state("ghz:5"), "verification", Goal())
    assert total_shots(drawn, 100) == 100
    with pytest.raises(UsageError, match="--rounds"):
        shots_of_rounds(scheme, 600, 0)
