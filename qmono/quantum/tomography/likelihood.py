r"""The likelihood of a state given a table of counts.

    complete settings   sum c ln p, p = Tr(E rho): multinomial, conditional on each setting's total
    POVM rows           the same with the effects of their POVMs
    Pauli parities      the same with the two effects (1 +- P)/2: binomial
    single projectors   sum c ln p - C ln Tr(G rho), C = sum c, G = sum_i t_i E_i with exposures t:
                        Poisson counts of mean (flux t p) with one common flux, at its maximum

Blocks of one table add up. Terms without rho are left out. Where G is not proportional to the identity
and projectors are all there is, everything is expressed in sigma = G^1/2 rho G^1/2 / Tr(G rho), a
density matrix again: with W = G^-1/2 the likelihood is sum c ln Tr(W E W sigma), concave in sigma. In a
mixture with other rows the term -C ln Tr(G rho) stays, as one more effect with a negative count, and
the likelihood is not concave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qmono.core.counts import CountsTable, ProjectorRows
from qmono.core.povms import PovmRows
from qmono.errors import InputError, UsageError
from qmono.quantum.povms import checked_effects
from qmono.quantum.tomography.effects.forms import Adjoint, DenseEffects, Effects, MatrixEffect, dense_rows
from qmono.quantum.tomography.effects.modes import expectations, pauli_sum
from qmono.quantum.tomography.effects.povm_effects import impossible_outcomes, povm_effects
from qmono.quantum.tomography.effects.rows import (
    DENSE_ENTRIES,
    parity_effects,
    projector_effects,
    setting_effects,
)
from qmono.quantum.types import Integers, Matrix, Real

LENGTH_TOLERANCE = 1e-3
"""Amplitudes in files are rounded; the Bloch vectors made of them may be this much too long."""


@dataclass(frozen=True)
class FluxTerm:
    """The projectors inside a mixture: their range of positions in `counts`, and G^-1/2 (d, d).

    The effect G itself, with count -C, is the last of all. G is scaled to Tr G = d.
    """

    projectors: slice
    root: Matrix


@dataclass(frozen=True)
class Likelihood:
    """Counts and the effects they belong to.

    effects: blocks of effects, one after the other. observed: flat positions of the effects with counts
    (None: all of them). counts: theirs, (m,). whitening: W = G^-1/2 (d, d) if the likelihood is expressed
    in sigma, else None. flux: in a mixture with projectors of G not proportional to the identity.
    """

    n_qubits: int
    effects: Sequence[Effects]
    counts: Real
    observed: Integers | None = None
    whitening: Matrix | None = None
    flux: FluxTerm | None = None

    @property
    def dimension(self) -> int:
        """d = 2**n."""
        return int(2**self.n_qubits)

    @property
    def total(self) -> float:
        """N, the sum of `counts`: the degree of homogeneity of the likelihood in rho."""
        return float(self.counts.sum())

    @property
    def is_concave(self) -> bool:
        """Whether every local maximum is the maximum."""
        return self.flux is None

    def probabilities(self, sigma: Matrix) -> Real:
        """p (m,) of the observed effects at a density matrix sigma."""
        w = self.whitening
        x = expectations(sigma if w is None else w @ sigma @ w)
        parts = [block.forward(x) for block in self.effects]
        p = parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0), *parts])
        return p if self.observed is None else p[self.observed]

    def score(self, weights: Real) -> Matrix:
        """sum_i w_i E_i (d, d) over the observed effects; with w = counts/p the gradient at p."""
        operator = pauli_sum(self._added_up(weights, self.effects))
        w = self.whitening
        return operator if w is None else w @ operator @ w

    def squared_score(self, weights: Real) -> Real:
        """sum_i w_i a_iP**2 (4**n,) of the Pauli coefficients a_iP of the observed effects."""
        return self._added_up(weights, self._squares)

    @cached_property
    def _squares(self) -> Sequence[Adjoint]:
        return [block.squared() for block in self.effects]

    def _added_up(self, weights: Real, maps: Sequence[Adjoint]) -> Real:
        if self.observed is not None:
            full = np.zeros(sum(block.size for block in self.effects))
            full[self.observed] = weights
            weights = full
        if len(maps) == 1:
            return maps[0].adjoint(weights)
        coefficients, start = np.zeros(4**self.n_qubits), 0
        for block, each in zip(self.effects, maps, strict=True):
            coefficients += each.adjoint(weights[start : start + block.size])
            start += block.size
        return coefficients

    def coordinates(self, rho: Matrix) -> Matrix:
        """sigma of a state rho."""
        if self.whitening is None:
            return rho
        root = np.linalg.pinv(self.whitening, rcond=1e-12, hermitian=True)
        return _normalised(root @ rho @ root)

    def state(self, sigma: Matrix) -> Matrix:
        """rho of a density matrix sigma."""
        w = self.whitening
        return sigma if w is None else _normalised(w @ sigma @ w)

    def value(self, sigma: Matrix) -> float:
        """The log likelihood at sigma in nats; minus infinity if something observed is impossible."""
        return log_likelihood_of(self.counts, self.probabilities(sigma))

    def log_likelihood(self, rho: Matrix) -> float:
        """The log likelihood of a state rho (d, d), in nats."""
        return self.value(self.coordinates(rho))


def log_likelihood_of(counts: Real, p: Real) -> float:
    """sum c ln p over cells with counts; minus infinity if one of them has p <= 0."""
    if p.size and float(p.min()) <= 0.0:
        return -np.inf
    return float(counts @ np.log(p))


def _normalised(operator: Matrix) -> Matrix:
    symmetric: Matrix = (operator + operator.conj().T) / (2 * operator.trace().real)
    return symmetric


def likelihood_of(table: CountsTable, confusion: Real | None = None) -> Likelihood:
    """The likelihood of a table of counts or averages.

    confusion: (n, 2, 2) chance [qubit, state, read] of reading the qubits of complete settings; the state is
    then the one before readout.
    Averages count with their own size as weights. Raises UsageError for corrected values, which have no
    likelihood, and for settings known only by their inputs; InputError for rows that no measurement
    can give: Bloch vectors longer than one, exposures that are not positive, an identity of parity -1, POVMs
    whose effects are not positive or do not add up to the identity.
    """
    if table.values == "corrected":
        raise UsageError("corrected values have no likelihood; use the estimator 'pls' or the raw counts")
    _check_effects(table)
    blocks = _complete_blocks(table, confusion)
    if table.projectors is None:
        return _assembled(table.n_qubits, blocks)
    counts = np.asarray(table.projectors.counts, dtype=np.float64)
    projectors = projector_effects(table.projectors, counts)
    if not counts.any():
        return _assembled(table.n_qubits, blocks)
    g = _flux_operator(table.projectors)
    root = flux_root(table.projectors)
    if root is None:
        return _assembled(table.n_qubits, [*blocks, projectors])
    if not any(cells.any() for _, cells in blocks):
        return _assembled(table.n_qubits, [projectors], whitening=root)
    flux: tuple[Effects, Real] = (MatrixEffect(g), np.array([-counts.sum()]))
    return _assembled(table.n_qubits, [*blocks, projectors, flux], root=root)


def common_flux_likelihood(effects: Effects, counts: Real, n_qubits: int) -> Likelihood:
    """Poisson counts (m,) of effects (m of them) behind one flux: sum c ln Tr(E rho)/Tr(G rho), G their sum.

    The effects need be no projectors: an efficiency scales one, a background adds to it.
    """
    root = _inverse_root(pauli_sum(effects.adjoint(np.ones(len(counts)))))
    return _assembled(n_qubits, [(effects, counts)], whitening=root)


def dense_likelihood(effects: Effects, counts: Real, n_qubits: int) -> Likelihood:
    """Counts (m,) of effects (m of them) that add up to the identity row by row: sum c ln Tr(E rho)."""
    return _assembled(n_qubits, [(effects, counts)])


def _check_effects(table: CountsTable) -> None:
    for block in (table.settings, table.projectors):
        if block is not None and block.directions is not None:
            lengths = np.linalg.norm(block.directions, axis=2).max(axis=1, initial=0.0)
            if np.any(lengths > 1 + LENGTH_TOLERANCE):
                row = int(np.argmax(lengths))
                raise InputError(
                    f"a basis has a Bloch vector of length {lengths[row]:.6g}; it must not exceed 1",
                    place=f"row {block.labels[row]!r}",
                )
    if table.projectors is not None and not np.all(table.projectors.exposure > 0):
        row = int(np.argmin(table.projectors.exposure))
        raise InputError("exposures must be positive", place=f"row {table.projectors.labels[row]!r}")
    if table.parities is not None:
        for label, counts in zip(table.parities.labels, table.parities.counts, strict=True):
            if set(label) == {"I"} and counts[1] > 0:
                raise InputError("the identity has no outcome -1", place=f"row {label!r}")
    if table.povms is not None:
        _check_povms(table.povms)


def _check_povms(rows: PovmRows) -> None:
    for povm in rows.povms:
        checked_effects(povm.effects, f"POVM {povm.name!r}")
    wrong = impossible_outcomes(rows) & (rows.counts > 0)
    for label, cells in zip(rows.labels, rows.cells, strict=True):
        if wrong[cells].any():
            outcome = int(np.argmax(wrong[cells]))
            raise InputError(f"outcome {outcome} has counts but its effect is zero", place=f"row {label!r}")


def _flux_operator(rows: ProjectorRows) -> Real:
    """Pauli coefficients of G = sum t_i E_i, scaled to Tr G = d."""
    effects, exposure = projector_effects(rows, np.asarray(rows.exposure, dtype=np.float64))
    coefficients = effects.adjoint(exposure)
    scaled: Real = coefficients / coefficients[0]
    return scaled


def flux_root(rows: ProjectorRows) -> Matrix | None:
    """W = G^-1/2 (d, d) of single projectors, scaled to Tr G = d; None where G is the identity."""
    g = _flux_operator(rows)
    return None if float(np.abs(g[1:]).max()) <= 1e-12 else _inverse_root(pauli_sum(g))


def _complete_blocks(table: CountsTable, confusion: Real | None) -> list[tuple[Effects, Real]]:
    blocks: list[tuple[Effects, Real]] = []
    if table.settings is not None:
        if table.settings.directions is None:
            raise UsageError("the settings are known by their inputs only; tomography needs their bases")
        blocks.append(setting_effects(table.settings, table.settings.directions, confusion=confusion))
    if table.parities is not None:
        blocks.append(parity_effects(table.parities, table.n_qubits))
    if table.povms is not None:
        blocks += povm_effects(table.povms, np.asarray(table.povms.counts, dtype=np.float64))
    return blocks


def _assembled(
    n_qubits: int,
    blocks: list[tuple[Effects, Real]],
    *,
    whitening: Matrix | None = None,
    root: Matrix | None = None,
) -> Likelihood:
    counts = np.concatenate([cells for _, cells in blocks]) if blocks else np.zeros(0)
    observed = np.flatnonzero(counts)
    whole: list[Effects] = [effects for effects, _ in blocks]
    if observed.size * 4**n_qubits <= DENSE_ENTRIES and observed.size:
        rows = np.concatenate([dense_rows(effects, n_qubits) for effects in whole])
        whole = [DenseEffects(rows[observed])]
    flux = None
    if root is not None:
        before = sum(effects.size for effects, _ in blocks[:-2])
        flux = FluxTerm(slice(int(np.searchsorted(observed, before)), len(observed) - 1), root)
    return Likelihood(
        n_qubits,
        tuple(whole),
        counts[observed],
        None if observed.size == sum(effects.size for effects in whole) else observed,
        whitening,
        flux,
    )


def _inverse_root(operator: Matrix) -> Matrix:
    """G^-1/2 on the support of G, zero elsewhere."""
    values, vectors = np.linalg.eigh(operator)
    kept = values > 1e-10 * values[-1]
    support = vectors[:, kept]
    root: Matrix = (support / np.sqrt(values[kept])) @ support.conj().T
    return root
