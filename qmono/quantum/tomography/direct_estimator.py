r"""The direct Pauli estimator: a linear functional Tr(A rho) as a fixed weight for every setting and outcome.

With n_s shots in row s, found frequencies f and probabilities p of a state guessed beforehand, weighted least
squares give the unbiased linear estimate of least variance at the guess,

    Tr(A rho) = y_I + sum_sx v_sx (f_sx - w_sx),   v_sx = (n_s/p_sx) (E lambda)_sx,   I lambda = y,

with y the Pauli coefficients of A (identity apart), E the map from Pauli vectors to probabilities, w those of
the maximally mixed state, and I = sum n_s E_s^T diag(1/p_s) E_s. The expectation of every Pauli string is so
averaged over all rows that measure it. The guess is the target with GUESSED_NOISE of white noise; whatever is
measured, the estimate is unbiased, and `stratified_betting` limits it exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from qmono.core.counts import CountsTable
from qmono.quantum.fidelity.direct import NO_GUARANTEE, NO_SHOT_NOISE, DirectFidelity
from qmono.quantum.fidelity.stratified_betting import ValuedRows, betting_limits
from qmono.quantum.paulis import LETTERS
from qmono.quantum.states import State
from qmono.quantum.tomography.effects.complete_rows import CompleteRows, complete_rows
from qmono.quantum.tomography.effects.modes import expectations
from qmono.quantum.types import Bools, Matrix, Real

METHOD = "stratified betting"
GUESSED_NOISE = 0.1
"""White noise of the guess: with less, outcomes that are rare in the target weigh more than bets can bear."""
MAX_QUBITS = 10
SOLVED, DETERMINED = 1e-13, 1e-9
"""Relative residuals of the equations: solved; and above: the rows do not determine the functional."""
STEPS = 1000
ROUNDING = 1e-12
"""Limits are moved outward by this, and by what the residual leaves of a bias."""


@dataclass(frozen=True)
class DirectEstimator:
    """The rows with a weight, their labels, and a bound of the bias that unsolved equations leave.

    measured: all rows, weight or not. kept: (m,) which of their outcomes belong to `rows`.
    """

    rows: ValuedRows
    labels: tuple[str, ...]
    bias: float
    measured: CompleteRows
    kept: Bools

    def moved_from(self, rho: Matrix) -> Real:
        """By how much each row moves the estimate away from Tr(A rho) of a state: (R,), sum v (f - p)."""
        p = self.measured.forward(expectations(rho))[self.kept]
        found = self.rows.counts / self.rows.shots[self.rows.row]
        return self.rows.summed(self.rows.values * (found - p))


def estimated_fidelity(table: CountsTable, target: State, level: float) -> DirectFidelity:
    """Fidelity to any pure target that settings and parities of a table determine, limits at `level` each.

    Exact. A value without limits for averages and corrected values; no value, and a reason, for mixed
    targets and where the rows do not determine it.
    """
    if target.psi is None:
        return DirectFidelity(target.name, level, reason=f"{target.name} is not pure")
    if target.dims != (2,) * table.n_qubits or table.n_qubits > MAX_QUBITS:
        reason = f"{target.name} has {target.n_qubits} qubits, the counts have {table.n_qubits}"
        return DirectFidelity(target.name, level, reason=reason)
    found = direct_estimator(table, target.rho, target.rho)
    if isinstance(found, str):
        return DirectFidelity(target.name, level, reason=found)
    rows = found.rows
    value = float(np.clip(rows.estimate, 0.0, 1.0))
    if table.values != "counts":
        reason = NO_SHOT_NOISE if table.values == "averages" else NO_GUARANTEE
        return DirectFidelity(target.name, level, value, settings=found.labels, reason=reason)
    low, high = betting_limits(rows, level, (0.0, 1.0))
    outward = found.bias + ROUNDING
    return DirectFidelity(
        target.name,
        level,
        value,
        std_error=rows.std_error if rows.shots.min() > 1 else None,
        low=min(max(low - outward, 0.0), value),
        high=max(min(high + outward, 1.0), value),
        method=METHOD,
        guarantee="exact",
        settings=found.labels,
        trials=tuple(rows.shots.tolist()),
    )


def direct_estimator(table: CountsTable, observable: Matrix, expected: Matrix) -> DirectEstimator | str:
    """The estimator of Tr(A rho) from a table, or a sentence if its rows do not determine that.

    observable: Hermitian A (2**n, 2**n). expected: the state to be best for, once white noise is added.
    """
    rows = complete_rows(table)
    if rows is None:
        return "there are no complete rows"
    y = expectations(observable) / 2**table.n_qubits
    offset, y[0] = float(y[0]), 0.0
    white = np.eye(1, y.size)[0]
    p_white, p_target = rows.forward(white), np.clip(rows.forward(expectations(expected)), 0.0, 1.0)
    p = (1 - GUESSED_NOISE) * p_target + GUESSED_NOISE * p_white
    information = rows.shots[rows.row] / p
    solution, residual = _solved(rows, information, y)
    if np.abs(residual).max() > DETERMINED * np.abs(y).max():
        return _undetermined(residual, table.n_qubits)
    values = information * rows.forward(solution)
    offset -= float(p_white @ values)
    heaviest = np.zeros(len(rows.labels))
    np.maximum.at(heaviest, rows.row, np.abs(values))
    kept = heaviest > ROUNDING * heaviest.max()
    outcome = kept[rows.row]
    valued = ValuedRows(
        row=(np.cumsum(kept) - 1)[rows.row[outcome]],
        values=values[outcome],
        counts=rows.counts[outcome],
        shots=rows.shots[kept],
        share=np.ones(int(kept.sum())),
        target=p_target[outcome],
        white=p_white[outcome],
        offset=offset,
    )
    valued = replace(valued, share=_shares(rows, kept, valued.variances(p[outcome]) / valued.shots))
    labels = tuple(label for label, keep in zip(rows.labels, kept, strict=True) if keep)
    return DirectEstimator(valued, labels, float(np.abs(residual).sum()), rows, outcome)


def _shares(rows: CompleteRows, kept: Bools, noise: Real) -> Real:
    """Hoelder's share of every row: of its group, in proportion to the standard error that it will have."""
    group = rows.groups(kept)
    spread = np.sqrt(np.bincount(group, noise))
    shares: Real = (spread / spread.sum())[group]
    return shares


def _solved(rows: CompleteRows, information: Real, y: Real) -> tuple[Real, Real]:
    """The solution of I lambda = y by conjugate gradients, and what is left of y; identity apart."""

    def applied(x: Real) -> Real:
        image = rows.adjoint(information * rows.forward(x))
        image[0] = 0.0
        return image

    diagonal = rows.squared_adjoint(information)
    seen = diagonal > 0
    seen[0] = False
    if np.any(y[~seen]):
        return np.zeros_like(y), np.where(seen, 0.0, y)
    scale = np.where(seen, 1 / np.where(seen, diagonal, 1.0), 0.0)
    solution, left = np.zeros_like(y), y.copy()
    step = scale * left
    reduced = float(left @ step)
    for _ in range(STEPS):
        if np.linalg.norm(left) <= SOLVED * np.linalg.norm(y):
            break
        image = applied(step)
        length = reduced / float(step @ image)
        solution, left = solution + length * step, left - length * image
        previous, reduced = reduced, float(left @ (scale * left))
        step = scale * left + reduced / previous * step
    return solution, y - applied(solution)


def _undetermined(residual: Real, n: int) -> str:
    """Which Pauli strings are missing, those that matter most first."""
    worst = np.argsort(-np.abs(residual), kind="stable")[:4]
    labels = [
        "".join(LETTERS[index >> 2 * (n - 1 - qubit) & 3] for qubit in range(n)) for index in worst.tolist()
    ]
    wanted = int((np.abs(residual) > DETERMINED * np.abs(residual).max()).sum())
    more = f" and {wanted - 4} more" if wanted > 4 else ""
    return f"not determined by the rows with shots: {', '.join(labels[: min(wanted, 4)])}{more}"
