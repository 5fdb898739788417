"""Work that may take only so long: time-outs until the first round of a run is back, and until the last."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic

from qmono.core.counts import CountsTable
from qmono.errors import BackendError

OnRound = Callable[[CountsTable], None]

GRACE_S = 30.0
"""How long a run whose time is over may take to finish the round under way."""


def measured_within(
    measure: Callable[[OnRound], CountsTable], queue_s: float | None, job_s: float | None
) -> CountsTable:
    """The result of `measure(on_round)`; BackendError if a time-out is reached first.

    queue_s: until the first round is back. job_s: until the last. Without either it is simply called. Else it
    runs in a thread of its own. At a time-out it is stopped after the round under way; what does not come
    back within GRACE_S hangs, cannot be stopped, and is left behind.
    """
    if queue_s is None and job_s is None:
        return measure(lambda table: None)
    messages: SimpleQueue[CountsTable | BaseException | None] = SimpleQueue()
    is_over = Event()

    def on_round(table: CountsTable) -> None:
        messages.put(None)
        if is_over.is_set():
            raise BackendError("stopped")

    def work() -> None:
        try:
            messages.put(measure(on_round))
        except BaseException as problem:
            messages.put(problem)

    _load_circuits_here()
    begin = monotonic()
    worker = Thread(target=work, daemon=True)
    worker.start()
    is_queued = True
    try:
        while True:
            limits = [limit for limit in (queue_s if is_queued else None, job_s) if limit is not None]
            try:
                left = min(limits) - (monotonic() - begin) if limits else None
                message = messages.get(timeout=None if left is None else max(left, 0.0))
            except Empty:
                what = "queue" if is_queued and queue_s == min(limits) else "job"
                raise BackendError(
                    f"{what} took longer than {min(limits):g} s; see {what}-timeout-s"
                ) from None
            if isinstance(message, CountsTable):
                return message
            if isinstance(message, BaseException):
                raise message
            is_queued = False
    finally:
        # A simulator that still ran while the interpreter ends would crash it.
        is_over.set()
        worker.join(GRACE_S)


def _load_circuits_here() -> None:
    """Build a circuit in this thread: Qiskit crashes where the thread that first loaded it has ended."""
    from qmono.circuits.preparation import preparation
    from qmono.quantum.states import named_state

    preparation(named_state("product:0"))
