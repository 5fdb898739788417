"""Wall time of whole commands as ratios to what they cannot avoid: `python benchmarks/startup.py [RUNS]`.

Every command and its baseline run in turn, so that a machine whose speed drifts does not shift the
ratio; the median over the pairs is printed. A first run of each leaves its byte code behind, as an
installation does.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "sample_data"
PROGRAM = str(Path(sys.executable).with_name("qmono"))
ANALYSE = [PROGRAM, "tomography", str(SAMPLES / "simulated" / "bell.json"), "--target", "phi+"]

WITH_BYTE_CODE = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}

CASES = [
    ("qmono --help", [PROGRAM, "--help"], "import typer"),
    ("qmono tomography saved.json", ANALYSE, "import numpy, scipy.special, typer"),
]


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=WITH_BYTE_CODE)
    return time.perf_counter() - start


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    print(f"{'command':<30} {'median':>8} {'baseline':>9} {'ratio':>6}   ({runs} pairs)")
    for name, command, imports in CASES:
        baseline = [sys.executable, "-c", imports]
        seconds(command), seconds(baseline)
        pairs = [(seconds(command), seconds(baseline)) for _ in range(runs)]
        ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(mine / base for mine, base in pairs)
        print(f"{name:<30} {ours:7.3f}s {theirs:8.3f}s {ratio:6.2f}   {imports!r}")


if __name__ == "__main__":
    main()
