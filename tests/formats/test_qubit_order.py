"""|01> and an entangled state without symmetry keep their qubits apart in every format and order."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import numpy as np
import pytest

from qmono.core.counts import CountsTable, pauli_directions
from qmono.formats import FORMATS
from qmono.formats.contract import Format
from qmono.formats.counts.bases import ket_amplitudes
from qmono.formats.reading import ReadOptions, read_counts
from qmono.quantum.born import probabilities
from qmono.quantum.operations import projector
from qmono.quantum.paulis import pauli_string
from qmono.quantum.states import PRODUCT_KETS, product
from qmono.quantum.types import Matrix

N = 10**6
SETTINGS = tuple(a + b for a in "XYZ" for b in "XYZ")
KETS = {
    name: np.real([ket.conj() @ pauli_string(p) @ ket for p in "XYZ"]) for name, ket in PRODUCT_KETS.items()
}


def asymmetric() -> Matrix:
    psi = np.array([0.7, 0.1 + 0.2j, 0.3j, 0.5], dtype=complex)
    return projector(psi / np.linalg.norm(psi))


STATES = {"01": product("01").rho, "asymmetric": asymmetric()}


def cells(rho: Matrix, reverse_bits: bool, reverse_labels: bool) -> dict[str, dict[str, int]]:
    exact = np.rint(N * probabilities(rho, pauli_directions(SETTINGS))).astype(int)
    b, s = (-1 if reverse_bits else 1), (-1 if reverse_labels else 1)
    return {
        label[::s]: {format(k, "02b")[::b]: int(n) for k, n in enumerate(row)}
        for label, row in zip(SETTINGS, exact, strict=True)
    }


def plain_json(rho: Matrix, bits: bool = False, labels: bool = False) -> bytes:
    return json.dumps(cells(rho, bits, labels)).encode()


def plain_csv(rho: Matrix, bits: bool = False, labels: bool = False) -> bytes:
    lines = [f"{s},{o},{n}" for s, row in cells(rho, bits, labels).items() for o, n in row.items()]
    return "\n".join(["setting,outcome,count", *lines]).encode()


def qmono(rho: Matrix, bits: bool = False, labels: bool = False) -> bytes:
    document = {
        "schema": "qmono.counts/1",
        "n_qubits": 2,
        "bit_order": "qubit0-last" if bits else "qubit0-first",
        "setting_order": "qubit0-last" if labels else "qubit0-first",
        "rows": [{"setting": s, "counts": row} for s, row in cells(rho, bits, labels).items()],
    }
    return json.dumps(document).encode()


def qmono_effects(rho: Matrix, bits: bool = False, labels: bool = False) -> bytes:
    """Projectors and parities, which know a setting order only."""
    step = -1 if labels else 1
    rows: list[dict[str, object]] = []
    for a, da in KETS.items():
        for b, db in KETS.items():
            p = probabilities(rho, np.array([[da, db]]))[0, 0]
            kets = [[[x.real, x.imag] for x in ket_amplitudes(d).tolist()] for d in (da, db)]
            rows.append({"projector": kets[::step], "count": round(N * p), "label": a + b})
    for label in ("XI", "ZI", "IZ", "ZX", "IY"):
        plus = round(N * (1 + np.trace(rho @ pauli_string(label)).real) / 2)
        rows.append({"pauli": label[::step], "counts": {"+": plus, "-": N - plus}})
    order = "qubit0-last" if labels else "qubit0-first"
    return json.dumps(
        {"schema": "qmono.counts/1", "n_qubits": 2, "setting_order": order, "rows": rows}
    ).encode()


def npz(rho: Matrix) -> bytes:
    stream = io.BytesIO()
    form: Format = FORMATS.load("npz")
    assert form.write is not None
    form.write(read(qmono(rho)), stream)
    return stream.getvalue()


def pauli_csv(rho: Matrix) -> bytes:
    """Qubits are called 3 and 12, and the rows name them in either order."""
    lines = ["setting,expectation,total_counts,raw_expectation"]
    for a in "IXYZ":
        for b in "IXYZ":
            text = "".join(p + q for p, q in ((b, "12"), (a, "3")) if p != "I")
            e = 2 * round(N * (1 + np.trace(rho @ pauli_string(a + b)).real) / 2) / N - 1
            lines += [f"Z0_3 * Z0_12→(1+0j)*{text},{e},{N},{e}"] if text else []
    return "\n".join(lines).encode()


def amplitude_text(direction: np.ndarray, unit: str) -> list[str]:
    return [f"{x.real:.9f}{x.imag:+.9f}{unit}" for x in ket_amplitudes(direction).tolist()]


def tomo_input(rho: Matrix) -> bytes:
    """Two detectors; the first qubit's bases are -X Y -Z, so outcomes must be exchanged."""
    rows = []
    for a in (KETS["-"], KETS["r"], KETS["1"]):
        for b in (KETS["+"], KETS["l"], KETS["0"]):
            p = probabilities(rho, np.array([[a, b]]))[0]
            counts = [str(round(N * x)) for x in p]
            rows.append(["1", "0", "0", "0", "0", *counts, *amplitude_text(a, "j"), *amplitude_text(b, "j")])
    text = ",\n".join(f"[{','.join(row)}]" for row in rows)
    return f"tomo_input = np.array([{text}])\n".encode()


def single_projector_rows(rho: Matrix, unit: str) -> list[list[str]]:
    rows = []
    for a in KETS.values():
        for b in KETS.values():
            n = round(N * probabilities(rho, np.array([[a, b]]))[0, 0])
            rows.append(["1", "0", "0", str(n), *amplitude_text(a, unit), *amplitude_text(b, unit)])
    return rows


def tomo_input_one_detector(rho: Matrix) -> bytes:
    rows = [f"[{','.join(row)}]" for row in single_projector_rows(rho, "j")]
    return f"tomo_input=[{','.join(rows)}]\nintensity=[{','.join('1' for _ in rows)}]".encode()


def amplitudes_csv(rho: Matrix) -> bytes:
    return "\n".join(",".join(row) for row in single_projector_rows(rho, "i")).encode()


def read(content: bytes, **options: object) -> CountsTable:
    return read_counts("-", ReadOptions(**options), stdin=io.BytesIO(content))  # type: ignore[arg-type]


def assert_fits(table: CountsTable, rho: Matrix) -> None:
    """Every number of the table is what Born's rule gives with qubit 0 first."""
    if table.settings is not None:
        assert table.settings.directions is not None
        expected = probabilities(rho, table.settings.directions)
        np.testing.assert_allclose(table.settings.counts / N, expected, atol=2e-6)
    if table.projectors is not None:
        expected = probabilities(rho, table.projectors.directions)[:, 0]
        np.testing.assert_allclose(table.projectors.counts / N, expected, atol=2e-6)
    if table.parities is not None:
        plus, minus = table.parities.counts.T
        exact = [np.trace(rho @ pauli_string(label)).real for label in table.parities.labels]
        np.testing.assert_allclose((plus - minus) / N, exact, atol=4e-6)


SAYS_ITSELF = {
    "qmono": qmono,
    "qmono effects": qmono_effects,
    "npz": npz,
    "pauli-csv": pauli_csv,
    "tomo-input": tomo_input,
    "tomo-input, one detector": tomo_input_one_detector,
    "amplitudes-csv": amplitudes_csv,
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("spell", SAYS_ITSELF.values(), ids=SAYS_ITSELF)
def test_formats_that_state_their_order(spell: Callable[[Matrix], bytes], state: str) -> None:
    table = read(spell(STATES[state]))
    assert_fits(table, STATES[state])
    assert table.origin is not None
    assert table.origin.declared


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("labels", [False, True])
@pytest.mark.parametrize("bits", [False, True])
@pytest.mark.parametrize("spell", [qmono, qmono_effects])
def test_stated_orders_are_converted(
    spell: Callable[..., bytes], bits: bool, labels: bool, state: str
) -> None:
    assert_fits(read(spell(STATES[state], bits, labels)), STATES[state])


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("labels", [False, True])
@pytest.mark.parametrize("bits", [False, True])
@pytest.mark.parametrize("spell", [plain_json, plain_csv])
def test_asked_orders_are_converted(
    spell: Callable[..., bytes], bits: bool, labels: bool, state: str
) -> None:
    table = read(
        spell(STATES[state], bits, labels),
        bit_order="qiskit" if bits else "cirq",
        setting_order="qubit0-last" if labels else "qubit0-first",
    )
    assert_fits(table, STATES[state])
    assert table.origin is not None
    assert table.origin.declared
    assert table.origin.bit_order == ("qubit0-last" if bits else "qubit0-first")


@pytest.mark.parametrize("spell", [plain_json, plain_csv])
def test_a_wrong_order_does_not_fit(spell: Callable[..., bytes]) -> None:
    table = read(spell(STATES["asymmetric"]), bit_order="qubit0-last")
    with pytest.raises(AssertionError):
        assert_fits(table, STATES["asymmetric"])


@pytest.mark.parametrize("spell", [plain_json, plain_csv])
def test_an_order_that_nobody_said_is_only_assumed(spell: Callable[..., bytes]) -> None:
    table = read(spell(STATES["asymmetric"]))
    assert_fits(table, STATES["asymmetric"])
    assert table.origin is not None
    assert not table.origin.declared


def test_calibration_follows_the_bit_order() -> None:
    document = json.loads(qmono(STATES["01"], bits=True))
    document["calibration"] = {"prepared": ["10"], "counts": [{"10": 90, "00": 10}], "taken": None}
    calibration = read(json.dumps(document).encode()).calibration
    assert calibration is not None
    assert calibration.prepared == ("01",)
    assert calibration.counts.tolist() == [[10, 90, 0, 0]]


def test_inputs_and_bases_follow_the_setting_order() -> None:
    row = {"setting": "01", "inputs": [0, 1], "angles": [[0, 0], [90, 0]], "counts": {"00": 1}}
    document = {"schema": "qmono.counts/1", "n_qubits": 2, "setting_order": "qubit0-last", "rows": [row]}
    settings = read(json.dumps(document).encode()).settings
    assert settings is not None
    assert settings.labels == ("10",)
    assert settings.inputs is not None
    assert settings.inputs.tolist() == [[1, 0]]
    assert settings.directions is not None
    np.testing.assert_allclose(settings.directions, [[[1, 0, 0], [0, 0, 1]]], atol=1e-15)
