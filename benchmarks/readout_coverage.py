"""How often one-sided 95 % limits of a fidelity before readout hold: `python benchmarks/readout_coverage.py`.

A Werner state or a Bell pair, nine Pauli settings, flips of 2 % (0 read as 1) and 8 % (1 read as 0) on both
qubits, a calibration of 1000 shots for each of two states. Prints the table of docs/readout.md.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qmono.core.counts import CountsTable, ReadoutCalibration, SettingRows
from qmono.quantum.born import probabilities
from qmono.quantum.fidelity.direct import direct_fidelity
from qmono.quantum.fidelity.exact import fidelity_to
from qmono.quantum.fidelity.readout_corrected import readout_corrected_fidelity
from qmono.quantum.plans import pauli_plan
from qmono.quantum.readout import confusion_matrices, flip_rates
from qmono.quantum.states import named_state

RATES = np.array([[0.02, 0.08], [0.02, 0.08]])
CALIBRATION_SHOTS = 1000
RUNS = 1000
RESAMPLES = 200
PREPARED = ("00", "11")


def measured(p: np.ndarray, confusion: np.ndarray, shots: int, rng: np.random.Generator) -> CountsTable:
    """Counts of all settings and of the calibration."""
    plan = pauli_plan(2, shots)
    calibration = np.stack([rng.multinomial(CALIBRATION_SHOTS, confusion[int(bits, 2)]) for bits in PREPARED])
    rows = SettingRows(plan.labels, rng.multinomial(shots, p), plan.directions)
    return CountsTable(n_qubits=2, settings=rows, calibration=ReadoutCalibration(PREPARED, calibration))


def bootstrapped_low(table: CountsTable, rng: np.random.Generator) -> float:
    """The habit: invert the calibrated matrix, resample the data, take the 5 % percentile, clipped to 1."""
    rows, calibration = table.settings, table.calibration
    assert rows is not None
    assert calibration is not None
    rates = flip_rates(calibration)
    assert not isinstance(rates, str)
    one = confusion_matrices(rates.rates)
    inverse = np.linalg.inv(np.kron(one[0], one[1]))
    frequencies = rows.counts / rows.counts.sum(axis=1, keepdims=True)
    shots = int(rows.counts[0].sum())
    parity = np.array([1, -1, -1, 1])
    used = [rows.labels.index(label) for label in ("XX", "YY", "ZZ")]
    drawn = rng.multinomial(shots, frequencies[used], size=(RESAMPLES, 3)) / shots
    correlators = drawn @ inverse @ parity
    fidelities = (1 + correlators @ np.array([1, -1, 1])) / 4
    return float(np.quantile(np.minimum(fidelities, 1.0), 0.05))


def main() -> None:
    """The table, a line for each state and number of shots."""
    confusion = np.kron(*confusion_matrices(RATES))
    columns = (
        "measured, at most",
        "corrected, at least",
        "its mean",
        "corrected, at most",
        "matrix as exact",
    )
    print(f"| state | shots per setting | F | {' | '.join(columns)} | habit |")
    print("|---" * 9 + "|")
    for name in ("werner:0.9", "phi+"):
        target = named_state("phi+")
        rho = named_state(name).rho
        true = fidelity_to(rho, target)
        ideal = probabilities(rho, pauli_plan(2, 1).directions)
        p = ideal / ideal.sum(axis=1, keepdims=True) @ confusion
        for shots in (100, 1000, 10_000):
            held, lows = np.zeros(5), []
            for run in range(RUNS):
                rng = np.random.default_rng([2026, shots, run])
                table = measured(p, confusion, shots, rng)
                rates = flip_rates(table.calibration) if table.calibration else ""
                assert not isinstance(rates, str)
                corrected = readout_corrected_fidelity(table, target, rates)
                plugged = readout_corrected_fidelity(table, target, replace(rates, trials=0 * rates.trials))
                uncorrected = direct_fidelity(table, target)
                habit = bootstrapped_low(table, rng)
                held += [
                    true <= (uncorrected.high or 0.0) + 1e-12,
                    (corrected.low or 0.0) <= true + 1e-12,
                    true <= (corrected.high or 1.0) + 1e-12,
                    (plugged.low or 0.0) <= true + 1e-12,
                    habit <= true + 1e-12,
                ]
                lows.append(corrected.low)
            plain, low, high, plug, boot = held / RUNS
            print(
                f"| {name} | {shots} | {true:.3f} | {plain:.3f} | {low:.3f} | {np.mean(lows):.3f} "
                f"| {high:.3f} | {plug:.3f} | {boot:.3f} |"
            )


if __name__ == "__main__":
    main()
