"""Several reports in one document: what each is called, so that its lines can be told apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from qmono.core.report import Report
from qmono.gate.suite import entry_reports
from qmono.report.layout import one_line


def named_parts(reports: Sequence[Report]) -> list[tuple[str, Report]]:
    """Each report with a name of its own: its inputs, else its backend."""
    names = unique(_name(report) for report in reports)
    return list(zip(names, reports, strict=True))


def named_entries(reports: Sequence[Report]) -> list[tuple[str, Report]]:
    """Each report with its name; after a suite the reports of its entries, under their names."""
    parts = [
        part for name, report in named_parts(reports) for part in ((name, report), *entry_reports(report))
    ]
    names = unique(name for name, _ in parts)
    return list(zip(names, (report for _, report in parts), strict=True))


def unique(names: Iterable[str]) -> Iterator[str]:
    """The names in their order, a repeated one with its number: `"a"`, `"b"`, `"a (2)"`."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"


def _name(report: Report) -> str:
    inputs = [str(item.get("name")) for item in report.provenance.get("inputs", ())]
    return one_line(" ".join(inputs) or report.provenance.get("backend") or "")
