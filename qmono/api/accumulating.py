"""Runs that are pooled: every retry adds its counts to a directory, and all of them are judged together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmono.api.files import read_counts, read_state
from qmono.errors import InputError, UsageError

if TYPE_CHECKING:
    from qmono.core.counts import CountsTable
    from qmono.quantum.states import State

SAME = ("state", "target", "protocol", "backend", "noise")
"""What the metadata of pooled runs must agree in."""


def earlier_runs(directory: str | Path) -> list[CountsTable]:
    """The counts of the runs in a directory, which need not exist yet; InputError for files that are no runs.

    They must be runs of `measure_fidelity` that agree in state, target, protocol, backend and noise.
    """
    found = [read_counts(path) for path in sorted(Path(directory).glob("run-*.json"))]
    for table in found:
        check_alike(found[0].metadata, table)
    return found


def check_alike(wanted: Mapping[str, Any], table: CountsTable) -> None:
    """InputError, naming the file and the first difference, if a run is not of one kind with the others."""
    source = table.origin.name if table.origin else ""
    for name in SAME:
        if name not in table.metadata:
            raise InputError(f"is no run of qmono fidelity: its metadata have no {name!r}", source=source)
        if name in wanted and table.metadata[name] != wanted[name]:
            raise InputError(
                f"cannot be pooled: {name} is {table.metadata[name]!r}, not {wanted[name]!r}; "
                "use another directory for another measurement",
                source=source,
            )


def run_identity(state: str, target: State, backend: str, noise: str | None) -> dict[str, Any]:
    """What a run will write into its metadata, as far as earlier runs must agree with it."""
    from qmono.backends.noise import parse_noise

    return {
        "state": read_state(state).name,
        "target": target.name,
        "backend": backend,
        "noise": parse_noise(noise).to_json() if noise else None,
    }


def drawn_seed() -> int:
    """A seed where none was given."""
    from qmono.backends.execution import drawn_seed as drawn

    return drawn()


def path_of_next_run(directory: str | Path, earlier: list[CountsTable], seed: int) -> Path:
    """Where the next run of a directory is kept; UsageError for a seed whose shots are there already."""
    for table in earlier:
        if table.metadata.get("seed") == seed:
            source = table.origin.name if table.origin else "an earlier run"
            raise UsageError(f"--seed {seed} was used by {source}: the same shots again prove nothing new")
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"run-{len(earlier) + 1:04d}-{seed}.json"
