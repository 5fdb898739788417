"""How often the limits that may gate hold, with the habits of others beside them: `make coverage`.

    python benchmarks/limit_coverage.py [--runs K] [--jobs J] [--output FILE.json]

Eight states (`covering.cases`) at 100 and 1000 shots per setting, read perfectly and with asymmetric flips
whose calibration has 1000 shots. Every run draws a table, makes the report of `qmono tomography` on it, once
more with --rigorous, and compares each limit with what is true. Seeded: the same for any number of processes.
Ends with 1 if a limit that may gate holds less often than its level, by more than three standard errors.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from threads import ONE_THREAD

os.environ.update(ONE_THREAD)

from covering.cases import CALIBRATION_SHOTS, FLIPS, cases
from covering.experiment import SEED, Coverage, coverage
from covering.table import FLIPPED, LEGEND, PERFECT, header, line, short

LEVEL = 0.95
FLAWED = f"{FLIPS[0]:.0%} of 0 and {FLIPS[1]:.0%} of 1 read wrong, {CALIBRATION_SHOTS} calibration shots each"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=400, metavar="K", help="tables per case (400)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="J", help="processes")
    parser.add_argument("--only", default="", metavar="TEXT", help="cases whose label contains this")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write every limit as JSON")
    return parser.parse_args()


def as_json(found: Coverage) -> dict[str, Any]:
    limits = [
        {
            **key._asdict(),
            "gates": key in found.gates,
            "truth": found.case.truth[key.metric],
            "given": tally.given,
            "held": found.held(key),
            "mean": found.mean(key),
        }
        for key, tally in sorted(found.tallies.items())
    ]
    return {"case": found.case.label, "runs": found.runs, "level": found.level, "limits": limits}


def main() -> int:
    chosen = arguments()
    print(f"{chosen.runs} runs a row, one-sided {LEVEL:.0%} limits, seed {SEED}\n{LEGEND}")
    results: list[Coverage] = []
    wanted = [case for case in cases() if chosen.only in case.label]
    with ProcessPoolExecutor(chosen.jobs) as executor:
        for found in coverage(wanted, chosen.runs, executor, level=LEVEL):
            flips = found.case.flips
            if not results or flips != results[-1].case.flips:
                print("", FLAWED if flips else "perfect readout", "", sep="\n")
                print("\n".join(header(FLIPPED if flips else PERFECT)))
            print(line(found), flush=True)
            results.append(found)
    if chosen.output is not None:
        chosen.output.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps([as_json(found) for found in results], indent=1)
        chosen.output.write_text(text + "\n", encoding="utf-8")
    missed = [(found, key) for found in results for key in short(found)]
    for found, key in missed:
        print(f"{found.case.label}: {' '.join(key)} holds in {found.held(key):.3f}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
