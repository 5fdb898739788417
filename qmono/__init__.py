"""qmono: measurement counts in, defensible entanglement verdicts out.

The public names below are loaded when they are first used, so `import qmono` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "BackendError": "qmono.errors",
    "Context": "qmono.api",
    "CountsTable": "qmono.core.counts",
    "ExitCode": "qmono.errors",
    "InputError": "qmono.errors",
    "Metric": "qmono.core.metric",
    "QmonoError": "qmono.errors",
    "Report": "qmono.core.report",
    "UsageError": "qmono.errors",
    "bell_test": "qmono.api",
    "exit_code": "qmono.api",
    "judge": "qmono.api",
    "measure_bell": "qmono.api",
    "measure_tomography": "qmono.api",
    "monogamy": "qmono.api",
    "monogamy_of_pairs": "qmono.api",
    "read_counts": "qmono.api",
    "read_report": "qmono.api",
    "read_state": "qmono.api",
    "tomography": "qmono.api",
    "write_counts": "qmono.api",
}

__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'qmono' has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return __all__
