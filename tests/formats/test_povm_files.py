"""Files with rows measured by POVMs: what they say, in every order, and what stands in the docs."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import qmono
from qmono.core.counts import CountsTable
from qmono.formats import FORMATS
from qmono.formats.reading import read_counts
from qmono.quantum.tomography.likelihood import likelihood_of

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((Path(qmono.__file__).parent / "schemas" / "counts-1.json").read_text())
EXAMPLES = [
    block
    for block in re.findall(r"```json\n(.*?)```", (ROOT / "docs" / "counts-files.md").read_text(), re.DOTALL)
    if "qmono.counts/1" in block
]


def table_of(document: dict[str, Any]) -> CountsTable:
    content = json.dumps({"schema": "qmono.counts/1", **document}).encode()
    return read_counts("-", stdin=io.BytesIO(content))


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_docs_are_files(example: str) -> None:
    document = json.loads(example)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    table = read_counts("-", stdin=io.BytesIO(example.encode()))
    assert sum(len(block.labels) for block in table.blocks) == len(document["rows"])


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 2


KETS = [
    [[1, 0], [0, 0], [0, 0], [0, 0]],
    *([[[0, 0]] * k + [[1, 0]] + [[0, 0]] * (3 - k) for k in (1, 2, 3)]),
]
DIM = [[[[0.9, 0], [0.1, 0]], [[0.1, 0], [0.2, 0]]], [[[0.1, 0], [-0.1, 0]], [[-0.1, 0], [0.8, 0]]]]


def test_the_two_orders_are_two_spellings_of_one_measurement() -> None:
    """A joint POVM of qubits 0, 1 and a dim basis of 2, said with qubit 0 first and with qubit 0 last."""
    swap = [0, 2, 1, 3]
    forward = table_of(
        {
            "n_qubits": 3,
            "povms": {"pair": {"kets": KETS}, "dim": {"effects": DIM}},
            "rows": [{"povm": ["pair", "dim"], "counts": {"00": 5, "11": 3, "30": 2}}],
        }
    )
    backward = table_of(
        {
            "n_qubits": 3,
            "bit_order": "qubit0-last",
            "setting_order": "qubit0-last",
            "povms": {"pair": {"kets": [[ket[k] for k in swap] for ket in KETS]}, "dim": {"effects": DIM}},
            "rows": [{"povm": ["dim", "pair"], "counts": {"00": 5, "11": 3, "03": 2}}],
        }
    )
    assert forward.povms is not None
    assert backward.povms is not None
    np.testing.assert_array_equal(forward.povms.counts, backward.povms.counts)
    rho = np.diag([0.1, 0.2, 0.05, 0.15, 0.1, 0.1, 0.2, 0.1]).astype(complex)
    values = [likelihood_of(table).log_likelihood(rho) for table in (forward, backward)]
    assert values[0] == pytest.approx(values[1], rel=1e-12)
    other = [likelihood_of(table).log_likelihood(rho[::-1, ::-1]) for table in (forward, backward)]
    assert other[0] != pytest.approx(values[0])


def test_more_than_ten_outcomes_are_spelled_with_commas() -> None:
    twelve = [[[w, 0], [0, 0]] for w in [(1 / 6) ** 0.5] * 6] + [
        [[0, 0], [w, 0]] for w in [(1 / 6) ** 0.5] * 6
    ]
    document = {
        "n_qubits": 2,
        "povms": {"fine": {"kets": twelve}},
        "rows": [{"povm": ["fine", "X"], "counts": {"11,1": 4, "2,0": 6}}],
    }
    table = table_of(document)
    assert table.povms is not None
    assert table.povms.counts.reshape(12, 2)[11, 1] == 4
    assert table.povms.counts.reshape(12, 2)[2, 0] == 6
    stream = io.BytesIO()
    FORMATS.load("qmono").write(table, stream)
    assert json.loads(stream.getvalue())["rows"][0]["counts"] == {"2,0": 6, "11,1": 4}


def test_rounded_amplitudes_are_a_measurement() -> None:
    bell = [[[0.7071, 0], [0, 0], [0, 0], [0.7071, 0]], [[0.7071, 0], [0, 0], [0, 0], [-0.7071, 0]]]
    bell += [[[0, 0], [0.7071, 0], [0.7071, 0], [0, 0]], [[0, 0], [0.7071, 0], [-0.7071, 0], [0, 0]]]
    table = table_of(
        {"n_qubits": 2, "povms": {"b": {"kets": bell}}, "rows": [{"povm": ["b"], "counts": {"0": 1}}]}
    )
    assert table.povms is not None
    np.testing.assert_allclose(table.povms.povms[0].effects.sum(axis=0), np.eye(4), atol=1e-14)
    np.testing.assert_allclose(np.linalg.eigvalsh(table.povms.povms[0].effects)[:, -1], 1, atol=1e-12)
