"""Suites: every entry is run once and kept, then all are judged together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

from qmono.api.context import Context
from qmono.api.files import read_report, read_state
from qmono.api.judging import requirements
from qmono.api.suite_kinds import kind_of
from qmono.api.suite_run import SuiteOptions, SuiteRun, digest
from qmono.core.progress import Progress, no_progress
from qmono.core.provenance import Origin, Provenance, rfc3339
from qmono.core.report import Report
from qmono.errors import InputError, QmonoError, UsageError
from qmono.formats.documents.suite_file import read_suite
from qmono.formats.documents.suite_results import SuiteResults
from qmono.gate.requirement import check_accepted
from qmono.gate.suite import Outcome, Suite, SuiteEntry
from qmono.gate.suite_report import suite_report


def load_suite(path: str | Path) -> Suite:
    """The suite of a file, with every name in it checked before any shot is spent.

    Raises InputError for what is malformed, UsageError for unknown names, both with the place.
    """
    suite = read_suite(path)
    for entry in suite.entries:
        try:
            _check_names(entry)
        except QmonoError as problem:
            raise UsageError(f"{path}: entry {entry.name!r}: {problem}") from None
    return suite


def run_suite(
    suite: Suite,
    path: str | Path,
    options: SuiteOptions,
    *,
    now: datetime,
    drawn_seed: int,
    baseline: Report | None = None,
    progress: Progress = no_progress,
) -> tuple[Report, tuple[Outcome, ...]]:
    """The merged report and the outcome of every entry.

    now, drawn_seed: time and seed of a run that begins now; a resumed one has its own. A failing entry is
    told and does not stop the others. An interruption loses only the entry under way.
    """
    results = SuiteResults(options.results)
    begun = results.begun() if options.resume else None
    selected = _selected(suite, options)
    if begun is None:
        seed, created = (drawn_seed if suite.seed is None else suite.seed), now.replace(microsecond=0)
        results.begin(seed, rfc3339(created), [entry.name for entry in suite.entries])
    else:
        seed, created = begun
    command = f"qmono gate {path}"  # the same whether resumed or not
    run = SuiteRun(suite, results, seed, Context(command, created), options)
    judged = [entry for entry in suite.entries if options.resume or entry in selected]
    outcomes = []
    progress(0, len(judged))
    for index, entry in enumerate(judged):
        outcomes.append(run.outcome(entry, is_selected=entry in selected))
        progress(index + 1, len(judged))
    told = tuple(run.with_refutations(outcomes))
    report = suite_report(suite, told, baseline)
    made_of = [outcome.report for outcome in told if outcome.report is not None]
    return report.with_provenance(suite_provenance(path, made_of, seed, command, created)), told


def read_baseline(path: str | Path) -> Report:
    """An earlier report of a suite; InputError if the file holds none."""
    report = read_report(path)
    if report.kind != "suite":
        raise InputError(f"expected the report of a suite, found a {report.kind} report", source=str(path))
    return report


def _check_names(entry: SuiteEntry) -> None:
    kind = kind_of(entry)
    requirements(kind.report, entry.require)
    check_accepted(entry.accept, kind.report)
    if entry.measure == "tomography":
        from qmono.quantum.tomography import ESTIMATORS

        ESTIMATORS[entry.estimator]
    if entry.measure == "fidelity" and entry.protocol != "auto":
        from qmono.quantum.fidelity.protocols import PROTOCOLS

        PROTOCOLS[entry.protocol]
    if (entry.until is None) != (entry.max_shots is None):
        raise UsageError('until = "decided" and max-shots, where to give up, belong together')
    if entry.until is not None and (entry.measure != "fidelity" or entry.counts is not None):
        raise UsageError('until = "decided" is for a fidelity that is measured here')
    for state in (entry.state, entry.target):
        if state is not None and state != "best-bell":
            read_state(state)
    if entry.counts is None:
        from qmono.backends import SAMPLERS
        from qmono.backends.noise import parse_noise

        SAMPLERS[entry.backend.partition("?")[0]]
        if entry.noise is not None:
            parse_noise(entry.noise)


def _selected(suite: Suite, options: SuiteOptions) -> list[SuiteEntry]:
    if options.add_shots is not None and not options.resume:
        raise UsageError("--add-shots adds to what a run has kept: say --resume too")
    if options.add_shots is not None and suite.looks == 1:
        raise UsageError(
            "--add-shots is a further look at the data, and this suite planned only one: with looks = 2 in "
            "the suite file, before the first run, both looks share the error"
        )
    names = [entry.name for entry in suite.entries]
    for pattern in options.only:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise UsageError(f"--only {pattern}: the suite has no such entry; there is: {', '.join(names)}")
    return [
        entry
        for entry in suite.entries
        if not options.only or any(fnmatchcase(entry.name, pattern) for pattern in options.only)
    ]


def suite_provenance(
    path: str | Path, reports: Sequence[Report], seed: int, command: str, created: datetime
) -> dict[str, object]:
    """Where the report of a suite comes from: its file, and the backends of its entries."""
    backends = [str(report.provenance["backend"]) for report in reports if report.provenance.get("backend")]
    return Provenance(
        command=command,
        inputs=(Origin(str(path), digest(Path(path)), "suite"),),
        backend=", ".join(dict.fromkeys(backends)) or None,
        seeds={"seed": seed},
        created=rfc3339(created),
    ).to_json()
