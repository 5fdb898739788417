"""Full state tomography by qmono and by other tools, on the same files in one run: `make bench-tomography`.

    python benchmarks/tomography_peers.py [--largest N] [--limit SECONDS] [--output FILE.json]

Noisy GHZ and W states, all Pauli settings, 1000 shots each, seeded (`cases`). Every solve has a process of
its own, with one BLAS thread; importing and reading are not timed, building of matrices is (`peers.solve`).
Of solves below three seconds the median of three is taken. "lost" is the log likelihood that is missing to
a proven bound of its maximum; "gap" what the tool proves of that itself. A peer that needs longer than the
limit is not tried on more qubits. The peers are installed into `.bench/`, once.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

from cases import FAMILIES, SEED, SHOTS, noisy, noisy_counts
from machine import described, machine
from peers.run import Case, NoAnswerError, Row, measure
from peers.tools import GAUSSIAN, LINEAR_FIT, LINEAR_INVERSION, PEERS, QMONO, Tool

from qmono import write_counts
from qmono.quantum.tomography.fit.mle import estimate_mle

LARGEST_PEERS = 6
REFERENCE_GAP = 1e-4
COMPARED = tuple(tool.name for tool in (LINEAR_INVERSION, GAUSSIAN, LINEAR_FIT))
"""Fitters of qiskit-experiments, whose times are given as multiples of qmono's."""


def cases(qubits: range, folder: Path) -> Iterator[Case]:
    """Every case with its file; up to the size of the peers with a bound proven to 1e-4 nat."""
    for n in qubits:
        for family in FAMILIES:
            table, file = noisy_counts(family, n), folder / f"{family}{n}.npz"
            write_counts(table, file)
            bound = None
            if n <= LARGEST_PEERS:
                best = estimate_mle(table, gap=REFERENCE_GAP)
                bound = best.log_likelihood + best.likelihood_gap
            yield Case(f"{family}:{n}", noisy(family, n), table, file, bound)


class Field:
    """Who still runs: a tool leaves when its limit is over, or when it cannot be installed."""

    def __init__(self, own: Tool, peers: tuple[Tool, ...], limit_s: float, repeats: int) -> None:
        self.own, self.peers, self.limit_s, self.repeats = own, peers, limit_s, repeats
        self.left: dict[Tool, str] = {}

    def rows(self, case: Case) -> Iterator[Row]:
        """The rows of a case: qmono, then the peers where they take part."""
        for tool in (self.own, *(self.peers if case.bound is not None else ())):
            if tool in self.left:
                yield Row(case.name, tool.name, problem=f"not run: {self.left[tool]}")
                continue
            try:
                yield measure(tool, case, self.limit_s, self.repeats)
            except NoAnswerError as problem:
                if problem.beyond_limit:
                    self.left[tool] = f"{problem} at {case.name}"
                yield Row(case.name, tool.name, problem=str(problem))


HEADER = f"{'state':<7}{'tool':<24}{'time/s':>8}{'lost/nat':>10}{'gap/nat':>9}{'F':>8}{'MiB':>6}{'added':>7}"


def line(row: Row) -> str:
    """A row of the table on a terminal."""
    start = f"{row.case:<7}{row.tool:<24}"
    if row.problem is not None:
        return f"{start} {row.problem}"[:80]
    gap = "none" if row.gap is None else f"{row.gap:.4f}"
    return (
        f"{start}{_digits(row.seconds):>8}{_digits(row.lost):>10}{gap:>9}"
        f"{row.fidelity:8.4f}{row.peak_mib:6.0f}{row.added_mib:7.0f}"
    )


def _digits(x: float | None) -> str:
    """Three digits, without an exponent."""
    x = x or 0.0
    return f"{x:.4f}" if x < 1 else f"{x:.3g}" if x < 100 else f"{x:.0f}"


def ratios(rows: list[Row]) -> dict[str, dict[str, float]]:
    """By case and fitter of qiskit-experiments: how many times the time of qmono it takes."""
    ours = {row.case: row.seconds for row in rows if row.tool == QMONO.name and row.seconds}
    found: dict[str, dict[str, float]] = {case: {} for case in ours}
    for row in rows:
        if row.tool in COMPARED and row.seconds is not None and row.case in ours:
            found[row.case][row.tool] = row.seconds / ours[row.case]
    return {case: tools for case, tools in found.items() if tools}


def print_ratios(found: dict[str, dict[str, float]]) -> None:
    print("\ntimes the time of qmono's certified fit")
    print(f"{'state':<7}" + "".join(f"{name:>24}" for name in COMPARED))
    for case, tools in found.items():
        row = (f"{tools[name]:.1f}" if name in tools else "--" for name in COMPARED)
        print(f"{case:<7}" + "".join(f"{cell:>24}" for cell in row))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smallest", type=int, default=2, metavar="N", help="qubits to begin with (2)")
    parser.add_argument(
        "--largest", type=int, default=8, metavar="N", help="qubits to end with (8; up to 10)"
    )
    parser.add_argument("--limit", type=float, default=180.0, metavar="S", help="seconds per solve (180)")
    parser.add_argument("--repeats", type=int, default=3, metavar="K", help="runs of a short solve (3)")
    parser.add_argument("--gap", type=float, default=0.01, metavar="NAT", help="for qmono to prove (0.01)")
    parser.add_argument("--alone", action="store_true", help="no peers, and nothing to install")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write everything as JSON")
    return parser.parse_args()


def main() -> None:
    chosen, computer = arguments(), machine()
    if chosen.output is not None:
        chosen.output.parent.mkdir(parents=True, exist_ok=True)
    print(f"{described(computer)}\n{SHOTS} shots a setting, seed {SEED}, one BLAS thread\n\n{HEADER}")
    own, peers = replace(QMONO, option=str(chosen.gap)), () if chosen.alone else PEERS
    field = Field(own, peers, chosen.limit, chosen.repeats)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for case in cases(range(chosen.smallest, chosen.largest + 1), Path(folder)):
            for row in field.rows(case):
                rows.append(row)
                print(line(row), flush=True)
            case.file.unlink()
    found = ratios(rows)
    if found:
        print_ratios(found)
    if chosen.output is not None:
        result = {
            "machine": computer,
            "limit_s": chosen.limit,
            "ratios": found,
            "rows": [asdict(row) for row in rows],
        }
        chosen.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
