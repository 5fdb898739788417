"""How long work tells how far it is: a callback that only the command line turns into a bar."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with the steps done and the steps in all."""


def no_progress(done: int, total: int) -> None:
    """Say nothing."""
