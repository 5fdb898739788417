"""A suite from the command line: progress while it runs, one merged report, the worst exit code."""

from __future__ import annotations

import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from qmono.cli.emit import checked_choice, emit
from qmono.cli.live import progress_bar
from qmono.cli.options import Outlets, SuiteRun
from qmono.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from qmono.api.suite_run import SuiteOptions
    from qmono.core.report import Report
    from qmono.gate.suite import Suite


def run(path: str, chosen: SuiteRun, outlets: Outlets, on_inconclusive: str) -> ExitCode:
    """Run the suite of a file and emit its report."""
    from qmono.api.suites import load_suite, read_baseline, run_suite

    checked_choice(on_inconclusive)
    suite = load_suite(path)
    if chosen.check or chosen.selftest:
        return emit([_preview(suite, path, chosen)], outlets, on_inconclusive)
    baseline = None if chosen.baseline is None else read_baseline(chosen.baseline)
    options = _options(path, chosen)
    try:
        with progress_bar(suite.name, shown=not outlets.quiet and sys.stderr.isatty()) as progress:
            report, outcomes = run_suite(
                suite,
                path,
                options,
                now=datetime.now(UTC),
                drawn_seed=secrets.randbits(31),
                baseline=baseline,
                progress=progress,
            )
    except KeyboardInterrupt:
        kept = f"; finished entries are kept in {options.results}, go on with --resume"
        raise KeyboardInterrupt(kept) from None
    for outcome in outcomes:
        if outcome.problem is not None:
            typer.echo(f"qmono: entry {outcome.entry.name!r}: {outcome.problem}", err=True)
    failures = [outcome.code for outcome in outcomes if outcome.entry.severity == "error"]
    if not report.requirements:  # only warnings were run: nothing that decides
        failures.append(ExitCode.NOTHING_TO_JUDGE)
    return emit([report], outlets, on_inconclusive, failures=failures)


def _preview(suite: Suite, path: str, chosen: SuiteRun) -> Report:
    """What --check or --selftest has to say."""
    from qmono.api.suite_preview import check_suite, selftest_suite
    from qmono.api.suites import suite_provenance

    if chosen.check and chosen.selftest:
        raise UsageError("--check and --selftest are two questions: ask one at a time")
    for name in ("resume", "only", "add_shots", "results", "baseline"):
        if getattr(chosen, name):
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option} has no meaning here: nothing is measured")
    seed = 0 if suite.seed is None else suite.seed
    report = check_suite(suite, seed) if chosen.check else selftest_suite(suite, seed)
    question = "--check" if chosen.check else "--selftest"
    made = suite_provenance(path, [], seed, f"qmono gate {path} {question}", datetime.now(UTC))
    return report.with_provenance(made)


def _options(path: str, chosen: SuiteRun) -> SuiteOptions:
    from qmono.api.suite_run import SuiteOptions

    results = chosen.results or Path(path).with_suffix(".results")
    return SuiteOptions(results, chosen.resume, tuple(chosen.only or ()), chosen.add_shots)
