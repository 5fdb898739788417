"""Work that may take only so long: time-outs until the first round of a run is back, and until the last."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

from qmono.core.counts import CountsTable
from qmono.errors import BackendError

OnRound = Callable[[CountsTable], None]


def measured_within(
    measure: Callable[[OnRound], CountsTable], queue_s: float | None, job_s: float | None
) -> CountsTable:
    """The result of `measure(on_round)`; BackendError if a time-out is reached first.

    queue_s: until the first round is back. job_s: until the last. Without either it is simply called. Else it
    runs in a thread of its own, which is left behind at a time-out: a job that hangs cannot be stopped, only
    not be waited for.
    """
    if queue_s is None and job_s is None:
        return measure(lambda table: None)
    messages: SimpleQueue[CountsTable | BaseException | None] = SimpleQueue()

    def work() -> None:
        try:
            messages.put(measure(lambda table: messages.put(None)))
        except BaseException as problem:
            messages.put(problem)

    begin = monotonic()
    Thread(target=work, daemon=True).start()
    is_queued = True
    while True:
        limits = [limit for limit in (queue_s if is_queued else None, job_s) if limit is not None]
        try:
            left = min(limits) - (monotonic() - begin) if limits else None
            message = messages.get(timeout=None if left is None else max(left, 0.0))
        except Empty:
            what = "queue" if is_queued and queue_s == min(limits) else "job"
            raise BackendError(f"{what} took longer than {min(limits):g} s; see {what}-timeout-s") from None
        if isinstance(message, CountsTable):
            return message
        if isinstance(message, BaseException):
            raise message
        is_queued = False
