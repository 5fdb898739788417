"""State files and saved reports: exact inverses, and refusals that carry the number that is off."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import qmono
from qmono.core.metric import Limit, Metric
from qmono.core.report import CHECK_NAMES, Check, Note, Report
from qmono.errors import InputError
from qmono.formats.documents.report_file import read_report
from qmono.formats.documents.state_file import read_state, write_state
from qmono.quantum.states import State, named_state

SCHEMA = json.loads((Path(qmono.__file__).parent / "schemas" / "state-1.json").read_text())


def state_json(**members: Any) -> bytes:
    return json.dumps({"schema": "qmono.state/1", "dims": [2], **members}).encode()


def read(content: bytes) -> State:
    return read_state("-", stdin=io.BytesIO(content))


@pytest.mark.parametrize("name", ["phi+", "ghz:3", "werner:0.8", "product:0r"])
def test_a_state_reads_back(name: str) -> None:
    state, stream = named_state(name), io.BytesIO()
    write_state(state, stream)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(stream.getvalue()))
    back = read(stream.getvalue())
    assert (back.name, back.dims, back.is_pure) == (state.name, state.dims, state.is_pure)
    np.testing.assert_allclose(back.rho, state.rho, atol=1e-15)


@pytest.mark.parametrize("name", ["psi-", "werner:0.8"])
def test_a_numpy_array_will_do(name: str, tmp_path: Path) -> None:
    state, path = named_state(name), tmp_path / "mine.npy"
    np.save(path, state.psi if state.psi is not None else state.rho)
    back = read_state(path)
    assert (back.name, back.dims) == ("mine", (2, 2))
    np.testing.assert_allclose(back.rho, state.rho, atol=1e-15)


def test_parts_need_not_be_qubits() -> None:
    state = read(state_json(dims=[2, 3], vector=[[1, 0]] + [[0, 0]] * 5))
    assert state.dims == (2, 3)


HALF = [[[0.5, 0], [0, 0]], [[0, 0], [0.5, 0]]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "file is empty"),
        (b"{}", "schema: expected 'qmono.state/1', found null"),
        (state_json(), "a matrix or a vector, one of the two"),
        (state_json(vector=[[1, 0], [0, 0]], matrix=HALF), "a matrix or a vector, one of the two"),
        (state_json(vector=[[1, 0], [1, 0]]), "vector: the norm is 1.4142136, not 1"),
        (state_json(vector=[[1, 0], [0]]), r"vector\[1\]: expected 2 entries, found 1"),
        (state_json(vector=[[1, 0], ["0", 0]]), r"vector\[1\]: expected a number, found '0'"),
        (state_json(vector=[[1e308, 1e308], [0, 0]]), "not finite or far above 1"),
        (state_json(vector=[[1, 0]]), r"the shape \(1,\) does not go with the dimensions \[2\]"),
        (state_json(dims=[], vector=[]), "does not go with"),
        (state_json(dims=[1], vector=[[1, 0]]), r"dims\[0\]: expected a whole number from 2"),
        (state_json(dims=None, vector=[[1, 0], [0, 0]]), "dims: expected a list, found null"),
        (state_json(matrix=[[[1, 0]], [[0, 0]]]), r"matrix\[0\]: expected 2 entries, found 1"),
        (state_json(matrix=[[[0.6, 0], [0, 0]], [[0, 0], [0.5, 0]]]), "matrix: the trace is 1.1, not 1"),
        (
            state_json(matrix=[[[0.5, 0], [0.1, 0]], [[0, 0], [0.5, 0]]]),
            "not Hermitian: entries differ by 0.1",
        ),
        (state_json(matrix=[[[1.5, 0], [0, 0]], [[0, 0], [-0.5, 0]]]), "smallest eigenvalue is -0.5"),
        (state_json(vectr=[[1, 0]], vector=[]), "unknown key 'vectr'; did you mean 'vector'"),
        (b"\x93NUMPY\x01\x00", "not a whole NPY file"),
    ],
)
def test_what_is_no_state_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=f"^standard input: .*{message}"):
        read(content)


def test_arrays_that_are_no_state_are_refused(tmp_path: Path) -> None:
    for array, message in [
        (np.zeros((2, 2, 2)), "a vector or a matrix, found"),
        (np.array(["a"]), "a vector or a matrix, found"),
        (np.array(5.0), "a vector or a matrix, found"),
        (np.full((2, 2), np.nan), "not finite"),
        (np.array([{}], dtype=object), "not a whole NPY file"),
    ]:
        np.save(tmp_path / "a.npy", array, allow_pickle=True)
        with pytest.raises(InputError, match=message):
            read_state(tmp_path / "a.npy")


def report(**changes: Any) -> Report:
    members: dict[str, Any] = {
        "kind": "tomography",
        "title": "a state",
        "verdict": "entangled",
        "trust": "ok",
        "source": "file",
        "metrics": (Metric("fidelity", 0.9, 0.01, low=Limit(0.88, "clopper-pearson", "exact")),),
        "checks": (Check(CHECK_NAMES["tomography"][0], "fail", "does not fit", 1e-9, "large", ("purity",)),),
        "sections": (Note("assumed", ("nothing",)),),
        "payload": {"density_matrix": HALF},
    }
    return Report(**(members | changes))


def test_a_saved_report_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report().to_json()))
    assert read_report(path) == report()


def test_a_tomography_report_stands_for_its_state() -> None:
    state = read(json.dumps(report().to_json()).encode())
    assert state.dims == (2,)
    np.testing.assert_allclose(state.rho, np.eye(2) / 2)
    with pytest.raises(InputError, match="payload: the report holds no density matrix"):
        read(json.dumps(report(payload={}).to_json()).encode())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "file is empty"),
        (b"[]", "expected an object"),
        (b'{"schema": "qmono.counts/1"}', "schema: expected 'qmono.report/1'"),
        (b'{"schema": "qmono.report/1"}', "'kind' is missing or unknown"),
        (b'{"schema": "qmono.report/1", "kind": NaN}', "NaN is not a number"),
    ],
)
def test_what_is_no_report_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=f"^standard input: .*{message}"):
        read_report("-", stdin=io.BytesIO(content))
