"""qmono: measurement counts in, defensible entanglement verdicts out.

The public names below are loaded when they are first used, so `import qmono` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from qmono.version import __version__ as __version__

if TYPE_CHECKING:
    from qmono.api import (
        Context,
        bell_test,
        earlier_runs,
        exit_code,
        fidelity,
        fidelity_plan,
        judge,
        measure_bell,
        measure_fidelity,
        measure_tomography,
        measures,
        monogamy,
        monogamy_of_claims,
        monogamy_of_pairs,
        read_claims,
        read_counts,
        read_inequality,
        read_report,
        read_state,
        tomography,
        wins_table,
        write_counts,
    )
    from qmono.core.counts import CountsTable
    from qmono.core.metric import Metric
    from qmono.core.report import Report
    from qmono.errors import BackendError, ExitCode, InputError, QmonoError, UsageError


__all__ = [
    "BackendError",
    "Context",
    "CountsTable",
    "ExitCode",
    "InputError",
    "Metric",
    "QmonoError",
    "Report",
    "UsageError",
    "bell_test",
    "earlier_runs",
    "exit_code",
    "fidelity",
    "fidelity_plan",
    "judge",
    "measure_bell",
    "measure_fidelity",
    "measure_tomography",
    "measures",
    "monogamy",
    "monogamy_of_claims",
    "monogamy_of_pairs",
    "read_claims",
    "read_counts",
    "read_inequality",
    "read_report",
    "read_state",
    "tomography",
    "wins_table",
    "write_counts",
]

# Lightest first: an error class must not load NumPy.
_HOMES = ("qmono.errors", "qmono.core.metric", "qmono.core.report", "qmono.core.counts", "qmono.api")


def __getattr__(name: str) -> Any:
    if name in __all__:
        for home in _HOMES:
            module = import_module(home)
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module 'qmono' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
