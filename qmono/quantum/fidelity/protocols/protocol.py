"""What every fidelity protocol says about itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qmono.quantum.fidelity.scheme import Scheme
from qmono.quantum.states import State


@dataclass(frozen=True)
class FidelityProtocol:
    """A protocol of the catalogue.

    assumes: what must hold for its limits, besides independent shots. reference: where it comes from.
    scheme: the measurement for a target, or a sentence why there is none.
    """

    name: str
    assumes: str
    reference: str
    scheme: Callable[[State], Scheme | str]
