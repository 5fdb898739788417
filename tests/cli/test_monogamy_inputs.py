"""What `qmono monogamy` makes of each kind of input, from the installed program."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qmono.errors import ExitCode

Run = Callable[..., Any]


def test_a_claims_file(qmono: Run, samples: Path) -> None:
    path = samples / "claims" / "network.jsonl"
    done = qmono("monogamy", path, "--require", "verdict == satisfied", "--format", "json")
    assert done.code == ExitCode.REFUTED
    report = json.loads(done.out)
    assert report["payload"]["violated"] == ["alice.0 (run 7)"]
    assert report["provenance"]["inputs"][0]["format"] == "qmono.claims/1"
    assert report["metrics"]["budget_headroom"]["high"] < 0


def test_a_malformed_claim_names_its_line(qmono: Run, tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text(
        "id,qubit_a,qubit_b,quantity,passes,trials\nab,A.0,B.0,fidelity,11,10\n"
    )
    done = qmono("monogamy", tmp_path / "claims.csv")
    assert done.code == ExitCode.INPUT
    assert "line 2 passes: 11 passes in 10 trials" in done.err
    assert len(done.err.splitlines()) == 1


def test_one_pair_leaves_something_for_others(qmono: Run, samples: Path) -> None:
    done = qmono("monogamy", samples / "simulated" / "ab.json", "--format", "json")
    assert done.code == ExitCode.OK, done.err
    report = json.loads(done.out)
    metric = report["metrics"]["third_party_fidelity"]
    low = report["metrics"]["fidelity[0,1]"]["low"]
    assert report["verdict"] == "not-applicable"
    # cos^2(60 deg - arccos sqrt F) at the lower limit of F
    from math import acos, cos, pi, sqrt

    assert metric["high"] == pytest.approx(cos(pi / 3 - acos(sqrt(low))) ** 2)
    assert report["payload"]["not_extendible_to"] == 2


def test_bell_tests_of_all_pairs(qmono: Run, samples: Path) -> None:
    """(|00>|0> + |11>(cos 30|0> + sin 30|1>))/sqrt2 in 3 % of white noise."""
    path = samples / "simulated" / "chsh3.json"
    done = qmono("monogamy", path, "--require", "bell_headroom[0] >= 0", "--format", "json")
    assert done.code == ExitCode.OK, done.err
    report = json.loads(done.out)
    assert report["verdict"] == "satisfied"
    # sqrt2 (<ZZ> + <XX>) along the diagonals, with <XX> = cos 30; and sqrt2 |<ZX>| with <ZX> = -sin 60/2
    for pair, value in (("0,1", 2**0.5 * (1 + 3**0.5 / 2)), ("0,2", 2**0.5 * 3**0.5 / 4)):
        metric = report["metrics"][f"S[{pair}]"]
        assert metric["low"] < 0.97 * value < metric["high"]
    kept = [report["payload"]["pairs"][pair]["kept"] for pair in ("0,1", "0,2", "1,2")]
    assert kept == [8192] * 3


def test_bell_tests_of_all_pairs_from_a_run(qmono: Run, tmp_path: Path) -> None:
    """All eight settings of three qubits in a W state, no pair of which violates CHSH."""
    counts = tmp_path / "w.json"
    run = ("--state", "w:3", "--shots", "400", "--seed", "5", "--save-counts", counts)
    assert qmono("bell-test", "--inequality", "svetlichny", *run).code == ExitCode.OK
    done = qmono("monogamy", counts, "--require", "verdict == satisfied")
    assert done.code == ExitCode.OK, done.err
    assert "SIMULATED" in done.out
    assert "S > 2                shown of no pair: 3 tested" in done.out


def test_plain_inputs_of_three_qubits(qmono: Run, tmp_path: Path) -> None:
    path = tmp_path / "plain.json"
    settings = [f"{x}{y}{z}" for x in "01" for y in "01" for z in "01"]
    path.write_text(json.dumps({setting: {"000": 25, "111": 25} for setting in settings}))
    done = qmono("monogamy", path, "--format", "json")
    assert done.code == ExitCode.OK, done.err
    report = json.loads(done.out)
    assert [report["metrics"][f"S[{pair}]"]["value"] for pair in ("0,1", "0,2", "1,2")] == [2, 2, 2]
    assert report["verdict"] == "inconclusive"
    path.write_text(json.dumps({"021": {"000": 5}}))
    done = qmono("monogamy", path)
    assert done.code == ExitCode.INPUT
    assert done.err.strip().endswith("Bell tests of pairs have the inputs 0 and 1 on every qubit; found 2")


def test_a_product_pair_excludes_no_copies(qmono: Run, samples: Path) -> None:
    done = qmono("monogamy", samples / "simulated" / "product_01.json", "--format", "json")
    report = json.loads(done.out)
    assert report["metrics"]["third_party_fidelity"]["high"] > 0.9
    asked = ("--max", "extendibility[0,1]=1", "--quiet")
    assert qmono("monogamy", samples / "simulated" / "product_01.json", *asked).code == ExitCode.INCONCLUSIVE
    assert qmono("monogamy", samples / "simulated" / "ab.json", *asked).code == ExitCode.OK
    assert report["payload"]["not_extendible_to"] is None
