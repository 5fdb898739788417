"""pyGSTi: no protocol for states, but a model of one free preparation before fixed rotations and readout."""

from __future__ import annotations

from functools import reduce
from itertools import product

import numpy as np
import pygsti
from local_states import KETS
from pygsti.baseobjs import Label
from pygsti.circuits import Circuit
from pygsti.modelmembers import operations, povms
from pygsti.modelmembers.states import CPTPState
from pygsti.models import ExplicitOpModel
from pygsti.tools import unitary_to_superop, vec_to_stdmx


def prepare(labels, counts, objective):
    """objective: "logl", the log likelihood, is what others call maximum likelihood."""
    n = len(labels[0])
    outcomes = ["".join(bits) for bits in product("01", repeat=n)]

    def solve():
        model = _model(n, outcomes)
        data = pygsti.data.DataSet(outcome_labels=outcomes)
        circuits = []
        for label, row in zip(labels, counts, strict=True):
            gate = Label(f"G{label.lower()}", tuple(range(n)))
            model.operations[gate] = operations.StaticArbitraryOp(unitary_to_superop(_rotation(label), "pp"))
            circuits.append(Circuit([gate], line_labels=tuple(range(n))))
            data.add_count_dict(
                circuits[-1], {(bits,): int(k) for bits, k in zip(outcomes, row, strict=True)}
            )
        _, fitted = pygsti.algorithms.run_gst_fit_simple(
            data,
            model,
            circuits,
            optimizer={"maxiter": 200, "tol": 1e-8},
            objective_function_builder=objective,
            resource_alloc=None,
            verbosity=0,
        )
        return vec_to_stdmx(fitted.preps["rho0"].to_dense(), "pp"), {}

    return solve


def _model(n, outcomes):
    """A free state that starts maximally mixed, and an ideal readout."""
    model = ExplicitOpModel(list(range(n)), "pp", evotype="densitymx")
    mixed = np.zeros(4**n)
    mixed[0] = 2 ** (-n / 2)
    model.preps["rho0"] = CPTPState(mixed, "pp", False, "densitymx")
    readout = {
        bits: povms.StaticPOVMEffect(
            reduce(np.kron, (np.array([1, 0, 0, 1 - 2 * int(bit)]) * 2**-0.5 for bit in bits))
        )
        for bits in outcomes
    }
    model.povms["Mdefault"] = povms.UnconstrainedPOVM(readout)
    return model


def _rotation(label):
    """The unitary after which reading Z is reading the letters."""
    return reduce(np.kron, (KETS[letter].conj() for letter in label))
