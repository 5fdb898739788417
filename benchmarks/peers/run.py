"""A solve by one tool in fresh processes, and what it is worth: the rows of the table."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from peers.environments import NotInstalledError, interpreter
from peers.scoring import log_likelihood, physical
from peers.tools import Tool
from threads import ONE_THREAD

from qmono.core.counts import CountsTable
from qmono.quantum.fidelity.exact import fidelity
from qmono.quantum.types import Matrix

SOLVE = Path(__file__).with_name("solve.py")
START_S = 120.0
"""Allowance beyond the limit for imports, reading and conversion."""
SHORT_S = 3.0
"""A solve that is shorter than this is repeated, and the median taken."""


@dataclass(frozen=True)
class Case:
    """Counts of one true state, in memory and in a file; bound: nats that no state's likelihood exceeds."""

    name: str
    truth: Matrix
    table: CountsTable
    file: Path
    bound: float | None


@dataclass(frozen=True)
class Row:
    """One tool on one case; `problem` says why there are no numbers.

    lost: at most so many nats of likelihood below the maximum. gap: what the tool itself proves of that.
    peak_mib: resident while solving; added_mib: by how much that grew.
    """

    case: str
    tool: str
    seconds: float | None = None
    cpu_seconds: float | None = None
    runs: int = 0
    lost: float | None = None
    gap: float | None = None
    fidelity: float | None = None
    peak_mib: float | None = None
    added_mib: float | None = None
    problem: str | None = None


class NoAnswerError(Exception):
    """A run that ended without an answer; beyond_limit: because its time was over."""

    def __init__(self, message: str, *, beyond_limit: bool = False) -> None:
        super().__init__(message)
        self.beyond_limit = beyond_limit


def measure(tool: Tool, case: Case, limit_s: float, repeats: int) -> Row:
    """The median of up to `repeats` runs. Raises NoAnswerError where the first gives none."""
    try:
        python = interpreter(tool.environment)
    except NotInstalledError as problem:
        raise NoAnswerError(str(problem)) from None
    rho, first = _solve(python, tool, case, limit_s)
    found = [first]
    while found[0]["seconds"] < SHORT_S and len(found) < repeats:
        found.append(_solve(python, tool, case, limit_s)[1])
    middle = {key: statistics.median(run[key] for run in found) for key in ("seconds", "cpu_seconds")}
    state = physical(rho)
    reached, gap = log_likelihood(case.table, state), first.get("gap")
    bound = case.bound if case.bound is not None else reached + gap
    return Row(
        case.name,
        tool.name,
        **middle,
        runs=len(found),
        lost=bound - reached,
        gap=gap,
        fidelity=fidelity(state, case.truth),
        peak_mib=max(run["peak_mib"] for run in found),
        added_mib=max(run["added_mib"] for run in found),
    )


def _solve(python: str, tool: Tool, case: Case, limit_s: float) -> tuple[Matrix, dict[str, Any]]:
    answer = case.file.with_name("answer.npz")
    answer.unlink(missing_ok=True)
    command = [python, str(SOLVE), tool.adapter, tool.option, str(case.file), str(answer), str(limit_s)]
    beyond = f"over {limit_s:g} s"
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=limit_s + START_S,
            env=os.environ | ONE_THREAD,
        )
    except subprocess.TimeoutExpired:
        raise NoAnswerError(beyond, beyond_limit=True) from None
    if done.returncode == -signal.SIGALRM:
        raise NoAnswerError(beyond, beyond_limit=True)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        lines = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        raise NoAnswerError(lines[-1])
    with np.load(answer) as file:
        return file["rho"], json.loads(file["said"].item())
