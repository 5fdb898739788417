"""Throw-away environments of the peers: made once, kept in `.bench/` until their requirements change."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements")
CACHE = Path(__file__).parents[2] / ".bench"
INSTALL_LIMIT_S = 900.0


class NotInstalledError(Exception):
    """A peer whose environment could not be made; says why in one line."""


def interpreter(name: str | None) -> str:
    """The Python of the environment with the requirements `name`.txt, made now if need be; None: our own."""
    if name is None:
        return sys.executable
    requirements = REQUIREMENTS / f"{name}.txt"
    folder = CACHE / name
    stamp, python = folder / "requirements.sha256", folder / "bin" / "python"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != digest:
        print(f"installing {name} into {folder.relative_to(CACHE.parent)} ...", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(folder)])
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "--requirement", str(requirements)])
        stamp.write_text(digest, encoding="utf-8")
    return str(python)


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=INSTALL_LIMIT_S,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise NotInstalledError(f"not installed within {INSTALL_LIMIT_S:.0f} s") from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or ["pip failed"]
        raise NotInstalledError(f"does not install: {said[-1].removeprefix('ERROR: ')}")
