"""The installed program, started as a user would."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAM = str(Path(sys.executable).with_name("qmono"))
SAMPLES = Path(__file__).parents[1] / "sample_data"


def pytest_configure() -> None:
    """A suite that was started in the background ignores interrupts, and so would the programs it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="write golden files and the output shown in the docs anew",
    )


@dataclass(frozen=True)
class Done:
    """How a run of the program ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def program() -> str:
    return PROGRAM


@pytest.fixture
def samples() -> Path:
    return SAMPLES


@pytest.fixture
def qmono(tmp_path: Path) -> Callable[..., Done]:
    """`qmono(*arguments, stdin=b"", **environment)` in an empty directory, without a terminal."""

    def run(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> Done:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("QMONO_")}
        done = subprocess.run(
            [PROGRAM, *map(str, arguments)],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env={**clean, "COLUMNS": "80", **environment},
            check=False,
            timeout=120,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
