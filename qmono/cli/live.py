"""Live runs: a progress bar on a terminal, counts kept round by round, an interrupt that loses nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from qmono.cli.options import Run
from qmono.core.progress import Progress, no_progress

if TYPE_CHECKING:
    from qmono.core.counts import CountsTable


def run_live(
    measure: Callable[..., CountsTable], title: str, run: Run, *, seed: int | None, quiet: bool
) -> CountsTable:
    """Run one of the API's `measure_...`; after every round the counts so far are saved if asked for.

    An interrupt after the first round raises KeyboardInterrupt with a sentence about what was kept.
    """
    kept: list[CountsTable] = []

    def on_round(table: CountsTable) -> None:
        kept[:] = [table]
        if run.save_counts is not None:
            from qmono.api import write_counts

            write_counts(table, run.save_counts)

    try:
        with progress_bar(title, shown=not quiet and sys.stderr.isatty()) as progress:
            return measure(
                run.state,
                shots=run.shots,
                rounds=run.rounds,
                seed=seed,
                backend=run.backend,
                noise=run.noise,
                progress=progress,
                on_round=on_round,
            )
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_what_is_kept(kept, run.save_counts)) from None


def _what_is_kept(kept: list[CountsTable], save_counts: Path | None) -> str:
    if not kept or save_counts is None:
        return "before anything was saved (--save-counts FILE keeps every finished round)"
    return f"; {kept[0].total:.0f} counts of the finished rounds are in {save_counts}"


@contextmanager
def progress_bar(title: str, *, shown: bool) -> Iterator[Progress]:
    """A bar on standard error, or nothing."""
    if not shown:
        yield no_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield advance
