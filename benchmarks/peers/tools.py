"""The tools that are compared: a line each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tool:
    """A solver of one tool.

    environment: stem of its requirements file, None for qmono's own. adapter: module of this folder with
    `prepare(labels, counts, option)`, which gives a function of no arguments that returns the density matrix
    and a dict of what else is known.
    """

    name: str
    environment: str | None
    adapter: str
    option: str


QMONO = Tool("qmono", None, "qmono_mle", "0.01")
LINEAR_INVERSION = Tool("qiskit linear inversion", "qiskit", "qiskit_fitters", "linear_inversion")
GAUSSIAN = Tool("qiskit cvxpy gaussian", "qiskit", "qiskit_fitters", "cvxpy_gaussian_lstsq")
LINEAR_FIT = Tool("qiskit cvxpy linear", "qiskit", "qiskit_fitters", "cvxpy_linear_lstsq")
PEERS = (
    LINEAR_INVERSION,
    GAUSSIAN,
    LINEAR_FIT,
    Tool("root-tomography", "root", "root_fixed_point", "full"),
    Tool("kwiat MLE", "kwiat", "kwiat", "MLE"),
    Tool("pygsti logl", "pygsti", "pygsti_log_likelihood", "logl"),
    Tool("cirq least squares", "cirq", "cirq_least_squares", "none"),
)
