"""Many files, one state each: a report per file and one summary in a directory, over several processes.

What is finished is on disk, whole: an interrupt loses nothing, and `--resume` goes on where it stopped. A
report counts as finished if it was made by the same command, with the same version, of the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from qmono.cli.batch_summary import SUMMARY, Outcome, numbers_of, summary_csv
from qmono.cli.emit import checked_choice
from qmono.core.progress import Progress
from qmono.errors import BackendError, ExitCode, InputError, QmonoError, UsageError
from qmono.version import __version__

if TYPE_CHECKING:
    from qmono.core.report import Report

BLAS_VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
"""One thread each: the processes share the cores already."""

QUEUE = 4
"""Files handed to each process ahead of time."""


@dataclass(frozen=True)
class Batch:
    """How each file becomes a report on disk; travels to every process.

    make: called with a source and the command that makes its report alone. command: the words of that
    command, without the source. directory: where reports go; root: what their paths are relative to.
    """

    make: Callable[[str, str], Report]
    command: tuple[str, ...]
    directory: Path
    root: Path
    resume: bool
    on_inconclusive: str

    def path(self, source: str) -> Path:
        """Where the report of a source goes: its own name, and below `root` its own folder."""
        beside = Path(os.path.relpath(Path(source).absolute(), self.root))
        return self.directory / beside.with_name(f"{beside.name}.report.json")

    def command_for(self, source: str) -> str:
        """The command that makes the report of this source alone."""
        return shlex.join([*self.command, source])

    def outcome(self, source: str) -> Outcome:
        """Make the report of a source and write it, or take the one that is finished."""
        path = self.path(source)
        try:
            report = self._finished(source, path) if self.resume else None
            if report is None:
                report = self.make(source, self.command_for(source))
                _write(report, path)
        except QmonoError as problem:
            path.unlink(missing_ok=True)
            return Outcome(source, path, problem.exit_code, error=naming(source, problem))
        except Exception as bug:  # one file that meets a bug must not take the others with it
            path.unlink(missing_ok=True)
            where = f"{type(bug).__name__}: {bug}".splitlines()[0]
            return Outcome(source, path, ExitCode.BUG, error=f"{source}: this is a bug in qmono: {where}")
        from qmono.gate.judge import exit_code

        code = exit_code(report, checked_choice(self.on_inconclusive))
        return Outcome(source, path, code, report.verdict, numbers_of(report))

    def _finished(self, source: str, path: Path) -> Report | None:
        from qmono.api import read_report

        try:
            report = read_report(path)
            digest = hashlib.sha256(Path(source).read_bytes()).hexdigest()
        except (InputError, OSError):
            return None
        made = report.provenance
        same = made.get("command") == self.command_for(source) and made.get("qmono") == __version__
        return report if same and [item["sha256"] for item in made.get("inputs", ())] == [digest] else None


def naming(source: str, problem: QmonoError) -> str:
    """The message of a problem, with the file it belongs to."""
    message = str(problem)
    return message if message.startswith(source) else f"{source}: {message}"


def available_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def common_root(sources: Sequence[str]) -> Path:
    """The folder all sources lie in; UsageError for standard input or a file given twice."""
    if "-" in sources:
        raise UsageError("standard input ('-') has no name to file a report under; --output needs files")
    twice = [name for name, times in Counter(os.path.abspath(name) for name in sources).items() if times > 1]
    if twice:
        raise UsageError(f"{twice[0]} is given twice; --output writes one report a file")
    return Path(os.path.commonpath([Path(name).absolute().parent for name in sources]))


def run_batch(
    batch: Batch, sources: Sequence[str], jobs: int, progress: Progress, say: Callable[[str], None]
) -> list[Outcome]:
    """Outcomes of all sources, in their order; errors are said as they come.

    An interrupt ends the batch after the files in work, writes the summary, and raises KeyboardInterrupt
    with a sentence about what is kept.
    """
    try:
        batch.directory.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise UsageError(f"cannot write to {batch.directory}: {problem.strerror}") from None
    done: dict[str, Outcome] = {}
    try:
        for outcome in _outcomes(batch, sources, jobs):
            done[outcome.source] = outcome
            progress(len(done), len(sources))
            if outcome.error is not None:
                say(outcome.error)
    except KeyboardInterrupt:
        _summarise(batch, [done[source] for source in sources if source in done])
        kept = f"after {len(done)} of {len(sources)} files; --resume goes on from there"
        raise KeyboardInterrupt(kept) from None
    except BrokenProcessPool:
        raise BackendError(
            f"a process died after {len(done)} of {len(sources)} files (out of memory?); "
            "go on with --resume and fewer --jobs"
        ) from None
    outcomes = [done[source] for source in sources]
    _summarise(batch, outcomes)
    return outcomes


def _outcomes(batch: Batch, sources: Sequence[str], jobs: int) -> Iterator[Outcome]:
    if jobs == 1:
        yield from map(batch.outcome, sources)
        return
    with _processes(jobs) as executor:
        yield from _as_finished(executor, batch.outcome, sources, ahead=QUEUE * jobs)


def _as_finished(
    executor: Executor, work: Callable[[str], Outcome], sources: Iterable[str], ahead: int
) -> Iterator[Outcome]:
    """Results as they come, with no more than `ahead` files handed out."""
    waiting = iter(sources)
    pending: set[Future[Outcome]] = set()
    while True:
        for source in waiting:
            pending.add(executor.submit(work, source))
            if len(pending) >= ahead:
                break
        if not pending:
            return
        finished, pending = wait(pending, return_when=FIRST_COMPLETED)
        for future in finished:
            yield future.result()


@contextmanager
def _processes(jobs: int) -> Iterator[Executor]:
    """Fresh processes with one BLAS thread each, deaf to Ctrl-C: the parent decides when to stop."""
    before = {name: os.environ.get(name) for name in BLAS_VARIABLES}
    os.environ.update(dict.fromkeys(BLAS_VARIABLES, "1"))
    executor = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_deaf_to_interrupts)
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _deaf_to_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _write(report: Report, path: Path) -> None:
    from io import StringIO

    from qmono.formats.atomic import write_text
    from qmono.report.json import render

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise UsageError(f"cannot write {path}: {problem.strerror}") from None
    text = StringIO()
    render(report, text)
    write_text(path, text.getvalue())


def _summarise(batch: Batch, outcomes: Sequence[Outcome]) -> None:
    from qmono.formats.atomic import write_text

    write_text(batch.directory / SUMMARY, summary_csv(outcomes, batch.directory))
