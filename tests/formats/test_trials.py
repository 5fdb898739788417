"""Files of single trials: every spelling gives the same counts, no click is as said, size does not matter."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qmono.analysis.bell.chsh import analyse_bell_test
from qmono.core.counts import CountsTable, IntArray
from qmono.errors import InputError, UsageError
from qmono.formats.reading import ReadOptions, read_counts

N = 5000


def trials(no_click: float = 0.0, seed: int = 4) -> dict[str, np.ndarray]:
    """Asymmetric trials, the last thousand with another correlation; 2 where a party saw nothing."""
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 2, N), rng.integers(0, 2, N)
    a = (rng.random(N) < 0.3).astype(int)
    b = a ^ (rng.random(N) < np.where(np.arange(N) < 4000, 0.2, 0.6)).astype(int)
    a[rng.random(N) < no_click] = 2
    b[rng.random(N) < no_click / 2] = 2
    return {"x": x, "y": y, "a": a, "b": b}


def counted(columns: dict[str, np.ndarray]) -> IntArray:
    """Counts (4, 4) the slow way."""
    counts = np.zeros((2, 2, 2, 2), dtype=np.int64)
    np.add.at(counts, tuple(columns[name] for name in "xyab"), 1)
    return counts.reshape(4, 4)


def npz(columns: dict[str, np.ndarray], path: Path, **more: Any) -> Path:
    np.savez(path, **columns, **more)
    return path


def csv(columns: dict[str, np.ndarray], path: Path, symbols: dict[int, str], order: str = "xyab") -> Path:
    words = {name: [symbols[v] if name in "ab" else str(v) for v in columns[name]] for name in order}
    lines = [",".join(order), *map(",".join, zip(*(words[name] for name in order), strict=True))]
    path.write_text("\n".join(lines) + "\n")
    return path


def settings(table: CountsTable) -> IntArray:
    assert table.settings is not None
    return np.asarray(table.settings.counts)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int64", "uint64", ">i4", "bool"])
def test_integers_of_any_width(dtype: str, tmp_path: Path) -> None:
    columns = trials()
    path = npz({name: column.astype(dtype) for name, column in columns.items()}, tmp_path / "t.npz")
    table = read_counts(path)
    np.testing.assert_array_equal(settings(table), counted(columns))
    assert table.origin is not None
    assert table.origin.format == "trials-npz"
    assert len(table.origin.sha256) == 64


@pytest.mark.parametrize("compressed", [False, True])
def test_design_and_signs_may_stand_in_the_file(compressed: bool, tmp_path: Path) -> None:
    save = np.savez_compressed if compressed else np.savez
    save(tmp_path / "t.npz", **trials(), design=np.array("random"), signs=np.array("++-+"))
    table = read_counts(tmp_path / "t.npz")
    assert (table.design, table.signs) == ("random", "++-+")


@pytest.mark.parametrize("order", ["xyab", "abxy", "bxay"])
@pytest.mark.parametrize(
    "symbols", [{0: "0", 1: "1"}, {0: "+", 1: "-"}, {0: "1", 1: "-1"}, {0: "+1", 1: "-1"}]
)
def test_every_spelling_of_a_line(symbols: dict[int, str], order: str, tmp_path: Path) -> None:
    columns = trials()
    table = read_counts(csv(columns, tmp_path / "t.csv", symbols, order))
    np.testing.assert_array_equal(settings(table), counted(columns))


@pytest.mark.parametrize(
    ("bits", "silent"), [(("0", "1"), "2"), (("0", "1"), "."), (("0", "1"), ""), (("1", "-1"), "2")]
)
def test_no_click_is_assigned_or_dropped(bits: tuple[str, str], silent: str, tmp_path: Path) -> None:
    columns = trials(no_click=0.2)
    path = csv(columns, tmp_path / "t.csv", {0: bits[0], 1: bits[1], 2: silent}, "abxy")
    assigned = {name: np.where(column == 2, 1, column) for name, column in columns.items()}
    np.testing.assert_array_equal(settings(read_counts(path)), counted(assigned))
    seen = (columns["a"] < 2) & (columns["b"] < 2)
    dropped = read_counts(path, ReadOptions(no_click="drop"))
    np.testing.assert_array_equal(
        settings(dropped), counted({name: column[seen] for name, column in columns.items()})
    )
    assert dropped.selection is not None
    assert (dropped.selection.kept, dropped.selection.dropped) == (seen.sum(), N - seen.sum())
    found = dropped.metadata["no_click"]
    assert found["efficiency_a"] == pytest.approx(0.8, abs=5 * np.sqrt(0.16 / 4500))
    assert found["efficiency_b"] == pytest.approx(0.9, abs=5 * np.sqrt(0.09 / 4000))


def test_time_order_is_kept_in_sixteen_rounds(tmp_path: Path) -> None:
    columns = trials()
    for path in (npz(columns, tmp_path / "t.npz"), csv(columns, tmp_path / "t.csv", {0: "0", 1: "1"})):
        rows = read_counts(path).settings
        assert rows is not None
        assert rows.rounds is not None
        assert len(rows.rounds) == 16
        np.testing.assert_array_equal(rows.rounds.sum(axis=0), rows.counts)
        assert rows.rounds.sum(axis=(1, 2)) == pytest.approx(N / 16, abs=10)
        report = analyse_bell_test(read_counts(path), design="random", signs="+++-")
        assert next(check for check in report.checks if check.name == "drift").status == "fail"


def test_what_dropping_costs_is_said(tmp_path: Path) -> None:
    path = npz(trials(no_click=0.2), tmp_path / "t.npz")
    for choice, status, loophole in (
        ("assign", "pass", "detection: closed only if"),
        ("drop", "warn", "detection open"),
    ):
        report = analyse_bell_test(read_counts(path, ReadOptions(no_click=choice)), design="random")
        check = next(check for check in report.checks if check.name == "detection")
        assert check.status == status
        assert loophole in str(list(report.sections))


def test_pieces_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = trials()
    paths = [npz(columns, tmp_path / "t.npz"), csv(columns, tmp_path / "t.csv", {0: "+", 1: "-"})]
    whole = [settings(read_counts(path)) for path in paths]
    monkeypatch.setattr("qmono.formats.trials.trials_npz.CHUNK", 97)
    monkeypatch.setattr("qmono.formats.trials.trials_csv.CHUNK", 53)
    for path, counts in zip(paths, whole, strict=True):
        np.testing.assert_array_equal(settings(read_counts(path)), counts)
        np.testing.assert_array_equal(settings(read_counts("-", stdin=io.BytesIO(path.read_bytes()))), counts)


def test_lines_of_windows_spaces_and_no_last_newline(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"x, y, a, b\r\n0, 1, 1, 0\r\n1, 1, ,1\r\n,,,"[:-3] + b"0,0,0,0")
    table = read_counts(tmp_path / "t.csv")
    assert settings(table)[1].tolist() == [0, 0, 1, 0]
    assert settings(table)[3].tolist() == [0, 0, 0, 1]
    assert table.total == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"x,y,a,b\n0,1,1,0\n0,1,1\n", "line 3: expected 4 columns, found 3"),
        (b"x,y,a,b\n0,1,1,0\n\n0,1,1,0\n", "line 3: expected 4 columns, found 1"),
        (b"x,y,a,b\n0,1,1,7\n", "line 2: expected 0, 1, -1 or no click .2., found '7'"),
        (b"x,y,a,b\n0,1,1,0\n0,2,1,0\n", "line 3: y is 2; expected 0 or 1"),
        (b"x,y,a,b\n0,1,-1,0\n", "outcomes are bits 0 and 1, or signs 1 and -1; here are -1 and 0"),
        (b"x,y,a,b\n0,1,10,0\n", "line 2: expected 0, 1"),
        (b"x,y,a,b\n0,1,\xff,0\n", "line 2: expected 0, 1"),
    ],
)
def test_the_first_wrong_line_is_named(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_counts(tmp_path / "t.csv")
    assert str(caught.value).startswith(str(tmp_path / "t.csv"))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": np.array([[0, 1]])}, r"x: expected one dimension of integers, found int64 of shape \(1, 2\)"),
        ({"x": np.array([0.0, 1.0])}, "x: expected one dimension of integers, found float64"),
        ({"b": np.zeros(3, dtype=int)}, "b: 3 trials, but 5000 of x"),
        ({"c": np.zeros(3)}, "unknown array 'c'; trials are x, y, a, b"),
        ({"design": np.array("rando")}, "design: .*random"),
        ({"a": np.array([None] * N)}, "a: expected one dimension of integers, found object"),
        ({"a": np.full(N, 3)}, "trial 0: a is 3; expected 0 or 1, or 1 or -1, or 2"),
        ({"y": np.full(N, -1)}, "trial 0: y is -1; expected 0 or 1"),
        ({"a": np.full(N, 2**40)}, "trial 0: a is 1099511627776"),
    ],
)
def test_wrong_arrays(arrays: dict[str, np.ndarray], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        read_counts(npz({**trials(), **arrays}, tmp_path / "t.npz"))


def test_an_array_that_is_missing_or_cut(tmp_path: Path) -> None:
    columns = trials()
    path = npz({name: columns[name] for name in "xya"}, tmp_path / "t.npz")
    with pytest.raises(InputError, match="b: the array is missing"):
        read_counts(path)
    path.write_bytes(npz(columns, path).read_bytes()[:-200])
    with pytest.raises(InputError, match="not a whole NPZ file"):
        read_counts(path)


def test_the_option_is_for_files_that_show_it(tmp_path: Path) -> None:
    path = npz(trials(), tmp_path / "t.npz")
    with pytest.raises(UsageError, match="every trial of the file has two outcomes"):
        read_counts(path, ReadOptions(no_click="drop"))
    (tmp_path / "plain.json").write_text('{"00": {"00": 3}}')
    with pytest.raises(UsageError, match="only a file of single trials"):
        read_counts(tmp_path / "plain.json", ReadOptions(no_click="drop"))
    with pytest.raises(UsageError, match="--no-click is assign or drop, got 'keep'"):
        ReadOptions(no_click="keep")


def test_no_trials_at_all(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"x,y,a,b\n")
    assert analyse_bell_test(read_counts(tmp_path / "t.csv")).verdict == "insufficient-data"
