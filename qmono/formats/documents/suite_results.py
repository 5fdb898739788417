"""What a running suite keeps: one file per finished entry, so that an interruption loses none of them.

<suite>.results/_run.json         seed and time of the run
<suite>.results/<entry>.json      its judged report, under the key of everything that decides it
<suite>.results/<entry>.N.npz     counts of look N
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from qmono.core.counts import CountsTable
from qmono.core.report import Report
from qmono.errors import InputError, UsageError
from qmono.formats.atomic import write_text
from qmono.formats.reading import read_counts
from qmono.formats.source import read_bytes
from qmono.formats.strict_text import as_integer, as_object, as_string, parse_json
from qmono.formats.writing import write_counts

RUN_SCHEMA, RESULT_SCHEMA = "qmono.suite-run/1", "qmono.suite-result/1"
_RUN = "_run"
"""No entry can have this name: theirs start with a letter or digit."""


@dataclass(frozen=True)
class Finished:
    """The stored result of an entry."""

    key: str
    look: int
    report: Report


@dataclass(frozen=True)
class SuiteResults:
    """The directory of one suite's results."""

    directory: Path

    def begin(self, seed: int, created: str, names: Iterable[str]) -> None:
        """Start anew: what earlier runs kept of these entries is removed, then seed and time are kept.

        Raises UsageError for a directory with files that no suite put there.
        """
        try:
            self.directory.mkdir(exist_ok=True)
            if any(self.directory.iterdir()) and not self._path(_RUN).is_file():
                raise UsageError(f"{self.directory} holds files that are no results of a suite; name another")
            for name in names:
                for path in (self._path(name), *self.directory.glob(f"{name}.*.npz")):
                    path.unlink(missing_ok=True)
        except OSError as problem:
            raise UsageError(f"cannot keep results in {self.directory}: {problem.strerror}") from None
        self._write(_RUN, {"schema": RUN_SCHEMA, "seed": seed, "created": created})

    def begun(self) -> tuple[int, datetime] | None:
        """Seed and time of the run that is kept here, or None."""
        found = self._read(_RUN, RUN_SCHEMA)
        if found is None:
            return None
        source = str(self._path(_RUN))
        try:
            seed = as_integer(found.get("seed"), "seed", 0, 2**63 - 1)
            return seed, datetime.fromisoformat(as_string(found.get("created"), "created"))
        except ValueError:
            raise InputError("not a time", source=source, place="created") from None
        except InputError as problem:
            raise problem.at(source) from None

    def finish(self, name: str, finished: Finished) -> None:
        """Keep the result of an entry."""
        report = finished.report.to_json()
        self._write(
            name, {"schema": RESULT_SCHEMA, "key": finished.key, "look": finished.look, "report": report}
        )

    def finished(self, name: str) -> Finished | None:
        """The kept result of an entry, or None; InputError if the file is none."""
        found = self._read(name, RESULT_SCHEMA)
        if found is None:
            return None
        try:
            report = Report.from_json(as_object(found.get("report"), "report"))
            return Finished(
                as_string(found.get("key"), "key"), as_integer(found.get("look"), "look", 1, 10**6), report
            )
        except InputError as problem:
            raise problem.at(str(self._path(name))) from None

    def keep_counts(self, name: str, look: int, table: CountsTable) -> None:
        """Keep the counts of one look at an entry."""
        write_counts(table, self._counts_path(name, look))

    def counts(self, name: str, look: int) -> CountsTable:
        """The counts of one look at an entry."""
        return read_counts(self._counts_path(name, look))

    def _counts_path(self, name: str, look: int) -> Path:
        return self.directory / f"{name}.{look}.npz"

    def _path(self, name: str) -> Path:
        return self.directory / f"{name}.json"

    def _write(self, name: str, document: Mapping[str, Any]) -> None:
        write_text(self._path(name), json.dumps(document, allow_nan=False) + "\n")

    def _read(self, name: str, schema: str) -> Mapping[str, Any] | None:
        path = self._path(name)
        if not path.is_file():
            return None
        _, content = read_bytes(path)
        try:
            document = as_object(parse_json(content), "")
            if document.get("schema") != schema:
                raise InputError(f"expected {schema!r}", place="schema")
            return document
        except InputError as problem:
            raise problem.at(str(path)) from None
