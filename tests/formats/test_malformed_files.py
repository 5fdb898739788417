"""What is malformed is one InputError that names file and place; what is only incomplete is read."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import qmono
from qmono.errors import InputError, QmonoError
from qmono.formats import FORMATS
from qmono.formats.reading import ReadOptions, read_counts


def qmono_document(**changes: Any) -> bytes:
    rows = [{"setting": "XX", "counts": {"00": 5}}, {"setting": "ZZ", "counts": {"11": 6}}]
    document = {"schema": "qmono.counts/1", "n_qubits": 2, "rows": rows, **changes}
    return json.dumps(document).encode()


def row(**members: Any) -> bytes:
    return qmono_document(rows=[{"setting": "XX", "counts": {"00": 5}}, members])


def single(**members: Any) -> bytes:
    return qmono_document(rows=[members])


S = 0.5**0.5
BELL_KETS = [
    [[S, 0], [0, 0], [0, 0], [S, 0]],
    [[S, 0], [0, 0], [0, 0], [-S, 0]],
    [[0, 0], [S, 0], [S, 0], [0, 0]],
    [[0, 0], [S, 0], [-S, 0], [0, 0]],
]
NEGATIVE = [[[0.1, 0], [0.3, 0]], [[0.3, 0], [0.1, 0]]]
TRINE = [[[0.8165, 0], [0, 0]], [[0.4082, 0], [0.7071, 0]], [[0.4082, 0], [-0.7071, 0]]]


def effects_of(first: float, second: float) -> list[Any]:
    return [[[first, 0], [0, 0]], [[0, 0], [second, 0]]]


def povm(**changes: Any) -> bytes:
    """A row measured in the Bell basis, with changes to the row or to the document."""
    members = {key: changes.pop(key) for key in ("povm", "counts", "label", "shots") if key in changes}
    whole = {"povm": ["bell"], "counts": {"0": 5}, **members}
    return qmono_document(**{"povms": {"bell": {"kets": BELL_KETS}}, "rows": [whole], **changes})


def csv(*lines: str) -> bytes:
    return "\n".join(["setting,outcome,count", *lines]).encode()


def pauli(*lines: str, header: str = "setting,total_counts,raw_expectation,expectation") -> bytes:
    return "\n".join([header, *lines]).encode()


def npz(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    header = {"schema": "qmono.counts/1", "n_qubits": 1, "labels": {"settings": ["X"]}}
    members = {"header": np.array(json.dumps(header)), "settings_counts": np.array([[1, 2]]), **arrays}
    np.savez(stream, **{name: array for name, array in members.items() if array is not None})
    return stream.getvalue()


SPDC = "1+0i,5+0i,6+0i,7.5+0i,1+0i,0+0i,1+0i,0+0i"
DEEP = b"[" * 100_000
BELL_ROW = "[1,1,1,1,1, 5,6,7,8, 1,0,1,0]"
X0 = "Z0_0→(1+0j)*X0"

MALFORMED: dict[str, tuple[bytes, str]] = {
    # whatever the format
    "empty": (b"", "file is empty"),
    "blank": (b" \n\t\n", "file is empty"),
    "binary": (bytes(range(128, 256)), "pickle|no known format"),
    "binary json": (b'{"XX": "\xff\xfe"}', "not UTF-8 text: byte 0xff at 8"),
    "utf-16": ('{"XX": {"00": 1}}'.encode("utf-16"), "no known format|UTF-16"),
    "pickle": (b"\x80\x04\x95", "pickle can run code"),
    "npy": (b"\x93NUMPY\x01\x00", "only be a state"),
    "prose": (b"these are my counts", "no known format .tried qmono, correlations, plain-json"),
    "json list": (b'[{"XX": 1}]', "no known format"),
    "another schema": (b'{"schema": "qmono.report/1"}', "schema: a 'qmono.report/1' document"),
    "late schema": (
        json.dumps({"rows": [" " * 70_000], "schema": "qmono.counts/1"}).encode(),
        "schema: .* read it with --input-format qmono",
    ),
    # JSON
    "truncated": (b'{"XX": {"00": 12, "11"', "line 1 column 23: not valid JSON"),
    "deep": (b'{"XX":' + DEEP, "nested too deeply"),
    "NaN": (b'{"XX": {"00": NaN}}', "NaN is not a number"),
    "Infinity": (b'{"XX": {"00": -Infinity}}', "-Infinity is not a number"),
    "10^400": (b'{"XX": {"00": 1e400}}', r'XX\."00": the number is too large'),
    "10^400 whole": (b'{"XX": {"00": 1' + b"0" * 400 + b"}}", r'XX\."00": the number is too large'),
    "10^5000 whole": (b'{"XX": {"00": 1' + b"0" * 5000 + b"}}", "too many digits"),
    "2^53 + 1": (b'{"XX": {"00": 9007199254740993}}', r'XX\."00": 9007199254740993 is too large'),
    "duplicate setting": (b'{"XX": {"00": 1}, "XX": {"00": 2}}', "the key 'XX' occurs twice"),
    "duplicate outcome": (b'{"XX": {"00": 1, "00": 2}}', "XX: the key '00' occurs twice"),
    # plain JSON
    "no settings": (b"{}", "there are no settings"),
    "negative": (b'{"XX": {"00": -1}}', r'XX\."00": counts must not be negative'),
    "string": (b'{"XX": {"00": "1"}}', r"""XX\."00": expected a number, found '1'"""),
    "bool": (b'{"XX": {"00": true}}', r'XX\."00": expected a number, found true'),
    "null": (b'{"XX": {"00": null}}', r'XX\."00": expected a number, found null'),
    "list of counts": (b'{"XX": [1, 2, 3, 4]}', "XX: expected an object"),
    "flat counts": (b'{"00": 12}', '"00": expected an object'),
    "unknown setting": (b'{"QQ": {"00": 1}}', "QQ: unknown setting 'QQ'"),
    "no letters": (b'{"": {"00": 1}}', "unknown setting ''"),
    "mixed kinds": (b'{"XX": {"00": 1}, "01": {"00": 1}}', "'01' does not go with 'XX'"),
    "mixed lengths": (b'{"XX": {"00": 1}, "X": {"0": 1}}', "'X' does not go with 'XX'"),
    "unknown outcome": (b'{"XX": {"02": 1}}', r"""XX\."02": unknown outcome '02'; expected 2 char"""),
    "long outcome": (b'{"XX": {"000": 1}}', "unknown outcome '000'"),
    "underscored": (b'{"XXX": {"0_1": 1}}', "unknown outcome '0_1'"),
    "absurd size": (b'{"' + b"X" * 1000 + b'": {}}', "too many outcomes"),
    # plain CSV
    "csv no header": (b"XX,00,12\n", "no known format"),
    "csv column": (
        b"setting,outcome,counts\nXX,00,1",
        "line 1: unknown column 'counts'; did you mean 'count'",
    ),
    "csv missing column": (b"setting,count\nXX,1", "line 1: the column 'outcome' is missing"),
    "csv doubled column": (b"setting,outcome,count,count\n", "line 1: a column name occurs twice"),
    "csv narrow": (csv("XX,00,5", "XX,01"), "line 3: expected 3 columns, found 2"),
    "csv wide": (csv("XX,00,5,6"), "line 2: expected 3 columns, found 4"),
    "csv word": (csv("XX,00,many"), "line 2: expected a number, found 'many'"),
    "csv nan": (csv("XX,00,nan"), "line 2: the number is too large or not finite"),
    "csv 1e400": (csv("XX,00,1e400"), "line 2: the number is too large"),
    "csv underscore": (csv("XX,00,1_0"), "line 2: expected a number"),
    "csv negative": (csv("XX,00,5", "XX,01,-5"), "line 3: counts must not be negative"),
    "csv twice": (csv("XX,00,5", "XX,00,6"), "line 3: this outcome of this setting has a line already"),
    "csv outcome": (csv("XX,0,5"), "line 2: unknown outcome '0'"),
    "csv setting": (csv("XX,00,5", "XQ,00,5"), "line 3: unknown setting 'XQ'"),
    "csv quote": (csv('"XX,00,5'), "not valid CSV"),
    "csv nul": (csv("XX,00,5\x00"), "line 2: (not valid CSV|expected a number)"),
    "csv no rows": (csv(), "there are no settings"),
    # qmono.counts/1
    "version": (qmono_document(schema="qmono.counts/2"), "schema: expected 'qmono.counts/1'"),
    "no n_qubits": (b'{"schema": "qmono.counts/1", "rows": []}', "the key 'n_qubits' is missing"),
    "no rows key": (b'{"schema": "qmono.counts/1", "n_qubits": 2}', "the key 'rows' is missing"),
    "no rows": (qmono_document(rows=[]), "there are no rows"),
    "rows object": (qmono_document(rows={}), "rows: expected a list"),
    "n_qubits word": (qmono_document(n_qubits="two"), "n_qubits: expected a whole number, found 'two'"),
    "n_qubits 0": (qmono_document(n_qubits=0), "n_qubits: expected a whole number from 1 to 64"),
    "n_qubits absurd": (qmono_document(n_qubits=10**9), "n_qubits: expected a whole number from 1 to 64"),
    "n_qubits 40": (
        qmono_document(n_qubits=40, rows=[{"setting": "X" * 40, "counts": {}}]),
        "too many outcomes",
    ),
    "unknown key": (qmono_document(qbits=2), "unknown key 'qbits'; did you mean 'n_qubits'"),
    "unknown design": (
        qmono_document(design="randm"),
        "design: unknown value 'randm'; did you mean 'random'",
    ),
    "unknown values": (qmono_document(values=3), "values: unknown value 3"),
    "signs": (qmono_document(signs="+++"), "signs: expected four of"),
    "mean_of": (qmono_document(mean_of=1), "mean_of: expected a whole number from 2"),
    "mean_of averages": (qmono_document(values="averages", mean_of=5), "mean_of: averages multiplied back"),
    "metadata": (qmono_document(metadata=[]), "metadata: expected an object"),
    "selection": (qmono_document(selection={"kept": 1}), "selection.dropped: expected a whole number"),
    "calibration": (
        qmono_document(calibration={"prepared": ["00"], "counts": []}),
        "calibration.counts: expected 1 entries, found 0",
    ),
    "calibration state": (
        qmono_document(calibration={"prepared": ["0"], "counts": [{}]}),
        r"calibration.prepared\[0\]: expected 2 characters",
    ),
    "calibration twice": (
        qmono_document(calibration={"prepared": ["00"], "counts": [{}], "confusion": []}),
        "calibration: a calibration has counts, a confusion or a crosstalk, not two",
    ),
    "confusion": (
        qmono_document(calibration={"confusion": [[[0.9, 0.2], [0, 1]], [[1, 0], [0, 1]]]}),
        r"calibration.confusion\[0\]\[0\]: expected two probabilities that add up to 1",
    ),
    "confusion qubits": (
        qmono_document(calibration={"confusion": [[[1, 0], [0, 1]]]}),
        "calibration.confusion: expected 2 entries, found 1",
    ),
    "row number": (qmono_document(rows=[5]), r"rows\[0\]: expected an object, found 5"),
    "row kind": (row(counts={}), r"rows\[1\]: a row has a 'setting'"),
    "row key": (
        row(setting="ZZ", counts={}, round=[]),
        r"rows\[1\]: unknown key 'round'; did you mean 'rounds'",
    ),
    "no counts": (row(setting="ZZ"), r"rows\[1\].counts: expected an object, found null"),
    "setting": (row(setting="ZQ", counts={}), r"rows\[1\].setting: unknown setting 'ZQ'"),
    "setting length": (row(setting="ZZZ", counts={}), r"rows\[1\].setting: unknown setting 'ZZZ'"),
    "setting twice": (
        row(setting="XX", counts={}),
        r"rows\[1\]: setting 'XX' has a row already at rows\[0\]",
    ),
    "outcome": (row(setting="ZZ", counts={"0": 1}), r"""rows\[1\]\.counts\."0": unknown outcome"""),
    "fraction": (
        row(setting="ZZ", counts={"01": 1.5}),
        r'rows\[1\]\.counts\."01": counts must be whole numbers',
    ),
    "minus": (row(setting="ZZ", counts={"01": -1}), r'rows\[1\]\.counts\."01": counts must not be negative'),
    "count word": (row(setting="ZZ", counts={"01": "7"}), r'rows\[1\]\.counts\."01": expected a number'),
    "label lies": (
        row(setting="ZZ", angles=[[0, 0], [90, 0]], counts={}),
        r"rows\[1\]: the label 'ZZ' contradicts the bases",
    ),
    "inputs lie": (single(setting="01", inputs=[1, 0], counts={}), "the label '01' contradicts the inputs"),
    "some inputs": (
        row(setting="01", inputs=[0, 1], counts={}),
        r"the (bases|inputs) of this row are missing",
    ),
    "inputs length": (
        single(setting="a", inputs=[0], counts={}),
        r"rows\[0\].inputs: expected 2 entries, found 1",
    ),
    "angles length": (row(setting="a", angles=[[0, 0]], counts={}), r"rows\[1\].angles: expected 2 entries"),
    "angles and bases": (row(setting="a", angles=[], bases=[], counts={}), "angles or bases, not both"),
    "basis length": (row(setting="a", bases=[[0, 0, 1], [0, 0, 2]], counts={}), "Bloch vector of length 1"),
    "rounds": (
        qmono_document(rows=[{"setting": "XX", "counts": {"00": 3}, "rounds": [{"00": 1}, {"00": 1}]}]),
        r"rows\[0\]: the rounds do not add up",
    ),
    "rounds missing": (
        row(setting="ZZ", counts={"00": 1}, rounds=[{"00": 1}]),
        r"rows\[1\].rounds: expected 0 rounds as in rows\[0\], found 1",
    ),
    "no state": (row(projector=[[[0, 0], [0, 0]]] * 2, count=1), r"rows\[1\].projector\[0\]: the amplitudes"),
    "ket": (row(projector=[[1, 0], [1, 0]], count=1), r"rows\[1\].projector\[0\]\[0\]: expected a list"),
    "no count": (row(projector=[[[1, 0], [0, 0]]] * 2), r"rows\[1\].count: expected a number, found null"),
    "exposure": (
        row(projector=[[[1, 0], [0, 0]]] * 2, count=1, exposure=0),
        r"rows\[1\].exposure: an exposure lies between 0",
    ),
    "povms kind": (povm(povms=[]), "povms: expected an object"),
    "povm name": (povm(povms={"X": {"kets": BELL_KETS}}), r"povms\.X: a POVM is named by one word"),
    "povm name spaces": (povm(povms={"a b": {"kets": BELL_KETS}}), "named by one word"),
    "povm empty": (povm(povms={"bell": {}}), r"povms\.bell: a POVM is given by its kets or by its effects"),
    "povm twice": (
        povm(povms={"bell": {"kets": BELL_KETS, "effects": []}}),
        "a POVM is given by its kets or by its effects",
    ),
    "povm key": (povm(povms={"bell": {"ket": []}}), r"povms\.bell: unknown key 'ket'; did you mean 'kets'"),
    "povm one outcome": (povm(povms={"bell": {"kets": BELL_KETS[:1]}}), "two outcomes or more, found 1"),
    "povm size": (povm(povms={"bell": {"kets": [[[1, 0]] * 3] * 2}}), "expected 2, 4, 8, ... entries"),
    "povm ragged": (
        povm(povms={"bell": {"kets": [*BELL_KETS[:3], [[1, 0], [0, 0]]]}}),
        r"povms\.bell\.kets\[3\]: expected 4 entries, found 2",
    ),
    "povm number": (
        povm(povms={"bell": {"kets": [*BELL_KETS[:3], [["a", 0]] * 4]}}),
        r"povms\.bell\.kets\[3\]\[0\]: expected a number, found 'a'",
    ),
    "povm real": (
        povm(povms={"bell": {"kets": [[1, 0, 0, 1]] * 4}}),
        r"povms\.bell\.kets\[0\]\[0\]: expected a list, found 1",
    ),
    "povm entry": (povm(povms={"bell": {"kets": [[[3, 0]] * 4] * 4}}), "an entry of an effect is at most 1"),
    "povm qubits": (
        povm(povms={"bell": {"kets": [[[1, 0]] * 8] * 8}}),
        "a POVM of 3 qubits, but the file has 2",
    ),
    "povm too large": (
        povm(n_qubits=7, povms={"bell": {"kets": [[[1, 0]] * 128] * 2}}),
        r"povms\.bell\.kets\[0\]: a POVM of 7 qubits; operators of up to 6 qubits are taken",
    ),
    "povm incomplete": (
        povm(povms={"bell": {"kets": BELL_KETS[:3]}}),
        r"povms\.bell: the effects add up to a matrix 0\.5 away from the identity",
    ),
    "povm negative": (
        povm(povms={"bell": {"effects": [effects_of(0, 0), NEGATIVE, effects_of(0.9, 0.9)]}}),
        r"povms\.bell\[1\]: the effect has the negative eigenvalue -0\.2",
    ),
    "povm not Hermitian": (
        povm(povms={"bell": {"effects": [[[[1, 0], [0.3, 0]], [[0, 0], [0, 0]]], effects_of(0, 1)]}}),
        r"povms\.bell\[0\]: the effect is not Hermitian: entries differ by 0\.3",
    ),
    "povm unknown": (povm(povm=["bel"]), r"rows\[0\]\.povm\[0\]: unknown POVM 'bel'; did you mean 'bell'"),
    "povm word": (povm(povm="bell"), r"rows\[0\]\.povm: expected a list"),
    "povm number of a row": (povm(povm=[5]), r"rows\[0\]\.povm\[0\]: unknown POVM 5"),
    "povm and basis": (povm(povm=["bell", "Z"]), r"rows\[0\]\.povm: these POVMs measure 3 qubits of 2"),
    "povm bases": (povm(povm=["X", "Z"]), r'bases alone are a setting: "setting": "XZ"'),
    "povm none": (povm(povm=[]), r"these POVMs measure 0 qubits of 2"),
    "povm outcome": (
        povm(counts={"4": 1}),
        r"""rows\[0\]\.counts\."4": unknown outcome '4'; expected 1 numbers, 0 to 3""",
    ),
    "povm outcome digits": (povm(counts={"00": 1}), "unknown outcome '00'"),
    "povm outcome digit": (povm(counts={"\u0663": 1}), "unknown outcome"),
    "povm fraction": (povm(counts={"1": 0.5}), r'rows\[0\]\.counts\."1": counts must be whole'),
    "povm minus": (povm(counts={"1": -1}), r'rows\[0\]\.counts\."1": counts must not be negative'),
    "povm no counts": (povm(counts=None), r"rows\[0\]\.counts: expected an object, found null"),
    "povm row key": (povm(shots=5), r"rows\[0\]: unknown key 'shots'"),
    "povm label": (povm(label=5), r"rows\[0\]\.label: expected a string"),
    "povm cells": (
        povm(n_qubits=50, povm=["three"] * 50, povms={"three": {"kets": TRINE}}, counts={}),
        "rows: the rows have 717897987691852588770249 outcomes; at most",
    ),
    "pauli": (row(pauli="XQ", counts={}), r"rows\[1\].pauli: unknown Pauli string 'XQ'"),
    "pauli outcome": (row(pauli="XI", counts={"0": 1}), r"rows\[1\].counts: unknown key '0'"),
    "sum too large": (
        qmono_document(
            rows=[
                {"setting": a + b, "counts": dict.fromkeys(("00", "01", "10", "11"), 2**53)}
                for a in "XYZ"
                for b in "XYZ"
            ]
            * 1
            + [{"pauli": "X" * 2, "counts": {"+": 2**53, "-": 2**53}}] * 300
        ),
        "add up to",
    ),
    # NPZ
    "npz cut": (npz()[:-40], "not a whole NPZ file"),
    "npz no header": (npz(header=None), "header: not an NPZ file of qmono"),
    "npz pickle": (npz(settings_counts=np.array([[1, None]], dtype=object)), "not a whole NPZ file"),
    "npz shape": (
        npz(settings_counts=np.array([[1, 2, 3]])),
        r"settings_counts: expected the shape \(1, 2\)",
    ),
    "npz float": (
        npz(settings_counts=np.array([[1.0, 2.0]])),
        "settings_counts: expected numbers of type int64",
    ),
    "npz negative": (npz(settings_counts=np.array([[1, -2]])), "settings_counts: a number is negative"),
    "npz nan": (
        npz(settings_directions=np.full((1, 1, 3), np.nan)),
        "settings_directions: a number is not finite",
    ),
    "npz array": (npz(settings_count=np.array([1])), "unknown key 'settings_count'"),
    "npz missing": (npz(settings_counts=None), "settings_counts: the array is missing"),
    "npz rounds": (npz(settings_rounds=np.array([[[1, 1]]])), "the rounds do not add up"),
    # Pauli expectations
    "pauli column": (
        pauli(header="setting,expectations,raw_expectation,total_counts"),
        "did you mean 'expectation'",
    ),
    "pauli no rows": (pauli(), "there are no rows"),
    "pauli narrow": (pauli(f"{X0},100,0.5"), "line 2: expected 4 columns"),
    "pauli arrow": (pauli("X0,100,0.5,0.5"), "line 2: unknown setting 'X0'"),
    "pauli factor": (pauli("Z0_0→(2+0j)*X0,100,0.5,0.5"), "line 2: the coefficient of X0 must be 1"),
    "pauli letter": (pauli("Z0_0→(1+0j)*Q0,100,0.5,0.5"), "line 2: unknown Pauli string 'Q0'"),
    "pauli qubit twice": (pauli("Z0_0→(1+0j)*X0Y0,100,0.5,0.5"), "line 2: a qubit occurs twice"),
    "pauli row twice": (
        pauli(f"{X0},100,0.5,0.5", f"{X0},100,0.5,0.5"),
        "line 3: the observable X has a row",
    ),
    "pauli two states": (pauli(f"{X0},100,0,0", "X0_0→(1+0j)*Y0,100,0,0"), "line 3: .* more than one state"),
    "pauli not counts": (
        pauli(f"{X0},100,0.505,0"),
        "line 2: a raw expectation of 0.505 does not come from 100",
    ),
    "pauli above 1": (pauli(f"{X0},100,1.02,0"), "line 2: a raw expectation of 1.02"),
    "pauli total": (pauli(f"{X0},-100,0,0"), "line 2: expected a whole number of counts"),
    "pauli nan": (pauli(f"{X0},100,nan,0"), "line 2: the number is too large or not finite"),
    # correlations
    "correlations words": (
        b'{"settings": {"00": {"same": 1, "equal": 2}}}',
        "settings.\"00\": unknown key 'equal'",
    ),
    "correlations label": (b'{"settings": {"0": {"same": 1}}}', "unknown setting '0'; expected inputs"),
    "correlations negative": (b'{"settings": {"00": {"same": -1}}}', "same: .*-1"),
    "correlations empty": (b'{"same": 3}', "unknown key 'same'"),
    "correlations both": (
        b'{"wins": 3, "trials": 4, "settings": {}}',
        "not both",
    ),
    "correlations half": (b'{"wins": 3}', "the key 'trials' is missing"),
    "correlations wins": (b'{"wins": 5, "trials": 4}', "wins: .*5"),
    "correlations signs": (b'{"wins": 3, "trials": 4, "signs": "+"}', "signs: expected four of"),
    "correlations design": (b'{"wins": 3, "trials": 4, "design": "rando"}', "design: .*random"),
    # photonic text
    "tomo cut": (b"tomo_input=[[1,2,3],[4,5", "tomo_input: the list does not end"),
    "tomo code": (b"tomo_input=[[__import__('os')]]", "tomo_input: only numbers"),
    "tomo power": (b"tomo_input=[[9**9**9]]", "tomo_input: only numbers"),
    "tomo no list": (b"tomo_input=5", "tomo_input: there is no list"),
    "tomo empty": (b"tomo_input=[]", "tomo_input: there are no rows"),
    "tomo flat": (b"tomo_input=[1,2,3]", r"tomo_input\[0\]: a row is a list"),
    "tomo deep": (b"tomo_input=" + DEEP, "nested too deeply"),
    "tomo operator": (b"tomo_input=[[1--]]", "not a list of lists of numbers"),
    "tomo width": (b"tomo_input=[[1,2,3,4]]", r"tomo_input\[0\]: 4 columns fit no layout; there are 13 \(2"),
    "tomo second row": (
        f"tomo_input=[{BELL_ROW},[1,2]]".encode(),
        r"tomo_input\[1\]: expected 13 columns, found 2",
    ),
    "tomo negative": (f"tomo_input=[{BELL_ROW.replace('7', '-7')}]".encode(), "must not be negative"),
    "tomo complex": (f"tomo_input=[{BELL_ROW.replace('7', '7+1j')}]".encode(), "a count is real"),
    "tomo huge": (f"tomo_input=[{BELL_ROW.replace('7', '1e400')}]".encode(), "too large or not finite"),
    "tomo digits": (f"tomo_input=[{BELL_ROW.replace('7', '7' * 5000)}]".encode(), "not a list of lists"),
    "tomo time": (
        f"tomo_input=[{BELL_ROW.replace('[1,', '[0,')}]".encode(),
        "a measuring time is above zero",
    ),
    "tomo state": (f"tomo_input=[{BELL_ROW.replace('1,0]', '0,0]')}]".encode(), "are no state"),
    "tomo huge state": (
        f"tomo_input=[{BELL_ROW.replace('1,0]', '1e308,0]')}]".encode(),
        r"tomo_input\[0\]: the amplitudes",
    ),
    "tomo intensity": (
        f"tomo_input=[{BELL_ROW}]\nintensity=[1,1]".encode(),
        "intensity: expected 1 entries",
    ),
    "tomo dark": (
        f"tomo_input=[{BELL_ROW}]\nintensity=[0]".encode(),
        r"intensity\[0\]: an intensity is above",
    ),
    # amplitudes CSV
    "amplitudes narrow": (f"{SPDC}\n1+0i,2+0i".encode(), "line 2: expected 8 columns, found 2"),
    "amplitudes layout": (f"{SPDC},1+0i".encode(), "line 1: 9 columns fit no layout"),
    "amplitudes word": (
        f"{SPDC}\n{SPDC.replace('7.5', 'seven')}".encode(),
        "line 2: expected a number such as",
    ),
    "amplitudes dots": (
        f"{SPDC}\n{SPDC.replace('7.5', '7.5.1')}".encode(),
        "line 2: expected a number such as",
    ),
    "amplitudes huge": (f"{SPDC}\n{SPDC.replace('7.5', '1e400')}".encode(), "line 2: .* is too large"),
    "amplitudes negative": (
        f"{SPDC}\n{SPDC.replace('7.5', '-7')}".encode(),
        "line 2: counts must not be neg",
    ),
    "amplitudes imaginary": (f"{SPDC}\n{SPDC.replace('7.5+0i', '7+2i')}".encode(), "line 2: a count is real"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_content_is_one_line_with_file_and_place(case: str, tmp_path: Path) -> None:
    content, message = MALFORMED[case]
    path = tmp_path / "counts.dat"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_counts(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value).removeprefix(str(path))) < 200


@pytest.mark.parametrize("name", FORMATS.names)
@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff\x00", b"{}", b"a,b\n1,2", b"PK\x03\x04", DEEP, b"tomo_input=["]
)
def test_a_format_named_by_force_refuses_what_it_is_not(name: str, content: bytes) -> None:
    with pytest.raises(InputError):
        read_counts("-", ReadOptions(input_format=name), stdin=io.BytesIO(content))


@pytest.mark.parametrize("name", FORMATS.names)
def test_every_prefix_of_a_file_is_read_or_refused(name: str) -> None:
    """Cut anywhere, a file gives an InputError or (between lines) a smaller table; never anything else."""
    content = WHOLE[name]
    refused = 0
    for size in range(0, len(content), max(1, len(content) // 150)):
        try:
            read_counts("-", ReadOptions(input_format=name), stdin=io.BytesIO(content[:size]))
        except InputError:
            refused += 1
    assert refused > 20


def trials(**arrays: Any) -> bytes:
    """Forty trials as NPZ; an array of None is left out."""
    bits = np.arange(40) % 2
    members = {"x": bits, "y": bits // 1, "a": bits, "b": 1 - bits, **arrays}
    stream = io.BytesIO()
    np.savez(stream, **{name: array for name, array in members.items() if array is not None})
    return stream.getvalue()


WHOLE = {
    "trials-npz": trials(),
    "trials-csv": b"x,y,a,b\n" + b"0,1,1,0\n1,1,0,2\n" * 20,
    "correlations": b"""{"schema": "qmono.correlations/1", "design": "random", "signs": "++-+",
        "source": "hardware",
        "metadata": {"title": "psi+"}, "settings": {"00": {"same": 14, "different": 3},
        "01": {"same": 12, "different": 3}, "10": {"same": 2, "different": 17},
        "11": {"same": 15, "different": 6}}}""",
    "qmono": qmono_document(),
    "npz": npz(),
    "plain-json": b'{"XX": {"00": 12, "01": 3}, "ZZ": {"11": 4, "10": 5}}',
    "plain-csv": csv("XX,00,123", "XX,01,456", "ZZ,11,789"),
    "pauli-csv": pauli(f"{X0},100,0.5,0.5", "Z0_0→(1+0j)*Y0,100,0.5,0.5"),
    "tomo-input": f"tomo_input=[{BELL_ROW}]\nintensity=[1]".encode(),
    "amplitudes-csv": f"{SPDC}\n{SPDC}".encode(),
}


PIECES = [
    b"-1",
    b"1e400",
    b"NaN",
    b"null",
    b"{}",
    b"[",
    b'"',
    b",",
    b"\n",
    b"1e308",
    b"9" * 30,
    b"j",
    b"\xff",
    b"X",
]


@pytest.mark.parametrize("name", FORMATS.names)
def test_a_damaged_file_is_read_or_refused(name: str) -> None:
    """Pieces put in, overwritten or cut out at random: a table or a QmonoError, no other exception."""
    rng = np.random.default_rng(len(name))
    refused: list[str] = []
    for _ in range(300):
        content = bytearray(WHOLE[name])
        for at, length, piece in zip(
            rng.integers(0, len(content), 3),
            rng.integers(0, 6, 3),
            rng.integers(0, len(PIECES), 3),
            strict=True,
        ):
            content[at : at + length] = PIECES[piece]
        try:
            read_counts("-", stdin=io.BytesIO(bytes(content)))
        except QmonoError as problem:
            refused.append(str(problem))
    assert len(refused) > 50
    assert [message for message in refused if "\n" in message or len(message) > 250] == []


def test_the_whole_files_are_read() -> None:
    for name, content in WHOLE.items():
        table = read_counts("-", stdin=io.BytesIO(content))
        assert table.origin is not None
        assert table.origin.format == name


IN_SCHEMA = (
    """
version|no n_qubits|no rows key|no rows|rows object|n_qubits word|n_qubits 0|n_qubits absurd|unknown key
unknown design|unknown values|signs|mean_of|mean_of averages|metadata|selection|row number|row kind|row key
no counts|fraction|minus|count word|angles and bases|ket|no count|exposure|pauli|pauli outcome
povms kind|povm name|povm name spaces|povm empty|povm twice|povm key|povm one outcome|povm number|povm real
povm entry|povm too large|povm word|povm number of a row|povm none|povm fraction|povm no counts|povm row key
povm label
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@pytest.mark.parametrize("case", IN_SCHEMA)
def test_the_published_schema_refuses_it_too(case: str) -> None:
    schema = json.loads((Path(qmono.__file__).parent / "schemas" / "counts-1.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(json.loads(qmono_document()))
    assert not validator.is_valid(json.loads(MALFORMED[case][0]))


def test_a_missing_file_and_a_directory(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_counts(tmp_path / "nothing.json")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_counts(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        read_counts("a\0b")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "counts.json"
    path.write_bytes(qmono_document())
    path.chmod(0)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        read_counts(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qmono.formats.counts.npz.MAX_CELLS", 2**10)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("settings_counts.npy", bytes(2**20))
    with pytest.raises(InputError, match="the arrays take 1048576 bytes; at most 16384"):
        read_counts("-", stdin=io.BytesIO(stream.getvalue()))


@pytest.mark.parametrize(
    "content",
    [
        b'{"XX": {}}',
        b'{"XX": {"00": 0}, "YY": {"11": 3}}',
        csv("XX,00,0"),
        qmono_document(rows=[{"setting": "XX", "counts": {}}]),
        pauli(f"{X0},0,0,0"),
    ],
)
def test_incomplete_is_not_malformed(content: bytes) -> None:
    assert read_counts("-", stdin=io.BytesIO(content)).blocks


@pytest.mark.parametrize("content", [WHOLE["plain-json"], WHOLE["plain-csv"], WHOLE["qmono"]])
def test_a_utf8_byte_order_mark_is_no_content(content: bytes) -> None:
    with_mark = read_counts("-", stdin=io.BytesIO(b"\xef\xbb\xbf" + content))
    assert with_mark.total == read_counts("-", stdin=io.BytesIO(content)).total
