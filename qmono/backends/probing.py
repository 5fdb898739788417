"""Running a measurement scheme: rounds of settings with shots of their own, parities kept as parities.

A scheme of blocks keeps every outcome and every round; a scheme that draws its settings keeps one row for
each setting drawn, so that twenty qubits with a thousand settings stay small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qmono.backends.contract import Backend, load_backend
from qmono.backends.execution import (
    SETTINGS_PER_JOB,
    device_record,
    drawn_seed,
    guarded,
    outcome_counts,
    physical_memory,
)
from qmono.backends.noise import Noise
from qmono.circuits.measurement import REGISTER, measured, rotation_angles
from qmono.circuits.preparation import preparation
from qmono.core.counts import CountsTable, IntArray, ParityRows, SettingRows
from qmono.core.progress import Progress, no_progress
from qmono.core.seeds import derive_seeds
from qmono.errors import UsageError
from qmono.quantum.fidelity.scheme import Probe, Scheme
from qmono.quantum.plans import Plan
from qmono.quantum.states import State

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

PASSES = "passes_by_round"
"""Key of the metadata of a run with drawn settings: [passes, shots] of each round."""

Round = list[tuple[Probe, int]]
"""Probes of one round and the shots of each."""


@dataclass(frozen=True)
class _Run:
    scheme: Scheme
    backend: Backend
    circuits: tuple[QuantumCircuit, ...]
    weights: tuple[float, ...]
    metadata: dict[str, Any]


@dataclass
class _Kept:
    """Counts so far, by label, in the order of first appearance.

    For blocks also round by round; for drawn settings passes and shots of each round, by which drift shows.
    """

    probes: dict[str, Probe] = field(default_factory=dict)
    counts: dict[str, IntArray] = field(default_factory=dict)
    rounds: list[IntArray] = field(default_factory=list)

    passes: list[list[int]] = field(default_factory=list)

    def add(self, probes: Sequence[Probe], counts: Sequence[IntArray], *, keep_round: bool) -> None:
        for probe, found in zip(probes, counts, strict=True):
            self.probes[probe.label] = probe
            self.counts[probe.label] = (
                self.counts[probe.label] + found if probe.label in self.counts else found
            )
        if keep_round:
            self.rounds.append(np.stack(counts))
        else:
            passed = [_passes(probe, found) for probe, found in zip(probes, counts, strict=True)]
            self.passes.append([sum(passed), int(sum(found.sum() for found in counts))])


def run_scheme(
    scheme: Scheme,
    state: State,
    schedule: Sequence[int],
    *,
    backend: str = "aer",
    noise: Noise | None = None,
    seed: int | None = None,
    progress: Progress = no_progress,
    on_round: Callable[[CountsTable], None] | None = None,
    is_enough: Callable[[CountsTable], bool] | None = None,
    notes: Mapping[str, Any] | None = None,
) -> CountsTable:
    """Measure a scheme on a state, `schedule[r]` shots in round r, each a number of complete blocks.

    `on_round` gets the table so far after each round; the run ends early as soon as `is_enough` of it.
    `notes` are written into the metadata. One seed gives one table, whenever it ends. Raises UsageError for
    an unknown backend or a state that does not fit, BackendError if the backend fails.
    """
    n = scheme.target.n_qubits
    if state.n_qubits != n:
        raise UsageError(
            f"state {state.name!r} has {state.n_qubits} qubits, target {scheme.target.name!r} {n}"
        )
    seed = drawn_seed() if seed is None else seed
    seeds = derive_seeds(seed)
    device = load_backend(backend, n, noise)
    _check_memory(device, n)
    plan = Plan((), np.zeros((0, n, 3)), shots=1)
    branches = preparation(state)
    run = _Run(
        scheme,
        device,
        circuits=tuple(
            guarded(device, device.prepare, measured(plan, branch.circuit), seeds.transpiler)
            for branch in branches
        ),
        weights=tuple(branch.weight for branch in branches),
        metadata={
            **device_record(device, noise),
            "state": state.name,
            "target": scheme.target.name,
            "protocol": scheme.protocol,
            "seed": seed,
            "seeds": seeds.to_json(),
            **(notes or {}),
        },
    )
    kept = _Kept()
    progress(0, len(schedule))
    for index, shots in enumerate(schedule):
        rng = np.random.default_rng([seeds.simulator, index])
        wanted = _round(scheme, shots, rng)
        probes = [probe for probe, _ in wanted]
        counts = _measure(run, wanted, rng)
        kept.add(probes, counts, keep_round=scheme.lottery is None)
        table = _table(run, kept)
        if on_round is not None:
            on_round(table)
        progress(index + 1, len(schedule))
        if is_enough is not None and is_enough(table):
            break
    return table


def _round(scheme: Scheme, shots: int, rng: np.random.Generator) -> Round:
    if scheme.lottery is None:
        return [
            (probe, unit * shots // scheme.block)
            for probe, unit in zip(scheme.probes, scheme.units, strict=True)
        ]
    drawn: dict[str, Probe] = {}
    times: dict[str, int] = {}
    for _ in range(shots):
        probe = scheme.lottery.draw(rng)
        drawn[probe.label] = probe
        times[probe.label] = times.get(probe.label, 0) + 1
    return [(drawn[label], count) for label, count in times.items()]


def _measure(run: _Run, wanted: Round, rng: np.random.Generator) -> list[IntArray]:
    """Counts for each probe of a round: (2**n,), or (2,) of a parity.

    A job gives all its settings the same shots, so settings of similar shots share one, and each keeps the
    first of them that are its own.
    """
    n = run.scheme.target.n_qubits
    shots = np.array([count for _, count in wanted])
    split = rng.multinomial(shots, run.weights)
    angles = rotation_angles(np.stack([probe.directions for probe, _ in wanted]))
    counts = [np.zeros(2 if probe.passing is None else 2**n, dtype=np.int64) for probe, _ in wanted]
    for circuit, shares in zip(run.circuits, split.T, strict=True):
        for members in _jobs(shares):
            bits = _run_job(
                run.backend, circuit, angles[members], int(shares[members].max()), int(rng.integers(2**31))
            )
            for index, packed in zip(members.tolist(), bits, strict=True):
                counts[index] = counts[index] + _counted(wanted[index][0], packed[: shares[index]], n)
    return counts


def _jobs(shares: IntArray) -> list[IntArray]:
    """Indices of settings whose shots agree within a factor of two, in parts that fit a job."""
    size = np.array([int(share).bit_length() for share in shares])
    groups = [np.flatnonzero(size == value) for value in np.unique(size) if value > 0]
    return [
        group[start : start + SETTINGS_PER_JOB]
        for group in groups
        for start in range(0, len(group), SETTINGS_PER_JOB)
    ]


def _run_job(
    device: Backend, circuit: QuantumCircuit, angles: NDArray[np.float64], shots: int, seed: int
) -> NDArray[np.uint8]:
    """Packed shots (S, shots, bytes) of one circuit in S settings."""

    def job() -> Any:
        (result,) = device.sampler(seed).run([(circuit, angles)], shots=shots).result()
        return getattr(result.data, REGISTER).array

    packed: NDArray[np.uint8] = guarded(device, job)
    return packed


def _counted(probe: Probe, packed: NDArray[np.uint8], n: int) -> IntArray:
    if probe.passing is not None:
        return outcome_counts(packed, n)
    # The last bit of a packed shot is that of qubit 0.
    bits = np.unpackbits(packed, axis=-1)[:, -n:][:, ::-1]
    involved = np.array([letter != "I" for letter in probe.label])
    return np.bincount(bits[:, involved].sum(axis=1) % 2, minlength=2).astype(np.int64)


def _passes(probe: Probe, counts: IntArray) -> int:
    return int(counts[probe.passing].sum() if probe.passing is not None else counts[(1 - probe.sign) // 2])


def _table(run: _Run, kept: _Kept) -> CountsTable:
    whole = [label for label, probe in kept.probes.items() if probe.passing is not None]
    parities = [label for label, probe in kept.probes.items() if probe.passing is None]
    settings = (
        SettingRows(
            tuple(whole),
            np.stack([kept.counts[label] for label in whole]),
            np.stack([kept.probes[label].directions for label in whole]),
            rounds=np.stack(kept.rounds) if kept.rounds else None,
        )
        if whole
        else None
    )
    return CountsTable(
        n_qubits=run.scheme.target.n_qubits,
        settings=settings,
        parities=ParityRows(tuple(parities), np.stack([kept.counts[label] for label in parities]))
        if parities
        else None,
        design="random" if run.scheme.lottery else "fixed-blocks",
        source=run.backend.source,
        metadata={**run.metadata, **({PASSES: kept.passes} if kept.passes else {})},
    )


def _check_memory(device: Backend, n_qubits: int) -> None:
    there_is = physical_memory()
    if there_is is not None and device.state_bytes > there_is:
        raise UsageError(
            f"{n_qubits} qubits need about {device.state_bytes / 1e9:.3g} GB of memory, this machine has "
            f"{there_is / 1e9:.3g} GB; measure fewer qubits"
        )
