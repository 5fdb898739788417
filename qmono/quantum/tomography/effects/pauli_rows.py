r"""Complete Pauli settings, any subset of the 3**n: strings looked up, outcomes by a Walsh-Hadamard sum.

An outcome o of a setting has p_o = 2**-n sum_m (-1)**(o.m) x_m over the subsets m of the qubits, x_m the
expectation of the string with the setting's letters on m and I elsewhere. For all 3**n settings the product
of local effects is as fast; for a few hundred of them it makes far too much.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qmono.core.counts import PAULI_DIRECTIONS
from qmono.quantum.content_cache import cached_by_content
from qmono.quantum.tomography.effects.modes import apply_modes, paired_modes
from qmono.quantum.types import Integers, Real

HADAMARD: Real = np.array([[1.0, 1.0], [1.0, -1.0]])


def pauli_letters(directions: Real | None) -> Integers | None:
    """Which of X Y Z (1 2 3) each qubit of settings (S, n, 3) is measured in, (S, n); None if in others."""
    return None if directions is None else _letters(directions)


@cached_by_content
def _letters(directions: Real) -> Integers | None:
    axes = np.array(list(PAULI_DIRECTIONS.values()))
    overlap = directions @ axes.T
    letters: Integers = np.argmax(overlap, axis=2) + 1
    return letters if bool(np.all(np.isclose(overlap.max(axis=2), 1.0, atol=1e-12))) else None


def measured_strings(letters: Integers) -> Integers:
    """Flat positions (S, 2**n) of the Pauli string of every subset of qubits, settings by letters (S, n)."""
    n = letters.shape[1]
    places = np.arange(n - 1, -1, -1)
    bits = np.arange(2**n)[:, None] >> places & 1
    strings: Integers = (letters * 4**places) @ bits.T
    return strings


def signed_sums(rows: Real) -> Real:
    """(S, 2**n): for every subset of qubits, as a bit mask, the row added up with the signs of its parity."""
    n = rows.shape[1].bit_length() - 1
    sums = apply_modes(paired_modes([HADAMARD] * n), np.ascontiguousarray(rows.T).reshape(-1))
    return sums.reshape(rows.shape)


@dataclass(frozen=True)
class PauliRowEffects:
    """All outcomes of Pauli settings with `letters` (S, n), 1 2 3 for X Y Z, row by row; see `effects`."""

    letters: Integers

    @property
    def size(self) -> int:
        """Number of effects, S * 2**n."""
        return self._strings.size

    @cached_property
    def _strings(self) -> Integers:
        return measured_strings(self.letters)

    @property
    def _scale(self) -> float:
        return float(2.0 ** -self.letters.shape[1])

    def forward(self, x: Real) -> Real:
        """See `effects.Effects`."""
        p: Real = signed_sums(x[self._strings]).reshape(-1) * self._scale
        return p

    def adjoint(self, weights: Real) -> Real:
        """See `effects.Effects`."""
        return self._spread(signed_sums(weights.reshape(self._strings.shape)) * self._scale)

    def squared(self) -> SquaredPauliRowEffects:
        """See `effects.Effects`."""
        return SquaredPauliRowEffects(self)

    def _spread(self, per_string: Real) -> Real:
        sums = np.bincount(
            self._strings.reshape(-1), per_string.reshape(-1), minlength=4 ** self.letters.shape[1]
        )
        return sums.astype(np.float64, copy=False)

    def spread_totals(self, weights: Real) -> Real:
        """4**-n times the total weight of each row, at every string that it measures."""
        totals = weights.reshape(self._strings.shape).sum(axis=1, keepdims=True) * self._scale**2
        return self._spread(np.broadcast_to(totals, self._strings.shape))


@dataclass(frozen=True)
class SquaredPauliRowEffects:
    """The same with squared coefficients, 4**-n at every string that a setting measures."""

    rows: PauliRowEffects

    def adjoint(self, weights: Real) -> Real:
        """See `effects.Adjoint`."""
        return self.rows.spread_totals(weights)
