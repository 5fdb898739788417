"""One solve in a process of its own: `python solve.py ADAPTER OPTION COUNTS.npz ANSWER.npz LIMIT_S`.

Runs under the interpreter of the tool it measures, so it needs nothing but NumPy. Imports, reading and the
conversion of the counts are over when the clock starts; what a tool builds for the fit, its matrices too,
is inside. A solve beyond the limit ends by the alarm signal. Memory is the peak of the resident set while
solving, and what that adds to the set before (Linux; elsewhere the peak of the whole process).
"""

from __future__ import annotations

import importlib
import json
import resource
import signal
import sys
import time
from pathlib import Path

import numpy as np

STATUS = Path("/proc/self/status")


def main(adapter: str, option: str, counts_file: str, answer_file: str, limit_s: float) -> None:
    with np.load(counts_file) as file:
        labels = json.loads(file["header"].item())["labels"]["settings"]
        counts = file["settings_counts"]
    solve = importlib.import_module(adapter).prepare(labels, counts, option)
    before = _start_of_peak()
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    wall, cpu = time.perf_counter(), time.process_time()
    rho, said = solve()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    signal.setitimer(signal.ITIMER_REAL, 0)
    peak = _memory("VmHWM")
    said |= {"seconds": wall, "cpu_seconds": cpu, "peak_mib": peak, "added_mib": peak - before}
    np.savez(answer_file, rho=np.asarray(rho, dtype=np.complex128), said=json.dumps(said))


def _start_of_peak() -> float:
    """Forget the peak so far, where the system can, and say what is resident, in MiB."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return _memory("VmHWM")
    return _memory("VmRSS")


def _memory(which: str) -> float:
    if not STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in STATUS.read_text(encoding="ascii").splitlines() if line.startswith(which))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:5], float(sys.argv[5]))
