"""Suite files: strict, with the place of what is wrong, and as the published schema says."""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from qmono.errors import InputError
from qmono.formats.documents.suite_file import ENTRY_KEYS, SUITE_KEYS, read_suite
from qmono.gate.suite import Suite, SuiteEntry
from qmono.report.schema import schema_text

SCHEMA = json.loads(schema_text("qmono.suite/1"))
VALIDATOR = Draft202012Validator(SCHEMA)
HEAD = 'schema = "qmono.suite/1"\n'
ENTRY = '[[entry]]\nname = "a"\nmeasure = "tomography"\nstate = "phi+"\nrequire = ["fidelity >= 0.9"]\n'


def read(text: str, tmp_path: Path) -> Suite:
    path = tmp_path / "suite.toml"
    path.write_text(text, encoding="utf-8")
    return read_suite(path)


def test_keys_of_parser_schema_and_dataclasses_agree() -> None:
    assert list(SCHEMA["$defs"]["entry"]["properties"]) == list(ENTRY_KEYS)
    assert set(SCHEMA["properties"]) == {"schema", "defaults", "entry", *SUITE_KEYS}
    assert {key.field for key in ENTRY_KEYS.values()} == {field.name for field in fields(SuiteEntry)}
    assert {key.field for key in SUITE_KEYS.values()} == {field.name for field in fields(Suite)} - {"entries"}


def test_defaults_fill_and_entries_win(tmp_path: Path) -> None:
    text = (
        HEAD + '[defaults]\nshots = 5\nbackend = "statevector"\ncounts = "x.json"\n' + ENTRY + "shots = 7\n"
    )
    (entry,) = read(text, tmp_path).entries
    assert (entry.shots, entry.backend, entry.counts, entry.state) == (7, "statevector", None, "phi+")


def test_files_are_meant_beside_the_suite(tmp_path: Path) -> None:
    (tmp_path / "counts.json").write_text("{}")
    text = HEAD + ENTRY.replace('state = "phi+"', 'counts = "counts.json"')
    assert read(text, tmp_path).entries[0].counts == str(tmp_path / "counts.json")


GOOD = [
    HEAD + ENTRY,
    HEAD + 'name = "n"\nlevel = 0.9\nlooks = 3\nseed = 1\n' + ENTRY + 'labels = {a = "b"}\n',
]
BAD = [
    ("", "the file is empty"),
    (HEAD, "there is no [[entry]]"),
    (HEAD + "entry = []", "there is no [[entry]]"),
    (HEAD + "entry = 3", "entry: expected a list"),
    ('schema = "qmono.suite/2"\n' + ENTRY, "schema: expected 'qmono.suite/1', found 'qmono.suite/2'"),
    (ENTRY, "schema: expected 'qmono.suite/1', found None"),
    (HEAD + "levle = 0.9\n" + ENTRY, "did you mean 'level'"),
    (HEAD + "level = 95\n" + ENTRY, "level: a level lies between 0.5 and 1, found 95"),
    (HEAD + "looks = 0\n" + ENTRY, "looks: expected a whole number from 1 to 100, found 0"),
    (HEAD + "seed = true\n" + ENTRY, "seed: expected a whole number, found true"),
    (HEAD + ENTRY + "shot = 3\n", "entry[0]: unknown key 'shot'; did you mean 'shots'?"),
    (HEAD + ENTRY + "shots = 1.5\n", "entry[0].shots: expected a whole number, found 1.5"),
    (HEAD + ENTRY + "shots = -1\n", "entry[0].shots"),
    (HEAD + ENTRY + 'severity = "fatal"\n', "severity"),
    (HEAD + ENTRY + "job-timeout-s = 0\n", 'entry[0]."job-timeout-s": expected a number above 0'),
    (HEAD + ENTRY + "labels = {a = 1}\n", "entry[0].labels.a: expected a string, found 1"),
    (HEAD + ENTRY + "max-calibration-age-h = nan\n", "too large or not finite"),
    (HEAD + "[defaults]\nname = 'x'\n" + ENTRY, "defaults: unknown key 'name'"),
    (HEAD + "[defaults]\nshots = 'x'\n" + ENTRY, "defaults.shots: expected a whole number"),
    (HEAD + ENTRY + ENTRY, "entry[1].name: a second entry 'a'"),
    (HEAD + ENTRY.replace('"a"', '"../a"'), "entry[0].name: a name is made of"),
    (HEAD + ENTRY.replace('"a"', '""'), "entry[0].name"),
    (HEAD + ENTRY.replace('name = "a"\n', ""), "entry[0]: 'name' is missing"),
    (HEAD + ENTRY.replace('"fidelity >= 0.9"', ""), "entry[0].require: nothing is required"),
    (HEAD + ENTRY.replace('["fidelity >= 0.9"]', '"fidelity >= 0.9"'), "entry[0].require: expected a list"),
    (HEAD + ENTRY.replace('["fid', '["fidelity >= 0.9", "fid'), "a requirement occurs twice"),
    (HEAD + ENTRY.replace('state = "phi+"\n', ""), "entry[0]: there are neither counts nor a state"),
    (HEAD + ENTRY + 'counts = "c.json"\n', "exclude each other"),
    (HEAD + ENTRY + "[entry", "not valid TOML"),
]


@pytest.mark.parametrize("text", GOOD)
def test_what_the_parser_takes_the_schema_takes(text: str, tmp_path: Path) -> None:
    read(text, tmp_path)
    VALIDATOR.validate(tomllib.loads(text))


@pytest.mark.parametrize(("text", "problem"), BAD)
def test_malformed_suites_are_refused_with_their_place(text: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as found:
        read(text, tmp_path)
    assert problem in str(found.value)
    assert "suite.toml" in str(found.value)
    assert "\n" not in str(found.value)


def test_the_schema_is_a_schema_and_refuses_too() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    refused = 0
    for text, _ in BAD:
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            continue
        refused += not VALIDATOR.is_valid(document)
    assert refused >= 20
