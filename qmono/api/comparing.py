"""Comparisons: of two saved reports, or of two sets of counts analysed alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qmono.api.context import Context
from qmono.api.files import read_report
from qmono.api.judging import check_level, judge
from qmono.core.counts import CountsTable
from qmono.core.provenance import Provenance, rfc3339
from qmono.core.report import REPORT_SCHEMA, Report
from qmono.errors import InputError


def compare(
    first: Report,
    second: Report,
    *,
    require: Sequence[str] = (),
    accept: Sequence[str] = (),
    context: Context | None = None,
) -> Report:
    """What changed from the first report to the second, of the same kind, with limits of the change."""
    from qmono.analysis.comparison import compare_reports

    made = context or Context()
    report = compare_reports(first, second)
    backends = [str(part.provenance["backend"]) for part in (first, second) if part.provenance.get("backend")]
    provenance = Provenance(
        command=made.command,
        backend=", ".join(dict.fromkeys(backends)) or None,
        created=rfc3339(made.now) if made.now else None,
    ).to_json()
    inputs = [item for part in (first, second) for item in part.provenance.get("inputs", ())]
    return judge(report.with_provenance({**provenance, "inputs": inputs}), require, accept)


def compare_counts(
    first: CountsTable,
    second: CountsTable,
    *,
    measure: str = "tomography",
    target: str | None = None,
    level: float = 0.95,
    require: Sequence[str] = (),
    accept: Sequence[str] = (),
    context: Context | None = None,
) -> Report:
    """The same for counts: both are analysed as `measure` at levels that make a change hold at `level`."""
    from qmono.api.suite_kinds import kind_of
    from qmono.gate.suite import SuiteEntry

    check_level(level)
    entry = SuiteEntry("comparison", measure, (), target=target)
    share = 1 - (1 - level) / 2
    made = context or Context()
    reports = [kind_of(entry).analyse(table, entry, share, 0, made) for table in (first, second)]
    return compare(*reports, require=require, accept=accept, context=context)


def saved_report(path: str | Path) -> Report | None:
    """The report of a file, or None if the file says nothing of being one: then it may hold counts."""
    try:
        head = Path(path).read_bytes()[:4096]
    except OSError as problem:
        raise InputError(f"cannot be read: {problem.strerror or problem}", source=str(path)) from None
    return read_report(path) if REPORT_SCHEMA.encode() in head else None
