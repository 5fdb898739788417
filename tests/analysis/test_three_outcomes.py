"""Saved counts with three outcomes: CGLMP from JSON and CSV, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qmono import api
from qmono.errors import ExitCode, InputError, UsageError
from qmono.quantum.bell import named_inequality

CGLMP = named_inequality("cglmp")
DIGITS = [f"{a}{b}" for a in range(3) for b in range(3)]


def cells(visibility: float, shots: int = 2000, seed: int = 5) -> dict[str, dict[str, int]]:
    """Counts of the best measurements of CGLMP with white noise, by inputs and outcomes."""
    assert CGLMP.best is not None
    table = CGLMP.best.behaviour()
    rng = np.random.default_rng(seed)
    found = {}
    for x, y in np.ndindex(2, 2):
        p = visibility * table[:, :, x, y].reshape(-1) + (1 - visibility) / 9
        found[f"{x}{y}"] = dict(zip(DIGITS, rng.multinomial(shots, p / p.sum()).tolist(), strict=True))
    return found


def in_json(path: Path, rows: dict[str, dict[str, int]]) -> Path:
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(("visibility", "verdict"), [(0.95, "violated"), (0.4, "not-violated")])
def test_cglmp_from_counts_to_verdict(tmp_path: Path, visibility: float, verdict: str) -> None:
    rows = cells(visibility)
    counts = api.read_counts(in_json(tmp_path / "qutrits.json", rows), outcomes=3, bit_order="cirq")
    report = api.bell_test(counts, inequality="cglmp", design="random")
    value = report.metric("bell_value")
    assert value is not None
    assert value.std_error is not None
    assert report.verdict == verdict
    assert value.value == pytest.approx(visibility * (1 + np.sqrt(11 / 3)), abs=4 * value.std_error)


def test_csv_says_the_same(tmp_path: Path) -> None:
    rows = cells(0.9)
    lines = [f"{x},{a},{n}" for x, row in rows.items() for a, n in row.items()]
    path = tmp_path / "qutrits.csv"
    path.write_text("setting,outcome,count\n" + "\n".join(lines), encoding="utf-8")
    from_csv = api.read_counts(path, outcomes=3, bit_order="cirq")
    from_json = api.read_counts(in_json(tmp_path / "qutrits.json", rows), outcomes=3, bit_order="cirq")
    metrics = [api.bell_test(table, inequality="cglmp").metrics for table in (from_csv, from_json)]
    assert metrics[0] == metrics[1]


def test_the_bit_order_matters_and_is_asked_for(tmp_path: Path) -> None:
    """Read backwards B = A + 1 becomes A = B + 1: the value falls, so the order has to be said."""
    rows = cells(0.95)
    backwards = {x: {a[::-1]: n for a, n in row.items()} for x, row in rows.items()}
    path = in_json(tmp_path / "qutrits.json", backwards)
    with pytest.raises(UsageError, match="depend on the order of the outcome strings"):
        api.bell_test(api.read_counts(path, outcomes=3), inequality="cglmp")
    counts = api.read_counts(path, outcomes=3, bit_order="qubit0-last")
    assert api.bell_test(counts, inequality="cglmp").verdict == "violated"


def test_parties_may_differ_in_their_outcomes(tmp_path: Path) -> None:
    """CHSH with a third outcome of Bob that never occurs."""
    terms = [
        {"inputs": [x, y], "outcomes": [a, b], "coefficient": (-1) ** (a + b + x * y)}
        for x, y in np.ndindex(2, 2)
        for a, b in np.ndindex(2, 2)
    ]
    document = {"schema": "qmono.inequality/1", "inputs": [2, 2], "outcomes": [2, 3], "probabilities": terms}
    mine = in_json(tmp_path / "mine.json", document)
    alike, unlike = {"00": 430, "11": 425, "01": 70, "12": 75}, {"01": 420, "10": 435, "00": 65, "11": 80}
    path = in_json(tmp_path / "counts.json", {"00": alike, "01": alike, "10": alike, "11": unlike})
    report = api.bell_test(
        api.read_counts(path, outcomes=3, bit_order="qubit0-first"),
        inequality=api.read_inequality(str(mine)),
        design="random",
    )
    assert report.verdict == "violated"
    assert report.payload["settings"][0]["counts"] == [430, 70, 0, 0, 425, 75]
    wrong = in_json(tmp_path / "wrong.json", {"00": {"20": 3}})
    with pytest.raises(InputError, match=r"wrong\.json: mine has 2, 3 outcomes; the counts have others"):
        api.bell_test(api.read_counts(wrong, outcomes=3), inequality=api.read_inequality(str(mine)))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"00": {"03": 1}}, "unknown outcome '03'; expected 2 characters, each 0 to 2"),
        ({"00": {"0": 1}}, "unknown outcome '0'"),
        ({"03": {"00": 1}}, "has the inputs 0 to 1 on qubit 1; found 3"),
        ({"000": {"000": 1}}, "needs 2 parties with 3 outcomes; here are 3 parties with 3"),
    ],
)
def test_wrong_digits_are_refused(tmp_path: Path, rows: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        api.bell_test(api.read_counts(in_json(tmp_path / "x.json", rows), outcomes=3), inequality="cglmp")


def test_the_command(qmono: Callable[..., Any], samples: Path, tmp_path: Path) -> None:
    done = qmono(
        "bell-test", in_json(tmp_path / "q.json", cells(0.95)), "--inequality", "cglmp", "--bit-order", "cirq"
    )
    assert done.code == 0
    assert "CGLMP, three outcomes" in done.out
    refused = qmono("bell-test", samples / "delft_2015" / "counts.json", "--inequality", "cglmp")
    assert (refused.code, refused.out) == (ExitCode.USAGE, "")
    assert "3 outcomes are read from plain JSON and CSV; this is a qmono file" in refused.err
