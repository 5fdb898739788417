"""Outcomes of POVM rows whose effect is the projector on the target: the fidelity is their probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product

import numpy as np

from qmono.core.counts import CountsTable
from qmono.core.povms import Povm
from qmono.quantum.fidelity.strata import Stratum
from qmono.quantum.states import State
from qmono.quantum.types import Matrix

NEARLY = 1e-3
"""How far, in operator norm, such an effect may be from the projector; limits pay for the distance."""
ROUNDING = 1e-9


@dataclass(frozen=True)
class TargetOutcomes:
    """Passes and trials of weight one, and the largest distance of an effect from the projector."""

    stratum: Stratum
    distance: float


def target_outcomes(table: CountsTable, target: State) -> TargetOutcomes | None:
    """The rows of which one outcome is the target's projector, added up; None if there are none with shots.

    target: pure, of the table's qubits. Every such outcome has the probability F, so the sum is binomial.
    """
    rows = table.povms
    if rows is None or target.psi is None or target.n_qubits != table.n_qubits:
        return None
    sharp = [_sharp_outcomes(povm) for povm in rows.povms]
    known: dict[tuple[int, ...], tuple[int, float] | None] = {}
    passes = trials = distance = 0.0
    names: list[str] = []
    for label, parts, cells in zip(rows.labels, rows.parts, rows.cells, strict=True):
        if parts not in known:
            known[parts] = _found(
                [rows.povms[part] for part in parts], [sharp[part] for part in parts], target
            )
        found, counts = known[parts], rows.counts[cells]
        if found is not None and counts.sum() > 0:
            names.append(f"{label} outcome {found[0]}")
            passes, trials = passes + counts[found[0]].item(), trials + counts.sum().item()
            distance = max(distance, found[1])
    if not names:
        return None
    what = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    whole = table.values == "counts"
    stratum = Stratum(what, 1.0, int(passes) if whole else passes, int(trials) if whole else trials)  # type: ignore[arg-type]
    return TargetOutcomes(stratum, distance)


def _sharp_outcomes(povm: Povm) -> list[int]:
    """Outcomes whose effect is nearly a projector of rank one."""
    found = []
    for outcome, effect in enumerate(povm.effects):
        trace, squared = float(effect.trace().real), float(np.vdot(effect, effect).real)
        if abs(trace - 1) < 2 * NEARLY and abs(squared - 1) < 4 * NEARLY:
            found.append(outcome)
    return found


def _found(parts: Sequence[Povm], sharp: Sequence[Sequence[int]], target: State) -> tuple[int, float] | None:
    """Flat position of the outcome that is the target's projector, and its distance from it."""
    if not all(sharp):
        return None
    rest: dict[tuple[int, ...], Matrix] = {(): target.rho}
    for povm, outcomes in zip(parts, sharp, strict=True):
        rest = {
            (*done, outcome): left
            for (done, state), outcome in product(rest.items(), outcomes)
            if (left := _contracted(povm.effects[outcome], state)).trace().real > 1 - 4 * NEARLY
        }
    for outcomes in rest:
        effects = [povm.effects[outcome] for povm, outcome in zip(parts, outcomes, strict=True)]
        distance = float(np.linalg.norm(reduce(np.kron, effects) - target.rho, 2))
        if distance <= NEARLY:
            place = np.ravel_multi_index(outcomes, [povm.outcomes for povm in parts])
            return int(place), 0.0 if distance < ROUNDING else distance
    return None


def _contracted(effect: Matrix, state: Matrix) -> Matrix:
    """Tr_first[(E (x) 1) rho] of the first qubits, as many as the effect has."""
    d = len(effect)
    left: Matrix = np.einsum("ab,bras->rs", effect, state.reshape(d, len(state) // d, d, len(state) // d))
    return left
