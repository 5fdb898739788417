"""OpenQASM 3 files become exact states, or one line that says why not."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from qmono.circuits.preparation import preparation, statevector
from qmono.circuits.qasm import parse_qasm_state, read_qasm_state
from qmono.errors import InputError, MissingExtra

HEAD = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'

# Not symmetric under a swap of the qubits: cos(1/2)|00> + sin(1/2)|11>, then Ry(0.6) on 1 and S on 0.
PROBE = HEAD + (
    "qubit[2] q;\nbit[2] c;\nry(1.0) q[0];\ncx q[0], q[1];\nry(0.6) q[1];\ns q[0];\n"
    "barrier q;\nc = measure q;\n"
)
CUSTOM_GATE = HEAD + (
    "gate pair(t) a, b { ry(t) a; cx a, b; ry(0.6) b; s a; }\nqubit a;\nqubit b;\nreset a;\npair(1.0) a, b;\n"
)


def probe_psi() -> np.ndarray:
    def ry(angle: float) -> np.ndarray:
        c, s = np.cos(angle / 2), np.sin(angle / 2)
        return np.array([[c, -s], [s, c]])

    entangled = np.diag(ry(1.0)[:, 0])  # rows: qubit 0, columns: qubit 1
    return (np.diag([1, 1j]) @ entangled @ ry(0.6).T).reshape(-1)


@pytest.mark.parametrize("text", [PROBE, CUSTOM_GATE], ids=["probe", "custom gate"])
def test_a_program_is_the_state_it_prepares(text, tmp_path):
    path = tmp_path / "probe.qasm"
    path.write_text(text)
    state = read_qasm_state(path)
    assert (state.name, state.dims) == ("probe.qasm", (2, 2))
    assert np.allclose(state.psi, probe_psi(), atol=1e-12)


def test_the_programs_own_circuit_is_what_runs():
    (branch,) = preparation(parse_qasm_state(PROBE))
    assert [item.operation.name for item in branch.circuit.data] == ["ry", "cx", "ry", "s"]
    assert np.allclose(statevector(branch.circuit), probe_psi(), atol=1e-12)


def test_global_phases_and_delays_do_no_harm():
    state = parse_qasm_state(HEAD + "qubit q;\ngphase(pi/2);\nh q;\ndelay[10ns] q;\n")
    assert np.allclose(state.rho, np.full((2, 2), 0.5))


MALFORMED = {
    "empty": ("", "the file is empty"),
    "only a comment": ("// nothing\n", "there are no statements"),
    "no qubits": ("OPENQASM 3.0;\nbit c;\n", "declares 0 qubits"),
    "syntax": ("OPENQASM 3.0;\nqubit[2 q;\n", "line 2: not valid OpenQASM 3 at 'q'"),
    "binary": ("\x00\x01\x02", "line 1: not valid OpenQASM 3"),
    "json": ('{"00": 1}', "line 1: not valid OpenQASM 3"),
    "nested": (HEAD + "qubit q;\nrx(" + "(" * 2000 + "1" + ")" * 2000 + ") q;", "nested too deeply"),
    "version 2": ('OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\n', "line 1: this is OpenQASM 2.0"),
    "unknown gate": (HEAD + "qubit q;\nfoo q;\n", "line 4: gate 'foo' is not defined"),
    "foreign include": ('OPENQASM 3.0;\ninclude "/etc/hosts";\nqubit q;\n', "line 2: non-stdgates"),
    "out of range": (HEAD + "qubit[2] q;\nh q[5];\n", "cannot be evaluated: index out of range"),
    "division by zero": (HEAD + "qubit q;\nrx(1/0) q;\n", "cannot be evaluated"),
    "infinite angle": (HEAD + "qubit q;\nrx(1e400) q;\n", "the gates cannot be evaluated"),
    "mid-circuit measurement": (
        HEAD + "qubit[2] q;\nbit c;\nc = measure q[0];\ncx q[0], q[1];\n",
        "operation 2 (cx on qubit 0, 1): a qubit is used after it was measured",
    ),
    "mid-circuit reset": (
        HEAD + "qubit q;\nh q;\nreset q;\n",
        "operation 2 (reset on qubit 0): ",
    ),
    "classical control": (
        HEAD + "qubit[2] q;\nbit c;\nc = measure q[0];\nif (c) { x q[1]; }\n",
        "line 6: classical control",
    ),
    "loop": (HEAD + "qubit[2] q;\nfor uint i in [0:1] { h q[i]; }\n", "line 4: loops are not supported"),
    "parameter": (HEAD + "input float a;\nqubit q;\nrx(a) q;\n", "line 3: free parameters have no value"),
    "alias": (HEAD + "qubit[2] q;\nlet a = q[0:1];\nh a;\n", "line 4: aliases are not supported"),
    "box": (HEAD + "qubit q;\nbox { h q; }\n", "line 4: Box is not supported"),
    "hardware and declared qubits": (HEAD + "qubit q;\nh $999999999;\n", "line 4: "),
    "hardware qubit": (HEAD + "h $0;\n", "declares 0 qubits"),
    "too many qubits": (HEAD + "qubit[1000000000] q;\nh q[0];\n", "declares 1000000000 qubits; 1 to 24"),
    "computed size": (HEAD + "qubit[2 + 1] q;\n", "line 3: the size of a qubit register"),
}


@pytest.mark.parametrize(("text", "message"), MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_preparation_is_refused_in_one_line(text, message, capfd):
    with pytest.raises(InputError) as refused:
        parse_qasm_state(text, source="bad.qasm")
    assert str(refused.value).startswith("bad.qasm: ")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert capfd.readouterr() == ("", "")


def test_a_file_that_is_not_text_is_refused(tmp_path):
    path = tmp_path / "state.qasm"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"state\.qasm: cannot be read as text"):
        read_qasm_state(path)


def test_without_the_importer_the_install_command_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "openqasm3", None)
    with pytest.raises(MissingExtra, match=r"pip install 'qmono\[qasm\]'"):
        parse_qasm_state(PROBE)
