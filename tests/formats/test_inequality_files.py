"""`qmono.inequality/1`: the catalogue written and read back, terms with null, and everything malformed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from qmono.api import read_inequality
from qmono.errors import InputError, UsageError
from qmono.formats.documents.inequality_file import inequality_document, inequality_text
from qmono.quantum.bell import INEQUALITIES, named_inequality
from qmono.quantum.bell.inequality import bell_value
from qmono.report.schema import schema_text

VALIDATOR = Draft202012Validator(json.loads(schema_text("qmono.inequality/1")))
MEMBERS = [*INEQUALITIES.names, "mermin:4", "mabk:4", "chained:5", "tilted:0.3"]
CHSH: dict[str, Any] = {
    "schema": "qmono.inequality/1",
    "inputs": [2, 2],
    "correlators": [
        {"inputs": [0, 0], "weight": 1},
        {"inputs": [0, 1], "weight": 1},
        {"inputs": [1, 0], "weight": 1},
        {"inputs": [1, 1], "weight": -1},
    ],
}


def saved(tmp_path: Path, document: object) -> Path:
    path = tmp_path / "mine.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", MEMBERS)
def test_the_catalogue_reads_back(tmp_path: Path, name: str) -> None:
    member = named_inequality(name)
    text = inequality_text(member)
    assert json.loads(text) == inequality_document(member)
    VALIDATOR.validate(json.loads(text))
    again = read_inequality(str(saved(tmp_path, text)))
    assert np.array_equal(again.coefficients, member.coefficients)
    assert again.name == f"user:{member.name}"
    for field in ("title", "local_bound", "quantum_bound", "no_signalling_bound", "model", "reference"):
        assert getattr(again, field) == getattr(member, field)
    if member.best is not None and member.best.directions is not None:
        assert again.best is not None
        assert bell_value(again.coefficients, again.best.behaviour()) == pytest.approx(
            bell_value(member.coefficients, member.best.behaviour()), abs=1e-12
        )


def test_chsh_in_eight_lines(tmp_path: Path) -> None:
    VALIDATOR.validate(CHSH)
    mine = read_inequality(str(saved(tmp_path, CHSH)))
    assert np.array_equal(mine.coefficients, named_inequality("chsh").coefficients)
    assert (mine.name, mine.title, mine.local_bound, mine.quantum_bound) == ("user:mine", "mine", 2, None)


def test_a_name_of_the_catalogue_stays_ones_own(tmp_path: Path) -> None:
    assert read_inequality(str(saved(tmp_path, {**CHSH, "name": "chsh"}))).name == "user:chsh"


def test_marginals_are_means_over_the_settings_that_are_played(tmp_path: Path) -> None:
    """Tilted CHSH from correlators, I3322 from probabilities, as the papers write them."""
    tilted = {**CHSH, "correlators": [*CHSH["correlators"], {"inputs": [0, None], "weight": 1}]}
    assert np.allclose(
        read_inequality(str(saved(tmp_path, tilted))).coefficients, named_inequality("tilted:1").coefficients
    )
    both = [[1, 1, 1], [1, 1, -1], [1, -1, 0]]
    terms = [
        {"inputs": [x, y], "outcomes": [0, 0], "coefficient": both[x][y]}
        for x in range(3)
        for y in range(3)
        if both[x][y]
    ]
    alone: list[dict[str, Any]] = [
        {"inputs": [0, None], "outcomes": [0, None], "coefficient": -1},
        {"inputs": [None, 0], "outcomes": [None, 0], "coefficient": -2},
        {"inputs": [None, 1], "outcomes": [None, 0], "coefficient": -1},
    ]
    i3322 = {"schema": CHSH["schema"], "inputs": [3, 3], "probabilities": [*terms, *alone]}
    VALIDATOR.validate(i3322)
    mine = read_inequality(str(saved(tmp_path, i3322)))
    assert np.allclose(mine.coefficients, named_inequality("i3322").coefficients)
    assert mine.local_bound == pytest.approx(0, abs=1e-12)


def test_without_full_terms_a_marginal_is_the_mean_over_all(tmp_path: Path) -> None:
    """CHSH of all three pairs added up: each is at most 2, and all three can be at once."""
    pairs = [(0, 1), (0, 2), (1, 2)]
    terms = [
        {"inputs": [x if p == i else y if p == j else None for p in range(3)], "weight": sign}
        for i, j in pairs
        for (x, y), sign in {(0, 0): 1, (0, 1): 1, (1, 0): 1, (1, 1): -1}.items()
    ]
    mine = read_inequality(
        str(saved(tmp_path, {"schema": CHSH["schema"], "inputs": [2, 2, 2], "correlators": terms}))
    )
    assert len(mine.settings) == 8
    assert mine.local_bound == pytest.approx(6, abs=1e-12)


def test_a_bound_too_large_to_enumerate_is_taken_as_stated_and_said(tmp_path: Path) -> None:
    weights = [{"inputs": [x, y], "weight": 1 if x != y else -1} for x in range(30) for y in range(30)]
    document = {"schema": CHSH["schema"], "inputs": [30, 30], "correlators": weights}
    with pytest.raises(InputError, match="strategies, at most 4194304 are tried; state it as local_bound"):
        read_inequality(str(saved(tmp_path, document)))
    stated = read_inequality(str(saved(tmp_path, {**document, "local_bound": 880})))
    assert stated.local_bound == 880
    assert stated.reference.endswith("bound as stated in the file, not verified")


def changed(**members: Any) -> dict[str, Any]:
    return {**CHSH, **members}


def term(**members: Any) -> dict[str, Any]:
    return changed(correlators=[*CHSH["correlators"], {"inputs": [0, 0], "weight": 1} | members])


STATE: dict[str, Any] = {"state": "phi+", "bases": [[[0, 0, 1], [1, 0, 0]]] * 2}
BEST = {"state": "phi+", "bases": [[[0, 0, 1], [1, 0, 0]], [[0.6, 0, 0.8], [-0.6, 0, 0.8]]]}
ANSWERS = ((0, 0), (0, 1), (1, 0), (1, 1))
PROBABILITY = {"inputs": [0, 0], "outcomes": [0, 0], "coefficient": 1}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "line 1 column 2: not valid JSON"),
        ([], "expected an object"),
        ({}, "schema: expected 'qmono.inequality/1', found null"),
        (changed(schema="qmono.state/1"), "schema: expected 'qmono.inequality/1'"),
        (changed(wieghts=[]), "unknown key 'wieghts'"),
        ({"schema": CHSH["schema"], "correlators": CHSH["correlators"]}, "the key 'inputs' is missing"),
        ({"schema": CHSH["schema"], "inputs": [2, 2]}, "there are no terms"),
        (changed(inputs=[2]), "inputs: expected 2 to 8 parties, found 1"),
        (changed(inputs=[2, 0]), r"inputs\[1\]: expected a whole number from 1 to 100, found 0"),
        (changed(inputs=[100] * 4), "inputs: more than 4194304 coefficients"),
        (changed(outcomes=[2, 11]), r"outcomes\[1\]: expected a whole number from 2 to 10, found 11"),
        (changed(outcomes=[2]), "outcomes: expected 2 to 8 parties"),
        (changed(outcomes=[2, 2, 2]), "outcomes: expected 2 entries, found 3"),
        (changed(outcomes=[3, 3]), r"correlators\[0\]: a correlator needs two outcomes"),
        (term(inputs=[0]), r"correlators\[4\]\.inputs: expected 2 entries, found 1"),
        (term(inputs=[0, 2]), r"correlators\[4\]\.inputs\[1\]: expected a whole number from 0 to 1, found 2"),
        (term(inputs=[None, None]), "looks at one party at least"),
        (term(weight="1"), r"correlators\[4\]\.weight: expected a number, found '1'"),
        (term(weight=0), r"correlators\[4\]: a term has the weight 0"),
        (term(sign=1), "unknown key 'sign'"),
        (changed(correlators=[{"inputs": [0, 0]}]), r"correlators\[0\]: the key 'weight' is missing"),
        (changed(probabilities=[{**PROBABILITY, "outcomes": [0, 2]}]), r"outcomes\[1\]: .* from 0 to 1"),
        (changed(probabilities=[{**PROBABILITY, "outcomes": [0, None]}]), "null in inputs and in outcomes"),
        (
            changed(correlators=[], probabilities=[{**PROBABILITY, "outcomes": list(ab)} for ab in ANSWERS]),
            r"setting \[0, 0\] scores 1 whatever the outcomes",
        ),
        (changed(correlators=CHSH["correlators"][:3]), "nothing can violate it"),
        (changed(model="global"), "model: unknown value 'global'"),
        (changed(model="hybrid"), "model: a hybrid model needs three parties"),
        (changed(local_bound=2.5), "local_bound: stated as 2.5, but enumeration gives 2"),
        (changed(quantum_bound=1.9), "quantum_bound: 1.9 is not between local_bound 2 and 4"),
        (changed(no_signalling_bound=4.1), "no_signalling_bound: 4.1 is not between local_bound 2 and 4"),
        (changed(quantum_bound=3, no_signalling_bound=2.9), "2.9 is not between quantum_bound 3 and 4"),
        (changed(state="phi+"), "state and bases go together"),
        (changed(**{**STATE, "state": "phi"}), "state: unknown state 'phi'"),
        (changed(**{**STATE, "state": "ghz:3"}), "state: expected a state of 2 qubits, found 'ghz:3'"),
        (changed(**{**STATE, "state": {"schema": "x"}}), r"state\.schema: expected 'qmono.state/1'"),
        (changed(**{**STATE, "bases": [[[0, 0, 1]]] * 2}), r"bases\[0\]: expected 2 entries, found 1"),
        (changed(**{**STATE, "bases": [[[0, 0, 2], [1, 0, 0]]] * 2}), "is a Bloch vector of length 1"),
        (changed(quantum_bound=2, **BEST), "quantum_bound: 2 is below the 2.8 of state and bases"),
    ],
)
def test_what_is_malformed_is_refused_with_its_place(tmp_path: Path, document: object, message: str) -> None:
    with pytest.raises(InputError, match=rf"mine\.json: .*{message}"):
        read_inequality(str(saved(tmp_path, document)))


def test_files_take_no_parameters_and_must_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="takes no parameters"):
        read_inequality(str(saved(tmp_path, CHSH)), qubits=3)
    with pytest.raises(UsageError, match="there is no file"):
        read_inequality(str(tmp_path / "none.json"))
