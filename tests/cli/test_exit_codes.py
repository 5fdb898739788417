"""Every exit code of the table, from the installed program."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qmono.errors import EXIT_MEANINGS, ExitCode

Run = Callable[..., Any]


@pytest.fixture
def delft(samples: Path) -> Path:
    return samples / "delft_2015" / "counts.json"


@pytest.mark.parametrize(
    ("requirement", "code"),
    [
        (["--min", "S=2.0"], ExitCode.OK),
        (["--require", "verdict == violated"], ExitCode.OK),
        (["--min", "S=2.9"], ExitCode.REFUTED),
        (["--max", "S=2.01"], ExitCode.REFUTED),
        (["--min", "S=2.4"], ExitCode.INCONCLUSIVE),
        (["--min", "S=2.4", "--on-inconclusive", "warn"], ExitCode.OK),
        (["--require", "check:drift"], ExitCode.NOTHING_TO_JUDGE),
        (["--require", "check:drift", "--min", "S=2.9"], ExitCode.REFUTED),
        (["--require", "check:drift", "--min", "S=2.4"], ExitCode.NOTHING_TO_JUDGE),
        (["--min", "S"], ExitCode.USAGE),
        (["--min", "fidelty=0.9"], ExitCode.USAGE),
        (["--accept", "nothing-of-the-kind"], ExitCode.USAGE),
        (["--no-such-option"], ExitCode.USAGE),
        (["--level", "1.5"], ExitCode.USAGE),
        (["--format", "yaml"], ExitCode.USAGE),
        (["--report", "json"], ExitCode.USAGE),
        (["--shots", "10"], ExitCode.USAGE),
    ],
)
def test_codes_of_judged_and_misused_commands(
    qmono: Run, delft: Path, requirement: list[str], code: ExitCode
) -> None:
    done = qmono("bell-test", delft, *requirement)
    assert done.code == code, done.err
    assert "Traceback" not in done.err
    if code is ExitCode.USAGE:
        assert done.out == ""
        assert done.err
    elif code is not ExitCode.OK:
        assert f"exit {int(code)}, {EXIT_MEANINGS[code]}" in done.err


def test_unreadable_input(qmono: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"XX": {"00": 1')
    done = qmono("tomography", "broken.json")
    assert done.code == ExitCode.INPUT
    assert done.err.startswith("qmono: broken.json: ")
    assert len(done.err.splitlines()) == 1
    assert done.out == ""


def test_a_missing_file(qmono: Run) -> None:
    done = qmono("tomography", "nowhere.json")
    assert done.code == ExitCode.INPUT
    assert "nowhere.json" in done.err


def test_a_backend_that_fails(qmono: Run) -> None:
    """Thirty qubits of Pauli tomography do not fit; that is said before anything runs."""
    done = qmono("tomography", "--state", "ghz:24", "--shots", "1")
    assert done.code in (ExitCode.BACKEND, ExitCode.USAGE)
    assert len(done.err.splitlines()) == 1


def test_an_interrupt_keeps_the_finished_rounds(qmono: Run, program: str, tmp_path: Path) -> None:
    saved = tmp_path / "kept.json"
    command = [
        program,
        "tomography",
        "--state",
        "ghz:3",
        "--shots",
        "800000",
        "--rounds",
        "400",
        "--seed",
        "1",
    ]
    running = subprocess.Popen(
        [*command, "--save-counts", str(saved)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not saved.exists() and time.monotonic() < deadline and running.poll() is None:
        time.sleep(0.1)
    os.kill(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == ExitCode.INTERRUPTED, err
    assert out == ""
    assert "interrupted" in err
    assert "Traceback" not in err
    assert str(saved) in err
    assert qmono("inspect", saved).code == ExitCode.OK
    assert [path.name for path in tmp_path.iterdir()] == ["kept.json"]


def test_without_requirements_a_verdict_changes_nothing(qmono: Run, samples: Path) -> None:
    done = qmono("bell-test", samples / "delft_2015" / "counts.json", "--design", "fixed-blocks")
    assert done.code == ExitCode.OK
    assert "VIOLATED" not in done.out.splitlines()[0]


def test_a_batch_goes_on_past_a_bad_file_and_ends_with_the_worst_code(
    qmono: Run, samples: Path, tmp_path: Path
) -> None:
    good = samples / "kwiat_bell_psi" / "bell_psi_data.txt"
    (tmp_path / "bad.json").write_text("{}")
    done = qmono("tomography", "bad.json", good, "--format", "json")
    assert done.code == ExitCode.INPUT
    assert "bad.json" in done.err
    assert len(done.out.splitlines()) == 1
