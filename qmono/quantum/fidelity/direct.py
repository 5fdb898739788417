r"""Fidelity to a stabiliser state straight from counts, with exact limits and without any fit.

F = 2^-n sum_g s_g <P_g> over the stabilisers. The stabilisers other than the identity are parted into sets
which, with the identity, are subgroups H that one setting measures; sum_{h in H} s_h P_h is |H| times the
projector on "every h says +1", so a set is one binary stratum: F = 2^-n [1 + sum_H (|H| p_H - 1)].
A Bell state has XX, YY, ZZ, |H| = 2 each: F = (p_XX + p_YY + p_ZZ - 1)/2, i.e. (3p - 1)/2 for the mean p.
A GHZ state has its populations (one set of size 2^(n-1) from Z...Z) and one set per X-Y parity.

Where an outcome of a POVM row is the projector on a pure target (a Bell measurement), F is its probability.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from qmono.core.counts import CountArray, CountsTable
from qmono.core.metric import Guarantee
from qmono.quantum.fidelity.pauli_settings import PauliSettings, pauli_settings
from qmono.quantum.fidelity.stabilizers import MAX_QUBITS, is_measured_by, stabilizer_group, times
from qmono.quantum.fidelity.strata import (
    Stratum,
    is_poolable,
    pooled_limits,
    split_limits,
    stratified_limits,
)
from qmono.quantum.fidelity.target_outcomes import target_outcomes
from qmono.quantum.states import State
from qmono.quantum.types import Integers, Real

NO_SHOT_NOISE = "averages: shot noise unknown until --mean-of N"
NO_GUARANTEE = "corrected: no guarantee"


@dataclass(frozen=True)
class DirectFidelity:
    """Fidelity to `target` from the shots of its stabilisers.

    low, high: one-sided limits, each at `level`. settings, passes, trials: per stratum.
    What cannot be given is None, and `reason` says why.
    """

    target: str
    level: float
    value: float | None = None
    std_error: float | None = None
    low: float | None = None
    high: float | None = None
    method: str | None = None
    guarantee: Guarantee | None = None
    settings: tuple[str, ...] = ()
    passes: tuple[float, ...] = ()
    trials: tuple[float, ...] = ()
    reason: str | None = None


def direct_fidelity(table: CountsTable, target: State, level: float = 0.95) -> DirectFidelity:
    """Fidelity of the measured state to a target that its rows measure, limits each at `level`.

    Equal weights and shots: passes pooled, Clopper-Pearson. Else: stratified. Parities that may come from the
    same shots: Clopper-Pearson at a split level, added. Outcomes that are the target's projector:
    Clopper-Pearson, taken where they have more shots than the stabilisers. All exact; see `strata`. A value
    without limits where the table holds averages or corrected values; no value where no outcome is the
    target's projector and the target is no stabiliser state or a stabiliser was not measured.
    """
    if target.n_qubits != table.n_qubits:
        reason = f"{target.name} has {target.n_qubits} qubits, the counts have {table.n_qubits}"
        return DirectFidelity(target.name, level, reason=reason)
    by_stabilizers, by_outcome = (
        _by_stabilizers(table, target, level),
        fidelity_by_outcome(table, target, level),
    )
    if by_outcome is None or sum(by_stabilizers.trials) > sum(by_outcome.trials):
        return by_stabilizers
    return by_outcome


def fidelity_by_outcome(table: CountsTable, target: State, level: float = 0.95) -> DirectFidelity | None:
    """The fidelity as the probability of outcomes that are the target's projector; None if none is."""
    outcomes = target_outcomes(table, target)
    if outcomes is None:
        return None
    found = _estimate(table, target, level, (outcomes.stratum,), True, offset=0.0)
    if found.low is None or found.high is None or outcomes.distance == 0.0:
        return found
    return replace(
        found, low=max(0.0, found.low - outcomes.distance), high=min(1.0, found.high + outcomes.distance)
    )


def _by_stabilizers(table: CountsTable, target: State, level: float) -> DirectFidelity:
    group = stabilizer_group(target)
    if group is None:
        what = "is not a stabiliser state" if target.n_qubits <= MAX_QUBITS else "has too many qubits"
        return DirectFidelity(target.name, level, reason=f"{target.name} {what}")
    rows = pauli_settings(table)
    strata, independent = _from_settings(rows.settings, group), True
    if strata is None:
        strata, independent = _from_parities(rows, group)
    if strata is None:
        missing = _unmeasured(rows, group)
        reason = f"not measured with any shots: {', '.join(missing)}" if missing else _NO_PARTITION
        return DirectFidelity(target.name, level, reason=reason)
    offset = (1 - len(strata)) / 2**target.n_qubits
    return _estimate(table, target, level, strata, independent, offset=offset)


_NO_PARTITION = "the settings measure every stabiliser, but not in disjoint sets of shots"


def _estimate(
    table: CountsTable,
    target: State,
    level: float,
    strata: tuple[Stratum, ...],
    independent: bool,
    *,
    offset: float,
) -> DirectFidelity:
    value = offset + sum(part.weight * part.passes / part.trials for part in strata)
    reason = {"counts": None, "averages": NO_SHOT_NOISE, "corrected": NO_GUARANTEE}[table.values]
    known = {
        "value": float(value),
        "settings": tuple(part.label for part in strata),
        "passes": tuple(part.passes for part in strata),
        "trials": tuple(part.trials for part in strata),
    }
    if reason is not None:
        return DirectFidelity(target.name, level, reason=reason, **known)  # type: ignore[arg-type]
    limits, method = stratified_limits, "stratified"
    if not independent:
        limits, method = split_limits, "clopper-pearson, split"
    elif is_poolable(strata):
        limits, method = pooled_limits, "clopper-pearson"
    low, high = limits(strata, level)
    return DirectFidelity(
        target.name,
        level,
        std_error=_std_error(strata),
        low=float(np.clip(offset + low, 0, 1)),
        high=float(np.clip(offset + high, 0, 1)),
        method=method,
        guarantee="exact",
        **known,  # type: ignore[arg-type]
    )


def _std_error(strata: tuple[Stratum, ...]) -> float:
    """sqrt(sum w^2 p (1-p)/n), the standard error of the value for independent strata."""
    return sqrt(
        sum(part.weight**2 * part.passes * (part.trials - part.passes) / part.trials**3 for part in strata)
    )


def _from_settings(settings: dict[str, CountArray], group: dict[str, int]) -> tuple[Stratum, ...] | None:
    """Strata from complete settings, each setting in one stratum; None if they do not cover the group."""
    parts = stabilizer_parts(settings, group)
    if parts is None:
        return None
    n = len(next(iter(group)))
    return tuple(_stratum(settings, group, subgroup, names, n) for subgroup, names in parts)


def stabilizer_parts(
    settings: dict[str, CountArray], group: dict[str, int]
) -> list[tuple[set[str], list[str]]] | None:
    """Disjoint sets of stabilisers (without the identity) with the settings that measure each of them.

    Greedy: the setting that measures most of what is still wanted goes first; settings left over that
    measure a set already chosen add their shots to it. None if the settings do not cover the group.
    """
    wanted, names = [label for label in group if set(label) != {"I"}], list(settings)
    if not names:
        return None
    measures = measured(names, wanted)
    left, free = np.ones(len(wanted)), np.ones(len(names))
    parts: list[tuple[set[str], list[str]]] = []
    while left.any():
        count = free * (measures @ left)
        best = int(np.argmax(count))
        if count[best] == 0:
            return None
        subgroup = largest_subgroup([wanted[g] for g in np.flatnonzero(measures[best] * left)])
        left[[wanted.index(label) for label in subgroup]] = 0
        free[best] = 0
        parts.append((subgroup, [names[best]]))
    fits = np.array([measures[:, [wanted.index(g) for g in part]].all(axis=1) for part, _ in parts])
    trials = [float(settings[first].sum()) for _, (first, *_) in parts]
    for index in np.flatnonzero(free * fits.any(axis=0)):
        part = min(np.flatnonzero(fits[:, index]), key=lambda part: trials[part])
        parts[part][1].append(names[index])
        trials[part] += float(settings[names[index]].sum())
    return parts


def measured(settings: Sequence[str], labels: Sequence[str]) -> Real:
    """1 where a setting (row) measures a Pauli string (column), else 0."""
    bases, strings = (np.array([list(name) for name in names]) for names in (settings, labels))
    measured = np.ones((len(settings), len(labels)), dtype=np.bool_)
    for qubit in range(strings.shape[1]):
        measured &= (strings[:, qubit] == "I") | (bases[:, qubit, None] == strings[:, qubit])
    return measured.astype(np.float64)


def largest_subgroup(labels: Sequence[str]) -> set[str]:
    """A large set among the labels which is closed under products (identity left out), grown greedily.

    Labels that fewest settings can measure, those of full weight, are taken first.
    """
    allowed, subgroup = set(labels), set[str]()
    for label in sorted(labels, key=lambda g: g.count("I")):
        grown = subgroup | {label} | {times(label, member) for member in subgroup if member != label}
        if grown <= allowed:
            subgroup = grown
    return subgroup


def _stratum(
    settings: dict[str, CountArray], group: dict[str, int], subgroup: set[str], names: list[str], n: int
) -> Stratum:
    passing = np.ones(2**n, dtype=np.bool_)
    for label in subgroup:
        passing &= parity_signs(label) == group[label]
    return Stratum(
        label=names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more",
        weight=(len(subgroup) + 1) / 2**n,
        passes=sum(settings[name][passing].sum().item() for name in names),
        trials=sum(settings[name].sum().item() for name in names),
    )


def parity_signs(label: str) -> Integers:
    """Value +-1 (2**n,) of a Pauli string on each outcome of a setting that measures it."""
    parity = np.ones(1, dtype=np.int64)
    for letter in reversed(label):
        parity = np.concatenate([parity, parity if letter == "I" else -parity])
    return parity


def _from_parities(rows: PauliSettings, group: dict[str, int]) -> tuple[tuple[Stratum, ...] | None, bool]:
    """Strata from parities, and whether their shots must differ because no setting could measure two."""
    wanted = [label for label in group if set(label) != {"I"}]
    if not all(label in rows.parities for label in wanted):
        return None, False
    n = len(wanted[0])
    strata = []
    for label in wanted:
        plus_minus = rows.parities[label]
        passes = plus_minus[0 if group[label] > 0 else 1].item()
        strata.append(Stratum(label, 2 / 2**n, passes, plus_minus.sum().item()))
    return tuple(strata), not any(_compatible(a, b) for index, a in enumerate(wanted) for b in wanted[:index])


def _compatible(first: str, second: str) -> bool:
    return all(a == b or "I" in (a, b) for a, b in zip(first, second, strict=True))


def _unmeasured(rows: PauliSettings, group: dict[str, int]) -> list[str]:
    def is_measured(label: str, names: Iterable[str]) -> bool:
        return label in rows.parities or any(is_measured_by(label, name) for name in names)

    return [g for g in group if set(g) != {"I"} and not is_measured(g, rows.settings)]
