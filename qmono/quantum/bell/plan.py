"""What to measure for an inequality: the settings it plays, along directions of qubits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qmono.errors import UsageError
from qmono.quantum.bell.inequality import Inequality, behaviour_of, bell_value
from qmono.quantum.bell.optimal_directions import best_directions
from qmono.quantum.plans import Plan
from qmono.quantum.states import State
from qmono.quantum.types import Integers, Real

_SAME_VALUE = 1e-9


def inequality_plan(inequality: Inequality, directions: Sequence[Real], shots: int, rounds: int = 4) -> Plan:
    """Every setting of the inequality with `shots` shots."""
    return settings_plan(inequality.settings, directions, shots, rounds)


def settings_plan(
    inputs: Integers, directions: Sequence[Real], shots: int, rounds: int, signs: str | None = None
) -> Plan:
    """Settings with inputs (m, parties), which are also their labels; per party directions (inputs, 3)."""
    separator = "" if int(inputs.max()) < 10 else ","
    return Plan(
        labels=tuple(separator.join(map(str, row)) for row in inputs.tolist()),
        directions=np.stack([vectors[inputs[:, p]] for p, vectors in enumerate(directions)], axis=1),
        shots=shots,
        rounds=rounds,
        inputs=inputs,
        design="fixed-blocks",
        signs=signs,
    )


def directions_for(inequality: Inequality, state: State, rng: np.random.Generator) -> tuple[Real, ...]:
    """The directions to measure a state along: the known ones if the state reaches the best value with them.

    Any other state gets the best that several climbs from random directions find. Raises UsageError if
    state and inequality do not fit.
    """
    if any(count != 2 for count in inequality.outcomes):
        raise UsageError(f"{inequality.title} needs {max(inequality.outcomes)} outcomes: saved counts only")
    if state.dims != (2,) * inequality.parties:
        raise UsageError(
            f"{inequality.title} needs a state of {inequality.parties} qubits; "
            f"{state.name!r} has {state.n_qubits}"
        )
    best = inequality.best
    known = best.directions if best else None
    if best and known:
        reached = bell_value(inequality.coefficients, behaviour_of(state.rho, known))
        ideal = bell_value(inequality.coefficients, best.behaviour())
        if reached > ideal - _SAME_VALUE * max(1.0, abs(ideal)):
            return known
    return best_directions(inequality.coefficients, state.rho, rng, known)[1]
