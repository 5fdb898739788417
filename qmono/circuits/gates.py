"""The gates that prepared circuits are written in: enough for everything, few enough to put noise on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

ONE_QUBIT_GATES = ("h", "s", "sdg", "x", "y", "z", "rx", "ry", "rz", "u")
TWO_QUBIT_GATES = ("cx", "cz")


def in_basic_gates(circuit: QuantumCircuit, *, simplify: bool = False) -> QuantumCircuit:
    """The circuit in the gates above, gate by gate as written.

    simplify: also cancel and merge what neighbours, for a circuit that nobody wrote by hand.
    """
    from qiskit import transpile

    return transpile(
        circuit,
        basis_gates=[*ONE_QUBIT_GATES, *TWO_QUBIT_GATES],
        optimization_level=1 if simplify else 0,
        seed_transpiler=0,
    )
