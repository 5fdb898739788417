"""What is recognised, what a user may say about a file, and what contradicts it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

from qmono.core.counts import CountsTable
from qmono.errors import InputError, UsageError
from qmono.formats import FORMATS
from qmono.formats.contract import Format, parse_order
from qmono.formats.counts.averages import detect_mean_of, whole_multiples
from qmono.formats.reading import ReadOptions, read_counts, recognise

PLAIN = b'{"XX": {"00": 12, "11": 3}}'
QMONO_LAST = json.dumps(
    {
        "schema": "qmono.counts/1",
        "n_qubits": 2,
        "bit_order": "qubit0-last",
        "rows": [{"setting": "XX", "counts": {"01": 5}}],
    }
).encode()
PAULI = "setting,expectation,total_counts,raw_expectation\nZ0_0→(1+0j)*X0,1.1,100,0.5".encode()
TOMO = b"tomo_input=[[1,1,1,1,1,5,6,7,8,1,0,1,0]]"
SPDC = b"1+0i,5+0i,6+0i,7.5+0i,1+0i,0+0i,1+0i,0+0i"
CSV = b"setting,outcome,count\nXX,00,12\n"


def read(content: bytes, **options: object) -> CountsTable:
    return read_counts("-", ReadOptions(**options), stdin=io.BytesIO(content))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PLAIN, "plain-json"),
        (b"\n  " + PLAIN, "plain-json"),
        (QMONO_LAST, "qmono"),
        (PAULI, "pauli-csv"),
        (TOMO, "tomo-input"),
        (b"# measured\ntomo_input = np.array([[1]])", "tomo-input"),
        (SPDC, "amplitudes-csv"),
        (CSV, "plain-csv"),
        (b"\xef\xbb\xbf" + CSV, "plain-csv"),
        (b"PK\x03\x04", "npz"),
    ],
)
def test_content_is_recognised_whatever_the_file_is_called(content: bytes, name: str) -> None:
    assert recognise(content, "misleading.npz").name == name


def test_only_one_format_takes_each_content_or_the_first_is_right() -> None:
    """Plain JSON takes any JSON object, so what says its schema must come before it."""
    order = FORMATS.names
    assert order.index("qmono") < order.index("plain-json")
    for content in (PAULI, TOMO, SPDC, CSV, b"PK\x03\x04"):
        assert sum(FORMATS.load(name).sniff(content, "") for name in order) == 1


@pytest.mark.parametrize("name", FORMATS.names)
def test_every_entry_is_a_format_of_its_name(name: str) -> None:
    form = FORMATS.load(name)
    assert isinstance(form, Format)
    assert form.name == name


def test_every_module_with_a_format_is_in_the_table() -> None:
    import qmono.formats

    folder = Path(qmono.formats.__file__).parent
    holders = {path.stem for path in folder.rglob("*.py") if "\nFORMAT = " in path.read_text()}
    assert holders == {entry.target.partition(":")[0].rpartition(".")[2] for entry in FORMATS}


def test_a_named_format_beats_recognition() -> None:
    with pytest.raises(InputError, match=r"schema: expected 'qmono\.counts/1', found null"):
        read(PLAIN, input_format="qmono")
    with pytest.raises(UsageError, match="did you mean 'plain-json'"):
        read(PLAIN, input_format="plain-jsn")


def test_aliases_of_the_orders() -> None:
    assert parse_order("qiskit") == "qubit0-last"
    assert parse_order("cirq") == "qubit0-first"
    with pytest.raises(UsageError, match="did you mean 'qubit0-last'"):
        ReadOptions(bit_order="qubit0-lst")


def test_other_options_are_checked_at_once() -> None:
    with pytest.raises(UsageError, match="did you mean 'corrected'"):
        ReadOptions(column="correct")
    with pytest.raises(UsageError, match="2 repeats or more, not 1"):
        ReadOptions(mean_of=1)


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (PLAIN, {"column": "corrected"}, "--column corrected: a plain-json file has one kind of numbers"),
        (PLAIN, {"column": "raw"}, "--column raw"),
        (PLAIN, {"mean_of": 50}, "--mean-of 50: the file holds counts, not averages"),
        (PAULI, {"mean_of": 50, "column": "corrected"}, "holds corrected, not averages"),
        (
            QMONO_LAST,
            {"bit_order": "qubit0-first"},
            "--bit-order qubit0-first contradicts.*qubit0-last by itself",
        ),
        (QMONO_LAST, {"setting_order": "qiskit"}, "--setting-order qubit0-last contradicts"),
        (TOMO, {"bit_order": "qiskit"}, "--bit-order qubit0-last contradicts"),
        (SPDC, {"bit_order": "cirq"}, "has no such order"),
        (PAULI, {"setting_order": "cirq"}, "has no such order"),
        (SPDC, {"mean_of": 3}, "values times 3 are not whole numbers; the values fit averages of 2"),
    ],
)
def test_options_without_meaning_are_refused(
    content: bytes, options: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        read(content, **options)
    assert str(caught.value).startswith("standard input: ")


def test_options_that_agree_with_the_file_are_fine() -> None:
    assert read(QMONO_LAST, bit_order="qiskit").settings is not None
    assert read(TOMO, bit_order="cirq", setting_order="cirq").settings is not None


def test_the_origin_says_how_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "counts.json"
    path.write_bytes(PLAIN)
    origin = read_counts(path, ReadOptions(setting_order="qiskit")).origin
    assert origin is not None
    assert (origin.name, origin.format) == (str(path), "plain-json")
    assert (origin.bit_order, origin.setting_order, origin.declared) == ("qubit0-first", "qubit0-last", False)
    # sha256sum of the content
    assert origin.sha256 == "2c3cfbe2e0316b08f8e02798f4298fc09c5b9422f24e39c9f9f06f6cba50022b"


def test_averages_in_plain_files_become_counts_again() -> None:
    content = b'{"XX": {"00": 0.25, "11": 0.75}, "ZZ": {"00": 1}}'
    averages = read(content)
    assert (averages.values, averages.metadata) == ("averages", {"likely_mean_of": 4})
    counts = read(content, mean_of=100)
    assert counts.settings is not None
    assert counts.settings.counts.tolist() == [[25, 0, 0, 75], [100, 0, 0, 0]]
    assert (counts.values, counts.mean_of, counts.metadata) == ("counts", 100, {})


def test_rounds_of_averages_are_restored_with_them() -> None:
    rows = [{"setting": "X", "counts": {"0": 1.5}, "rounds": [{"0": 1}, {"0": 0.5}]}]
    document = {"schema": "qmono.counts/1", "n_qubits": 1, "values": "averages", "rows": rows}
    table = read(json.dumps(document).encode(), mean_of=2)
    assert table.settings is not None
    assert table.settings.rounds is not None
    assert table.settings.rounds[:, 0, 0].tolist() == [2, 1]


@pytest.mark.parametrize("repeats", [2, 7, 50, 999])
def test_averages_give_their_number_away(repeats: int) -> None:
    rng = np.random.default_rng(repeats)
    sums = rng.poisson(600 * repeats, size=40)
    assert detect_mean_of(sums / repeats) == repeats
    # written with six decimals, as files are
    assert detect_mean_of(np.round(sums / repeats, 6)) == repeats


def test_what_no_average_can_be_is_not_detected() -> None:
    assert detect_mean_of(np.array([1.0, 2.0])) is None
    assert detect_mean_of(np.array([])) is None
    assert detect_mean_of(np.random.default_rng(1).random(40)) is None
    assert whole_multiples(np.array([0.5]), 3) is None
