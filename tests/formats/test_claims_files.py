"""Claims files: what is read, and the one line that refuses what is malformed or contradicts itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import qmono
from qmono.errors import InputError
from qmono.formats.documents.claims_file import is_claims, read_claims

GOOD: dict[str, Any] = {
    "id": "ab",
    "qubits": ["A.0", "B.0"],
    "quantity": "fidelity",
    "passes": 90,
    "trials": 100,
}
LIMIT: dict[str, Any] = {"id": "ab", "qubits": ["A.0", "B.0"], "quantity": "S", "lower": 2.4, "level": 0.99}


def written(path: Path, *lines: Any) -> Path:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts) + "\n")
    return path


def test_json_lines(tmp_path: Path) -> None:
    second = {**LIMIT, "id": "ac", "qubits": ["A.0", "C.x.1"], "window": "w7", "herald": "C", "source": "lab"}
    path = written(tmp_path / "claims.jsonl", {"schema": "qmono.claims/1", **GOOD}, "", second)
    claims = read_claims(path)
    first, other = claims.claims
    assert (first.passes, first.trials, first.lower) == (90, 100, None)
    assert (other.lower, other.level, other.window, other.herald) == (2.4, 0.99, "w7", "C")
    assert claims.origin is not None
    assert claims.origin.format == "qmono.claims/1"


def test_a_first_line_may_hold_the_schema_alone(tmp_path: Path) -> None:
    path = written(tmp_path / "claims.jsonl", {"schema": "qmono.claims/1"}, GOOD)
    assert is_claims(path)
    assert len(read_claims(path).claims) == 1


def test_csv_says_the_same(tmp_path: Path) -> None:
    path = written(
        tmp_path / "claims.csv",
        "id,qubit_a,qubit_b,quantity,passes,trials,lower,level,window",
        "ab,A.0,B.0,fidelity,90,100,,,",
        "ac,A.0,C.1,S,,,2.4,0.99,w7",
    )
    first, second = read_claims(path).claims
    assert (first.passes, first.trials, first.window) == (90, 100, None)
    assert (second.lower, second.level, second.window) == (2.4, 0.99, "w7")


def test_dimensions_of_both_ends(tmp_path: Path) -> None:
    bits = {**LIMIT, "quantity": "coherent_information", "lower": 1.5, "dimensions": [3, 4]}
    (claim,) = read_claims(written(tmp_path / "claims.jsonl", bits)).claims
    assert (claim.dimensions, claim.lower) == ((3, 4), 1.5)
    path = written(
        tmp_path / "claims.csv",
        "id,qubit_a,qubit_b,dimension_a,dimension_b,quantity,lower,level",
        "ab,A.0,B.0,3,4,coherent_information,1.5,0.99",
        "cd,C.0,D.0,,,S,2.5,0.99",
    )
    assert [claim.dimensions for claim in read_claims(path).claims] == [(3, 4), (2, 2)]
    half = written(
        tmp_path / "half.csv", "id,qubit_a,qubit_b,dimension_a,quantity,lower,level", "a,A.0,B.0,3,S,2,0.9"
    )
    with pytest.raises(InputError, match="line 2 dimensions: expected 2 entries"):
        read_claims(half)


def test_claims_are_told_from_counts(tmp_path: Path) -> None:
    assert is_claims(written(tmp_path / "a.jsonl", GOOD))
    assert is_claims(written(tmp_path / "a.csv", "id,qubit_a,qubit_b,quantity,lower,level"))
    assert not is_claims(written(tmp_path / "plain.json", {"XX": {"00": 1}}))
    assert not is_claims(tmp_path / "missing.json")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"passes": 101}, "101 passes in 100 trials"),
        ({"trials": 0}, "from 1"),
        ({"passes": 1.5}, "whole number"),
        ({"passes": True}, "whole number"),
        ({"trials": None, "passes": 3}, "whole number"),
        ({"lower": 0.9, "level": 0.95}, "counts and a limit"),
        ({"qubits": ["A.0", "A.0"]}, "no pair with itself"),
        ({"qubits": ["A.0"]}, "expected 2 entries"),
        ({"qubits": ["A", "B.0"]}, "node.qubit"),
        ({"quantity": "fidelty"}, "did you mean 'fidelity'"),
        ({"quantity": "concurrence"}, "no passes and trials"),
        ({"id": 7}, "expected a string"),
        ({"fidelity": 0.9}, "unknown key"),
        ({"schema": "qmono.claims/2"}, "expected 'qmono.claims/1'"),
        ({"dimensions": [2, 3]}, "passes are of tests of two qubits, not of 2 x 3"),
        ({"dimensions": [2]}, "expected 2 entries"),
        ({"dimensions": [2, 1]}, "from 2"),
        ({"dimensions": [2, 2.5]}, "whole number"),
        ({"dimensions": 2}, "dimensions"),
        ({"quantity": "coherent_information"}, "a coherent information has no passes and trials"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    path = written(tmp_path / "claims.jsonl", GOOD, {**GOOD, "id": "second", **change})
    with pytest.raises(InputError, match="line 2") as caught:
        read_claims(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lower": 2.83}, "no S is 2.83"),
        ({"lower": -0.1}, "no S is"),
        ({"quantity": "fidelity", "lower": 1.01}, "no fidelity is 1.01"),
        ({"level": 1.0}, "a level lies"),
        ({"level": 95}, "a level lies"),
        ({"lower": "2.4"}, "expected a number"),
        ({"quantity": "concurrence", "lower": 1.1}, "no concurrence is 1.1"),
        ({"quantity": "concurrence", "dimensions": [3, 5], "lower": 1.16}, "no concurrence of 3 x 5 is 1.16"),
        ({"quantity": "coherent_information", "lower": 1.1}, "no coherent information is 1.1"),
    ],
)
def test_an_impossible_limit_is_refused(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match="line 1") as caught:
        read_claims(written(tmp_path / "claims.jsonl", {**LIMIT, **change}))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((GOOD, GOOD), "line 2 id: the id 'ab' occurred in line 1"),
        (
            ({**LIMIT, "dimensions": [3, 3]}, {**LIMIT, "id": "ac", "qubits": ["C.0", "A.0"]}),
            "line 2 dimensions: 'A.0' has dimension 2 here and 3 in line 1",
        ),
        (('{"id": "ab", "id": "ac", "qubits": [], "quantity": "S"}',), "occurs twice"),
        (('{"id": "ab", "qubits": ["A.0", "B.0"], "quantity": "S", "lower": NaN, "level": 0.9}',), "line 1"),
        (('{"id": "ab"', GOOD), "line 1"),
        (("{}",), "'id' is missing"),
        (('{"id": "x", "qubits": ["A.0", "B.0"], "quantity": "S"}',), "'lower' is missing"),
        (("id,qubit_a,quantity", "a,A.0,S"), "'qubit_b' is missing"),
        (("id,qubit_a,qubit_b,quantity,colour", "a,A.0,B.0,S,red"), "unknown key 'colour'"),
        (("id,qubit_a,qubit_b,quantity", "a,A.0,B.0"), "line 2: expected 4 columns"),
        (("id,qubit_a,qubit_b,quantity,passes,trials", "a,A.0,B.0,S,many,10"), "line 2"),
        (("id,qubit_a,qubit_b,quantity",), "no claims"),
    ],
)
def test_malformed_files(tmp_path: Path, lines: tuple[Any, ...], words: str) -> None:
    with pytest.raises(InputError) as caught:
        read_claims(written(tmp_path / "claims.jsonl", *lines))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"  \n", b"\xff\xfe{\x00", b'{"id": "\xff"}'])
def test_what_is_no_text(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "claims.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_claims(path)


def test_the_published_schema_agrees(tmp_path: Path) -> None:
    schema = json.loads((Path(qmono.__file__).parent / "schemas" / "claims-1.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    sample = Path(__file__).parents[2] / "sample_data" / "claims" / "network.jsonl"
    for line in sample.read_text().splitlines():
        validator.validate(json.loads(line))
    read_claims(sample)
    for bad in (
        {**GOOD, "lower": 0.9, "level": 0.9},
        {**GOOD, "qubits": ["A", "B.0"]},
        {**LIMIT, "level": 1.0},
        {**GOOD, "dimensions": [3, 3]},
        {**LIMIT, "dimensions": [3, 1]},
    ):
        assert not validator.is_valid(bad)
        with pytest.raises(InputError):
            read_claims(written(tmp_path / "bad.jsonl", bad))
