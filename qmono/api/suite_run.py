"""Running the entries of a suite: what is finished is kept, what is kept is not repeated."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from qmono.api.context import Context
from qmono.api.deadlines import measured_within
from qmono.api.files import read_counts
from qmono.api.judging import requirements
from qmono.api.suite_kinds import kind_of
from qmono.core.counts import CountsTable
from qmono.core.pooling import pooled
from qmono.errors import InputError, QmonoError, UsageError
from qmono.formats.documents.suite_results import Finished, SuiteResults
from qmono.gate.judge import judge_one
from qmono.gate.multiplicity import confirmed_by_holm
from qmono.gate.suite import Outcome, Suite, SuiteEntry, entry_key, entry_seed
from qmono.version import __version__


@dataclass(frozen=True)
class SuiteOptions:
    """How a suite is run.

    results: directory that keeps finished entries. resume: keep what is finished there. only: patterns of
    entry names. add_shots: a further look at the selected entries with so many shots a setting more.
    """

    results: Path
    resume: bool = False
    only: tuple[str, ...] = ()
    add_shots: int | None = None


@dataclass(frozen=True)
class SuiteRun:
    """One run of a suite: what its entries share."""

    suite: Suite
    results: SuiteResults
    seed: int
    context: Context
    options: SuiteOptions

    def outcome(self, entry: SuiteEntry, *, is_selected: bool) -> Outcome:
        """The kept result of an entry if it is still valid, else a new one."""
        try:
            key = entry_key(self.suite, entry, self.seed, __version__, _inputs(entry))
            kept = self.results.finished(entry.name) if self.options.resume else None
            valid = kept if kept is not None and kept.key == key else None
            if valid is not None and not (is_selected and self.options.add_shots):
                return self._told(entry, valid)
            if not is_selected:
                return Outcome(entry, problem="not run: left out by --only")
            return self._told(entry, self._measured(entry, key, valid))
        except QmonoError as problem:
            return Outcome(entry, problem=str(problem), code=problem.exit_code)

    def _measured(self, entry: SuiteEntry, key: str, valid: Finished | None) -> Finished:
        look = 1 if valid is None else valid.look + 1
        if look > self.suite.looks:
            raise UsageError(f"all {self.suite.looks} looks of the suite at this entry are spent")
        table = self._counts(entry, look)
        seed = entry_seed(self.seed, entry.name, look)
        report = kind_of(entry).analyse(table, entry, self.suite.look_level, seed, self.context)
        finished = Finished(key, look, report)
        self.results.finish(entry.name, finished)
        return finished

    def _counts(self, entry: SuiteEntry, look: int) -> CountsTable:
        if entry.counts is not None:
            if look > 1:
                raise UsageError("saved counts cannot be given more shots: measure, and name the new file")
            return saved_counts(entry)
        if look > 1 and entry.until:
            raise UsageError("it ran until decided: more shots would be a look that its limits did not count")
        more = entry if look == 1 else replace(entry, shots=self.options.add_shots or 0)
        seed = entry_seed(self.seed, entry.name, look)
        measure = partial(kind_of(entry).measure, more, self.suite.stopping_level, seed)
        table = measured_within(measure, entry.queue_timeout_s, entry.job_timeout_s)
        self.results.keep_counts(entry.name, look, table)
        return self._pooled(entry, look, table)

    def _pooled(self, entry: SuiteEntry, look: int, newest: CountsTable) -> CountsTable:
        if look == 1:
            return newest
        earlier = [replace(self.results.counts(entry.name, n), origin=None) for n in range(1, look)]
        return replace(pooled([*earlier, newest]), metadata=newest.metadata)

    def _told(self, entry: SuiteEntry, finished: Finished) -> Outcome:
        outdated = self._outdated(entry)
        if outdated is not None:
            return Outcome(entry, problem=outdated, look=finished.look)
        return Outcome(entry, finished.report, look=finished.look)

    def _outdated(self, entry: SuiteEntry) -> str | None:
        """Why the calibration of an entry is too old to judge on it, or None."""
        if entry.max_calibration_age_h is None:
            return None
        table = saved_counts(entry) if entry.counts is not None else self.results.counts(entry.name, 1)
        taken = table.calibration.taken if table.calibration is not None else None
        if taken is None:
            return "a maximal age of the calibration is set, and the counts tell no time of one"
        age_h = ((self.context.now or _as_utc(taken)) - _as_utc(taken)).total_seconds() / 3600
        if age_h <= entry.max_calibration_age_h:
            return None
        most = f"at most {entry.max_calibration_age_h:g} h is allowed"
        return f"the readout calibration is {age_h:.3g} h old, {most}"

    def with_refutations(self, outcomes: Sequence[Outcome]) -> Iterable[Outcome]:
        """The outcomes, each with the requirements that stay refuted among all of them."""
        reports = {outcome.entry.name: outcome for outcome in outcomes if outcome.report is not None}
        results = [
            (name, place, result.status)
            for name, outcome in reports.items()
            for place, result in enumerate(outcome.report.requirements if outcome.report else ())
            if result.status != "no-data"
        ]
        candidates = [(name, place) for name, place, status in results if status == "fail"]

        def is_refuted(where: tuple[str, int], level: float) -> bool:
            name, place = where
            return self._status_at(reports[name], place, level) == "fail"

        level = self.suite.look_level
        confirmed = confirmed_by_holm(candidates, len(results), level, is_refuted)
        for outcome in outcomes:
            places = frozenset(place for name, place in confirmed if name == outcome.entry.name)
            yield replace(outcome, refuted=places)

    def _status_at(self, outcome: Outcome, place: int, level: float) -> str:
        """The status of one requirement by limits at another level."""
        if outcome.report is None:
            return "no-data"
        if level == self.suite.look_level:
            return outcome.report.requirements[place].status
        entry = outcome.entry
        seed = entry_seed(self.seed, entry.name, outcome.look)
        report = kind_of(entry).analyse(
            self._counts_again(entry, outcome.look), entry, level, seed, self.context
        )
        (requirement,) = requirements(report.kind, [entry.require[place]])
        return judge_one(report, requirement).status

    def _counts_again(self, entry: SuiteEntry, look: int) -> CountsTable:
        if entry.counts is not None:
            return saved_counts(entry)
        return self._pooled(entry, look, replace(self.results.counts(entry.name, look), origin=None))


def _as_utc(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"the time of the calibration is none: {text[:40]!r}") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def saved_counts(entry: SuiteEntry) -> CountsTable:
    """The counts of an entry's file, read as the entry says."""
    return read_counts(
        entry.counts or "",
        input_format=entry.input_format,
        bit_order=entry.bit_order,
        setting_order=entry.setting_order,
        mean_of=entry.mean_of,
    )


def _inputs(entry: SuiteEntry) -> dict[str, str]:
    """SHA-256 of every file that an entry names."""
    paths = [Path(text) for text in (entry.counts, entry.state, entry.target) if text]
    return {str(path): digest(path) for path in paths if path.is_file()}


def digest(path: Path) -> str:
    """SHA-256 of the content of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
