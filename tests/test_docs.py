"""What README and docs show is what one gets: `pytest tests/test_docs.py --update-goldens` writes it anew.

A ```console block is one command and its output, standard error after standard output; a ```python block
runs, and prints what its lines after `#> ` say.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CONSOLE = re.compile(r"```console\n\$ (?P<command>[^\n]+)\n(?P<output>.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(?P<code>.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|#)(?P<target>[^)#]+)(?:#[^)]*)?\)")


def found(pattern: re.Pattern[str], name: str) -> list[object]:
    return [
        pytest.param(page, match[name], id=f"{page.name}: {match[name].strip()[:70]}")
        for page in PAGES
        for match in pattern.finditer(page.read_text(encoding="utf-8"))
    ]


def output_of(command: list[str]) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("QMONO_")}
    environment |= {"COLUMNS": "80", "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False, timeout=300
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(("page", "command"), found(CONSOLE, "command"))
def test_a_command_prints_what_is_shown(page: Path, command: str, request: pytest.FixtureRequest) -> None:
    printed = output_of(shlex.split(command))
    printed += "" if printed.endswith("\n") or not printed else "\n"
    head = f"```console\n$ {command}\n"
    text = page.read_text(encoding="utf-8")
    start = text.index(head) + len(head)
    end = text.index("```", start)
    if request.config.getoption("--update-goldens"):
        page.write_text(text[:start] + printed + text[end:], encoding="utf-8", newline="\n")
        return
    assert printed == text[start:end]


@pytest.mark.parametrize(("page", "code"), found(PYTHON, "code"))
def test_an_example_in_python_prints_what_is_shown(page: Path, code: str) -> None:
    expected = "".join(
        line.removeprefix("#> ") + "\n" for line in code.splitlines() if line.startswith("#> ")
    )
    assert output_of([sys.executable, "-W", "error", "-c", code]) == expected


@pytest.mark.parametrize(("page", "target"), found(LINK, "target"))
def test_a_link_leads_somewhere(page: Path, target: str) -> None:
    assert (page.parent / target).exists()
