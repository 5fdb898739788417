"""Running a plan: interleaved rounds, a job for each round and branch, counts with qubit 0 leftmost."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qmono.backends.contract import Backend, load_backend
from qmono.backends.drawing import check_feeds_forward, drawn_counts
from qmono.backends.noise import Noise
from qmono.circuits.measurement import REGISTER, measured, rotation_angles
from qmono.circuits.preparation import Branch, preparation
from qmono.circuits.random_settings import drawn
from qmono.core.counts import CountsTable, FloatArray, IntArray, SettingRows
from qmono.core.progress import Progress, no_progress
from qmono.core.seeds import Seeds, derive_seeds
from qmono.errors import BackendError, UsageError
from qmono.quantum.plans import Plan
from qmono.quantum.states import State

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

BYTES_PER_SHOT = 100
"""What one shot costs while a job is in memory: Aer hands over every shot as a string."""

SETTINGS_PER_JOB = 729
"""All settings of a round in one job up to six qubits; beyond, in several, to bound the memory."""


@dataclass(frozen=True)
class _Run:
    """A plan whose circuits are ready: `circuits[k]` is the branch of probability `weights[k]`.

    angles: (S, 2n), what the circuits' free angles are in each setting; of no use where settings are drawn.
    """

    plan: Plan
    backend: Backend
    circuits: tuple[QuantumCircuit, ...]
    weights: tuple[float, ...]
    angles: FloatArray


def run_plan(
    plan: Plan,
    prepared: State | QuantumCircuit,
    *,
    backend: str = "aer",
    noise: Noise | None = None,
    seed: int | None = None,
    progress: Progress = no_progress,
    on_round: Callable[[CountsTable], None] | None = None,
    stop: Callable[[CountsTable], bool] | None = None,
) -> CountsTable:
    """Measure every setting of the plan on a state (or on what a circuit of gates prepares).

    All settings of round 1 are run, then all of round 2, and so on; `on_round` gets the table so far
    after each, so that an interruption loses at most the round under way. The circuits are translated
    once. One seed gives one table; without a seed one is drawn and recorded in the metadata. A plan of
    random design draws its settings shot by shot on the device.

    stop: asked after every round with the table so far; the metadata then say how many shots were allowed.

    Raises UsageError for an unknown backend, a plan that does not fit the state or the memory of this
    machine, and BackendError if the backend fails.
    """
    if plan.shots < 1:
        raise UsageError(f"shots must be at least 1, got {plan.shots}")
    seed = drawn_seed() if seed is None else seed
    seeds = derive_seeds(seed)
    device = load_backend(backend, plan.n_qubits, noise)
    _check_memory(plan, device)
    branches = preparation(prepared) if isinstance(prepared, State) else (Branch(prepared, 1.0),)
    run = _prepared_run(plan, device, branches, seeds)
    metadata = {
        **device_record(device, noise),
        "state": prepared.name,
        "shots": plan.shots,
        "seed": seed,
        "seeds": seeds.to_json(),
    }
    if stop is not None:
        metadata["max_shots"] = plan.shots * len(plan.labels)
    done: list[IntArray] = []
    progress(0, len(plan.shots_per_round))
    for index, shots in enumerate(plan.shots_per_round):
        done.append(_run_round(run, shots, np.random.default_rng([seeds.simulator, index])))
        table = _table(plan, device, np.stack(done), metadata)
        if on_round is not None:
            on_round(table)
        progress(index + 1, len(plan.shots_per_round))
        if stop is not None and stop(table):
            break
    return table


def device_record(device: Backend, noise: Noise | None) -> dict[str, Any]:
    """What the metadata of a table say about where it was measured."""
    return {
        "backend": device.name,
        "backend_version": device.version,
        "noise": None if noise is None else noise.to_json(),
    }


def drawn_seed() -> int:
    """A seed where none was given."""
    return int(np.random.default_rng().integers(2**31))


def _prepared_run(plan: Plan, device: Backend, branches: tuple[Branch, ...], seeds: Seeds) -> _Run:
    if plan.design == "random":
        check_feeds_forward(device)
    build = drawn if plan.design == "random" else measured
    circuits = [build(plan, branch.circuit) for branch in branches]
    return _Run(
        plan,
        device,
        circuits=tuple(guarded(device, device.prepare, circuit, seeds.transpiler) for circuit in circuits),
        weights=tuple(branch.weight for branch in branches),
        angles=rotation_angles(plan.directions),
    )


def _run_round(run: _Run, shots: int, rng: np.random.Generator) -> IntArray:
    """Counts (S, 2**n) of one round of `shots` per setting.

    The shots of each setting fall on the branches at random. A job gives all its settings the same
    number of shots, so a branch runs the most that any setting needs, and each setting keeps the first
    of them that are its own: shots are independent and identically distributed.
    """
    if run.plan.design == "random":
        return _draw_round(run, shots * len(run.plan.labels), rng)
    n_settings = len(run.plan.labels)
    split = rng.multinomial(shots, run.weights, size=n_settings)
    counts = np.zeros((n_settings, 2**run.plan.n_qubits), dtype=np.int64)
    parts = [slice(start, start + SETTINGS_PER_JOB) for start in range(0, n_settings, SETTINGS_PER_JOB)]
    for (circuit, shares), part in product(zip(run.circuits, split.T, strict=True), parts):
        job_seed = int(rng.integers(2**31))
        if shares[part].max() > 0:
            counts[part] += _run_job(run.backend, circuit, run.angles[part], shares[part], job_seed)
    return counts


def _draw_round(run: _Run, shots: int, rng: np.random.Generator) -> IntArray:
    """The same where every shot draws its setting: all the shots of the round together."""
    inputs = run.plan.inputs
    if inputs is None:
        raise ValueError("settings are drawn by their inputs, which this plan does not name")
    counts = np.zeros((len(inputs), 2**run.plan.n_qubits), dtype=np.int64)
    for circuit, share in zip(run.circuits, rng.multinomial(shots, run.weights), strict=True):
        seed = int(rng.integers(2**31))
        if share:
            counts += guarded(run.backend, drawn_counts, run.backend, circuit, int(share), inputs, seed)
    return counts


def _run_job(
    device: Backend, circuit: QuantumCircuit, angles: FloatArray, shares: IntArray, seed: int
) -> IntArray:
    """Counts (S, 2**n) of the first `shares` (S,) shots of one circuit in each of S settings."""

    def job() -> Any:
        (result,) = device.sampler(seed).run([(circuit, angles)], shots=int(shares.max())).result()
        return getattr(result.data, REGISTER)

    bits = guarded(device, job)
    kept = zip(bits.array, shares, strict=True)
    return np.stack([outcome_counts(row[:share], bits.num_bits) for row, share in kept])


def outcome_counts(shots: NDArray[np.uint8], n: int) -> IntArray:
    """Counts (2**n,) of packed shots (N, ceil(n/8)) from a BitArray.

    Their bytes are big-endian with clbit 0 last; qubit 0 is to be the most significant bit of an outcome.
    """
    columns = np.unpackbits(shots, axis=-1)[:, -n:]
    outcomes = columns.astype(np.int64) @ (1 << np.arange(n))
    return np.bincount(outcomes, minlength=2**n).astype(np.int64)


def _table(plan: Plan, device: Backend, rounds: IntArray, metadata: dict[str, Any]) -> CountsTable:
    rows = SettingRows(plan.labels, rounds.sum(axis=0), plan.directions, plan.inputs, rounds)
    return CountsTable(
        n_qubits=plan.n_qubits,
        settings=rows,
        design=plan.design,
        signs=plan.signs,
        source=device.source,
        metadata=metadata,
    )


def guarded(device: Backend, call: Callable[..., Any], *arguments: Any) -> Any:
    """Call into a backend; whatever it raises becomes one line."""
    try:
        return call(*arguments)
    except Exception as problem:
        reason = " ".join(str(problem).split()) or type(problem).__name__
        raise BackendError(f"backend {device.name!r} failed: {reason}") from problem


def _check_memory(plan: Plan, device: Backend) -> None:
    """UsageError if the run cannot fit into the memory of this machine."""
    settings, rounds = len(plan.labels), len(plan.shots_per_round)
    tables = 8 * settings * (rounds + 2) * 2**plan.n_qubits
    samples = BYTES_PER_SHOT * min(settings, SETTINGS_PER_JOB) * max(plan.shots_per_round)
    needed, there_is = device.state_bytes + tables + samples, physical_memory()
    if there_is is not None and needed > there_is:
        raise UsageError(
            f"{plan.n_qubits} qubits in {settings} settings of {plan.shots} shots need about "
            f"{needed / 1e9:.3g} GB of memory, this machine has {there_is / 1e9:.3g} GB; "
            "measure fewer qubits, settings or shots"
        )


def physical_memory() -> int | None:
    """Bytes of this machine's memory, None where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
