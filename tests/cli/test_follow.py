"""`--follow`: a file that grows is judged as it grows, by evidence that holds whenever one stops."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import qmono
from qmono.api.bell import Look, follow_bell
from qmono.errors import InputError, UsageError
from qmono.formats.trials.following import GrowingTally

Run = Callable[..., Any]


def lines(trials: int, winning: float, seed: int = 1) -> list[str]:
    rng = np.random.default_rng(seed)
    x, y, a = (rng.integers(0, 2, trials) for _ in range(3))
    b = a ^ (x & y) ^ (rng.random(trials) >= winning)
    return [f"{i},{j},{k},{m}\n" for i, j, k, m in zip(x, y, a, b, strict=True)]


def test_a_growing_file_is_followed_until_the_bets_decide(tmp_path: Path) -> None:
    """Pieces that end in the middle of a line, written while the file is read."""
    path = tmp_path / "trials.csv"
    text = "x,y,a,b\n" + "".join(lines(5000, 0.85))
    path.write_text(text[:5])
    written, looks = [5], list[Look]()

    def more() -> bool:
        with path.open("a") as file:
            file.write(text[written[0] : written[0] + 333])
        written[0] += 333
        return written[0] < len(text)

    table = follow_bell(path, signs="+++-", until="violated", wait=more, on_look=looks.append)
    report = qmono.bell_test(table)
    assert report.verdict == "violated"
    assert 100 < table.total < 1500
    assert [look.trials for look in looks] == sorted(look.trials for look in looks)
    assert looks[-1].trials == table.total
    assert looks[-1].visibility == pytest.approx(looks[-1].s_value / (2 * np.sqrt(2)))  # type: ignore[operator]
    assert looks[-1].log10_e >= np.log10(20)  # type: ignore[operator]
    assert all(look.log10_e is None or look.log10_e < np.log10(20) for look in looks[:-1])
    assert report.payload["statistic"] == "betting"
    assert f"after {int(table.total)} trials: bets have decided" in str(report.sections)


def test_local_data_are_decided_the_other_way_or_run_out(tmp_path: Path) -> None:
    path = tmp_path / "trials.csv"
    path.write_text("x,y,a,b\n" + "".join(lines(3000, 0.6)))
    table = follow_bell(path, signs="+++-", wait=lambda: False)
    assert qmono.bell_test(table).verdict == "not-violated"
    path.write_text("x,y,a,b\n" + "".join(lines(300, 0.75)))
    assert "nothing more came" in str(qmono.bell_test(follow_bell(path, wait=lambda: False)).sections)
    limited = follow_bell(path, wait=lambda: False, max_shots=200)
    assert "as many as were allowed" in str(qmono.bell_test(limited).sections)


def test_every_trial_is_counted_once_and_rounds_stay_in_order() -> None:
    tally = GrowingTally()
    ones = [np.ones(50, dtype=int)] * 4
    for _ in range(200):
        tally.add(ones, tally.part, 0)
        tally.close_round()
    assert tally.trials == 10_000
    filled = tally.counts.sum(axis=(1, 2, 3, 4))
    assert np.all(filled[: tally.part] >= tally.size)
    assert np.all(filled[tally.part + 1 :] == 0)


@pytest.mark.parametrize(
    ("content", "message"),
    [("x,y,a,b\n0,0,1,0\n0,0,9,0\n", "line 3: expected 0, 1"), ("a,b\n1,2\n", "line 1")],
)
def test_a_wrong_line_is_named(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(content)
    with pytest.raises(InputError, match=message):
        follow_bell(tmp_path / "t.csv", wait=lambda: False)


def test_a_file_without_trials(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,y,a,b")
    with pytest.raises(InputError, match="there are no trials"):
        follow_bell(tmp_path / "t.csv", wait=lambda: False)
    with pytest.raises(UsageError, match="--until is violated or decided"):
        follow_bell(tmp_path / "t.csv", until="never", wait=lambda: False)


def test_from_the_command_line(qmono: Run, tmp_path: Path) -> None:
    path = tmp_path / "trials.csv"
    path.write_text("x,y,a,b\n" + "".join(lines(3000, 0.85)))
    options = ["--signs", "+++-", "--patience", "0"]
    done = qmono("bell-test", "--follow", path, "--design", "random", *options)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("VIOLATED")
    done = qmono("bell-test", "--follow", path, *options)
    assert (done.code, done.err) == (
        2,
        "qmono: --follow is valid for settings drawn in every trial only: say --design random\n",
    )
    assert qmono("bell-test", path, "--follow", path).code == 2
    for name, content in (("trials.npz", b"PK\x03\x04\x14"), ("counts.json", b'{"00": {"00": 5}}')):
        (tmp_path / name).write_bytes(content)
        done = qmono("bell-test", "--follow", tmp_path / name, "--design", "random", "--patience", "60")
        message = "--follow reads a growing CSV, whose first line names the columns x,y,a,b"
        assert (done.code, done.err) == (3, f"qmono: {name}: line 1: {message}\n")
    assert qmono("bell-test", "--follow", tmp_path / "no.csv", "--design", "random").code == 3


def test_an_interrupt_says_what_was_seen(program: str, tmp_path: Path) -> None:
    path = tmp_path / "trials.csv"
    path.write_text("x,y,a,b\n" + "".join(lines(40, 0.75)))
    command = [program, "bell-test", "--follow", str(path), "--design", "random", "--patience", "60"]
    for patience_s in (2, 6, 20):  # on a busy machine the program may not have come to the file yet
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(patience_s)
        os.kill(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=60)
        if "40 trials" in err:
            break
    assert (running.returncode, out) == (130, "")
    assert err.startswith("qmono: interrupted after 40 trials")
    assert "Traceback" not in err
