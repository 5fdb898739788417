"""State files: `qmono.state/1` JSON, a NumPy array, or a saved tomography report.

    {"schema": "qmono.state/1", "dims": [2, 2], "vector": [[0.7, 0], [0, 0], [0, 0], [0.7, 0]]}

A vector has norm 1; a matrix is Hermitian, positive and of trace 1, all within 1e-6.
"""

from __future__ import annotations

import io
import json
import math
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from qmono.core.report import REPORT_SCHEMA
from qmono.errors import InputError
from qmono.formats.source import read_bytes
from qmono.formats.strict_text import (
    as_integer,
    as_list,
    as_number,
    as_object,
    as_string,
    one_line,
    parse_json,
    refuse_unknown_keys,
    shown,
    within,
)
from qmono.quantum.states import State
from qmono.quantum.types import Dims, Matrix, Vector

SCHEMA = "qmono.state/1"
TOLERANCE = 1e-6
MAX_DIMENSION = 2**24
_KEYS = ("schema", "name", "dims", "matrix", "vector")
_NPY = b"\x93NUMPY"


def read_state(path: str | Path, *, stdin: BinaryIO | None = None) -> State:
    """The state of a file ("-": of `stdin`); InputError if it is none, with the number that is off."""
    name, content = read_bytes(path, stdin)
    try:
        return _from_npy(content, name) if content.startswith(_NPY) else _from_json(content, name)
    except InputError as problem:
        raise problem.at(name) from None


def _from_npy(content: bytes, name: str) -> State:
    try:
        array = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError, OSError, MemoryError) as problem:
        raise InputError(f"not a whole NPY file: {one_line(problem)}") from None
    if array.ndim not in (1, 2) or array.dtype.kind not in "iufc":
        raise InputError(f"a state is a vector or a matrix, found {array.dtype} of shape {array.shape}")
    size = array.shape[0]
    is_qubits = size >= 2 and size & (size - 1) == 0
    dims = (2,) * (size.bit_length() - 1) if is_qubits else (size,)
    return checked_state(array.astype(np.complex128), dims, Path(name).stem)


def _from_json(content: bytes, name: str) -> State:
    document = as_object(parse_json(content), "")
    if document.get("schema") == REPORT_SCHEMA:
        return _from_report(document, name)
    return state_of_document(document, Path(name).stem)


def state_of_document(document: dict[str, Any], name: str, place: str = "") -> State:
    """The state of a `qmono.state/1` document, which may stand at some place of another."""
    if document.get("schema") != SCHEMA:
        found = shown(document.get("schema"))
        raise InputError(f"expected {SCHEMA!r}, found {found}", place=within(place, "schema"))
    refuse_unknown_keys(document, _KEYS, place)
    if ("matrix" in document) == ("vector" in document):
        raise InputError("a state has a matrix or a vector, one of the two", place=place)
    key = "matrix" if "matrix" in document else "vector"
    array = _complex_vector if key == "vector" else _complex_matrix
    title = as_string(document.get("name", name), within(place, "name"))
    dims = _dims(document.get("dims"), within(place, "dims"))
    return checked_state(array(document[key], within(place, key)), dims, title, within(place, key))


def _from_report(document: dict[str, Any], name: str) -> State:
    payload = as_object(document.get("payload"), "payload")
    if "density_matrix" not in payload:
        raise InputError("the report holds no density matrix", place="payload")
    matrix = _complex_matrix(payload["density_matrix"], "payload.density_matrix")
    n_qubits = matrix.shape[0].bit_length() - 1
    return checked_state(matrix, (2,) * n_qubits, Path(name).stem, "payload.density_matrix")


def _dims(value: Any, place: str) -> Dims:
    dims = as_list(value, place)
    return tuple(as_integer(d, f"{place}[{index}]", 2, MAX_DIMENSION) for index, d in enumerate(dims))


def _complex_vector(value: Any, place: str) -> Vector:
    pairs = [as_list(pair, f"{place}[{index}]", 2) for index, pair in enumerate(as_list(value, place))]
    return np.array(
        [
            complex(*(as_number(part, f"{place}[{index}]") for part in pair))
            for index, pair in enumerate(pairs)
        ],
        dtype=np.complex128,
    )


def _complex_matrix(value: Any, place: str) -> Matrix:
    rows = [_complex_vector(row, f"{place}[{index}]") for index, row in enumerate(as_list(value, place))]
    for index, row in enumerate(rows):
        if row.size != len(rows):
            raise InputError(f"expected {len(rows)} entries, found {row.size}", place=f"{place}[{index}]")
    return np.array(rows, dtype=np.complex128).reshape(len(rows), len(rows))


def checked_state(array: NDArray[np.complex128], dims: Dims, name: str, place: str = "") -> State:
    """A State from a vector (d,) or matrix (d, d); InputError if it is none within 1e-6.

    What is off by less is corrected: the norm or trace is made 1, the matrix Hermitian.
    """
    size = math.prod(dims)
    if not dims or array.shape not in ((size,), (size, size)):
        raise InputError(f"the shape {array.shape} does not go with the dimensions {list(dims)}", place=place)
    if not np.all(np.isfinite(array)) or max(np.abs(array.real).max(), np.abs(array.imag).max()) > 2:
        raise InputError("a number is not finite or far above 1", place=place)
    if array.ndim == 1:
        norm = float(np.linalg.norm(array))
        if abs(norm - 1) > TOLERANCE:
            raise InputError(f"the norm is {norm:.8g}, not 1", place=place)
        return State(name, dims, psi=array / norm)
    return State(name, dims, mixed=_checked_matrix(array, place))


def _checked_matrix(rho: Matrix, place: str) -> Matrix:
    skew = float(np.max(np.abs(rho - rho.conj().T)))
    if skew > TOLERANCE:
        raise InputError(f"the matrix is not Hermitian: entries differ by {skew:.3g}", place=place)
    hermitian: Matrix = (rho + rho.conj().T) / 2
    trace = float(np.trace(hermitian).real)
    if abs(trace - 1) > TOLERANCE:
        raise InputError(f"the trace is {trace:.8g}, not 1", place=place)
    smallest = float(np.linalg.eigvalsh(hermitian)[0])
    if smallest < -TOLERANCE:
        raise InputError(
            f"the matrix is not positive: its smallest eigenvalue is {smallest:.3g}", place=place
        )
    return hermitian / trace


def state_document(state: State) -> dict[str, Any]:
    """A state as `qmono.state/1` spells it."""
    key, array = ("vector", state.psi) if state.psi is not None else ("matrix", state.rho)
    numbers = np.stack([np.real(array), np.imag(array)], axis=-1).tolist()
    return {"schema": SCHEMA, "name": state.name, "dims": list(state.dims), key: numbers}


def write_state(state: State, stream: BinaryIO) -> None:
    """A state as `qmono.state/1` JSON."""
    stream.write((json.dumps(state_document(state), allow_nan=False) + "\n").encode())
