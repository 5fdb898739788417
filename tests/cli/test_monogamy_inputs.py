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


def test_a_product_pair_excludes_no_copies(qmono: Run, samples: Path) -> None:
    done = qmono("monogamy", samples / "simulated" / "product_01.json", "--format", "json")
    report = json.loads(done.out)
    assert report["metrics"]["third_party_fidelity"]["high"] > 0.9
    assert report["payload"]["not_extendible_to"] is None
