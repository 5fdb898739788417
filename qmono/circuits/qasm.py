"""States given as OpenQASM 3 programs of gates.

Measurements and barriers at the end are dropped; what comes before must be gates on |0...0>, because
only then is there one exact state. Anything else is refused with its line.
"""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qmono.circuits.preparation import CircuitState, statevector
from qmono.errors import InputError, MissingExtra
from qmono.quantum.states import MAX_QUBITS
from qmono.quantum.types import Vector

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

MAX_CHARACTERS = 1_000_000

UNDERSTOOD = frozenset(
    {
        "Include",
        "QubitDeclaration",
        "ClassicalDeclaration",
        "QuantumGateDefinition",
        "QuantumGate",
        "QuantumPhase",
        "QuantumBarrier",
        "QuantumReset",
        "QuantumMeasurementStatement",
        "DelayInstruction",
    }
)
"""Statements of a program that prepares one state."""

REFUSED = {
    "BranchingStatement": "classical control is not a state preparation",
    "ForInLoop": "loops are not supported; write the gates out",
    "WhileLoop": "classical control is not a state preparation",
    "SwitchStatement": "classical control is not a state preparation",
    "IODeclaration": "free parameters have no value; write the number",
    "AliasStatement": "aliases are not supported; use the register's own name",
}


def read_qasm_state(path: Path) -> CircuitState:
    """The exact pure state of an OpenQASM 3 file, with its circuit. Qubits in order of declaration.

    Raises InputError (file, place) for what is not a preparation of at most 24 qubits, MissingExtra if
    the OpenQASM 3 importer is not installed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(f"cannot be read as text: {_one_line(problem)}", source=str(path)) from None
    return parse_qasm_state(text, name=path.name, source=str(path))


def parse_qasm_state(text: str, *, name: str = "program", source: str = "") -> CircuitState:
    """The exact pure state of OpenQASM 3 text, called `name`; errors name the `source`."""
    try:
        _check_program(text)
        circuit = _without_final_measurements(_load(text))
    except InputError as problem:
        raise problem.at(source) from None
    circuit.name = name
    return CircuitState(name, (2,) * circuit.num_qubits, psi=_exact(circuit, source), circuit=circuit)


def _exact(circuit: QuantumCircuit, source: str) -> Vector:
    try:
        psi = statevector(circuit)
    except (ValueError, ArithmeticError) as problem:
        raise InputError(f"the gates cannot be evaluated: {_one_line(problem)}", source=source) from None
    if not np.all(np.isfinite(psi)):
        raise InputError("the gates cannot be evaluated: an angle is not a finite number", source=source)
    return psi


def _check_program(text: str) -> None:
    """Statements, versions and sizes, before anything is built."""
    if not text.strip():
        raise InputError("the file is empty")
    if len(text) > MAX_CHARACTERS:
        raise InputError(f"{len(text)} characters; a state preparation has at most {MAX_CHARACTERS}")
    program = _parse(text)
    if program.version is not None and not program.version.startswith("3"):
        raise InputError(f"this is OpenQASM {program.version}; OpenQASM 3 is read here", place="line 1")
    qubits = sum(_check_statement(statement) for statement in program.statements)
    if not 1 <= qubits <= MAX_QUBITS:
        raise InputError(f"the program declares {qubits} qubits; 1 to {MAX_QUBITS} can be simulated exactly")


def _parse(text: str) -> Any:
    try:
        import openqasm3
    except ModuleNotFoundError:
        raise MissingExtra("reading OpenQASM 3", "qasm") from None
    # The lexer behind the parser writes its own complaints to stderr.
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            return openqasm3.parse(text)
        except openqasm3.parser.QASM3ParsingError as problem:
            raise _syntax_error(problem) from None
        except AttributeError:
            raise InputError("there are no statements") from None
        except RecursionError:
            raise InputError("expressions are nested too deeply") from None


def _syntax_error(problem: Exception) -> InputError:
    """The place is in the lexer's message, or in the token at which the parser gave up."""
    found = re.match(r"L(\d+):C\d+: (.*)", str(problem))
    if found is not None:
        return InputError(f"not valid OpenQASM 3: {found[2]}", place=f"line {found[1]}")
    causes = getattr(problem.__cause__, "args", ()) or (None,)
    token = getattr(causes[0], "offendingToken", None)
    if token is None:
        return InputError("not valid OpenQASM 3")
    return InputError(f"not valid OpenQASM 3 at {token.text!r}", place=f"line {token.line}")


def _check_statement(statement: Any) -> int:
    """Refuse what is no preparation; the number of qubits that the statement declares."""
    kind, place = type(statement).__name__, f"line {statement.span.start_line}"
    if kind not in UNDERSTOOD:
        raise InputError(REFUSED.get(kind, f"{kind} is not supported in a state preparation"), place=place)
    if kind != "QubitDeclaration":
        return 0
    if statement.size is None:
        return 1
    if type(statement.size).__name__ != "IntegerLiteral":
        raise InputError("the size of a qubit register must be a plain number", place=place)
    return int(statement.size.value)


def _load(text: str) -> QuantumCircuit:
    from qiskit import qasm3
    from qiskit.exceptions import MissingOptionalLibraryError, QiskitError

    try:
        return qasm3.loads(text)
    except MissingOptionalLibraryError:
        raise MissingExtra("reading OpenQASM 3", "qasm") from None
    except QiskitError as problem:
        message = _one_line(problem.message)
        found = re.match(r"(\d+),\d+: (.*)", message)
        raise InputError(*((found[2],) if found else (message,)), place=_line(found)) from None
    except (LookupError, ArithmeticError, TypeError, ValueError, AttributeError, RecursionError) as problem:
        raise InputError(f"the program cannot be evaluated: {_one_line(problem)}") from None


def _line(found: re.Match[str] | None) -> str:
    return f"line {found[1]}" if found else ""


def _without_final_measurements(circuit: QuantumCircuit) -> QuantumCircuit:
    """The gates of a circuit; InputError if a measured or used qubit is used or reset again."""
    from qiskit import QuantumCircuit

    gates = QuantumCircuit(circuit.num_qubits)
    used: set[int] = set()
    measured: set[int] = set()
    for number, instruction in enumerate(circuit.data, start=1):
        name = instruction.operation.name
        qubits = [circuit.find_bit(qubit).index for qubit in instruction.qubits]
        place = f"operation {number} ({name} on qubit {', '.join(map(str, qubits))})"
        if name in ("barrier", "delay"):
            continue
        if name == "measure":
            measured.update(qubits)
            continue
        if measured.intersection(qubits):
            raise InputError("a qubit is used after it was measured", place=place)
        if name == "reset":
            if used.intersection(qubits):
                raise InputError("a qubit is reset after it was used", place=place)
            continue
        used.update(qubits)
        gates.append(instruction.operation, qubits)
    gates.global_phase = circuit.global_phase
    return gates


def _one_line(problem: object) -> str:
    return " ".join(str(problem).split())
