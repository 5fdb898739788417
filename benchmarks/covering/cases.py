"""The states, shots and readouts whose limits are checked, with what is true of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import product
from zlib import crc32

import numpy as np

from qmono.core.counts import CountsTable, ReadoutCalibration, SettingRows
from qmono.quantum.born import probabilities
from qmono.quantum.fidelity.direct import parity_signs
from qmono.quantum.measures import MEASURES
from qmono.quantum.measures.measure import Measure
from qmono.quantum.paulis import LETTERS, pauli_vector
from qmono.quantum.plans import pauli_plan
from qmono.quantum.readout import confusion_matrices
from qmono.quantum.states import State, bell, ghz, w, werner
from qmono.quantum.types import Real

SHOTS = (100, 1000)
MANY = 10_000
FLIPS = (0.02, 0.08)
"""Chances that 0 is read as 1 and 1 as 0, of every qubit: 1 is lost more often, as superconductors do."""
CALIBRATION_SHOTS = 1000
"""Of each of the two states that a calibration prepares: all qubits in 0, all in 1."""
ENTANGLEMENT = ("concurrence", "tangle", "negativity", "log_negativity", "entanglement_of_formation")


@dataclass(frozen=True)
class Case:
    """Tables of all Pauli settings on one state, read perfectly or with FLIPS and a calibration."""

    name: str
    state: State
    target: State
    shots: int
    flips: bool

    @property
    def label(self) -> str:
        """The case in a word or two."""
        return f"{self.name}, {self.shots} shots{', flips' if self.flips else ''}"

    @property
    def key(self) -> int:
        """A number of its own for the random generators: other cases do not change what is drawn here."""
        return crc32(self.label.encode())

    @cached_property
    def confusion(self) -> Real:
        """(2**n, 2**n): chance that an outcome (row) is read as another (column)."""
        n = self.state.n_qubits
        rates = np.tile(FLIPS if self.flips else (0.0, 0.0), (n, 1))
        return reduce(np.kron, confusion_matrices(rates))

    @cached_property
    def read(self) -> Real:
        """(S, 2**n): chances of what is read in every setting."""
        p = probabilities(self.state.rho, pauli_plan(self.state.n_qubits, 1).directions)
        return p / p.sum(axis=1, keepdims=True) @ self.confusion

    def table(self, rng: np.random.Generator) -> CountsTable:
        """Counts of one run of the experiment, with its calibration."""
        n = self.state.n_qubits
        plan = pauli_plan(n, self.shots)
        rows = SettingRows(plan.labels, rng.multinomial(self.shots, self.read), plan.directions)
        if not self.flips:
            return CountsTable(n_qubits=n, settings=rows)
        counts = rng.multinomial(CALIBRATION_SHOTS, self.confusion[[0, -1]])
        calibration = ReadoutCalibration(("0" * n, "1" * n), counts)
        return CountsTable(n_qubits=n, settings=rows, calibration=calibration)

    @cached_property
    def truth(self) -> dict[str, float]:
        """What the metrics of a report are about: `fidelity` is that of what is read, see docs/readout.md."""
        before = float(np.vdot(self.target.psi, self.state.rho @ self.target.psi).real)
        as_read = fidelity_of(self.read, self.target)
        found = {"fidelity": as_read, "fidelity_mle": as_read, "fidelity_readout_corrected": before}
        for name in ENTANGLEMENT:
            measure: Measure = MEASURES.load(name)
            for where, value in measure.evaluate(self.state.rho, self.state.dims).items():
                found[name if self.state.n_qubits == 2 else f"{name}[{where}]"] = value
        return found


def fidelity_weights(target: State) -> Real:
    """(S, 2**n) numbers whose sum with the outcome probabilities of all settings is the fidelity.

    Tr(P rho) is the mean over the settings that measure P.
    """
    n = target.n_qubits
    labels = pauli_plan(n, 1).labels
    weights = np.zeros((len(labels), 2**n))
    for letters, value in zip(product(LETTERS, repeat=n), pauli_vector(target.rho).flat, strict=True):
        pauli = "".join(letters)
        own = [
            index
            for index, label in enumerate(labels)
            if all(p in ("I", letter) for p, letter in zip(pauli, label, strict=True))
        ]
        weights[own] += value / 2**n / len(own) * parity_signs(pauli)
    return weights


def fidelity_of(p: Real, target: State) -> float:
    """The fidelity that outcome probabilities (S, 2**n) of all Pauli settings give, linear in them."""
    return float((fidelity_weights(target) * p).sum())


def weakly_entangled(concurrence: float) -> State:
    """cos t |00> + sin t |11> with C = sin 2t."""
    t = np.arcsin(concurrence) / 2
    return State("weak", (2, 2), psi=np.array([np.cos(t), 0, 0, np.sin(t)], dtype=np.complex128))


def states() -> list[tuple[str, State, State]]:
    """Name, state and target."""
    singlet, weak = bell("psi-"), weakly_entangled(0.1)
    mixed = [(f"Werner {v:.2f}", werner(v, "psi-"), singlet) for v in (0.98, 0.90, 0.36, 0.30)]
    pure = [("Bell", singlet, singlet), ("weak", weak, weak), ("GHZ", ghz(3), ghz(3)), ("W", w(3), w(3))]
    return [*mixed, *pure]


def cases() -> list[Case]:
    """Every case, in the order of the table; one has so many data that the calibration decides."""
    found = []
    for flips in (False, True):
        for name, state, target in states():
            many = (MANY,) if flips and name == "Werner 0.90" else ()
            found += [Case(name, state, target, shots, flips) for shots in (*SHOTS, *many)]
    return found
