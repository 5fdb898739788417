"""How many threads linear algebra may use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

ONE_THREAD_QUBITS = range(5, 8)
"""Smaller matrices are never shared among threads; of these, sharing takes longer than it saves.

Two threads doubled the processor time of a fit and did not shorten it; beside other work it took over ten
times as long. From eight qubits on a second thread pays.
"""


@contextmanager
def blas_threads_for(n_qubits: int) -> Iterator[None]:
    """One BLAS thread inside, where more of them would only be in each other's way."""
    if n_qubits not in ONE_THREAD_QUBITS:
        yield
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        yield
