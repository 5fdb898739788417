"""All of a table whose outcomes share one total: settings, groups of projectors, POVM rows, parities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qmono.core.counts import CountsTable, pauli_directions
from qmono.quantum.fidelity.pauli_settings import pauli_settings
from qmono.quantum.tomography.effects.forms import Adjoint, Effects, added_up
from qmono.quantum.tomography.effects.povm_effects import impossible_outcomes, povm_cells
from qmono.quantum.tomography.effects.rows import parity_effects, setting_cells
from qmono.quantum.types import Bools, Integers, Real


@dataclass(frozen=True)
class CompleteRows:
    """Rows of outcomes, one after the other; the effects of a row add up to the identity.

    labels: R names, of which the last `parities` are Pauli strings of two outcomes each. blocks: effects, and
    which of them the next outcomes are. row (m,): of each outcome. counts: (m,).
    """

    labels: tuple[str, ...]
    parities: int
    blocks: Sequence[tuple[Effects, Integers]]
    row: Integers
    counts: Real

    @property
    def shots(self) -> Real:
        """n_r (R,)."""
        return added_up(self.row, self.counts, len(self.labels))

    def forward(self, x: Real) -> Real:
        """Tr(E rho) (m,) of a flat Pauli vector x."""
        return np.concatenate([effects.forward(x)[cells] for effects, cells in self.blocks])

    def adjoint(self, weights: Real) -> Real:
        """Pauli coefficients (4**n,) of sum w_i E_i, weights (m,)."""
        return self._added_up(weights, [effects for effects, _ in self.blocks])

    def squared_adjoint(self, weights: Real) -> Real:
        """The same with every Pauli coefficient of every effect squared."""
        return self._added_up(weights, [effects.squared() for effects, _ in self.blocks])

    def groups(self, kept: Bools) -> Integers:
        """(kept rows,): rows of one group are made of different shots, rows of two may have some in common.

        A setting or POVM row has its own shots. Parities may all come from the same ones, but for those that
        no setting could measure together; these are put into one group as far as that goes.
        """
        settings = int(kept[: len(self.labels) - self.parities].sum())
        strings = [label for label, keep in zip(self.labels, kept, strict=True) if keep][settings:]
        group = np.zeros(settings + len(strings), dtype=np.int64)
        group[settings:] = _apart(strings) + min(settings, 1)
        return group

    def _added_up(self, weights: Real, maps: Sequence[Adjoint]) -> Real:
        parts, start = [], 0
        for (effects, cells), each in zip(self.blocks, maps, strict=True):
            parts.append(each.adjoint(added_up(cells, weights[start : start + len(cells)], effects.size)))
            start += len(cells)
        total: Real = np.sum(parts, axis=0)
        return total


def complete_rows(table: CountsTable) -> CompleteRows | None:
    """The rows of a table that have shots, measured by whatever; None if there are none."""
    names, directions, of_settings = _settings(table)
    labels = list(names)
    blocks: list[tuple[Effects, Integers]] = [setting_cells(directions)] if names else []
    widths, counts = [2**table.n_qubits] * len(names), [of_settings.reshape(-1)]
    for label, block, own in _povms(table):
        labels.append(label)
        blocks.append(block)
        widths.append(len(own))
        counts.append(own)
    strings: tuple[str, ...] = ()
    plus_minus = np.zeros((0, 2))
    if table.parities is not None:
        effects, cells = parity_effects(table.parities, table.n_qubits)
        has_shots = cells.reshape(-1, 2).sum(axis=1) > 0
        strings = tuple(np.array(table.parities.labels)[has_shots].tolist())
        plus_minus = cells.reshape(-1, 2)[has_shots]
        if strings:
            blocks.append((effects, np.flatnonzero(np.repeat(has_shots, 2))))
    if not blocks:
        return None
    widths += [2] * len(strings)
    flat = np.concatenate([*counts, plus_minus.reshape(-1)])
    row = np.repeat(np.arange(len(widths)), widths)
    return CompleteRows((*labels, *strings), len(strings), blocks, row, flat)


def _povms(table: CountsTable) -> list[tuple[str, tuple[Effects, Integers], Real]]:
    """Label, effects with which of them its outcomes are, and counts of each POVM row with shots.

    Outcomes that occur in no state are left out: they have no probability to be weighed by.
    """
    rows = table.povms
    if rows is None:
        return []
    possible = ~impossible_outcomes(rows)
    counts = np.asarray(rows.counts, dtype=np.float64)
    found = []
    for block in povm_cells(rows):
        place = np.full(counts.size, -1)
        place[block.positions] = block.cells
        for label, cells in zip(rows.labels, rows.cells, strict=True):
            own = np.arange(cells.start, cells.stop)[possible[cells]]
            if place[cells.start] >= 0 and counts[cells].sum() > 0:
                found.append((label, (block.effects, place[own]), counts[own]))
    return found


def _settings(table: CountsTable) -> tuple[tuple[str, ...], Real, Real]:
    """Labels, Bloch vectors (S, n, 3) and counts (S, 2**n) of settings and complete groups of projectors."""
    labels: list[str] = []
    directions, counts = [np.zeros((0, table.n_qubits, 3))], [np.zeros((0, 2**table.n_qubits))]
    rows = table.settings
    if rows is not None and rows.directions is not None:
        has_shots = rows.totals > 0
        labels += np.array(rows.labels)[has_shots].tolist()
        directions.append(rows.directions[has_shots])
        counts.append(np.asarray(rows.counts[has_shots], dtype=np.float64))
    if table.projectors is not None:
        groups = pauli_settings(CountsTable(table.n_qubits, projectors=table.projectors, values=table.values))
        labels += list(groups.settings)
        if groups.settings:
            directions.append(pauli_directions(tuple(groups.settings)))
            counts.append(np.array(list(groups.settings.values()), dtype=np.float64))
    return tuple(labels), np.concatenate(directions), np.concatenate(counts)


def _apart(strings: list[str]) -> Integers:
    """A group for each Pauli string, such that no setting measures two of a group: greedy, in order."""
    letters = np.array([list(label) for label in strings])
    group = np.zeros(len(strings), dtype=np.int64)
    members: list[list[int]] = []
    for index, own in enumerate(letters):
        for number, others in enumerate(members):
            rest = letters[others]
            if not ((rest == own) | (rest == "I") | (own == "I")).all(axis=1).any():
                others.append(index)
                group[index] = number
                break
        else:
            group[index] = len(members)
            members.append([index])
    return group
