"""What a benchmark ran on, in a line that names no host."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numpy as np
import scipy


def machine() -> dict[str, str | int]:
    """Processor, cores, load of the last minute, and the versions that matter."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "load": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
    }


def described(found: dict[str, str | int]) -> str:
    """The same in one line."""
    return (
        f"{found['processor']}, {found['cores']} cores (load {found['load']} at the start); "
        f"Python {found['python']}, NumPy {found['numpy']}, SciPy {found['scipy']}"
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    return platform.processor() or platform.machine()
