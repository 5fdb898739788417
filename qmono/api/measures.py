"""Measures and residuals of a state that is known exactly."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qmono.api.context import Context
from qmono.api.files import read_state
from qmono.api.judging import judge
from qmono.core.report import Report

if TYPE_CHECKING:
    from qmono.quantum.states import State


def measures(
    state: State | str,
    *,
    require: Sequence[str] = (),
    accept: Sequence[str] = (),
    context: Context | None = None,
) -> Report:
    """Every measure that applies to a state, and residuals of every monogamy relation, as exact metrics.

    state: a State, or what `read_state` takes: a name, a state file, an OpenQASM 3 file, a tomography report,
    whose numbers are plug-in values then, without limits.
    """
    from qmono.analysis.measures import analyse_state

    read = read_state(state) if isinstance(state, str) else state
    is_estimate = isinstance(state, str) and _is_report(Path(state))
    report = analyse_state(read, is_estimate=is_estimate)
    return judge(report.with_provenance((context or Context()).provenance([])), require, accept)


def _is_report(path: Path) -> bool:
    """Whether a state was read from a tomography report."""
    if not path.is_file() or path.suffix in (".npy", ".qasm"):
        return False
    from qmono.core.report import REPORT_SCHEMA

    return f'"{REPORT_SCHEMA}"'.encode() in path.read_bytes()[:4096]
