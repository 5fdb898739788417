"""What is written reads back to the same table, and what is written is what the schema says."""

from __future__ import annotations

import io
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qmono
from qmono.core.counts import (
    CountsTable,
    ParityRows,
    ProjectorRows,
    ReadoutCalibration,
    Selection,
    SettingRows,
    angle_direction,
    pauli_directions,
)
from qmono.core.povms import Povm, PovmRows
from qmono.errors import UsageError
from qmono.formats import FORMATS
from qmono.formats.reading import ReadOptions, read_counts
from qmono.formats.writing import write_counts
from qmono.quantum.povms import PAULI_POVMS
from qmono.quantum.readout import confusion_matrices

SCHEMA = json.loads((Path(qmono.__file__).parent / "schemas" / "counts-1.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def random_effects(n: int, outcomes: int, rng: np.random.Generator) -> np.ndarray:
    """A POVM (k, 2**n, 2**n): positive operators G divided by the root of their sum on both sides."""
    a = rng.normal(size=(outcomes, 2**n, 2**n, 2)) @ np.array([1, 1j])
    positive = a @ a.conj().swapaxes(1, 2)
    values, vectors = np.linalg.eigh(positive.sum(axis=0))
    root = (vectors / np.sqrt(values)) @ vectors.conj().T
    return np.asarray(root @ positive @ root)


MAX = 2**53
whole = st.one_of(st.integers(0, 50), st.integers(0, 10**15))
texts = st.text(max_size=8)
metadata = st.dictionaries(texts, st.one_of(texts, st.integers(-5, 5), st.booleans(), st.none()), max_size=2)
angles = st.tuples(st.floats(0, 180), st.floats(-180, 180))
directions = st.one_of(
    angles.map(lambda pair: angle_direction(*pair)),
    st.tuples(st.integers(0, 8), st.integers(0, 8)).map(lambda k: angle_direction(22.5 * k[0], 45 * k[1])),
)


@st.composite
def bases(draw: st.DrawFn, rows: int, n: int) -> np.ndarray:
    return np.array([[draw(directions) for _ in range(n)] for _ in range(rows)]).reshape(rows, n, 3)


def numbers(draw: st.DrawFn, values: str, shape: tuple[int, ...]) -> np.ndarray:
    size = int(np.prod(shape))
    if values == "counts":
        return np.array(draw(st.lists(whole, min_size=size, max_size=size)), dtype=np.int64).reshape(shape)
    low = -1e6 if values == "corrected" else 0
    drawn = draw(st.lists(st.floats(low, 1e6), min_size=size, max_size=size))
    return np.array(drawn, dtype=np.float64).reshape(shape)


@st.composite
def setting_rows(draw: st.DrawFn, n: int, values: str) -> SettingRows:
    kind = draw(st.sampled_from(["pauli", "inputs", "named", "blind pauli"]))
    alphabet = {"inputs": "01", "named": "ab"}.get(kind, "XYZ")
    label = st.text(alphabet, min_size=n, max_size=n)
    labels = tuple(draw(st.lists(label, min_size=1, max_size=3, unique=True)))
    size, cells = len(labels), 2**n
    inputs = np.array([[int(x) for x in name] for name in labels]) if kind == "inputs" else None
    local: np.ndarray | None = None
    if kind == "pauli":
        local = pauli_directions(labels)
    elif kind == "named" or (kind == "inputs" and draw(st.booleans())):
        local = draw(bases(size, n))
    rounds = numbers(draw, values, (2, size, cells)) if draw(st.booleans()) else None
    counts = numbers(draw, values, (size, cells)) if rounds is None else rounds.sum(axis=0)
    return SettingRows(labels, counts, local, inputs, rounds)


@st.composite
def tables(draw: st.DrawFn) -> CountsTable:
    n = draw(st.integers(1, 3))
    values = draw(st.sampled_from(["counts", "averages", "corrected"]))
    kinds = draw(st.sets(st.sampled_from(["settings", "projectors", "parities", "povms"]), min_size=1))
    blocks: dict[str, Any] = {}
    if "settings" in kinds:
        blocks["settings"] = draw(setting_rows(n, values))
    if "projectors" in kinds:
        labels = tuple(draw(st.lists(texts, min_size=1, max_size=3)))
        exposure = np.array([draw(st.floats(1e-3, 1e3)) for _ in labels])
        size = (len(labels),)
        blocks["projectors"] = ProjectorRows(
            labels, draw(bases(len(labels), n)), numbers(draw, values, size), exposure
        )
    if "parities" in kinds:
        strings = st.text("IXYZ", min_size=n, max_size=n)
        labels = tuple(draw(st.lists(strings, min_size=1, max_size=3, unique=True)))
        blocks["parities"] = ParityRows(labels, numbers(draw, values, (len(labels), 2)))
    if "povms" in kinds:
        blocks["povms"] = draw(povm_rows(n, values))
    maybe = st.booleans()
    return CountsTable(
        n_qubits=n,
        **blocks,
        values=values,  # type: ignore[arg-type]
        statistics=draw(st.sampled_from(["multinomial", "poisson"])),
        design=draw(st.sampled_from([None, "random", "fixed-blocks"])),
        source=draw(st.sampled_from(["simulated", "hardware", "file"])),
        signs=draw(st.sampled_from([None, "+++-", "-+++"])),
        mean_of=50 if values == "counts" and draw(maybe) else None,
        selection=Selection(10, 3, draw(texts)) if draw(maybe) else None,
        calibration=draw(calibrations(n)) if draw(maybe) else None,
        metadata=draw(metadata),
    )


@st.composite
def povm_rows(draw: st.DrawFn, n: int, values: str) -> PovmRows:
    """Rows of random POVMs of one and more qubits and of bases; some with more than ten outcomes."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sizes = draw(st.lists(st.integers(1, n), min_size=1, max_size=3))
    povms = [
        Povm(f"m{k}", random_effects(size, draw(st.integers(2, 12)), rng)) for k, size in enumerate(sizes)
    ]
    fill = [Povm("one", random_effects(1, 3, rng)), PAULI_POVMS["Y"]]
    parts = []
    for k, size in enumerate(sizes):
        before = draw(st.integers(0, n - size))
        rest = [len(sizes) + draw(st.integers(0, 1)) for _ in range(n - size)]
        parts.append((*rest[:before], k, *rest[before:]))
    used = list(dict.fromkeys(part for own in parts for part in own))
    kept = tuple([*povms, *fill][part] for part in used)
    parts = [tuple(used.index(part) for part in own) for own in parts]
    cells = sum(int(np.prod([kept[part].outcomes for part in own])) for own in parts)
    counts = numbers(draw, "counts", (min(cells, 40),))
    counts = np.resize(counts, cells).astype(np.int64 if values == "counts" else np.float64)
    return PovmRows(tuple(draw(texts) for _ in parts), kept, tuple(parts), counts)


@st.composite
def calibrations(draw: st.DrawFn, n: int) -> ReadoutCalibration:
    prepared = tuple(draw(st.lists(st.text("01", min_size=n, max_size=n), max_size=2)))
    taken = draw(st.none() | st.just("2026-11-20T04:12:00Z"))
    if draw(st.booleans()):
        flips = np.array(draw(st.lists(st.floats(0, 0.4), min_size=2 * n, max_size=2 * n)))
        confusion = confusion_matrices(flips.reshape(n, 2))
        return ReadoutCalibration((), np.zeros((0, 0), np.int64), taken, confusion)
    return ReadoutCalibration(prepared, numbers(draw, "counts", (len(prepared), 2**n)), taken)


def assert_same(one: Any, other: Any) -> None:
    """Equal, field by field; arrays also in type."""
    if hasattr(one, "__dataclass_fields__"):
        for item in fields(one):
            if item.name != "origin":
                assert_same(getattr(one, item.name), getattr(other, item.name))
    elif isinstance(one, tuple) and one and hasattr(one[0], "__dataclass_fields__"):
        assert len(one) == len(other)
        for mine, theirs in zip(one, other, strict=True):
            assert_same(mine, theirs)
    elif isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype
    else:
        assert one == other


def written(table: CountsTable, name: str) -> bytes:
    stream = io.BytesIO()
    FORMATS.load(name).write(table, stream)
    return stream.getvalue()


@settings(max_examples=150, deadline=None)
@given(tables())
def test_json_reads_back_and_obeys_the_schema(table: CountsTable) -> None:
    content = written(table, "qmono")
    VALIDATOR.validate(json.loads(content))
    assert_same(table, read_counts("-", stdin=io.BytesIO(content)))


@settings(max_examples=100, deadline=None)
@given(tables())
def test_npz_reads_back(table: CountsTable) -> None:
    assert_same(table, read_counts("-", stdin=io.BytesIO(written(table, "npz"))))


@settings(max_examples=30, deadline=None)
@given(tables())
def test_the_same_table_is_the_same_bytes(table: CountsTable) -> None:
    for name in ("qmono", "npz"):
        assert written(table, name) == written(table, name)


def plain() -> CountsTable:
    counts = np.array([[5, 0, 0, 7], [1, 2, 3, 4]])
    return CountsTable(2, SettingRows(("XX", "ZY"), counts, pauli_directions(("XX", "ZY"))))


def test_plain_csv_reads_back_what_it_can_hold() -> None:
    bell = SettingRows(
        ("00", "01"), np.array([[1, 2, 3, 4], [0, 0, 0, 0]]), inputs=np.array([[0, 0], [0, 1]])
    )
    for table in (plain(), replace(plain(), settings=bell)):
        assert_same(table, read_counts("-", stdin=io.BytesIO(written(table, "plain-csv"))))


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"source": "simulated"}, "simulated"),
        ({"design": "random"}, "design"),
        ({"metadata": {"a": 1}}, "metadata"),
        ({"statistics": "poisson"}, "Poisson"),
        ({"selection": Selection(1, 2, "")}, "selection"),
        ({"parities": ParityRows(("XX",), np.array([[1, 2]]))}, "parities"),
    ],
)
def test_plain_csv_refuses_what_it_would_lose(change: dict[str, Any], lost: str, tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    with pytest.raises(UsageError, match=f"would lose.*{lost}"):
        write_counts(replace(plain(), **change), path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("extension", [".json", ".npz", ".csv", ".JSON"])
def test_the_extension_names_the_format(extension: str, tmp_path: Path) -> None:
    path = tmp_path / f"counts{extension}"
    write_counts(plain(), path)
    assert_same(plain(), read_counts(path))


def test_an_unknown_extension_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.json, \.npz, \.csv"):
        write_counts(plain(), tmp_path / "counts.xlsx")


@pytest.mark.parametrize("extension", [".json", ".npz"])
def test_an_assumed_order_does_not_become_a_stated_one(extension: str, tmp_path: Path) -> None:
    content, path = b'{"XZ": {"01": 5}}', tmp_path / f"counts{extension}"
    with pytest.raises(UsageError, match="only assumed; say --bit-order"):
        write_counts(read_counts("-", stdin=io.BytesIO(content)), path)
    assert not path.exists()
    write_counts(read_counts("-", ReadOptions(bit_order="qiskit"), stdin=io.BytesIO(content)), path)
    again = read_counts(path)
    assert again.settings is not None
    assert again.settings.counts.tolist() == [[0, 0, 5, 0]]


def test_bases_of_a_polariser_are_written_as_angles() -> None:
    local = np.array([[angle_direction(0), angle_direction(-45)]])
    table = CountsTable(2, SettingRows(("a0b1",), np.array([[1, 2, 3, 4]]), local))
    row = json.loads(written(table, "qmono"))["rows"][0]
    assert row["angles"] == [[0.0, 0.0], [-45.0, 0.0]]


def test_large_counts_stay_exact() -> None:
    counts = np.array([[10**15, 10**15 - 1, 1, 0]])
    table = CountsTable(2, SettingRows(("XX",), counts, pauli_directions(("XX",))))
    for name in ("qmono", "npz"):
        back = read_counts("-", stdin=io.BytesIO(written(table, name)))
        assert back.settings is not None
        assert back.settings.counts.tolist() == counts.tolist()
