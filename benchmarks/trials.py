"""Time and memory of reading a hundred million single trials, as NPZ and as CSV.

    python benchmarks/trials.py [TRIALS]

Makes the files in a temporary directory, reads each in a fresh interpreter; seconds and peak memory.
The peak is that of /proc (Linux): what getrusage says of a child includes its parent's.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

LIMIT_S = 30.0
LIMIT_MB = 200.0
PROBE = """
import sys, time
start = time.perf_counter()
import qmono
report = qmono.bell_test(qmono.read_counts(sys.argv[1]), design="random", signs="+++-")
seconds = time.perf_counter() - start
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(seconds, int(peak.split()[1]) / 1024, report.metric("trials").value)
"""


def main(trials: int) -> int:
    slow = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in make(Path(folder), trials):
            done = subprocess.run(
                [sys.executable, "-c", PROBE, str(path)], capture_output=True, text=True, check=True
            )
            seconds, megabytes, read = (float(word) for word in done.stdout.split())
            size = path.stat().st_size / 1e6
            print(
                f"{path.name:12} {read:.0f} trials, {size:.0f} MB: {seconds:.1f} s, {megabytes:.0f} MB used"
            )
            slow += seconds > LIMIT_S or megabytes > LIMIT_MB
    return slow


def make(folder: Path, trials: int) -> list[Path]:
    """The same trials with a winning probability of 0.83 as NPZ and as CSV."""
    rng = np.random.default_rng(1)
    x, y, a = (rng.integers(0, 2, trials, dtype=np.uint8) for _ in range(3))
    b = a ^ (x & y) ^ (rng.random(trials, dtype=np.float32) >= 0.83).astype(np.uint8)
    np.savez(folder / "trials.npz", x=x, y=y, a=a, b=b)
    with (folder / "trials.csv").open("wb") as file:
        file.write(b"x,y,a,b\n")
        for start in range(0, trials, 2**20):
            part = [column[start : start + 2**20] for column in (x, y, a, b)]
            lines = np.full((len(part[0]), 8), ord(","), dtype=np.uint8)
            lines[:, 0::2] = np.stack(part, axis=1) + ord("0")
            lines[:, 7] = ord("\n")
            file.write(lines.tobytes())
    return [folder / "trials.npz", folder / "trials.csv"]


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10**8))
