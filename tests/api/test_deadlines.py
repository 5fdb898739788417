"""Time-outs: of the queue until the first round is back, of the job until the last."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from qmono.api.deadlines import measured_within
from qmono.core.counts import CountsTable, SettingRows, pauli_directions
from qmono.errors import BackendError

ROWS = SettingRows(("Z",), np.array([[1, 2]]), pauli_directions(("Z",)))
TABLE = CountsTable(1, ROWS)
OnRound = Callable[[CountsTable], None]


def rounds(*waits: float) -> Callable[[OnRound], CountsTable]:
    def measure(on_round: OnRound) -> CountsTable:
        for wait in waits:
            time.sleep(wait)
            on_round(TABLE)
        return TABLE

    return measure


@pytest.mark.parametrize(("queue_s", "job_s"), [(None, None), (5, None), (None, 5), (5, 5)])
def test_in_time(queue_s: float | None, job_s: float | None) -> None:
    assert measured_within(rounds(0.0, 0.0), queue_s, job_s) is TABLE


def test_the_queue_is_over_when_the_first_round_is_back() -> None:
    assert measured_within(rounds(0.0, 0.15), 0.1, None) is TABLE
    with pytest.raises(BackendError, match=r"queue took longer than 0\.05 s"):
        measured_within(rounds(0.5), 0.05, 5)


def test_the_job_is_over_with_its_last_round() -> None:
    with pytest.raises(BackendError, match=r"job took longer than 0\.1 s; see job-timeout-s"):
        measured_within(rounds(0.0, 0.5), 5, 0.1)


def test_what_fails_inside_fails_outside() -> None:
    def broken(on_round: OnRound) -> CountsTable:
        raise BackendError("the device is on fire")

    with pytest.raises(BackendError, match="on fire"):
        measured_within(broken, 5, None)
