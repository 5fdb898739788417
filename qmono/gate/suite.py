"""A suite: many measurements with what is required of each, and what came of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from qmono.core.report import Report
from qmono.errors import ExitCode

SUITE_SCHEMA = "qmono.suite/1"

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class SuiteEntry:
    """One measurement of a suite: saved counts, or a state to prepare on a backend.

    severity: "error" decides the exit code, "warning" is told only. queue_timeout_s: until the first round
    is back; job_timeout_s: until the last. max_calibration_age_h: counts with an older calibration, or
    without one, are no data. until, max_shots: of a fidelity, stop when anytime-valid limits decide.
    """

    name: str
    measure: str
    require: tuple[str, ...]
    accept: tuple[str, ...] = ()
    counts: str | None = None
    input_format: str | None = None
    bit_order: str | None = None
    setting_order: str | None = None
    mean_of: int | None = None
    state: str | None = None
    target: str | None = None
    backend: str = "aer"
    noise: str | None = None
    shots: int = 1000
    rounds: int = 4
    until: Literal["decided"] | None = None
    max_shots: int | None = None
    estimator: str = "mle"
    protocol: str = "auto"
    signs: str | None = None
    design: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    owner: str | None = None
    severity: Severity = "error"
    queue_timeout_s: float | None = None
    job_timeout_s: float | None = None
    max_calibration_age_h: float | None = None


@dataclass(frozen=True)
class Suite:
    """Entries that are judged together.

    level: of each one-sided limit over all looks. looks: how many times an entry may be judged, the first
    time included (`--add-shots` is a further look); each look is at level 1 - (1 - level)/looks.
    """

    name: str
    entries: tuple[SuiteEntry, ...]
    level: float = 0.95
    looks: int = 1
    seed: int | None = None

    @property
    def look_level(self) -> float:
        """The level of a single look: the error is shared equally by all that were planned."""
        return 1 - (1 - self.level) / self.looks

    @property
    def stopping_level(self) -> float:
        """The level at which a run is decided: so high that a refutation stands among all others (Holm)."""
        return 1 - (1 - self.look_level) / sum(len(entry.require) for entry in self.entries)


@dataclass(frozen=True)
class Outcome:
    """What came of an entry: a judged report, or the problem that prevented it and its exit code.

    refuted: places (in `entry.require`) of the requirements refuted also among all others, by Holm's rule.
    """

    entry: SuiteEntry
    report: Report | None = None
    problem: str | None = None
    code: ExitCode = ExitCode.OK
    look: int = 1
    refuted: frozenset[int] = frozenset()


def entry_key(suite: Suite, entry: SuiteEntry, seed: int, version: str, inputs: Mapping[str, str]) -> str:
    """SHA-256 of everything that decides the result of an entry.

    inputs: file name to SHA-256 of its content. What is only told (labels, owner, severity, time-outs)
    does not count.
    """
    fields = {name: value for name, value in asdict(entry).items() if name not in _ONLY_TOLD}
    known: dict[str, Any] = {
        "entry": fields,
        "level": suite.level,
        "looks": suite.looks,
        "seed": seed,
        "qmono": version,
        "inputs": dict(sorted(inputs.items())),
    }
    text = json.dumps(known, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


_ONLY_TOLD = ("labels", "owner", "severity", "queue_timeout_s", "job_timeout_s", "max_calibration_age_h")


def entry_seed(seed: int, name: str, look: int) -> int:
    """The seed (31-bit) of one look at one entry: SHA-256 of "<seed>:<name>:<look>"."""
    digest = hashlib.sha256(f"{seed}:{name}:{look}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def entry_reports(report: Report) -> Iterator[tuple[str, Report]]:
    """Name and report of every entry of a suite's report that has one."""
    for entry in report.payload.get("entries", ()):
        if entry.get("report") is not None:
            yield entry["name"], Report.from_json(entry["report"])


def entry_report(report: Report, name: str) -> Report | None:
    """The report of the entry of that name in a suite's report, or None if it has none."""
    found = next((entry for entry in report.payload.get("entries", ()) if entry["name"] == name), None)
    return Report.from_json(found["report"]) if found and found.get("report") else None
