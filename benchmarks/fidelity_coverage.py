"""Coverage of every fidelity protocol's limits, and its shots against the formula.

The table of docs/fidelity.md. Five states at three strengths of a noise that treats settings unequally: a
coherent rotation, then independent depolarizing of each qubit. Per protocol: how often the lower and the
upper 95 % limit hold, the least over the three strengths, at the shots that bring a half-width of 0.015 (at
2000 shots for a bound); and those shots over slope^2 z^2 p(1-p)/w^2.

    python benchmarks/fidelity_coverage.py [RUNS]
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from qmono.quantum.born import probabilities
from qmono.quantum.fidelity.direct import parity_signs
from qmono.quantum.fidelity.protocols import PROTOCOLS
from qmono.quantum.fidelity.scheme import Probe, Scheme
from qmono.quantum.fidelity.tally import Tally, fidelity_limits
from qmono.quantum.operations import projector
from qmono.quantum.paulis import PAULIS
from qmono.quantum.states import State, named_state

LEVEL, HALF_WIDTH, Z = 0.95, 0.015, 1.6449
STRENGTHS = (0.0, 0.02, 0.1)
SEED = 2026


def random_target() -> State:
    """A random pure state of three qubits."""
    rng = np.random.default_rng(33)
    psi = rng.normal(size=8) + 1j * rng.normal(size=8)
    return State("random 3", (2, 2, 2), psi=psi / np.linalg.norm(psi))


def targets() -> tuple[State, ...]:
    """The states of the experiment."""
    return (*(named_state(name) for name in ("phi+", "ghz:5", "cluster:4", "w:3")), random_target())


def noisy(target: State, strength: float) -> np.ndarray:
    """The target after Rz(strength) on every qubit and local depolarizing of that strength."""
    rho, n = projector(target.psi), target.n_qubits
    turn = np.diag(np.exp(0.5j * strength * np.array([-1, 1])))
    for qubit in range(n):
        tensor = rho.reshape(2**qubit, 2, 2 ** (n - 1 - qubit), 2**qubit, 2, 2 ** (n - 1 - qubit))
        rotated = np.einsum("ij,ajbckd,lk->aibcld", turn, tensor, turn.conj())
        flips = sum(np.einsum("ij,ajbckd,lk->aibcld", p, rotated, p.conj()) for p in PAULIS[1:])
        rho = ((1 - strength) * rotated + strength / 3 * flips).reshape(2**n, 2**n)
    return rho


def pass_probability(probe: Probe, rho: np.ndarray) -> float:
    """How likely a shot of a probe passes."""
    outcomes = probabilities(rho, probe.directions[None])[0]
    passing = probe.passing if probe.passing is not None else parity_signs(probe.label) == probe.sign
    return float(min(1.0, outcomes[passing].sum() / outcomes.sum()))


def lottery_pass(scheme: Scheme, fidelity: float) -> float:
    """The passing probability of drawn settings, which the fidelity decides (they give values)."""
    return (fidelity - scheme.low.offset) / scheme.low.slope


@dataclass(frozen=True)
class Row:
    """What was found for one protocol on one state: shots, shots over the formula, coverage of the limits."""

    state: str
    protocol: str
    shots: int
    formula_ratio: float
    low: float
    high: float


def tallies(scheme: Scheme, shots: int, rho: np.ndarray, runs: int, rng: np.random.Generator) -> list[Tally]:
    """Simulated tallies of one scheme."""
    if scheme.lottery is not None:
        fidelity = float(np.vdot(scheme.target.psi, rho @ scheme.target.psi).real)
        passes = rng.binomial(shots, min(1.0, max(0.0, lottery_pass(scheme, fidelity))), size=(runs, 1))
        return [Tally(scheme, ("drawn",), (int(k),), (shots,)) for (k,) in passes]
    trials = tuple(shots // scheme.block * unit for unit in scheme.units)
    p = [pass_probability(probe, rho) for probe in scheme.probes]
    labels = tuple(probe.label for probe in scheme.probes)
    return [
        Tally(scheme, labels, tuple(k), trials) for k in rng.binomial(trials, p, size=(runs, len(p))).tolist()
    ]


def experiment(runs: int, seed: int = SEED) -> list[Row]:
    """Every protocol on every state that it can measure."""
    rng, rows = np.random.default_rng(seed), []
    for target in targets():
        for entry in PROTOCOLS:
            scheme = entry.load().scheme(target)
            if isinstance(scheme, Scheme):
                rows.append(_row(scheme, runs, rng))
    return rows


def _row(scheme: Scheme, runs: int, rng: np.random.Generator) -> Row:
    expected = 0.95
    shots = scheme.shots_needed(HALF_WIDTH, expected, LEVEL) or 2000 // scheme.block * scheme.block
    p = scheme.expected_pass(expected)
    formula = scheme.low.slope**2 * Z**2 * p * (1 - p) / HALF_WIDTH**2
    lows, highs = [], []
    for strength in STRENGTHS:
        rho = noisy(scheme.target, strength)
        fidelity = float(np.vdot(scheme.target.psi, rho @ scheme.target.psi).real)
        found = [fidelity_limits(tally, LEVEL) for tally in tallies(scheme, shots, rho, runs, rng)]
        lows.append(np.mean([limits.low <= fidelity + 1e-12 for limits in found]))
        highs.append(np.mean([limits.high >= fidelity - 1e-12 for limits in found]))
    ratio = shots / formula if scheme.is_value else float("nan")
    return Row(scheme.target.name, scheme.protocol, shots, ratio, float(min(lows)), float(min(highs)))


def main(runs: int) -> None:
    """Print the table as Markdown."""
    print(f"{runs} runs for each of {len(STRENGTHS)} noise strengths, seed {SEED}\n")
    print("| state | protocol | shots | over the formula | lower limit holds | upper limit holds |")
    print("|---|---|---|---|---|---|")
    for row in experiment(runs):
        ratio = f"{row.formula_ratio:.2f}" if np.isfinite(row.formula_ratio) else "--"
        print(f"| {row.state} | {row.protocol} | {row.shots} | {ratio} | {row.low:.3f} | {row.high:.3f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)
