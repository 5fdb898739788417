"""Make the simulated sample sets: `python sample_data/make_simulated.py [DIRECTORY]`.

Born's rule on exact states with a fixed seed for each file, so that the expected answers are known.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from qmono.core.counts import CountsTable, angle_direction
from qmono.core.povms import Povm, PovmRows
from qmono.formats.writing import write_counts
from qmono.quantum.born import simulate_counts
from qmono.quantum.paulis import PAULIS
from qmono.quantum.plans import Plan, bell_plan, pauli_plan
from qmono.quantum.povms import checked_effects, rank_one_effects
from qmono.quantum.states import BELL_STATES, PRODUCT_KETS, State, ghz, product, w, werner
from qmono.quantum.types import Matrix, Vector

SHOTS = 1024


def with_white_noise(state: State, visibility: float) -> Matrix:
    """visibility rho + (1 - visibility) I/d."""
    d = state.rho.shape[0]
    return visibility * state.rho + (1 - visibility) * np.eye(d) / d


def werner_of_fidelity(fidelity: float) -> State:
    """The Werner state with that fidelity to phi+: visibility (4F - 1)/3."""
    return werner((4 * fidelity - 1) / 3)


def asymmetric() -> State:
    """Entangled and without any symmetry between its qubits.

    From |00>: RY(1.0) on qubit 0, CNOT from 0 to 1, RY(0.6) on qubit 1, S on qubit 0; then 5 % white noise.
    """
    ry, s = _ry(0.6), np.diag([1, 1j])
    psi: Vector = np.kron(_ry(1.0) @ PRODUCT_KETS["0"], PRODUCT_KETS["0"])
    cnot = np.eye(4)[[0, 1, 3, 2]]
    psi = np.kron(s, ry) @ cnot @ psi
    return State("asymmetric", (2, 2), mixed=with_white_noise(State("", (2, 2), psi=psi), 0.95))


def _ry(angle: float) -> Matrix:
    c, s = np.cos(angle / 2), np.sin(angle / 2)
    return np.array([[c, -s], [s, c]], dtype=np.complex128)


def measured(rho: Matrix, plan: Plan, seed: int, what: str, **metadata: object) -> CountsTable:
    """Seeded counts that say what they were made from."""
    table = simulate_counts(rho, plan, np.random.default_rng(seed))
    notes = {"state": what, "seeds": {"simulator": seed}, "backend": "Born's rule", **metadata}
    return replace(table, metadata=notes)


def chsh_plan() -> Plan:
    """The CHSH settings that are best for phi+: Z and X against the two diagonals between them."""
    alice = [angle_direction(0), angle_direction(90)]
    bob = [angle_direction(45), angle_direction(-45)]
    return bell_plan(np.array([alice, bob]), "+++-", SHOTS)


TETRAHEDRON = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / np.sqrt(3)
"""Bloch vectors of the four outcomes of a tetrahedral measurement; each effect is half a projector."""


def measured_by_povms(rho: Matrix, seed: int, what: str) -> CountsTable:
    """Two qubits: tetrahedra on both, and a Bell measurement, with seeded counts that say what they are."""
    effects = np.array([[np.eye(2) + np.einsum("a,aij->ij", b, PAULIS[1:])] for b in TETRAHEDRON])[:, 0] / 4
    both = np.einsum("iab,jcd->ijacbd", effects, effects).reshape(16, 4, 4)
    bell = rank_one_effects(np.array(list(BELL_STATES.values())))
    rng = np.random.default_rng(seed)
    counts = []
    for joint, shots in ((both, 9 * SHOTS), (bell, 3 * SHOTS)):
        p = np.einsum("kab,ba->k", joint, rho).real.clip(0)
        counts.append(rng.multinomial(shots, p / p.sum()))
    rows = PovmRows(
        labels=("tetrahedra", "Bell measurement"),
        povms=(Povm("sic", checked_effects(effects)), Povm("bell", checked_effects(bell))),
        parts=((0, 0), (1,)),
        counts=np.concatenate(counts),
    )
    notes = {"state": what, "seeds": {"simulator": seed}, "backend": "Born's rule"}
    return CountsTable(n_qubits=2, povms=rows, source="simulated", metadata=notes)


def leaking_pair(angle: float) -> State:
    """(|00>|0> + |11>(cos|0> + sin|1>))/sqrt2: phi+ of qubits 0 and 1, of which qubit 2 learns a little."""
    psi: Vector = np.zeros(8, dtype=np.complex128)
    psi[0], psi[6], psi[7] = 1, np.cos(angle), np.sin(angle)
    return State("leaking pair", (2, 2, 2), psi=psi / np.sqrt(2))


def all_pairs_plan() -> Plan:
    """Eight settings of three qubits: Z and X on the first, the two diagonals between them on the others."""
    first = [angle_direction(0), angle_direction(90)]
    other = [angle_direction(45), angle_direction(-45)]
    inputs = np.array(list(np.ndindex(2, 2, 2)))
    directions = np.stack(
        [np.array(own)[inputs[:, q]] for q, own in enumerate([first, other, other])], axis=1
    )
    labels = tuple("".join(map(str, row)) for row in inputs)
    return Plan(labels, directions, SHOTS, 4, inputs=inputs, design="fixed-blocks")


def tables() -> dict[str, CountsTable]:
    """Every table by its file name."""
    two, three = pauli_plan(2, SHOTS), pauli_plan(3, SHOTS)
    return {
        "bell.json": measured(werner(0.93).rho, two, 1, "werner:0.93"),
        "bell.npz": measured(werner(0.93).rho, two, 1, "werner:0.93"),
        "chsh.json": measured(werner(0.93).rho, chsh_plan(), 2, "werner:0.93"),
        "asymmetric.json": measured(asymmetric().rho, two, 3, "asymmetric, see make_simulated.py"),
        "product_01.json": measured(product("01").rho, two, 4, "product:01"),
        "ghz3.json": measured(with_white_noise(ghz(3), 0.92), three, 5, "0.92 ghz:3 + 0.08 I/8"),
        "w3.json": measured(with_white_noise(w(3), 0.9), three, 6, "0.9 w:3 + 0.1 I/8"),
        "chsh3.json": measured(
            with_white_noise(leaking_pair(np.pi / 6), 0.97),
            all_pairs_plan(),
            9,
            "leaking pair, see make_simulated.py",
        ),
        "ab.json": measured(werner_of_fidelity(0.88).rho, two, 7, "werner, F 0.88", qubits=["A", "B"]),
        "ac.json": measured(werner_of_fidelity(0.85).rho, two, 8, "werner, F 0.85", qubits=["A", "C"]),
        "povms.json": measured_by_povms(werner(0.93).rho, 9, "werner:0.93"),
    }


def plain_with_reversed_outcomes(table: CountsTable) -> str:
    """Plain JSON as a Qiskit user saves it: outcome strings with qubit 0 last, labels with qubit 0 first."""
    rows = table.with_outcomes_reversed().settings
    if rows is None:
        raise ValueError("plain JSON holds complete settings")
    width = table.n_qubits
    lines = []
    for label, row in zip(rows.labels, rows.counts, strict=True):
        cells = {format(k, f"0{width}b"): n for k, n in enumerate(row.tolist())}
        lines.append(f"  {json.dumps(label)}: {json.dumps(cells)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(directory: Path) -> None:
    """Write every file into a directory."""
    directory.mkdir(parents=True, exist_ok=True)
    made = tables()
    for name, table in made.items():
        write_counts(table, directory / name)
    (directory / "asymmetric_qiskit.json").write_text(plain_with_reversed_outcomes(made["asymmetric.json"]))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "simulated")
